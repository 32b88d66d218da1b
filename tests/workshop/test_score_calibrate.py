"""Whether shown probabilities mean what they say, as `eval calibrate` measures it."""

from pathlib import Path

import msgspec
import pytest

from bot.workshop.score.calibrate import evaluate, fitted

DISK = "Error: write /mnt/{n}/blobs/sha256-{n}: no space left on device"


def test_the_curve_rises_and_pools_what_falls() -> None:
    curve = fitted([(0.5, False), (0.6, True), (0.7, False), (0.9, True), (0.95, True)])
    assert [curve(score) for score in (0.4, 0.5, 0.6, 0.7, 0.9, 0.99)] == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]


@pytest.mark.parametrize(("label", "right"), [("disk-full", 100.0), ("port-in-use", 0.0)])
def test_claims_are_held_against_the_truth(tmp_path: Path, label: str, right: float) -> None:
    rows = [{"id": str(n), "label": label, "text": DISK.format(n=n), "component": f"p{n % 2}"} for n in range(6)]
    file = tmp_path / "logs.jsonl"
    file.write_bytes(b"\n".join(msgspec.json.encode(row) for row in rows))
    figures = {metric.name: metric.value for metric in evaluate(file).metrics}
    assert figures["claims"] == 6
    assert figures["right"] == right
    # the curve of the others says just what happens
    assert figures["the same, fitted without the program"] == 0.0
    assert figures["distance of scores from truth"] > 0
