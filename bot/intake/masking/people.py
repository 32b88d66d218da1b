"""Personal details: mail and network addresses, names of users, numbers that lead to a person."""

import ipaddress
import re

from bot.base.late import late
from bot.intake.masking.rule import WORD, Found, Rule, before, stands_alone

# Names that every machine of a kind has; they identify nobody.
_COMMON_USERS = frozenset(
    "user users public default defaultuser0 admin administrator root runner ubuntu debian vscode container appuser "
    "app ollama node jovyan shared all none username you your yourname name test kasm-user cdrom dvd usb floppy "
    "linuxbrew git www-data nobody daemon staff wheel system src opt usr home "
    "用户 用户名 你的用户名 公用".split()
)
_FILE_ENDS = frozenset("whl gguf py zip tar gz json yaml yml txt log service safetensors md exe dll so bin".split())

_TOP_DOMAINS = frozenset(
    "com org net edu gov io cn de uk fr ru jp kr it es nl pl br in eu tw hk info me dev ai".split()
)

_VERSION_WORDS = late(
    r"(?i)(?:version|ver\.?|v|driver|release|build|runtime|==|>=|<=|~=|版本|驱动|koboldcpp|package)\W{0,3}$"
)
_ADDRESS_WORDS = late(
    r"(?i)(?:ip|host|addr|address|server|connect|connecting|from|to|remote|client|peer|listen|ping|gateway|dns|at|"
    r"connection|request|endpoint|proxy|地址|连接|服务器|访问)\W{0,4}$"
)

_PRIVATE = ("192.168.", "127.", "10.", "0.")  # most addresses in logs; the rest is left to `ipaddress`


def _is_person(found: Found) -> bool:
    name = found["secret"].strip()
    return bool(name) and name.lower() not in _COMMON_USERS and name[0] not in "<$%{*." and not name.isdigit()


def _is_email(found: Found) -> bool:
    """Not a wheel (torch@cu121.whl) or another file, unless an address is its name (jd@example.org.txt)."""
    if found["end"].lower() not in _FILE_ENDS:
        return True
    labels = found[0].lower().rpartition("@")[2].split(".")
    return len(labels) > 2 and labels[-2] in _TOP_DOMAINS


# Country codes (ITU E.164) and how many digits a number has with them where that is known.
_COUNTRY = late(
    r"1[2-9]|7[3-9]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-6]\d|29[0179]|3[578]\d|42[013]|50\d|59\d|67\d|85[02356]|88[06]|9[67]\d|99[2-8]"
)
_LENGTHS = {"1": (11,), "7": (11,), "86": (13,)}
_CALLED = late(
    r"(?i)(?:call|phone|tel|mobile|number|sms|text|whatsapp|signal|手机|电话|号码|联系)\W{0,4}(?:is|me|at|on|是)?\W{0,4}$"
)


def _is_phone(found: Found) -> bool:
    """A number in groups behind a country code, or in one piece behind a word that says so."""
    number = found["secret"]
    digits = "".join(filter(str.isdigit, number))
    code = _COUNTRY.match(digits)
    if code is None or not _has_length(digits) or before(found).isalnum():
        return False
    return not number[1:].isdigit() or _CALLED.search(before(found, 24)) is not None


def _has_length(digits: str) -> bool:
    known = next((lengths for code, lengths in _LENGTHS.items() if digits.startswith(code)), range(10, 16))
    return len(digits) in known


def _is_address(found: Found) -> bool:
    """A public address; versions, private, loopback, reserved and malformed ones stay readable."""
    if found[0].startswith(_PRIVATE):
        return False
    try:
        address = ipaddress.ip_address(found[0])
    except ValueError:
        return False
    if not address.is_global or address.is_multicast:
        return False
    return address.version == 6 or _is_no_version(found)


def _is_no_version(found: Found) -> bool:
    """Four dotted numbers may be a version: koboldcpp 1.76.0.1, nvidia-cublas-cu12 12.4.5.8. An address has longer
    numbers, or a port, or a word that introduces it.
    """
    front = before(found, 16)
    has_port = re.match(r":\d", found.string[found.end() : found.end() + 2]) is not None
    if front.endswith(("//", "@")) or (front.endswith("=") and has_port):
        return True
    if re.search(r"[\w.\-+/=]$", front) or _VERSION_WORDS.search(front):
        return False
    return has_port or sum(map(str.isdigit, found[0])) >= 9 or _ADDRESS_WORDS.search(front) is not None


def _begins_path(found: Found) -> bool:
    """`/home/x`, `/var/home/x`, `/run/media/x`; not `/api/home/x`."""
    path = re.split(r"[^\w./-]", before(found, 24))[-1]
    return not path.strip("/") or path in ("/var", "/run", "/mnt", "/rootfs") or path[-1] in "=.-"


def _begins_line(found: Found) -> bool:
    """Whether only blanks, a bracket or an environment's name stand before it."""
    line = found.string[found.string.rfind("\n", 0, found.start()) + 1 : found.start()][-60:]
    return re.fullmatch(r"[ \t]*(?:\([\w.-]{1,40}\)[ \t]*)?\[?", line) is not None


def _is_identity_card(found: Found) -> bool:
    """Eighteen characters with the right check digit (GB 11643-1999)."""
    number = found["secret"].upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return stands_alone(found) and number[17] == "10X98765432"[total % 11]


def _is_hardware_address(found: Found) -> bool:
    digits = {character for character in found[0].lower() if character.isalnum()}
    return stands_alone(found) and before(found) not in (":", "-") and len(digits) > 2


