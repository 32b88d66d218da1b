"""How well solved posts are found again is measured as told: the right ones count, offers and all."""

from pathlib import Path

import msgspec
import pytest

from bot.workshop.score.similar import evaluate

DISK = "Error: write /mnt/{n}/blobs/sha256-{n}: no space left on device"
PORT = "Error: listen tcp 127.0.0.1:11434: bind: address already in use (try {n})"


@pytest.mark.parametrize(("first", "second"), [("disk-full", "port-in-use"), ("unheard-of", "unheard-of-too")])
def test_the_same_cause_is_found(tmp_path: Path, first: str, second: str) -> None:
    rows = [
        {"id": f"{label}{n}", "label": label, "text": f"help {n}\n{text.format(n=n)}"}
        for label, text in ((first, DISK), (second, PORT))
        for n in range(4)
    ]
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows))
    same, offered, number = evaluate(file).metrics
    assert same.value == 100.0
    assert offered.value == 100.0
    assert number.value > 0
