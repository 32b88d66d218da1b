"""Measures text recognition: logs drawn as terminals, read back and diagnosed. A script, not a test:

    python tests/benchmarks/measure_pictures.py [CORPUS.jsonl] [--cases N]

Without a corpus it draws examples of the knowledge's own failures. A case counts only where the text itself is
diagnosed rightly; printed are the wrong ones, the share of right classes, and seconds of processor time (median, p95).
"""

import argparse
import io
import json
import random
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bot.clinic.door import Clinic
from bot.intake.ocr.reader import Reader
from bot.intake.pictures import titled

FONTS = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc")
THEMES = (
    ((12, 12, 12), (204, 204, 204)),  # Windows console
    ((1, 36, 86), (238, 237, 240)),  # PowerShell
    ((255, 255, 255), (20, 20, 20)),  # light terminal
    ((30, 30, 30), (212, 212, 212)),  # VS Code
    ((40, 42, 54), (248, 248, 242)),
)
WAYS = ("plain", "jpeg", "smaller", "turned", "blurred", "larger jpeg")


def usable_fonts() -> list[str]:
    usable = []
    for font in FONTS:
        try:
            ImageFont.truetype(font, 16)
            usable.append(font)
        except OSError:
            continue
    return usable


def drawn(text: str, chance: random.Random, fonts: list[str]) -> Image.Image:
    """The text as a terminal shows it."""
    is_ascii = text.isascii()
    suited = [font for font in fonts if is_ascii or "CJK" in font or "wqy" in font] or fonts
    size, columns = chance.choice((12, 13, 14, 15, 16, 18, 20)), chance.choice((80, 100, 120))
    pitch = chance.uniform(1.15, 1.35)
    font = ImageFont.truetype(chance.choice(suited), size)
    lines = [
        piece for line in text.splitlines() for piece in textwrap.wrap(line, columns, drop_whitespace=False) or [""]
    ]
    paper, ink = chance.choice(THEMES)
    width = max(map(font.getlength, lines), default=0)
    image = Image.new("RGB", (int(width) + 16, int(len(lines) * size * pitch) + 16), paper)
    pen = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        pen.text((8, 8 + at * size * pitch), line, font=font, fill=ink)
    return image


def treated(image: Image.Image, way: str, chance: random.Random) -> bytes:
    """The picture as it arrives."""
    if way == "smaller":
        image = image.resize((image.width * 4 // 5, image.height * 4 // 5), Image.Resampling.BILINEAR)
    elif way == "turned":
        turn = chance.uniform(-2, 2)
        image = image.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=(80, 80, 80))
    elif way == "blurred":
        image = image.filter(ImageFilter.GaussianBlur(0.8))
    elif way == "larger jpeg":
        image = image.resize((image.width * 3 // 2, image.height * 3 // 2), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    image.save(out, "JPEG" if "jpeg" in way else "PNG", **({"quality": 60} if "jpeg" in way else {}))
    return out.getvalue()


def cases(corpus: str | None, clinic: Clinic) -> Iterator[tuple[str, str, set[str]]]:
    """(name, text, right classes)."""
    if corpus is None:
        for failure in clinic.failures:
            yield failure.id, failure.examples[0].text, {failure.failure_class}
        return
    with Path(corpus).open(encoding="utf-8") as lines:
        for case in map(json.loads, lines):
            if case["label"] != "none" and len(case["text"]) < 3500:
                yield case["id"], case["text"], {case["label"], *case.get("also", ())}


def first_class(clinic: Clinic, text: str) -> str | None:
    candidates = clinic.diagnose(text).candidates
    return candidates[0].failure_class if candidates else None


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", nargs="?")
    parser.add_argument("--cases", type=int, default=40)
    told = parser.parse_args()
    clinic, reader, chance, fonts = Clinic(), Reader(time.process_time), random.Random(7), usable_fonts()
    chosen = list(cases(told.corpus, clinic))
    chance.shuffle(chosen)
    right = 0
    took: list[float] = []
    for name, text, classes in chosen:
        if len(took) >= told.cases:
            break
        if first_class(clinic, text) not in classes:
            continue
        way = WAYS[len(took) % len(WAYS)]
        content = treated(drawn(text, chance, fonts), way, chance)
        started = time.process_time()
        picture = reader.read(name, content, 60.0)
        took.append(time.process_time() - started)
        found = first_class(clinic, titled(picture))
        right += found in classes
        if found not in classes:
            print(f"{name} ({way}): {found}, score {picture.score:.2f}")  # noqa: T201
    took.sort()
    print(f"{right} of {len(took)} right; {took[len(took) // 2]:.2f} s median, {took[len(took) * 95 // 100]:.2f} s p95")  # noqa: T201


if __name__ == "__main__":
    main()
