"""One token in every dress in which people, consoles, browsers and JSON show it."""

from urllib.parse import quote

import pytest

from bot.intake.cleaning import clean
from bot.intake.reading import read_masked
from bot.intake.redaction import redact

TOKEN = "hf_" + "aB3dE5gH7jK9mN1pQr" * 2  # of the usual length, made up
START, END = TOKEN[:14], TOKEN[14:]
LEFT = 8  # characters of the token in a row that nobody may see

DRESSES = {
    "by itself": TOKEN,
    "after Chinese": f"我的token是{TOKEN}",
    "before Chinese": f"{TOKEN}是我的",
    "after a letter with an accent": f"é{TOKEN}",
    "after an emoji": f"🔑{TOKEN}",
    "after a word": f"token{TOKEN}",
    "after a digit": f"1{TOKEN}",
    "after _": f"_{TOKEN}_",
    "between dots": f"...{TOKEN}...",
    "in quotes": f'"{TOKEN}"',
    "coloured": f"\x1b[32m{TOKEN}\x1b[0m",
    "coloured inside": f"{START}\x1b[1;33m{END}",
    "coloured, the escape lost": f"{START}[32m{END}",
    "coloured, the escape written": f"\\033[32m{TOKEN}\\033[0m",
    "coloured, the escape written inside": f"{START}\\x1b[32m{END}",
    "coloured, the escape in caret notation": f"^[[32m{TOKEN}^[[0m",
    "after an escaped line end": f"done\\n{TOKEN}\\nnext",
    "in JSON within JSON": '{"log": "x\\n\\"token\\": \\"' + TOKEN + '\\""}',
    "with an escaped letter": TOKEN.replace("_", "\\u005f"),
    "after a quoted blank": f"a%20{TOKEN}%20b",
    "quoted for an address": quote(f"token={TOKEN}", safe="").replace("_", "%5F"),
    "in an address": f"https://example.org/x?token={TOKEN}&y=1",
    "in a path": f"/tmp/{TOKEN}/x",
    "as a user of an address": f"https://{TOKEN}@huggingface.co/x/y",
    "full-width": "".join(chr(ord(letter) + 0xFEE0) for letter in TOKEN),
    "zero-width inside": f"{START}\u200b{END}",
    "zero-width everywhere": "\u200b".join(TOKEN),
    "soft hyphen inside": f"{START}\u00ad{END}",
    "wrapped": f"x {START}\n{END} y",
    "wrapped by Windows": f"x {START}\r\n{END} y",
    "wrapped and indented": f"x {START}\n    {END} y",
    "wrapped with a blank": f"x {START} \n{END} y",
    "wrapped in a quotation": f"> {START}\n> {END}",
    "wrapped in a frame": f"│ {START}\n│ {END}",
    "wrapped with a backslash": f"{START}\\\n{END}",
    "in Markdown": f"**{TOKEN}**",
    "in Markdown, escaped": TOKEN.replace("_", "\\_"),
    "hidden in Markdown": f"||{TOKEN}||",
    "in HTML": f"<b>{START}</b>{END}",
    "with an HTML entity": TOKEN.replace("_", "&#95;"),
    "between carriage returns": f"x\r{TOKEN}\r",
}


def leaks(text: str) -> bool:
    """Whether enough of the token is left, also when what is no letter or digit is left out."""
    bare = "".join(letter for letter in text if letter.isalnum() and letter.isascii())
    pieces = [TOKEN[at : at + LEFT] for at in range(3, len(TOKEN) - LEFT)]
    return any(piece in text or piece in bare for piece in pieces)


@pytest.mark.parametrize("dress", DRESSES)
def test_a_token_is_masked_in_every_dress(dress: str) -> None:
    read = read_masked(f"loading\n{DRESSES[dress]}\nready")
    assert not leaks(read.text)
    assert not leaks("\n".join(line.text for line in read.lines))
    assert "hugging-face-token" in read.kinds
    assert read.lines[0].text == "loading"
    assert read.lines[-1].text == "ready"


@pytest.mark.parametrize("dress", DRESSES)
def test_the_line_after_it_keeps_its_number(dress: str) -> None:
    text = f"loading\n{DRESSES[dress]}\nready"
    read = read_masked(text)
    assert read.text.count("\n") == text.count("\n")
    assert read.lines[-1].last == text.count("\n") + 1


@pytest.mark.parametrize("dress", DRESSES)
def test_what_was_masked_once_stays_as_it_is(dress: str) -> None:
    read = read_masked(DRESSES[dress])
    assert redact(read.text).text == read.text
    assert not leaks("\n".join(line.text for line in clean(read.text)))


def test_the_word_after_a_token_at_the_end_of_a_line_stays() -> None:
    assert redact(f"token {TOKEN}\nINFO loading Qwen3").text == "token <hugging-face-token>\nINFO loading Qwen3"
