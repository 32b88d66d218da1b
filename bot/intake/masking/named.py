"""Secrets that only their name gives away: `DB_PASSWORD=`, `"apiKey": "..."`, `--token ...`, 密码是..., `?sig=...`."""

import base64
import binascii
import re

from bot.base.late import late
from bot.intake.masking.rule import NAME, Found, Rule, before, has_digit, looks_random

PASSWORDS = ("password", "passwd", "passphrase", "passcode", "pwd", "密码", "密碼", "口令")
KEYS = (
    "key", "token", "secret", "auth", "cookie", "credential", "credentials", "api_keys", "secret_id", "secretid",
    "密钥", "秘钥", "令牌", "授权码", "金鑰", "密鑰", "權杖",
)  # fmt: skip
PAIRS = (
    "ak", "sk", "access_key_id", "access-key-id", "accesskeyid", "app_id", "appid",  # as clouds of China call them
    "sessionid", "sessid",  # cookies of web frameworks
)  # fmt: skip
_SHORT_PASSWORDS = ("pass", "pw", "psw")  # that mean something else as well
_GOES_ON = (
    "key_", "token_", "secret_", "password_", "passwd_", "pwd_", "apikey", "secretkey", "accesstoken", "authtoken",
    "password1", "password2", "token1", "token2",
)  # fmt: skip
_STRONG_WORDS = frozenset(KEYS) - {"key", "token", "auth", "cookie"}

# What stands where a secret would: words of code and prose, examples, references to variables.
_NO_VALUES = late(
    r"(?i)(?:none|null|nil|true|false|yes|no|on|off|undefined|unset|empty|missing|invalid|required|needed|unknown|"
    r"optional\W.*|not[-_ ]?(?:set|needed|required|used|found|provided)\b.*|your[-_ ].*|xxx.*|\W*|"
    r"sk-(?:111\w*|no-key.*|x{3,}|your.*)|no-?key.*|dummy\w*|ollama|lm-?studio|changeme|fake\w*|example\w*|"
    r"placeholder|\$.*|%.*%|\{.*|<.*|(?:os|settings|self|config|args|env|process|sys|kwargs|opts?)[.\[].*|"
    r"str|string|bytes|int|bool|object|is|was|are|and|or|not|for|in|to|the|from|of|with|key|token|must|should|can|"
    r"header|error|provided|found|incorrect|wrong|expired|denied|failed|failure|authentication|basic|bearer|digest|"
    r"hidden|masked|redacted|removed|secret|value|default|password|passwd|prompt|stdin|authorization|lambda|"
    r"[\w.]{1,64}\(.*)"
)
# What the word before "key" and "token" ends in where they are the name of a secret.
_STRONG_FRONTS = tuple(
    "api access secret private admin auth hf hub face client account encryption master license signing ssh "
    "subscription shared service session bot user app refresh bearer github gitlab discord telegram openai anthropic "
    "claude gemini deepseek dashscope zhipu zhipuai openrouter groq mistral wandb civitai ngrok modelscope kaggle "
    "tunnel login jwt csrf xsrf webhook storage azure aws pypi npm docker registry replicate together cohere moonshot "
    "siliconflow serper tavily google slack oauth personal deploy runner sas push security".split()
)
# The word before them where they are something else: tokens of a vocabulary, keys of a table.
_HARMLESS_FRONTS = frozenset(
    "eos bos pad unk sep cls mask eot eom image special stop n max min num per next last first new prompt start end "
    "think tool fim added vocab video audio sot text control chat public primary foreign cache sort index map dict "
    "state hot group metadata kv unexpected missing unused".split()
)
# The word before "pass" where it is one of several, and what goes on behind "key" and "token" where it tells of them.
_PASSES = frozenset(
    "test tests first second third last next per num n max forward backward multi single two one render prefill".split()
)
_OF_SECRETS = frozenset(
    "file path env name type ids id length len count required expired expires url limit size dir header prefix field "
    "cache class embd per heads head dim index map list set error missing min policy valid usage used "
    "parser stream".split()
)
_MEASURED = late(r"[\d.,:/x]{1,24}[A-Za-z%]{0,4}")
_SMALL = "abcdefghijklmnopqrstuvwxyz0123456789"
_TOLD_BY = ("=", ":", "是", "为")
# A value in quotes is what stands between them; else it ends at a blank, a quote, or what begins another setting.
_VALUE = (
    r"(?P<secret>(?!<)(?:(?<=[\"'`])[^\"'`\n]{1,256}(?=[\"'`])"
    r"|(?:[!#-%(-+\--;=-_a-~]|&(?![A-Za-z0-9_.-]{1,40}=)|,(?=[!-~])(?![\"' A-Za-z0-9_]{1,40}[=:])){1,256}))"
)


