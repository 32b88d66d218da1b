"""Links and files of a message that could not be read. Each goes on as a line of text, so that the answer can say so
(`notes_in`) and whoever looks for what happened passes it by (`without_unread`).
"""

import re
from collections.abc import Iterable
from typing import Literal

from bot.base.languages import Text
from bot.base.late import late
from bot.intake.redaction import has_secrets, redact

Why = Literal["locked", "gone", "large", "slow", "refused"]

_MARK = " not read: "  # stands in whatever the two patterns find
_LINK = late(r"^\[link not read: ([\w.:-]{1,80}), (locked|gone|large|slow|refused)\]$", re.MULTILINE)
_FILE = late(r"^\[file not read: ([\w.() +-]{1,80})(, secret)?\]$", re.MULTILINE)
_ODD = late(r"[^\w.() +-]")  # is not shown of a file's name
_MOST = 4  # links or files that are named: anybody can paste such lines by the thousand

SAID: dict[str, Text] = {
    "locked": Text(
        "I cannot open {site}: only a browser can decrypt it. Please paste the text here or attach it as a file.",
        "{site} 的内容只有浏览器能解密，我打不开。请直接把文字贴过来，或者作为文件上传。",
    ),
    "gone": Text(
        "The link to {site} does not open: it may be private or gone. Please paste the text or attach the file.",
        "{site} 的链接打不开，可能是私密的或者已经过期。请直接贴文字或上传文件。",
    ),
    "large": Text(
        "What the link to {site} leads to is too large. Please attach the last few thousand lines.",
        "{site} 链接里的内容太大了。请把最后几千行作为文件上传。",
    ),
    "slow": Text(
        "{site} did not answer in time. Please paste the text or attach the file.",
        "{site} 迟迟没有响应。请直接贴文字或上传文件。",
    ),
    "refused": Text(
        "The link to {site} leads somewhere that I do not open. Please paste the text or attach the file.",
        "{site} 的链接指向了我不会打开的地方。请直接贴文字或上传文件。",
    ),
}

NOT_READ = Text(
    "I did not read `{name}`: it is no text, damaged, or more than I take at once. I went by the rest.",
    "`{name}` 没有读：不是文本、文件损坏，或者一次发得太多。我只看了其余的内容。",
)

IN_A_NAME = Text(
    "The name of a file that I did not read holds a key, token or password. Others may have seen it: make a new one "
    "and delete the old one.",
    "没有读的文件里，有一个文件名带着密钥、令牌或密码，别人可能已经看到了：请换一个新的，并把旧的作废。",
)

MORE = Text(
    "I did not read {number} more of them either.",
    "另外还有 {number} 个也没有读。",
)


def unread_link(host: str, why: Why) -> str:
    """What goes on in the place of a text that could not be had."""
    return f"[link not read: {host}, {why}]"


def unread_file(name: str) -> str:
    """What goes on in the place of a file that could not be read beside others that could. Masked first: without its
    signs and cut, a secret is no longer known as one. Whether there was one is noted: its owner is to be told.
    """
    masked = redact(name)
    return f"[file not read: {_ODD.sub('_', masked.text)[:80] or '_'}{', secret' if has_secrets(masked.kinds) else ''}]"


def is_unread(text: str) -> bool:
    """Whether a text is nothing but a line that stands for what was not read, and no text that quotes one."""
    return _MARK in text and not without_unread(text).strip()


def without_unread(text: str) -> str:
    """A text without the lines that stand for what was not read."""
    return _FILE.sub("", _LINK.sub("", text))


def notes_in(texts: Iterable[str]) -> tuple[Text, ...]:
    """What is to be said of links and files that were not read."""
    whole = "\n".join(text for text in texts if _MARK in text)
    of_links = [SAID[why].format(site=site) for site, why in dict.fromkeys(_LINK.findall(whole))]
    files = _FILE.findall(whole)
    of_files = [NOT_READ.format(name=name) for name in dict.fromkeys(name for name, _ in files)]
    of_names = (IN_A_NAME,) if any(secret for _, secret in files) else ()
    return (*_first(of_links), *_first(of_files), *of_names)


def _first(notes: list[Text]) -> list[Text]:
    """As many as an answer can say, and how many more there are."""
    return notes if len(notes) <= _MOST else [*notes[:_MOST], MORE.format(number=len(notes) - _MOST)]
