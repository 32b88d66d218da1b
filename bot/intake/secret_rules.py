"""What is a secret or a personal detail: one table of rules.

A rule is tried only where one of its literal introducers stands, so a text without them costs a search for a few words
and nothing else. What may stand before an introducer is said outright: a word boundary would take Chinese, "_" and the
"n" of an escaped line end for letters of the same word. Patterns are linear: blanks of one line are blanks and tabs,
repetitions have an end, and no two of them that could share their characters stand side by side.

Sources of the forms: the providers' documentation of their keys, and GitHub's list of secret scanning patterns
(docs.github.com, Supported secret scanning patterns).
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
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
    "proxy-link",
    "cookie",
    "secret",
    "email",
    "ip-address",
    "user-name",
    "phone",
    "identity-card",
    "account",
    "mac-address",
]

Span = tuple[int, int]


def _always(_found: re.Match[str]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is matched at every introducer, from the characters of `before` on that stand in front of it; its group
    `secret`, else all of it, is masked where `is_meant` agrees. Without introducers it is looked for everywhere.

    `joins`: the rule also reads over the line end of a wrapped word, whose first half alone is `shortest` or shorter.
    """

    kind: Kind
    introducers: tuple[str, ...]  # lower-case
    pattern: re.Pattern[str]
    is_meant: Callable[[re.Match[str]], bool] = _always
    before: str = ""
    joins: bool = False

    def spans(self, text: str, lowered: str) -> Iterator[Span]:
        """Where in `text` the rule finds something to mask."""
        group = "secret" if "secret" in self.pattern.groupindex else 0
        for found in self._found(text, lowered):
            if found[group] and self.is_meant(found):
                yield found.span(group)

    def _found(self, text: str, lowered: str) -> Iterator[re.Match[str]]:
        if not self.introducers:
            yield from self.pattern.finditer(text)
        for introducer in self.introducers:
            at = lowered.find(introducer)
            while at >= 0:
                found = self.pattern.match(text, self._start(text, at))
                if found:
                    yield found
                at = lowered.find(introducer, max(at + len(introducer), found.end() if found else 0))

    def _start(self, text: str, at: int) -> int:
        if not self.before:
            return at
        front = text[max(0, at - LONGEST_FRONT) : at]
        return at - len(front) + len(front.rstrip(self.before))


LONGEST_FRONT = 64  # characters of a name, or of the part of an e-mail address before its "@"

WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
FRONT = f"{WORD}_.-"


# How random a word looks


def looks_random(word: str, share: float = 0.25, least: int = 3) -> bool:
    """Whether letters and digits change so often as in no word, name or version that somebody thought of."""
    runs, parts = len(_ONE_CLASS.findall(word)), len(_PARTS.findall(word))
    return runs - parts >= max(least, share * len(word))


_ONE_CLASS = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_PARTS = re.compile(r"[A-Za-z0-9]+")


def _is_no_word(found: re.Match[str]) -> bool:
    """With a digit, or with large letters among small ones: no word such as "hf_transfer"."""
    text = found[0]
    return value_has_digit(text) or not (text[4:].islower() or text[4:].isupper())


# Named secrets

_NO_VALUES = re.compile(
    r"(?i)(?:none|null|nil|true|false|yes|no|on|off|undefined|unset|empty|missing|invalid|required|needed|unknown|"
    r"optional\W.*|not[-_ ]?(?:set|needed|required|used|found|provided)\b.*|your[-_ ].*|xxx+.*|\W*|"
    r"sk-(?:1{3,}\w*|no-key.*|x{3,}|your.*)|no-?key.*|dummy\w*|ollama|lm-?studio|changeme|fake\w*|example\w*|"
    r"placeholder|\$.*|%.*%|\{.*|<.*|(?:os|settings|self|config|args|env|process|sys|kwargs|opts?)[.\[].*|"
    r"str|string|bytes|int|bool|object|is|was|are|and|or|not|for|in|to|the|from|of|with|key|token|must|should|can|"
    r"header|error|provided|found|incorrect|wrong|expired|denied|failed|failure|authentication|basic|bearer|digest|"
    r"hidden|masked|redacted|removed|secret|value|default|password|passwd|prompt|stdin|authorization|lambda|"
    r"[\w.]{1,64}\(.*)"
)
_STRONG_FRONT = re.compile(
    r"(?i)(?:api|access|secret|private|admin|auth|hf|hub|face|client|account|encryption|master|license|signing|ssh|"
    r"subscription|shared|service|session|bot|user|app|refresh|bearer|github|gitlab|discord|telegram|openai|"
    r"anthropic|claude|gemini|deepseek|dashscope|zhipu\w{0,3}|openrouter|groq|mistral|wandb|civitai|ngrok|modelscope|"
    r"kaggle|tunnel|login|jwt|csrf|xsrf|webhook|storage|azure|aws|pypi|npm|docker|registry|replicate|together|cohere|"
    r"moonshot|siliconflow|serper|tavily|google|slack|oauth|personal|deploy|runner|sas|push)[-_. ]?$"
)
_HARMLESS_FRONT = re.compile(
    r"(?i)(?:eos|bos|pad|unk|sep|cls|mask|eot|eom|image|special|stop|n|max|min|num|per|next|last|first|new|prompt|"
    r"start|end|think|tool|fim|added|vocab|video|audio|sot|text|control|chat|public|primary|foreign|cache|sort|index|"
    r"map|dict|state|hot|group|metadata|kv|unexpected|missing|unused)[-_. ]?$"
)
_PASSWORDS = ("password", "passwd", "passphrase", "passcode", "pwd", "密码", "口令")
_KEYS = ("key", "token", "secret", "auth", "cookie", "credential", "credentials", "api_keys", "密钥", "秘钥", "令牌")
_TOLD_BY = ("=", ":", "是", "为")
_STRONG_WORDS = frozenset(("secret", "credential", "credentials", "api_keys", "cookie", "密钥", "秘钥", "令牌"))


