"""The pieces that names of models are made of: words, versions, sizes, active parts, experts, dates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["word", "size", "active", "experts", "million", "number", "lettered", "coded"]

# Kinds that tell one model from another: a model that lacks what was told is another model.
VERSIONS: frozenset[Kind] = frozenset({"number", "lettered", "coded"})
TELLING: frozenset[Kind] = VERSIONS | {"size", "active", "experts", "million"}

# Words that tell how a model's feed-forward part is built.
KINDS = frozenset({"dense", "moe"})
# Words a name may carry or lack without meaning another model.
SOFT_WORDS = frozenset(
    "instruct chat it hf meta nvidia c4ai preview pt sft rl dpo orpo model ai ggml gguf inst reasoning nemo exp"
    " ai21 qat mtp ct".split()
)

_SAME = {"it": "instruct", "inst": "instruct", "vision": "vl", "think": "thinking"}
_TOKEN = re.compile(
    r"(?P<experts>\d{1,9}x\d{1,9}(?:\.\d{1,9})?b|8x(?:7|22)|\d{2,9}e)(?![a-z0-9])"
    r"|(?P<active>(?<![a-z])[ae]\d{1,9}(?:[._]\d{1,9})?b)(?![a-z0-9])"
    r"|(?P<size>(?:(?<![a-z])\d{1,9}_\d{1,9}|\d{1,9}(?:\.\d{1,9})?)[ \t]?b|\d{1,9}(?:\.\d{1,9})?t)(?![a-z0-9])"
    r"|(?P<million>\d{1,9}m)(?![a-z0-9])"
    r"|(?P<lettered>\d{1,9}(?:\.\d{1,9})?[nvok])(?![a-z0-9])"
    r"|(?P<coded>(?<![a-z])[kmorsz]\d(?:\.\d{1,9})?)(?![a-z0-9_]|\.\d)"
    r"|(?P<number>\d+(?:[._]\d+(?!\d{0,9}b(?![a-z0-9])))*)"  # of llama2_7b only the 2
    r"|(?P<word>[a-z]+)"
)
_JOINT = re.compile(r"[-_.]?v?")
_GAP = re.compile(r"[-_.\s]{0,2}v?\.?")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a name. `lead` is what stands between the piece before and this one; `mended` says that a slip of
    the pen was put right.
    """

    text: str
    kind: Kind
    start: int = 0
    end: int = 0
    lead: str = ""
    mended: bool = False

    @property
    def joined(self) -> bool:
        """Written in one with the piece before: "-4", "_v4", "4"."""
        return _JOINT.fullmatch(self.lead) is not None

    @property
    def near(self) -> bool:
        """Right after the piece before, a blank between them at most."""
        return _GAP.fullmatch(self.lead) is not None


def tokens_of(text: str) -> list[Token]:
    """The pieces a (lower-case) name is made of: "qwen2.5-32b-a3b" -> qwen, 2.5, 32b, a3b."""
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        if found.group() == "v" and text[found.end() : found.end() + 1].isdigit():
            continue  # "v3" is version 3
        kind: Kind = found.lastgroup or "word"  # type: ignore[assignment]
        lead = text[tokens[-1].end if tokens else 0 : found.start()]
        tokens.append(Token(_value(found.group(), kind), kind, found.start(), found.end(), lead))
    return tokens


def _value(written: str, kind: Kind) -> str:
    if kind == "word":
        return _SAME.get(written, written)
    if kind == "experts" and written[-1].isdigit():  # "mixtral 8x7"
        return f"{written}b"
    value = written.replace("_", ".")
    if kind == "number" and "." not in value and value.startswith("0") and len(value) not in (1, 4):
        return value.lstrip("0") or "0"
    if kind == "size":
        return f"{float(value[:-1]) * (1000 if value.endswith('t') else 1):g}b"
    return value


def told_apart(tokens: Iterable[Token]) -> list[Token]:
    """The tokens, a version or size that stands twice marked the second time: of "qwen3 ... v3", 3 and 3'."""
    seen: set[str] = set()
    found: list[Token] = []
    for token in tokens:
        again = token.kind in TELLING and token.text in seen
        found.append(replace(token, text=f"{token.text}'") if again else token)
        seen.add(token.text)
    return found


def key_of(tokens: Iterable[Token]) -> str:
    """What all spellings of one name share; blank when no word is left that names a family.

    The point of a version may be left out, that of a size may not: qwen25 is Qwen2.5, but 15b is not 1.5b.
    """
    tokens = list(tokens)
    if not any(token.kind in {"word", "coded"} for token in tokens):
        return ""
    return "".join(_key_part(token) for token in tokens)


def _key_part(token: Token) -> str:
    if token.kind == "coded":  # r1 may stand in one with the word before it
        return f"{token.text[0]}|{token.text[1:].replace('.', '')}|"
    return (
        token.text
        if token.kind == "word"
        else f"|{token.text.replace('.', '') if token.kind == 'number' else token.text}|"
    )


def size_of(tokens: Iterable[Token]) -> float | None:
    """The size in billions that the tokens tell; of "8x7b" nothing, since experts share weights."""
    for token in tokens:
        if token.kind == "size":
            return float(token.text[:-1])
        if token.kind == "million" and int(token.text[:-1]) >= 10:
            return int(token.text[:-1]) / 1000
    return None
