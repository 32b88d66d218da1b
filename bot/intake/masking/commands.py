"""Secrets in what is typed: the short options of commands, what is piped into `sudo`, and values whose name stands in
another place than before a sign: SecretStr('...'), `- name: HF_TOKEN` above `value: ...`, "admin / password".
"""

import re

from bot.base.late import late
from bot.intake.masking.named import is_harmless_front, is_told_value
from bot.intake.masking.rule import Found, Rule, before, has_digit

_TYPED = r"(?P<secret>(?![<$%{*\-/])(?:(?<=[\"'])[^\"'\n]{4,128}(?=[\"'])|[!#-&(-:=?-{}~]{4,128}))"
_NOT_YET = r"[^\n|;]{0,160}?"  # the options before
_NAMED_SECRET = late(
    r"(?i)(?:^|[\w.-]{0,60}?[_.-]|[\w.-]{0,60}(?=[A-Z]))"
    r"(?:api_?key|key|token|secret|password|passwd|pass|pwd|cookie|credentials?)(?:_[a-z0-9]{1,16})?"
)

_NAME_ABOVE = late(
    r"(?i:name)[\"']?:[ \t]{0,4}[\"']?(?P<name>[A-Za-z0-9_.-]{2,80})[\"']?,?[ \t]{0,8}(?:\r?\n[ \t]{0,40})?[\"']?$"
)


def _option(commands: str, option: str) -> re.Pattern[str]:
    return late(rf"(?i:{commands})[ \t]{_NOT_YET}(?<=[ \t]){option}[\"']?{_TYPED}")


def _is_command(found: Found) -> bool:
    """Not the end of a longer word."""
    return not before(found).isalnum() and is_told_value(found["secret"])


def _is_of_secret(found: Found) -> bool:
    """Whether the name that stands above the value is one of a secret."""
    value, named = found["secret"], _NAME_ABOVE.search(before(found, 200))
    if named is None or _NAMED_SECRET.fullmatch(named["name"]) is None or not is_told_value(value):
        return False
    front, _, last = named["name"].lower().rpartition("_")
    return not (last in ("key", "token") and is_harmless_front(front)) and has_digit(value)


def _is_second(found: Found) -> bool:
    """The second of two behind "login:" is a password where it looks like one."""
    value = found["secret"]
    return len(value) >= 4 and has_digit(value) and is_told_value(value)


def _is_registry(found: Found) -> bool:
    """Of docker, podman and their like."""
    return (
        re.search(r"(?i)(?:docker|podman|nerdctl|buildah|skopeo|oras|crane|registry)[ \t]{1,4}$", before(found, 16))
        is not None
    )


COMMANDS = (
    Rule("password", ("login ",), _option(r"login", r"-p[ =]{1,4}"), _is_registry),
    Rule("password", ("sshpass",), _option("sshpass", r"-p[ \t]{0,4}"), _is_command),
    Rule("password", ("mysql", "mariadb"), _option(r"(?:mysql|mariadb)[a-z-]{0,12}", "-p"), _is_command),
    Rule("password", ("7z ", "7za ", "7zz ", "rar "), _option(r"7z[az]?|rar", "-p"), _is_command),
    Rule(
        "password",
        ("unzip ", "zip "),
        late(rf"(?:un)?zip[ \t]{_NOT_YET}(?<=[ \t])-P[ \t]{{0,4}}[\"']?{_TYPED}"),
        _is_command,
    ),
    Rule("password", ("redis-cli",), _option("redis-cli", r"-a[ \t]{1,4}"), _is_command),
    Rule("password", ("mongo",), _option("mongo[a-z]{0,8}", r"-p[ \t]{1,4}"), _is_command),
    Rule("password", ("smbclient",), _option("smbclient", r"-U[ \t]{0,4}[\"']?[\w.\\-]{1,64}%"), _is_command),
    Rule(
        "password",
        ("htpasswd",),
        _option("htpasswd", r"-[a-zA-Z]{0,4}b[a-zA-Z]{0,4}(?:[ \t]{1,4}[^\s]{1,120}){2}[ \t]{1,4}"),
    ),
    Rule("password", ("net use",), _option("net use", r"/user:[^\s]{1,64}[ \t]{1,4}")),
    Rule(
        "password",
        ("net use",),
        late(rf"(?i:net use)[ \t]{{1,4}}(?:[A-Za-z*]:?[ \t]{{1,4}})?\\\\[^\s]{{1,120}}[ \t]{{1,4}}[\"']?{_TYPED}"),
    ),
    Rule(
        "password",
        ("echo ", "printf "),
        late(
            rf"(?:echo|printf)[ \t]{{1,4}}(?:-n[ \t]{{1,4}})?[\"']?{_TYPED}[\"']?[ \t]{{0,4}}\|[ \t]{{0,4}}"
            r"(?:sudo[ \t][^\n|]{0,40}?(?<=[ \t])(?:-[A-Za-z]{0,4}S|--stdin)(?![A-Za-z])"
            r"|[^\n|]{1,80}?--(?:[a-z]{2,12}-stdin|with-token))"
        ),
    ),
    Rule("password", ("sudo -s",), late(rf"sudo[ \t]-S[^\n<]{{0,60}}<<<[ \t]{{0,2}}[\"']?{_TYPED}")),
    Rule(
        "password",
        ("convertto-securestring",),
        late(rf"(?i:convertto-securestring)[ \t]{{1,4}}(?:-[A-Za-z]{{1,12}}[ \t]{{1,4}}){{0,3}}[\"']?(?![:(]){_TYPED}"),
    ),
    Rule(
        "secret",
        ("secretstr(", "secretbytes(", "secret("),
        late(r"(?i:secret(?:str|bytes)?)\([ \t]?b?[\"'](?P<secret>[^\"'\n]{4,256})(?=[\"'])"),
        lambda found: is_told_value(found["secret"]),
    ),
    Rule(
        "api-key",
        ("value:", 'value":', "value':"),
        late(r"(?i:value)[\"']?:[ \t]{0,4}[\"']?" + _TYPED),
        _is_of_secret,
    ),
    Rule(
        "password",
        ("password:", "pass:", "密码:", "密碼:", "credentials:", "login:"),
        late(
            r"(?i:password|pass|密码|密碼|credentials|login):[ \t]{0,4}[\w.@-]{2,64}"
            r"(?:[ \t]{1,3}[/|][ \t]{1,3}|(?<=[\w.@-])/)(?P<secret>(?!<)[!-.0-~]{4,128})"
        ),
        _is_second,
    ),
)
