"""Masks secrets before anything is shown or stored. Line structure is kept, so that line numbers stay true.

Two kinds: *secrets* (keys, tokens, passwords: the user is told to replace them) and *personal* details (e-mail,
public addresses, user names in paths). Versions such as 1.76.0.1, private and loopback addresses stay readable.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "hugging-face-token",
    "openai-key",
    "github-token",
    "discord-token",
    "cloud-key",
    "authorization",
    "api-key",
    "password",
    "private-key",
    "email",
    "ip-address",
    "user-name",
    "discord-webhook",
]

SECRETS: frozenset[Kind] = frozenset(
    {
        "hugging-face-token",
        "openai-key",
        "github-token",
        "discord-token",
        "discord-webhook",
        "cloud-key",
        "authorization",
        "api-key",
        "password",
        "private-key",
    }
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text and what was masked: one kind per replacement, in order of the rules."""

    text: str
    kinds: tuple[Kind, ...]

    @property
    def count(self) -> int:
        return len(self.kinds)


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    pattern: re.Pattern[str]
    mask: Callable[[re.Match[str]], str]
    hints: tuple[str, ...]  # the rule is tried only when one of these stands in the lower-cased text


def has_secrets(kinds: Iterable[Kind]) -> bool:
    """Whether a key or token was among what was masked: its owner should now replace it."""
    return not SECRETS.isdisjoint(kinds)


def redact(text: str) -> Redacted:
    """Replaces every secret and personal detail by a short label in angle brackets, e.g. `<api-key>`."""
    kinds: list[Kind] = []
    lowered = text.lower()
    for rule in _RULES:
        if rule.hints and not any(hint in lowered for hint in rule.hints):
            continue
        text = _masked(rule, text, kinds)
    return Redacted(text, tuple(kinds))


def redact_lines(lines: Iterable[str]) -> list[str]:
    """Each line masked by itself."""
    return [redact(line).text for line in lines]


def _masked(rule: _Rule, text: str, kinds: list[Kind]) -> str:
    def replace(match: re.Match[str]) -> str:
        replacement = rule.mask(match)
        if replacement != match[0]:
            kinds.append(rule.kind)
        return replacement

    return rule.pattern.sub(replace, text)


def _label(kind: Kind) -> Callable[[re.Match[str]], str]:
    return lambda _match: f"<{kind}>"


def _value_label(kind: Kind) -> Callable[[re.Match[str]], str]:
    """Keeps what introduces the value (group `lead`), masks the value unless it is plainly no secret."""
    return lambda match: match[0] if _is_no_secret(match["value"]) else f"{match['lead']}<{kind}>"


_PLACEHOLDERS = re.compile(
    r"(?i)(?:none|null|true|false|undefined|empty|missing|invalid|required|not[-_ ]?set|your[-_].*|xxx+|\*+|"
    r"\.{3,}|-+|sk-(?:111\w*|no-key\w*|xxx*|\*+)|no-key\w*|dummy|ollama|lm-?studio|changeme|<.*>|\$.*|%.*%|\{.*\}|"
    r"os\.\w+.*|settings\..*|self\..*|str|string|optional.*|is|was|and|or|not|for|in|to|the|from|key|token|must|"
    r"header|error|provided|found|\W*)"
)


def _is_no_secret(value: str) -> bool:
    return len(value) < 4 or _PLACEHOLDERS.fullmatch(value) is not None


def _mask_address(match: re.Match[str]) -> str:
    """A public address is masked; versions, private, loopback, reserved and malformed ones stay."""
    try:
        address = ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    return "<ip-address>" if address.is_global and not address.is_multicast else match[0]


# Names that every machine of a kind has; they identify nobody.
_COMMON_USERS = frozenset(
    "user users public default defaultuser0 admin administrator root runner ubuntu debian vscode container appuser "
    "app ollama node jovyan shared all none username you your yourname name test kasm-user "
    "用户 用户名 你的用户名 公用".split()
)


def _mask_user(match: re.Match[str]) -> str:
    name: str = match["name"]
    if name.lower() in _COMMON_USERS or name.startswith(("<", "$", "%", "{")):
        return match[0]
    return f"{match['lead']}<user>"


