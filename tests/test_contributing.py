"""CONTRIBUTING sends people to files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_place_that_is_named_exists() -> None:
    named = re.findall(r"`((?:bot|knowledge|tests)/[\w./-]+)`", TEXT)
    assert [place for place in named if not (ROOT / place).exists()] == []
    assert len(named) > 10


def test_the_loader_shown_is_one_that_loads() -> None:
    from itertools import chain

    import msgspec
    import yaml

    from bot.knowledge.reference import CIRCUMSTANCES, PLACES, PRINTED, Called, Runs

    (shown,) = (block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if block.startswith("called:"))
    content = yaml.safe_load(shown)
    msgspec.convert(content["called"], Called)
    runs = msgspec.convert(content["runs"], Runs)
    assert set(re.findall(r"\{(\w+)\}", " ".join(piece.text for piece in runs.pieces))) <= PLACES
    assert {*chain(*((*piece.when, *piece.unless) for piece in runs.pieces))} <= CIRCUMSTANCES
    assert set(re.findall(r"\{(\w+)\}", " ".join(content["prints"]))) <= PRINTED
