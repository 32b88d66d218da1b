"""Ordinary large logs go through the whole chain in a time that grows like their length."""

from time import process_time

import pytest
from shipped import CLINIC

from bot.answers.blocks import Evidence
from bot.intake.masking.table import RULES
from bot.intake.masking.tokens import TOKENS
from bot.intake.reading import read_masked
from bot.intake.sources import MIB, Limits, Source, read_sources, read_text

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

MOST_GROWTH = 9.0  # of a text four times as long; a quadratic step makes it 16 and soon far more
NOISE = 0.3  # seconds that a busy machine may add

SHAPES = {
    "slots after a prompt": "llama_kv_cache: slot {n} of the cache is free again xxxxxxxx\n",
    "blank lines": "\n",
    "lines of blanks": "      \t  \n",
    "one long line of blanks": "    ",
    "tokens": "n_tokens = {n}, token: {n}, tokens per second {n}.5\n",
    "prompts": "me@pc:~$ ollama run {n}\n",
    "addresses": "request from 192.168.1.20:{n} - key: /v1/models\n",
    "colours": "\x1b[32mINFO\x1b[0m: slot {n}\n",
    "escapes": r"C:\Users\jdoe\n{n}\t%20\u4f60",
    "names of letters": "a-b_c.d@",
    "opening quotes": "key: \"'\"'",
}


def text_of(shape: str, length: int) -> str:
    piece = "".join(SHAPES[shape].replace("{n}", str(n)) for n in range(200))
    return "me@pc:~$ ollama serve\n" + (piece * (length // len(piece) + 1))[:length]


def seconds(work: object, text: str) -> float:
    started = process_time()
    work(text)  # type: ignore[operator]
    return process_time() - started


def grows_little(work: object, once: str, four_times: str) -> bool:
    """Measured up to five times: what else runs on the machine makes it more now and then, never less."""
    return any(seconds(work, four_times) < seconds(work, once) * MOST_GROWTH + NOISE for _ in range(5))


def masked_and_cleaned(text: str) -> None:
    read_masked(read_text("", text, Limits(text=MIB // 4)).text)


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_is_about_four_times_the_work(shape: str) -> None:
    once, four_times = (text_of(shape, length) for length in (100_000, 400_000))
    assert grows_little(masked_and_cleaned, once, four_times)


def test_a_log_of_8_mb_is_diagnosed_like_one_of_2() -> None:
    lines = [SHAPES["slots after a prompt"].replace("{n}", str(n)) for n in range(140_000)]
    once, four_times = ("me@pc:~$ ollama serve\n" + "".join(some) for some in (lines[:35_000], lines))
    CLINIC.diagnose("")
    assert grows_little(CLINIC.diagnose, once, four_times)


ERROR = "ggml_cuda_init: failed: CUDA error: out of memory"
LONG_LINES = {
    "no blank": "x" * (5 * MIB) + " " + ERROR,
    "words": "loading tensor blk.1 ok " * (5 * MIB // 24) + ERROR,
    "words behind it": "loading tensor blk.1 ok " * (5 * MIB // 24) + ERROR + " loading done" * 60,
    "Chinese": "加载模型中，" * 300_000 + ERROR,
}


@pytest.mark.parametrize("shape", LONG_LINES)
def test_an_error_at_the_end_of_a_line_of_5_mb_is_shown(shape: str) -> None:
    (source,) = read_sources("run.log", LONG_LINES[shape].encode())
    assert isinstance(source, Source)
    (proof,) = (block for block in CLINIC.diagnose(source.text).answer.blocks if isinstance(block, Evidence))
    assert any("out of memory" in line and len(line) < 500 for line in proof.lines)
    assert "out of memory" in proof.focus


INTRODUCERS = {start for rule in RULES if not rule.shaped for start in rule.introducers}
ATTACKS = [
    *sorted(INTRODUCERS | {start for token in TOKENS for start in token.starts}),
    "12:34:56:", "1.2.", "1.2.3.4.", "a1B2c3D4e5F6g7H8", "a1:b2:c3:d4:e5:f6:", "-----BEGIN PRIVATE KEY-----\n", "%41",
    "\\u0041", "&#65;", "<b>", "[1m", "\x1b[", "\x1b]", "hf_\n", 'key="', "password: ", "user@", "drwxr-xr-x 2 a",
    "a1B2c3D4e5\n", "eyJaaaaaaaaaaaa.", "://a:", "cookie: a=", "Authorization: ", "\r", " \n", "\\\n",
]  # fmt: skip


def test_no_beginning_of_a_secret_holds_the_masking_up() -> None:
    attacks = {piece: [piece * (length // len(piece)) for length in (6_000, 24_000)] for piece in ATTACKS}
    assert [piece for piece, texts in attacks.items() if not grows_little(read_masked, *texts)] == []
