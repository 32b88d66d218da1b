"""Texts that come dressed as a document: HTML, RTF and the text of a .docx. Linear in their length."""

import html
import re

from bot.base.late import late

_HTML_START = late(r"\s{0,200}(?:<!--[^>]{0,300}-->\s{0,50})?<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_UNSEEN = late(r"<(script|style|head|svg)\b[^>]{0,500}>.*?(?:</\1\s{0,5}>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAKS = late(r"<(?:br|hr)\s{0,5}/?>|</(?:p|div|li|tr|pre|h[1-6]|table|title|blockquote)\s{0,5}>", re.IGNORECASE)
_TAG = late(r"<[/!?a-zA-Z][^<>]{0,2000}>")
_RTF = late(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z])"
    r"|(?P<brace>[{}])|[\r\n]+"
)
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "    ", "row": "\n", "cell": "    "}
_RTF_UNSEEN = frozenset("fonttbl colortbl stylesheet info pict themedata datastore listtable generator".split())


def is_html(text: str) -> bool:
    """Whether a text begins like a page of HTML."""
    return _HTML_START.match(text) is not None


def is_rtf(text: str) -> bool:
    """Whether a text begins like RTF."""
    return text.startswith("{\\rtf")


def of_html(text: str) -> str:
    """What a browser would show."""
    shown = _BREAKS.sub("\n", _UNSEEN.sub("", text))
    return html.unescape(_TAG.sub("", shown)).replace("\xa0", " ")


def of_docx(xml: str) -> str:
    """The text of word/document.xml, a line for each paragraph."""
    marked = xml.replace("<w:tab/>", "    ").replace("<w:br/>", "\n").replace("</w:p>", "\n")
    return html.unescape(_TAG.sub("", marked))


def of_rtf(text: str) -> str:
    """The text of an RTF file, without its tables of fonts and the like."""
    said: list[str] = []
    depth, hidden = 0, 0  # at `hidden` a group began that is not shown; 0: none
    at = skip = 0
    for found in _RTF.finditer(text):
        plain = text[at : found.start()][skip:]
        skip = 0
        at = found.end()
        if not hidden:
            said.append(plain)
        if (brace := found["brace"]) is not None:
            depth += 1 if brace == "{" else -1
            hidden = 0 if depth < hidden else hidden
        elif not hidden and (found["word"] in _RTF_UNSEEN or found["sign"] == "*"):
            hidden = depth
        elif not hidden:
            said.append(_rtf_sign(found))
            skip = int(found["word"] == "u")  # what stands there for programs that know no Unicode
    return "".join((*said, "" if hidden else text[at:]))


def _rtf_sign(found: re.Match[str]) -> str:
    word, number = found["word"], found["number"]
    if word == "u" and number is not None:
        return chr(int(number) % 0x10000)
    if word is not None:
        return _RTF_BREAKS.get(word, "")
    if found["hex"] is not None:
        return bytes.fromhex(found["hex"]).decode("cp1252", "replace")
    return found["sign"] if found["sign"] in ("\\", "{", "}") else ""
