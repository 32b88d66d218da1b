"""Planted secrets of every kind through the real command line: as text, as JSON, as JSON Lines."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from planted_secrets import Planted, planted, shows

from bot.cli.root import wenzhen

pytestmark = pytest.mark.slow
LEAST = 0.99
CASES = list(planted(seed=41))


def said(*arguments: str, given: str = "") -> str:
    result = CliRunner().invoke(wenzhen, arguments, input=given)
    return result.stdout + result.stderr


def logs(folder: Path, size: int = 200) -> Iterator[tuple[Path, list[Planted]]]:
    """Files of many secrets each, an error among them."""
    for at in range(0, len(CASES), size):
        some = CASES[at : at + size]
        path = folder / f"run{at}.log"
        path.write_text("\n\n".join(case.text for case in some) + "\n\nCUDA error: out of memory\n", encoding="utf-8")
        yield path, some


@pytest.mark.parametrize(
    ("command", "key", "every"),
    [
        ("diagnose", "text", 2),
        ("triage", "text", 1),
        ("reply", "text", 5),
        ("faq", "question", 1),
        ("explain", "model", 1),
    ],
)
def test_json_lines(command: str, key: str, every: int) -> None:
    cases = CASES[::every]
    lines = [json.dumps({"id": at, key: f"help, it fails\n{each.text}"}) for at, each in enumerate(cases)]
    shown = [
        json.dumps(json.loads(line), ensure_ascii=False)
        for line in said(command, "--jsonl", given="\n".join(lines)).splitlines()
    ]
    leaked = [case.text for line, case in zip(shown, cases, strict=True) if shows(line, case)]
    assert len(leaked) <= (1 - LEAST) * len(cases), leaked


@pytest.mark.parametrize("arguments", [["diagnose", "--json"], ["reply"]])
def test_files(arguments: list[str], tmp_path: Path) -> None:
    leaked = []
    for path, cases in logs(tmp_path):
        shown = said(*arguments, str(path))
        assert "out of memory" in shown
        leaked += [case.text for case in cases if shows(shown, case)]
    assert len(leaked) <= (1 - LEAST) * len(CASES), leaked


@pytest.mark.parametrize("command", ["explain", "faq", "term"])
def test_arguments(command: str) -> None:
    named = [case for case in CASES if "\n" not in case.text][:: len(CASES) // 5]
    shown = [said(command, case.text) for case in named]
    assert all(shown)
    assert not [case.text for text, case in zip(shown, named, strict=True) if shows(text, case)]