def _named(words: tuple[str, ...]) -> re.Pattern[str]:
    """`NAME = "value"` in all its spellings; NAME ends in one of `words`."""
    return re.compile(
        r"(?P<front>[A-Za-z0-9_.-]{0,64}?)(?P<word>(?i:" + "|".join(words) + r"))(?![A-Za-z0-9_])"
        r"[\"'`\])]{0,3}(?P<separator>[ \t]{0,12}(?:=>|:=|[=:]|(?:is|was)(?![A-Za-z0-9])|就是|是|为)[ \t]{0,4}[:=]?"
        r"|[ \t])"
        r"[ \t]{0,12}(?P<wrapped>\r?\n[ \t]{0,12})?(?:[\[({][ \t]?)?(?:[brfu](?=[\"'`]))?[\"'`]{0,3}"
        r"(?P<secret>(?!<)(?:(?<=[\"'`])[^\"'`\n]{1,256}(?=[\"'`])|[^\s\"'`<&]{1,256}))"
    )


def _is_password(found: re.Match[str]) -> bool:
    value = _value(found)
    if not _may_be_secret(found, value) or _is_path(value):
        return False
    return _is_told(found) or value_has_digit(value)


def _is_key(found: re.Match[str]) -> bool:
    value = _value(found)
    least = 4 if found["front"].startswith("-") else 8
    if len(value) < least or not _may_be_secret(found, value) or _is_path(value):
        return False
    if not _is_strong(found):
        return len(value) >= 12 and not _HARMLESS_FRONT.search(found["front"]) and looks_random(value)
    if not _is_told(found):
        return value_has_digit(value) and (len(value) >= 12 or found["front"].startswith("-"))
    return value_has_digit(value) or not _is_name(value)


def _value(found: re.Match[str]) -> str:
    return found["secret"].rstrip(",;.)]}>")


def _may_be_secret(found: re.Match[str], value: str) -> bool:
    if len(value) < 4 or _NO_VALUES.fullmatch(value) or not value.isascii():
        return False
    if found["wrapped"] and not looks_random(value):
        return False
    return value.lower() not in (found["front"] + found["word"]).lower()


def _is_told(found: re.Match[str]) -> bool:
    """Whether the value is said to be one: by a sign, or as the value of a command's option."""
    return any(sign in found["separator"] for sign in _TOLD_BY) or found["front"].startswith("-")


def _is_strong(found: re.Match[str]) -> bool:
    """Whether nothing but a secret has such a name: an API key, not any key."""
    if found["word"].lower() in _STRONG_WORDS or found["front"].startswith("-"):
        return True
    before = found["front"] or found.string[max(0, found.start() - 16) : found.start()]
    return _STRONG_FRONT.search(before) is not None or (found["front"][-1:] == "_" and found[0][:2].isupper())


def _is_name(value: str) -> bool:
    """A variable, an attribute or a plain word of code and prose."""
    return re.fullmatch(r"[A-Za-z][a-z]{0,20}(?:[._][A-Za-z_]{1,40}){0,8}", value) is not None


def _is_path(value: str) -> bool:
    return value.startswith(("/", "~", "./", "../")) or value[1:3] in (":\\", ":/")


def value_has_digit(value: str) -> bool:
    return any(character.isdigit() for character in value) and not value.replace(".", "").isdigit()


# Tokens of providers


def _token(kind: Kind, starts: str, tail: str) -> Rule:
    """A token known by its beginning alone, wherever it stands: such a tail stands in no word."""
    introducers = tuple(starts.split())
    pattern = re.compile("(?i:" + "|".join(map(re.escape, introducers)) + f"){tail}")
    return Rule(kind, introducers, pattern, _is_no_word, joins=True)