_RULES: tuple[_Rule, ...] = (
    _Rule(
        "private-key",
        re.compile(r"(?<=-----BEGIN )([A-Z ]*PRIVATE KEY)-----[A-Za-z0-9+/=\s\\]{20,20000}?(?=-----END|\Z)"),
        lambda match: f"{match[1]}-----{_keep_newlines(match[0])}<private-key>",
        ("private key",),
    ),
    _Rule(
        "hugging-face-token",
        re.compile(r"\b(?:hf|api_org)_[A-Za-z0-9]{16,}\b"),
        _label("hugging-face-token"),
        ("hf_", "api_org_"),
    ),
    _Rule(
        "github-token",
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})"),
        _label("github-token"),
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    ),
    _Rule(
        "openai-key",
        # a word with many hyphens is no key unless it has a digit; looked for within a bound, for time's sake
        re.compile(r"\b(?:sk|pk|rk)-(?!no-key)(?=[A-Za-z0-9_-]{0,200}\d)[A-Za-z0-9_-]{16,}"),
        _label("openai-key"),
        ("sk-", "pk-", "rk-"),
    ),
    _Rule(
        "discord-webhook",
        re.compile(r"(?P<lead>discord(?:app)?\.com/api/webhooks/)\d+/[\w-]{20,}"),
        lambda match: f"{match['lead']}<discord-webhook>",
        ("webhooks/",),
    ),
    _Rule(
        "discord-token",
        re.compile(r"\b[MNO][A-Za-z\d_-]{22,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,40}\b|\bmfa\.[\w-]{60,}"),
        _label("discord-token"),
        (".",),
    ),
    _Rule(
        "cloud-key",
        re.compile(
            r"\b(?:AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|xox[abpr]-[0-9A-Za-z-]{10,}|gsk_[A-Za-z0-9]{20,}|"
            r"nvapi-[\w-]{20,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{8,})"
        ),
        _label("cloud-key"),
        ("akia", "aiza", "xox", "gsk_", "nvapi-", "eyj"),
    ),
    _Rule(
        "authorization",
        re.compile(r"(?i)(?P<lead>\b(?:bearer|basic)\s+)(?P<value>[A-Za-z0-9._~+/=-]{8,})"),
        _value_label("authorization"),
        ("bearer", "basic"),
    ),
    _Rule(
        "password",
        re.compile(r"(?P<lead>\b[a-z][a-z0-9+.-]{1,12}://[^\s/:@'\"]{1,64}:)(?P<value>[^\s/@'\"]{1,128})(?=@[\w.-])"),
        lambda match: f"{match['lead']}<password>",
        ("://",),
    ),
    _Rule(
        "api-key",
        re.compile(
            r"(?i)(?P<lead>(?:api[_-]?key|admin[_-]?key|secret|access[_-]?token|auth[_-]?token|hf[_-]?token|"
            r"client[_-]?secret)\b[\"']?\s*[:=]\s*[\"']?)(?P<value>[^\s\"',;&)\]}]{8,})"
        ),
        _value_label("api-key"),
        ("key", "secret", "token"),
    ),
    _Rule(  # tabbyAPI prints "Your API key is: ..." at its first start
        "api-key",
        re.compile(
            r"(?i)(?P<lead>\b(?:api|admin|access|secret)[ _-]?(?:key|token)(?: is)?\s*[:：]?\s+)"
            r"(?P<value>(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{12,})"
        ),
        _value_label("api-key"),
        ("key", "token"),
    ),
    _Rule(
        "api-key",
        re.compile(r"(?i)(?P<lead>(?:--?(?:api-key|token|hf-token|password|admin-key)[ =]))(?P<value>[^\s\"']{4,})"),
        _value_label("api-key"),
        ("-key", "-token", "--password", "--token"),
    ),
    _Rule(
        "password",
        re.compile(
            r"(?i)(?P<lead>\b(?:password|passwd|pwd|密码|口令)[\"']?\s*[:=：]\s*[\"']?)(?P<value>[^\s\"',;]{4,})"
        ),
        _value_label("password"),
        ("passw", "pwd", "密码", "口令"),
    ),
    _Rule(
        "email",
        re.compile(
            r"(?<![\w.+/-])[\w.+-]{1,64}@(?!\d+\.\d)"
            r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,12}\b(?![:/])"
        ),
        _label("email"),
        ("@",),
    ),
    _Rule(
        "ip-address",
        # four numbers are an address only where nothing marks them as a version
        re.compile(
            r"(?<![\w.\-+/=])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)"
            r"|(?<=//)(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)|(?<==)(?:\d{1,3}\.){3}\d{1,3}(?=:\d)"
        ),
        lambda match: _mask_address(match) if _looks_like_address(match) else match[0],
        (".",),
    ),
    _Rule(
        "ip-address",
        re.compile(
            r"(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){2,7}(?::|[0-9a-fA-F]{1,4})(?:[0-9a-fA-F:]*[0-9a-fA-F])?(?![\w:.])"
        ),
        _mask_address,
        (":",),
    ),
    _Rule(
        "user-name",
        re.compile(
            r"(?P<lead>(?:\b[A-Za-z]:|/mnt/[a-z]|\\\\\?\\[A-Za-z]:)?[\\/]{1,4}"
            r"(?:Users|Documents and Settings|用户)[\\/]{1,4})"
            r"(?P<name>[^\\/:*?\"<>|\r\n\t]{1,64}?)(?=[\\/:*?\"<>|'\r\n\t]|$)",
            re.MULTILINE,
        ),
        _mask_user,
        ("users", "documents and settings", "用户"),
    ),
    _Rule(
        "user-name",
        re.compile(r"(?P<lead>(?<![\w.])/(?:home|media|run/media)/)(?P<name>[^\s/:\"'<>|,;)]{1,64})"),
        _mask_user,
        ("/home/", "/media/"),
    ),
    _Rule(
        "user-name",
        re.compile(
            r"(?P<lead>^[ \t]*(?:\([\w.-]{1,40}\) )?)(?P<name>[a-z_][\w-]{0,31})"
            r"(?=@[\w-]{1,63}[:\s][^\n]{0,120}[$#%] ?)",
            re.MULTILINE,
        ),
        _mask_user,
        ("@",),
    ),
)


def _keep_newlines(text: str) -> str:
    return "\n" * text.count("\n")


_VERSION_WORDS = re.compile(
    r"(?i)(?:version|ver\.?|v|driver|release|build|runtime|==|>=|<=|版本|驱动|koboldcpp|package)\W{0,3}$"
)


def _looks_like_address(match: re.Match[str]) -> bool:
    """Four dotted numbers after "version" and the like are a version: koboldcpp 1.76.0.1, driver 31.0.15.5161."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    return _VERSION_WORDS.search(before) is None