def _named(words: tuple[str, ...]) -> re.Pattern[str]:
    """`NAME = "value"` in all its spellings; NAME ends in one of `words`."""
    return late(
        r"(?P<front>[A-Za-z0-9_.-]{0,64}?)(?P<word>(?i:" + "|".join(words) + r"))(?![A-Za-z0-9_])"
        r"[\"'`\])]{0,3}(?P<separator>[ \t]{0,12}(?:=>|:=|[=:]|(?:is|was)(?![A-Za-z0-9])|就是|是|为)[ \t]{0,4}[:=]?"
        r"|[ \t])"
        r"[ \t]{0,12}(?P<wrapped>\r?\n[ \t]{0,12})?(?:[\[({][ \t]?)?(?:[brfu](?=[\"'`]))?[\"'`]{0,3}" + _VALUE
    )


def _going_on() -> re.Pattern[str]:
    """A name that goes on behind its word: `api_key_openai=`, `secret_key_base:`, `password_2=`, `secretKeyBase=`."""
    return late(
        r"(?P<front>)(?P<word>(?i:apikey|secretkey|accesstoken|authtoken|key|token|secret|password|passwd|pwd))"
        r"(?P<tail>_?[A-Za-z0-9]{1,24}(?:_[A-Za-z0-9]{1,24}){0,2})[\"'`\])]{0,3}"
        r"(?P<separator>[ \t]{0,12}(?:=>|:=|[=:])[ \t]{0,12})(?P<wrapped>)[\"'`]{0,3}" + _VALUE
    )


def _is_password(found: Found) -> bool:
    value = _value(found)
    if not _may_be_secret(found, value) or _is_path(value):
        return False
    return _is_told(found) or has_digit(value)


def _is_key(found: Found) -> bool:
    value = _value(found)
    least = 4 if _is_option(found) else 8
    if len(value) < least or not _may_be_secret(found, value) or _is_path(value):
        return False
    if not _is_strong(found):
        return len(value) >= 12 and _front(found) not in _HARMLESS_FRONTS and looks_random(value)
    if not _is_told(found):
        return has_digit(value) and (len(value) >= 12 or _is_option(found))
    return has_digit(value) or not _is_name(value)


def _is_going_on(found: Found) -> bool:
    value, is_password = _value(found), found["word"].lower().startswith("p")
    if len(value) < (4 if is_password else 16) or not has_digit(value) or not is_told_value(value):
        return False
    if not _OF_SECRETS.isdisjoint(found["tail"].lower().split("_")):
        return False
    return is_password or (looks_random(value, 0.2) and _front(found) not in _HARMLESS_FRONTS)


def _is_short_password(found: Found) -> bool:
    """`pass: ...`, `DB_PASS=...`; not "forward pass: 12ms", "bypass: q8_0"."""
    value = _value(found)
    if found["front"] and found["front"][-1] not in "_-.":
        return False
    if not (_is_password(found) and _is_told(found)) or _front(found) in _PASSES:
        return False
    return len(value) >= 6 and has_digit(value) and not _MEASURED.fullmatch(value)


def is_told_value(value: str) -> bool:
    """Whether this may be a secret's value: no path, no reference to a variable, no word that stands for one."""
    return _NO_VALUES.fullmatch(value) is None and not _is_path(value)


def is_harmless_front(front: str) -> bool:
    """Whether keys and tokens of this name are no secrets: "max" of max_token."""
    return front.rpartition("_")[2] in _HARMLESS_FRONTS


def _is_of_pair(found: Found) -> bool:
    """One of the two halves of a cloud's key, AK and SK; a session's number is written together with its framework."""
    if found["word"].lower().startswith("sess"):
        return len(value := _value(found)) >= 16 and looks_random(value, 0.2)
    return found["front"][-1:] in ("", "_", "-", ".") and len(value := _value(found)) >= 16 and looks_random(value, 0.2)


def _value(found: Found) -> str:
    return found["secret"].rstrip(",;.)]}>")


def _front(found: Found) -> str:
    """The word before the last one of the name: "hf" of HF_TOKEN, "api" of an API key."""
    front = (found["front"] or before(found, 16)).lower().rstrip(" -_.")
    return front[len(front.rstrip(_SMALL)) :]