def _short_token(kind: Kind, starts: str, tail: str) -> Rule:
    """A token whose beginning also ends words ("task-", "Afwk-"): it must stand by itself or look random."""
    introducers = tuple(starts.split())
    pattern = re.compile("(?i:" + "|".join(map(re.escape, introducers)) + f")(?!no-key){tail}")
    return Rule(kind, introducers, pattern, _stands_alone, joins=True)


def _stands_alone(found: re.Match[str]) -> bool:
    if not _is_no_word(found):
        return False
    before = found.string[found.start() - 1 : found.start()]
    return not (before.isascii() and before.isalnum()) or (len(found[0]) > 24 and looks_random(found[0], 0.3))


# Authorization


def _is_authorization(found: re.Match[str]) -> bool:
    value = found["secret"]
    if found["scheme"].lower() == "basic":
        return _is_basic(value)
    return value_has_digit(value) and (len(value) >= 16 or looks_random(value)) and not _NO_VALUES.fullmatch(value)


def _is_basic(value: str) -> bool:
    """Whether it is `user:password` in base64 (RFC 7617)."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def _is_header_value(found: re.Match[str]) -> bool:
    return len(found["secret"]) >= 6 and _NO_VALUES.fullmatch(found["secret"]) is None


# Addresses

_VERSION_WORDS = re.compile(
    r"(?i)(?:version|ver\.?|v|driver|release|build|runtime|==|>=|<=|~=|版本|驱动|koboldcpp|package)\W{0,3}$"
)
_ADDRESS_WORDS = re.compile(
    r"(?i)(?:ip|host|addr|address|server|connect|connecting|from|to|remote|client|peer|listen|ping|gateway|dns|at|"
    r"connection|request|endpoint|proxy|地址|连接|服务器|访问)\W{0,4}$"
)


def _is_address(found: re.Match[str]) -> bool:
    """A public address; versions, private, loopback, reserved and malformed ones stay readable."""
    try:
        address = ipaddress.ip_address(found[0])
    except ValueError:
        return False
    if not address.is_global or address.is_multicast:
        return False
    return address.version == 6 or _is_no_version(found)


def _is_no_version(found: re.Match[str]) -> bool:
    """Four dotted numbers may be a version: koboldcpp 1.76.0.1, nvidia-cublas-cu12 12.4.5.8. An address has longer
    numbers, or a port, or a word that introduces it.
    """
    before = found.string[max(0, found.start() - 16) : found.start()]
    if _VERSION_WORDS.search(before):
        return False
    has_port = re.match(r":\d", found.string[found.end() : found.end() + 2]) is not None
    long_numbers = sum(map(str.isdigit, found[0])) >= 9
    return long_numbers or has_port or before.endswith(("//", "@")) or _ADDRESS_WORDS.search(before) is not None


# People


def _begins_path(found: re.Match[str]) -> bool:
    """`/home/x`, `/var/home/x`, `/run/media/x`; not `/api/home/x`."""
    before = re.split(r"[^\w./-]", found.string[max(0, found.start() - 24) : found.start()])[-1]
    return not before or before in ("/var", "/run", "/mnt", "/rootfs") or before[-1] in "=.-"


def _begins_line(found: re.Match[str]) -> bool:
    """Whether only blanks, a bracket or an environment's name stand before it."""
    line = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()][-60:]
    return re.fullmatch(r"[ \t]*(?:\([\w.-]{1,40}\)[ \t]*)?\[?", line) is not None


# Names that every machine of a kind has; they identify nobody.
_COMMON_USERS = frozenset(
    "user users public default defaultuser0 admin administrator root runner ubuntu debian vscode container appuser "
    "app ollama node jovyan shared all none username you your yourname name test kasm-user cdrom dvd usb floppy "
    "linuxbrew git www-data nobody daemon systemd src opt "
    "用户 用户名 你的用户名 公用".split()
)


def _is_person(found: re.Match[str]) -> bool:
    name = found["secret"].strip()
    return bool(name) and name.lower() not in _COMMON_USERS and not name.startswith(("<", "$", "%", "{", "*", "..."))


def _is_email(found: re.Match[str]) -> bool:
    """Not a wheel (torch@cu121.whl) or another file, not an address of a repository (git@host:path)."""
    return found["end"].lower() not in _FILE_ENDS


_FILE_ENDS = frozenset("whl gguf py zip tar gz json yaml yml txt log service safetensors md exe dll so bin".split())


