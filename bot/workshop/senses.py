"""Makes the table of what words mean (bot/diagnosis/senses.bin) from the vectors of WordLlama.

    python -m bot.workshop.senses WEIGHTS TOKENIZER

Source: WordLlama 0.4 (https://github.com/dleemiller/WordLlama, MIT, copyright 2024 Lee Miller), in whose package lie
`weights/l2_supercat_256.safetensors` (one vector a token, trained so that their mean says what a sentence means, and
so that the first dimensions say most) and `tokenizers/l2_supercat_tokenizer_config.json`. Of these are kept: tokens of
small Latin letters, digits and the script of Chinese, Japanese and Korean; the first 128 dimensions, in 8 bits; each
vector is weighted by how rare its token is in the knowledge's own wordings.
"""

import json
import re
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from zlib import crc32

from bot.diagnosis.reader import texts_taught
from bot.diagnosis.senses import BLANK, MARK, TABLE, pieces_of, words_of
from bot.knowledge.files import knowledge_root
from bot.knowledge.load import load_failures
from bot.knowledge.told import load_told

_DIMENSIONS = 128
_STEPS = 127  # of a signed byte
_KEPT = re.compile(rf"{BLANK}?[a-z0-9_]+|{BLANK}?[\u3040-\u9fff\uac00-\ud7af]+")

Rows = Mapping[str, Sequence[float]]  # a vector for each piece


def table_of(vectors: Rows, wordings: Sequence[str]) -> bytes:
    """The file's content. `vectors`: for each piece its own; `wordings`: lines in which pieces are rare or frequent.
    Raises ValueError when two pieces have the same key.
    """
    keyed = sorted((crc32(piece.encode()), piece) for piece in vectors)
    if len({key for key, _ in keyed}) < len(keyed):
        raise ValueError("two pieces have the same key")
    rare = _rarity(vectors, wordings)
    rows = [[value * rare[piece] for value in vectors[piece][:_DIMENSIONS]] for _, piece in keyed]
    width = len(rows[0]) if rows else 0
    units = [max(map(abs, row)) / _STEPS or 1.0 for row in rows]
    steps = [round(value / unit) for row, unit in zip(rows, units, strict=True) for value in row]
    parts = array("I", [len(keyed), width]), array("I", [key for key, _ in keyed]), array("f", units)
    return MARK + b"".join(part.tobytes() for part in (*parts, array("b", steps)))


def _rarity(vectors: Rows, wordings: Sequence[str]) -> dict[str, float]:
    """For each piece the logarithm of one in how many wordings has it, smoothed."""
    names = list(vectors)
    places = {piece: at for at, piece in enumerate(names)}
    seen = Counter[int]()
    for line in wordings:
        seen.update({at for word in words_of(line) for at in pieces_of(word, lambda piece: places.get(piece, -1))})
    return {piece: log((1 + len(wordings)) / (1 + seen[at])) for at, piece in enumerate(names)}


def vectors_in(weights: Path, tokenizer: Path) -> Rows:
    """The vectors of the tokens that are kept, by token. `weights`: safetensors with one matrix of 16-bit numbers."""
    numbers = json.loads(tokenizer.read_text(encoding="utf-8"))["model"]["vocab"]
    content = weights.read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    (matrix,) = (each for name, each in json.loads(content[8 : 8 + size]).items() if name != "__metadata__")
    width = matrix["shape"][1]
    first = 8 + size + matrix["data_offsets"][0]
    kept = {token: number for token, number in numbers.items() if _KEPT.fullmatch(token)}
    return {token: struct.unpack_from(f"<{width}e", content, first + 2 * width * at) for token, at in kept.items()}


def _wordings(root: Path) -> Iterator[str]:
    """Every wording that the knowledge teaches the second reader, as it sees them."""
    for text in texts_taught(load_failures(root), load_told(root)):
        yield " ".join(text.lines)


def main(arguments: Sequence[str]) -> None:
    """Writes the table anew."""
    weights, tokenizer = map(Path, arguments)
    TABLE.write_bytes(table_of(vectors_in(weights, tokenizer), list(_wordings(knowledge_root()))))


if __name__ == "__main__":
    main(sys.argv[1:])