# A line of `ls -l`: mode, links, owner, group, size.
_FILE = r"(?<=[-dlcbps])(?:[r-][w-][xsStT-]){3}[.+@]?[ ]{1,4}\d{1,6}[ ]{1,4}"
_OWNER = r"[a-z_<][A-Za-z0-9_.>-]{0,31}"

PEOPLE = (
    Rule(
        "email",
        ("@",),
        late(
            r"[A-Za-z0-9_.+-]{1,64}@(?!\d{1,3}\.\d)"
            r"(?:[A-Za-z0-9-]{1,63}\.){1,8}(?P<end>[A-Za-z]{2,12})(?![A-Za-z0-9:/])"
        ),
        _is_email,
        before=f"{WORD}_.+-",
    ),
    Rule(
        "ip-address",
        (".h.", ".hh.", ".hhh."),
        late(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w-]|\.\d)"),
        _is_address,
        before="0123456789",
        shaped=True,
    ),
    Rule(
        "ip-address",
        ("hhhh:h",),
        late(r"(?<![\w:.])[23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){1,6}[0-9a-fA-F]{0,4}(?![\w:.])"),
        _is_address,
        shaped=True,
    ),
    Rule(
        "mac-address",
        ("hh:hh:hh:hh:hh:hh",),
        late(r"[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2}){4}(?![\w:-])"),
        _is_hardware_address,
        shaped=True,
    ),
    Rule(
        "identity-card",
        ("h" * 17,),
        late(r"(?P<secret>[1-9]\d{5}(?:19|20)\d{9}[\dXx])(?![A-Za-z0-9])"),
        _is_identity_card,
        shaped=True,
    ),
    Rule(
        "phone",
        ("手机", "电话", "号码", "联系", "phone", "tel", "mobile", "whatsapp"),
        late(
            r"(?i:手机|电话|号码|联系|phone|tel|mobile|whatsapp)[^\d\n]{0,8}"
            r"(?P<secret>(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|00[1-9](?:[ -]?\d){9,13})(?!\d)"
        ),
    ),
    Rule(
        "phone",
        (),  # a sign that stands in many lines: quicker looked for by the pattern itself
        late(r"(?P<secret>\+(?:[1-9]\d{9,14}|[1-9]\d{0,2}(?:[ ./-](?:\(\d{1,4}\)[ -]?)?\d{1,12}){1,6}))(?![\d%:])"),
        _is_phone,
    ),
    Rule(
        "account",
        ("qq", "企鹅"),
        late(r"(?i:qq|企鹅)(?:群|号|群号)?[ \t]{0,2}(?:是|[:=])?[ \t]{0,2}(?P<secret>[1-9]\d{4,10})(?!\d)"),
        stands_alone,
    ),
    Rule("account", ("wxid_",), late(r"(?i:wxid_)[a-z0-9]{8,24}")),
    Rule(
        "account",
        ("微信", "wechat", "wx", "vx"),
        late(
            r"(?i:微信|wechat|wx|vx)(?:(?:号|[ \t]?id)[ \t]{0,2}(?:是|[:=])?|[ \t]{0,2}(?:是|[:=])|(?<=信)[ \t])"
            r"[ \t]{0,2}"
            r"(?P<secret>(?=[A-Za-z_-]{0,19}\d)[A-Za-z][A-Za-z0-9_-]{5,19})"
        ),
        stands_alone,
    ),
    Rule(
        "user-name",
        ("users", "documents and settings", "用户"),
        late(
            r"(?i:users|documents and settings|用户)[\\/]{1,4}"
            r"(?P<secret>[^\\/:*?\"<>|\r\n\t]{1,64}?)(?=[\\/:*?\"<>|'\r\n\t]|$)",
            re.MULTILINE,
        ),
        lambda found: before(found) in ("\\", "/") and _is_person(found),
    ),
    Rule(
        "user-name",
        ("/home/", "/media/"),
        late(r"(?i:/home/|/media/)(?P<secret>[^\s/:\"'`<>|,;)\]}\\]{1,64})"),
        lambda found: _begins_path(found) and _is_person(found),
    ),
    Rule(
        "user-name",
        ("~",),
        late(r"~(?P<secret>[a-z_][a-z0-9_.-]{1,31})(?=/)"),
        lambda found: before(found) in ("", " ", "\n", "\t", "=", ":", "'", '"', "(") and _is_person(found),
    ),
    Rule(
        "user-name",
        ("@",),
        late(
            r"(?P<secret>[a-z_][a-z0-9_-]{0,31})@[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,4}"
            r"[: \t][^\n]{0,120}?[$#%](?:[ \t]|$)",
            re.MULTILINE,
        ),
        lambda found: _begins_line(found) and _is_person(found),
        before=f"{WORD}_-",
    ),
    Rule("user-name", ("㉿",), late(r"(?P<secret>[A-Za-z0-9_-]{1,32})㉿"), _is_person, before=f"{WORD}_-"),
    Rule(
        "user-name",
        ("user=", "username=", "logname="),
        late(r"(?:USER|USERNAME|LOGNAME)=\"?(?P<secret>[A-Za-z0-9_.-]{2,32})(?![A-Za-z0-9_.-])"),
        lambda found: before(found) not in ("_", "-") and _is_person(found),
    ),
    Rule("user-name", ("rw",), late(rf"{_FILE}(?P<secret>{_OWNER})[ ]{{1,16}}{_OWNER}[ ]{{1,16}}\d"), _is_person),
    Rule("user-name", ("rw",), late(rf"{_FILE}{_OWNER}[ ]{{1,16}}(?P<secret>{_OWNER})[ ]{{1,16}}\d"), _is_person),
)