RULES: tuple[Rule, ...] = (
    Rule(
        "private-key",
        ("-----begin ",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r"(?P<secret>(?:[^-]|-(?!----)){1,20000}(?=-----END )|[A-Za-z0-9+/=\s\\]{20,20000})"
        ),
    ),
    _token("hugging-face-token", "hf_ api_org_", r"[A-Za-z0-9]{16,64}"),
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{20,80}"),
    _token("github-token", "github_pat_", r"[A-Za-z0-9_]{20,120}"),
    _token("github-token", "glpat-", r"[A-Za-z0-9_-]{16,60}"),
    _short_token("openai-key", "sk- pk- rk-", r"[A-Za-z0-9_-]{16,220}"),
    Rule(
        "discord-webhook",
        ("/webhooks/",),
        re.compile(r"/webhooks/(?P<secret>\d{5,25}/[A-Za-z0-9_-]{20,120})"),
    ),
    Rule(
        "discord-token",
        (),
        re.compile(r"(?<![A-Za-z0-9])[MNO][A-Za-z\d_-]{22,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,40}"),
        _is_no_word,
    ),
    _token("discord-token", "mfa.", r"[A-Za-z0-9_-]{60,120}"),
    _token("cloud-key", "akia asia", r"(?-i:[0-9A-Z]{16})(?![A-Za-z0-9])"),
    _token("cloud-key", "aiza", r"[0-9A-Za-z_-]{35}"),
    _token("cloud-key", "xoxa- xoxb- xoxp- xoxr- xoxs- xoxe- xapp-", r"[0-9A-Za-z-]{10,200}"),
    _token("cloud-key", "gsk_", r"[A-Za-z0-9]{20,80}"),
    _token("cloud-key", "nvapi-", r"[A-Za-z0-9_-]{20,100}"),
    _token("cloud-key", "eyj", r"[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{8,1000}"),
    Rule(
        "authorization",
        ("bearer", "basic"),
        re.compile(
            r"(?i)(?P<scheme>bearer|basic)(?:[ \t]{1,8}|[ \t]{0,4}[:=][ \t]{0,4})(?P<secret>[A-Za-z0-9._~+/=-]{8,4000})"
        ),
        _is_authorization,
    ),
    Rule(
        "authorization",
        ("authorization",),
        re.compile(
            r"(?i)authorization[\"']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}[\"']?"
            r"(?:(?:bearer|basic|token|digest|apikey|key)[ \t]{1,8})?(?P<secret>(?!<)[^\s\"'<>,]{6,4000})"
        ),
        _is_header_value,
    ),
    Rule(
        "password",
        ("://",),
        re.compile(r"://[^\s/:@'\"<]{0,64}:(?P<secret>[^\s/@'\"<]{1,128})(?=@[A-Za-z0-9_.\[-])"),
    ),
    Rule("password", tuple(_lowered for _lowered in _PASSWORDS), _named(_PASSWORDS), _is_password, before=FRONT),
    Rule("api-key", _KEYS, _named(_KEYS), _is_key, before=FRONT),
    Rule(
        "email",
        ("@",),
        re.compile(
            r"[A-Za-z0-9_.+-]{1,64}@(?!\d{1,3}\.\d)"
            r"(?:[A-Za-z0-9-]{1,63}\.){1,8}(?P<end>[A-Za-z]{2,12})(?![A-Za-z0-9:/])"
        ),
        _is_email,
        before=f"{WORD}_.+-",
    ),
    Rule(
        "ip-address",
        # four numbers are an address only where nothing marks them as a version
        (),
        re.compile(r"(?:(?<![\w.\-+/=])|(?<=//)|(?<==)(?=[\d.]{7,15}:\d))(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)"),
        _is_address,
    ),
    Rule(
        "ip-address",
        (),
        re.compile(r"(?<![\w:.])[23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){1,6}[0-9a-fA-F]{0,4}(?![\w:.])"),
        _is_address,
    ),
    Rule(
        "user-name",
        ("users", "documents and settings", "用户"),
        re.compile(
            r"(?i:users|documents and settings|用户)[\\/]{1,4}"
            r"(?P<secret>[^\\/:*?\"<>|\r\n\t]{1,64}?)(?=[\\/:*?\"<>|'\r\n\t]|$)",
            re.MULTILINE,
        ),
        lambda found: found.string[found.start() - 1 : found.start()] in ("\\", "/") and _is_person(found),
    ),
    Rule(
        "user-name",
        ("/home/", "/media/"),
        re.compile(r"(?i:/home/|/media/)(?P<secret>[^\s/:\"'`<>|,;)\]}]{1,64})"),
        lambda found: _begins_path(found) and _is_person(found),
    ),
    Rule(
        "user-name",
        ("@",),
        re.compile(
            r"(?P<secret>[a-z_][a-z0-9_-]{0,31})@[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,4}"
            r"[: \t][^\n]{0,120}?[$#%](?:[ \t]|$)",
            re.MULTILINE,
        ),
        lambda found: _begins_line(found) and _is_person(found),
        before=f"{WORD}_-",
    ),
)