def _may_be_secret(found: Found, value: str) -> bool:
    if len(value) < 4 or _NO_VALUES.fullmatch(value):
        return False
    if found["wrapped"] and not looks_random(value):
        return False
    return value.lower() not in (found["front"] + found["word"]).lower()


def _is_option(found: Found) -> bool:
    return found["front"].startswith("-")


def _is_told(found: Found) -> bool:
    """Whether the value is said to be one: by a sign, or as the value of a command's option."""
    return any(sign in found["separator"] for sign in _TOLD_BY) or _is_option(found)


def _is_strong(found: Found) -> bool:
    """Whether nothing but a secret has such a name: an API key, not any key."""
    if found["word"].lower() in _STRONG_WORDS or _is_option(found) or _front(found).endswith(_STRONG_FRONTS):
        return True
    return found["front"].endswith("_") and found["word"].isupper()  # of the environment


def _is_name(value: str) -> bool:
    """A variable, an attribute or a plain word of code and prose."""
    return re.fullmatch(r"[A-Za-z][a-z]{0,20}(?:[._]{1,2}[A-Za-z]{1,40}){0,12}_{0,2}", value) is not None


def _is_path(value: str) -> bool:
    return value.startswith(("/", "~", "./", "../")) or value[1:3] in (":\\", ":/") or "://" in value


def _is_authorization(found: Found) -> bool:
    value = found["secret"]
    if found["scheme"].lower() == "basic":
        return _is_basic(value)
    return has_digit(value) and (len(value) >= 16 or looks_random(value)) and not _NO_VALUES.fullmatch(value)


def _is_basic(value: str) -> bool:
    """Whether it is `user:password` in base 64 (RFC 7617)."""
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def _is_header_value(found: Found) -> bool:
    return len(found["secret"]) >= 6 and _NO_VALUES.fullmatch(found["secret"]) is None


def _is_login(found: Found) -> bool:
    return len(found["secret"]) >= 20 and looks_random(found["secret"])


NAMED = (
    Rule(
        "authorization",
        ("bearer", "basic"),
        late(
            r"(?i)(?P<scheme>bearer|basic)(?:[ \t]{1,8}|[ \t]{0,4}[:=][ \t]{0,4})"
            r"(?P<secret>[A-Za-z0-9._~+/=-]{8,4000})"
        ),
        _is_authorization,
    ),
    Rule(
        "authorization",
        ("authorization",),
        late(
            r"(?i)authorization[\"']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}[\"']?"
            r"(?:(?:bearer|basic|token|digest|apikey|key)[ \t]{1,8})?(?P<secret>(?!<)[!#-&(-;=?-~]{6,4000})"
        ),
        _is_header_value,
    ),
    Rule(
        "cookie",
        ("cookie",),
        late(
            r"(?i)cookie[\"']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}[\"']?"
            r"(?P<secret>[A-Za-z0-9_.-]{1,64}=(?!<)[^\n\"'<>]{1,4000})"
        ),
    ),
    Rule("password", PASSWORDS, _named(PASSWORDS), _is_password, before=NAME, whole=True),
    Rule("password", _SHORT_PASSWORDS, _named(_SHORT_PASSWORDS), _is_short_password, before=NAME, whole=True),
    Rule("api-key", _GOES_ON, _going_on(), _is_going_on),
    Rule("api-key", KEYS, _named(KEYS), _is_key, before=NAME, whole=True),
    Rule("api-key", PAIRS, _named(PAIRS), _is_of_pair, before=NAME, whole=True),
    Rule(
        "api-key",
        ("key=", "token=", "sig=", "signature="),  # of an address
        late(r"[A-Za-z0-9_.-]{0,64}?(?:(?i:key|token|sig|signature))=(?P<secret>[A-Za-z0-9._~%+/=-]{6,4000})"),
        lambda found: before(found) in ("?", "&") and has_digit(found["secret"]),
        before=NAME,
    ),
    Rule("api-key", ("login",), late(r"(?i)login[ \t]{1,4}(?P<secret>[A-Za-z0-9_-]{20,200})"), _is_login),
    Rule(
        "password",
        ("-u ", "--user ", "--proxy-user "),  # of curl
        late(
            r"(?:-u|--user|--proxy-user)[ \t]{1,4}[\"']?[A-Za-z0-9_.@-]{1,64}:"
            r"(?P<secret>(?!<)[^\s\"'<:/]{4,128})(?![^\s\"'])"
        ),
        lambda found: has_digit(found["secret"]),
    ),
)
