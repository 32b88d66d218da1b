"""Secrets in addresses and key files: passwords, proxy and subscription links, hooks of chats, private keys."""

import re

from bot.intake.masking.rule import WORD, Found, Rule, stands_alone

_PROXIES = r"(?:vmess|vless|ssr?|trojan|hysteria2?|hy2|tuic|snell|juicity|anytls|clash|clashmeta|sing-box|naive\+https)"
_BEGIN, _END = r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----", r"(?=-----END )"


def _is_user_part(found: Found) -> bool:
    return not found["secret"].startswith(("<", "$", "{", "%"))


LINKS = (
    Rule(
        "private-key",
        ("-----begin ",),
        re.compile(rf"{_BEGIN}(?P<secret>(?!<)(?:[^-]|-{{1,4}}(?!-)){{1,20000}}{_END}|[A-Za-z0-9+/=\s\\]{{20,20000}})"),
    ),
    Rule(
        "proxy-link",
        ("://",),
        re.compile(rf"(?i:{_PROXIES})://(?P<secret>(?!<)[!#-&(-;=?-~]{{4,4000}})"),
        stands_alone,
        before=f"{WORD}+-",
    ),
    Rule(
        "password",
        ("://",),
        re.compile(r"://[^\s/:@'\"<]{0,64}:(?P<secret>[^\s/@'\"<]{1,128})(?=@[A-Za-z0-9_.\[-])"),
        _is_user_part,
    ),
    Rule("discord-webhook", ("/webhooks/",), re.compile(r"/webhooks/(?P<secret>\d{5,25}/[A-Za-z0-9_-]{20,120})")),
    Rule(
        "cloud-key",
        ("hooks.slack.com/",),
        re.compile(r"(?i:hooks\.slack\.com/)[a-z]{1,20}/(?P<secret>[A-Z0-9]{6,16}/[A-Za-z0-9/]{16,80})"),
    ),
    Rule(
        "cloud-key",
        (":aa",),  # Telegram: number of the bot, ":", 35 characters
        re.compile(r"(?P<secret>\d{6,12}:AA[A-Za-z0-9_-]{30,40})"),
        before="0123456789",
    ),
)
