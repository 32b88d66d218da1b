"""Measures text recognition: logs drawn as people's pictures, read back and diagnosed. A script, not a test:

    python tests/benchmarks/measure_pictures.py [CORPUS.jsonl] [--cases N] [--seed N] [--way NAME] [--keep FOLDER]

Without a corpus it draws examples of the knowledge's own failures. A case counts only where the text itself is
diagnosed rightly; printed are the wrong ones, the share of right classes for each damage and look, and seconds of
processor time (median, p95). Every case has its own chance, so that a change shows in the cases it touches only.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import drawn_pictures as drawing

from bot.clinic.door import Clinic
from bot.intake.ocr.reader import Reader
from bot.intake.pictures import titled

LONGEST = 3500  # characters of a log that still fits a screen


def cases(corpus: str | None, clinic: Clinic) -> Iterator[tuple[str, str, set[str]]]:
    """(name, text, right classes)."""
    if corpus is None:
        for failure in clinic.failures:
            yield failure.id, failure.examples[0].text, {failure.failure_class}
        return
    with Path(corpus).open(encoding="utf-8") as lines:
        for case in map(json.loads, lines):
            if case["label"] != "none" and len(case["text"]) < LONGEST:
                yield case["id"], case["text"], {case["label"], *case.get("also", ())}


def first_class(clinic: Clinic, text: str) -> str | None:
    candidates = clinic.diagnose(text).candidates
    return candidates[0].failure_class if candidates else None


def chosen(told: argparse.Namespace, clinic: Clinic) -> Iterator[tuple[str, str, set[str]]]:
    """As many cases as wanted of those that are diagnosed rightly as text, shuffled."""
    found = list(cases(told.corpus, clinic))
    random.Random(told.seed).shuffle(found)
    count = 0
    for case in found:
        if count >= told.cases:
            return
        if first_class(clinic, case[1]) in case[2]:
            count += 1
            yield case


def keep(folder: Path, name: str, content: bytes, said: str) -> None:
    """Writes the picture and what was read, to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = ".png" if content.startswith(b"\x89PNG") else ".jpg"
    (folder / f"{name}{suffix}").write_bytes(content)
    (folder / f"{name}.txt").write_text(said, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--way", choices=drawing.WAYS)
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    clinic, reader = Clinic(), Reader(time.process_time)
    asked, right = Counter[str](), Counter[str]()
    took: list[float] = []
    for number, (name, text, classes) in enumerate(chosen(told, clinic)):
        chance = random.Random(f"{told.seed} {name}")
        way, look = list(drawing.WAYS)[number % len(drawing.WAYS)], drawing.LOOKS[number * 5 // 3 % len(drawing.LOOKS)]
        if told.way not in (None, way):
            continue
        content = drawing.picture(text, way, look, chance)
        started = time.process_time()
        read = reader.read(name, content, 60.0)
        took.append(time.process_time() - started)
        found = first_class(clinic, titled(read))
        for each in (way, look.__name__, "all"):
            asked[each] += 1
            right[each] += found in classes
        if found not in classes:
            print(f"{name} ({way}, {look.__name__}): {found}, score {read.score:.2f}, {took[-1]:.1f} s", flush=True)  # noqa: T201
        if told.keep is not None:
            keep(told.keep, f"{name}-{way}".replace("/", "_"), content, f"{text}\n---\n{titled(read)}\n")
    took.sort()
    for each in asked:
        print(f"{each}: {right[each]} of {asked[each]}")  # noqa: T201
    print(f"{took[len(took) // 2]:.2f} s median, {took[len(took) * 95 // 100]:.2f} s p95")  # noqa: T201


if __name__ == "__main__":
    main()
