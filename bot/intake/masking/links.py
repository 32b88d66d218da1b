"""Secrets in addresses and key files: passwords, proxy and subscription links, hooks of chats, private keys."""

import re

from bot.base.late import late
from bot.intake.masking.rule import WORD, Found, Rule, before, has_digit, looks_random, stands_alone

_PROXIES = r"(?:vmess|vless|ssr?|trojan|hysteria2?|hy2|tuic|snell|juicity|anytls|clash|clashmeta|sing-box|naive\+https)"
_BEGIN, _END = r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----", r"(?=-----END )"


def _is_user_part(found: Found) -> bool:
    return not found["secret"].startswith(("<", "$", "{", "%"))


# Sites whose short links lead to what everybody may see.
_SHARING = late(
    r"(?i)://(?:[\w-]{1,40}\.){0,3}(?:huggingface\.co|hf\.co|github\.com|githubusercontent\.com|gitlab\.com|reddit\.com|"
    r"t\.me|baidu\.com|quark\.cn|aliyundrive\.com|alipan\.com|weiyun\.com|123pan\.com|modelscope\.cn|google\.com)/"
)
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_OF_PROXIES = late(
    r"(?i)alter_?id|vmess|vless|tuic|hysteria|servername|ws-opts|reality|skip-cert-verify|[\"']flow[\"']|"
    r"[\"']encryption[\"']"
)


def _is_subscription(found: Found) -> bool:
    """Whoever has such a link has what was paid for: its last part is the token."""
    address = re.search(r"https?://[^\s\"'<>]{3,120}$", before(found, 130))
    value = found["secret"]
    if address is None or _SHARING.search(f"{address[0]}/"):
        return False
    return has_digit(value) and looks_random(value, 0.2) and len(value) >= (28 if found[0].startswith("/s/") else 12)


def _is_of_proxy(found: Found) -> bool:
    around = found.string[max(0, found.start() - 240) : found.end() + 240]
    return _OF_PROXIES.search(around) is not None


LINKS = (
    Rule(
        "private-key",
        ("-----begin ",),
        late(rf"{_BEGIN}(?P<secret>(?!<)(?:[^-]|-{{1,4}}(?!-)){{1,20000}}{_END}|[A-Za-z0-9+/=\s\\]{{20,20000}})"),
    ),
    Rule(
        "proxy-link",
        ("://",),
        late(rf"(?i:{_PROXIES})://(?P<secret>(?!<)[!#-&(-;=?-~]{{4,4000}})"),
        stands_alone,
        before=f"{WORD}+-",
    ),
    Rule(
        "password",
        ("://",),
        late(r"://[^\s/:@'\"<]{0,64}:(?P<secret>[^\s/@'\"<]{1,128})(?=@[A-Za-z0-9_.\[-])"),
        _is_user_part,
    ),
    Rule(
        "proxy-link",
        ("/s/", "/sub/", "/link/", "/subscribe/", "/client/"),
        late(r"/(?:s|sub|link|subscribe|client)/(?P<secret>[A-Za-z0-9_-]{12,128})(?![A-Za-z0-9_.-])"),
        _is_subscription,
    ),
    Rule(
        "proxy-link",
        ("uuid:", 'uuid":', '"id":'),  # of a node of clash, sing-box or xray
        late(rf"(?i:uuid[\"']?|\"id\"):[ \t]{{0,4}}[\"']?(?P<secret>{_UUID})"),
        _is_of_proxy,
    ),
    Rule("discord-webhook", ("/webhooks/",), late(r"/webhooks/(?P<secret>\d{5,25}/[A-Za-z0-9_-]{20,120})")),
    Rule(
        "cloud-key",
        ("hooks.slack.com/",),
        late(r"(?i:hooks\.slack\.com/)[a-z]{1,20}/(?P<secret>[A-Z0-9]{6,16}/[A-Za-z0-9/]{16,80})"),
    ),
    Rule(
        "cloud-key",
        (":aa",),  # Telegram: number of the bot, ":", 35 characters
        late(r"(?P<secret>\d{6,12}:AA[A-Za-z0-9_-]{30,40})"),
        before="0123456789",
    ),
)
