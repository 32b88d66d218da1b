"""The whole path beside real rivals on the same texts, as one table of ratios: `python tests/benchmarks/whole_path.py`.

Every text is measured in a process of its own, so that "cold" is the first answer after loading. Warm texts are of the
same shape but never the same. The scanners only tell which of the knowledge's literals stand in a text: less work than
an answer, but what any answer needs at the least. The naive loop is rapidfuzz's partial_ratio of every line against
every literal; it is run on a few lines and scaled to all, since its time per line does not depend on their number.
"""

import argparse
import importlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import ahocorasick_rs
import msgspec
from rapidfuzz import fuzz
from test_bench_diagnosis import FAILURES, FATAL, generated, log_of

from bot.clinic.door import Clinic
from bot.clinic.message import Message
from bot.diagnosis.diagnoser import Diagnoser
from bot.diagnosis.index import Index
from bot.diagnosis.kept_index import KeptIndex, packed, unpacked
from bot.diagnosis.signature import patterns_of
from bot.diagnosis.words import fold, words
from bot.intake.cleaning import clean
from bot.knowledge.failures import Failure

ROUNDS = 3
NAIVE_LINES = 3
SHORTEST = 6  # characters of a literal
PASTE = 60  # lines
MEGABYTE = 1_000_000
GAP = re.compile(r"\{[^}]*\}")
Scan = Callable[[str], "set[int]"]
Row = tuple[str, ...]


# The texts


def repetitive(seed: int, lines: int) -> list[str]:
    """What loaders print by the thousand, with one failure in it."""
    return log_of(lines, seed).split("\n")


def diverse(seed: int, lines: int) -> list[str]:
    """No line is built like another one."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 10))) for _ in range(4000)]
    known = sorted({word for entry in FAILURES for signature in entry.signatures for word in signature.text.split()})
    return [" ".join(chance.choice(known if chance.random() < 0.2 else words) for _ in range(12)) for _ in range(lines)]


def many_hits(seed: int, lines: int) -> list[str]:
    """Only what failures print."""
    printed = [line for entry in FAILURES for example in entry.examples for line in example.text.splitlines()]
    return random.Random(seed).choices([line for line in printed if line.strip()], k=lines)


SHAPES = {"repetitive": repetitive, "diverse": diverse, "many hits": many_hits}


def text_of(shape: str, size: int, seed: int) -> str:
    """`size`: up to a thousand it is lines, above that characters."""
    lines = SHAPES[shape]
    each = len("\n".join(lines(seed, 200))) / 200
    return "\n".join(lines(seed, size if size < 1000 else round(size / each)))


def named(shape: str, size: int) -> str:
    return f"{shape}, " + (f"{size} lines" if size < 1000 else f"{size / MEGABYTE:g} MB")


# The rivals


def literals() -> list[str]:
    """The longest piece of each signature without a gap in it, in small letters."""
    pieces = (
        max(GAP.split(signature.text), key=len).strip().lower() for entry in FAILURES for signature in entry.signatures
    )
    return sorted({piece for piece in pieces if len(piece) >= SHORTEST and piece.isascii()})


def automaton(words: Sequence[str]) -> Scan:
    built = ahocorasick_rs.AhoCorasick(words)
    return lambda text: {number for number, _, _ in built.find_matches_as_indexes(text.lower(), overlapping=True)}


def re2_set(words: Sequence[str]) -> Scan:
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.literal, options.max_mem = True, 1 << 30
    built = re2.Set.SearchSet(options)
    for word in words:
        built.Add(word)
    built.Compile()
    return lambda text: set(built.Match(text.lower()))


def hyperscan(words: Sequence[str]) -> Scan:
    library: Any = importlib.import_module("hyperscan")
    built = library.Database()
    built.compile(
        expressions=[re.escape(word).encode() for word in words],
        ids=list(range(len(words))),
        flags=[library.HS_FLAG_SINGLEMATCH] * len(words),
    )

    def scan(text: str) -> set[int]:
        found: set[int] = set()
        built.scan(text.lower().encode(), match_event_handler=lambda number, *_: found.add(number))
        return found

    return scan


RIVALS = {"ahocorasick_rs": automaton, "RE2 set": re2_set, "Hyperscan": hyperscan}


def scanners() -> Iterator[tuple[str, Scan]]:
    words = literals()
    for name, make in RIVALS.items():
        try:
            yield name, make(words)
        except ImportError:
            continue  # has no wheel for this system


def naive(text: str) -> float:
    """Seconds that every line against every literal would take."""
    words, lines = literals(), text.lower().split("\n")
    some = random.Random(1).sample(lines, min(NAIVE_LINES, len(lines)))
    return (
        seconds(lambda: max(fuzz.partial_ratio(word, line) for line in some for word in words)) / len(some) * len(lines)
    )


# One measurement


def seconds(work: Callable[[], object]) -> float:
    """Of this process's work: what else runs on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def median(work: Callable[[str], object], texts: Sequence[str]) -> float:
    return statistics.median(seconds(partial(work, text)) for text in texts)


def measured(shape: str, size: int) -> dict[str, float]:
    """Seconds by what did the work, in this fresh process."""
    texts = [text_of(shape, size, seed) for seed in range(ROUNDS + 1)]
    clinic = loaded()
    times = {"answer, cold": seconds(lambda: clinic.diagnose(texts[0]).answer)}
    times["answer, warm"] = median(lambda text: clinic.diagnose(text).answer, texts[1:])
    times["reply, warm"] = median(lambda text: clinic.reply(Message(text)), texts[1:])
    found = set()
    for name, scan in scanners():
        found.add(frozenset(scan(texts[0])))
        times[name] = median(scan, texts[1:])
    if len(found) != 1:
        raise SystemExit(f"the scanners do not do the same work on {shape}: {[len(each) for each in found]}")
    return times | {"naive loop (scaled)": naive(texts[1])}


def loaded() -> Clinic:
    clinic = Clinic()
    clinic.load()
    return clinic


def first_reply(shape: str, size: int) -> dict[str, float]:
    """Seconds of the first reply of this fresh process."""
    clinic, text = loaded(), text_of(shape, size, 0)
    return {"reply, cold": seconds(lambda: clinic.reply(Message(text)))}


ALONE = {"warm": measured, "first": first_reply}


def in_own_process(script: str, *arguments: object) -> Any:
    return output_of(str(Path(__file__).with_name(script)), *map(str, arguments))


def output_of(*arguments: str) -> Any:
    """What a Python with these arguments writes, as JSON."""
    paths = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    command, environment = [sys.executable, *arguments], {**os.environ, "PYTHONPATH": paths}
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout)


# The tables


def whole_path(sizes: Sequence[int]) -> Iterator[Row]:
    yield ("text", "what", "ms", "x the automaton", "x the answer, warm")
    for size in sizes:
        for shape in SHAPES:
            parts = (in_own_process("whole_path.py", "--one", part, shape, size) for part in reversed(ALONE))
            times = {name: each for part in parts for name, each in part.items()}
            of = named(shape, size)
            scan, answer = times["ahocorasick_rs"], times["answer, warm"]
            for what, each in times.items():
                yield (of, what, f"{each * 1000:.2f}", f"{each / scan:.1f}", f"{each / answer:.2f}")


def growth() -> Iterator[Row]:
    yield ("diagnosis without the rest", "x1, ms", "x10, ms", "ratio")
    once, tenfold = Diagnoser(generated(1)), Diagnoser(generated(10))
    for shape, size in product(SHAPES, (PASTE, MEGABYTE)):
        texts = [text_of(shape, size, seed) for seed in range(8 if size == PASTE else ROUNDS)]
        yield grown(f"knowledge, {named(shape, size)}", *side_by_side(texts, once, tenfold))
    yield grown("knowledge, loading its index to a first line", *(loading(generated(times)) for times in (1, 10)))
    for shape in SHAPES:
        shorter, longer = text_of(shape, MEGABYTE // 10, 1), text_of(shape, MEGABYTE, 1)
        yield grown(f"length, {shape}", *(median(partial(found, once), [text]) for text in (shorter, longer)))


def side_by_side(texts: Sequence[str], *diagnosers: Diagnoser) -> Iterator[float]:
    """Median seconds of each, which take turns with every text: another minute the machine may be slower."""
    for each in diagnosers:
        found(each, texts[0])  # what is made on first use is not counted
    times = [[seconds(partial(found, each, text)) for each in diagnosers] for text in texts[1:]]
    return map(statistics.median, zip(*times, strict=True))


def loading(entries: Sequence[Failure]) -> float:
    """Seconds that an index kept between runs takes to be there again and to know a first line."""
    kept = msgspec.msgpack.encode(packed(Index(patterns_of(entries)), entries))
    line = words(fold(FATAL))

    def first_line() -> object:
        index = unpacked(msgspec.msgpack.decode(kept, type=KeptIndex), entries)
        return index.candidates(index.read(line).known)

    return min(seconds(first_line) for _ in range(ROUNDS))


def found(diagnoser: Diagnoser, text: str) -> object:
    return diagnoser.diagnose(clean(text))


def grown(what: str, before: float, after: float) -> Row:
    return (what, f"{before * 1000:.1f}", f"{after * 1000:.1f}", f"{after / before:.1f}")


def starts() -> Iterator[Row]:
    yield ("start", "ms", "x an empty Python")
    with tempfile.TemporaryDirectory() as folder:
        paste = Path(folder) / "paste.log"
        paste.write_text(text_of("repetitive", PASTE, 1), encoding="utf-8")
        commands = {
            "empty Python": ["-c", ""],
            "`--version`": ["-m", "bot", "--version"],
            "`--help`": ["-m", "bot", "--help"],
            "`diagnose FILE`": ["-m", "bot", "diagnose", str(paste)],
            "import of the bot": ["-c", "import bot.chat.starting"],
        }
        times = {name: min(start(command) for _ in range(ROUNDS + 1)) for name, command in commands.items()}
    empty = times["empty Python"]
    yield from ((name, f"{each * 1000:.0f}", f"{each / empty:.1f}") for name, each in times.items())


def start(arguments: Sequence[str]) -> float:
    """Seconds of the child's work; of the clock where the system does not tell them."""
    before, started = worked_by_children(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return worked_by_children() - before or time.perf_counter() - started


def worked_by_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


def running() -> Iterator[Row]:
    yield ("the bot with real knowledge", "measured")
    held, heard = map(in_time, ("resting_bot", "whole_bot"))
    yield from ((f"{what} at rest, MiB", f"{each:.0f}") for what, each in held.items())
    yield from ((f"messages a second of one core, channel {name}", f"{each:.0f}") for name, each in heard.items())


def in_time(module: str) -> dict[str, float]:
    """What is measured of a running bot; nothing where it does not start, as on a machine that has no time for it."""
    # As code, not as a file: the workers' process imports a file that was run, and the bench with it.
    code = f"import json, {module}; print(json.dumps({module}.measured()))"
    try:
        found: dict[str, float] = output_of("-c", code)
    except subprocess.CalledProcessError:
        return {}
    return found


def table(rows: Iterator[Row]) -> str:
    head, *rest = rows
    return "\n".join(" | ".join(row).join(("| ", " |")) for row in (head, ("---",) * len(head), *rest))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("bench.md"))
    parser.add_argument("--long", action="store_true", help="texts of 10 MB too")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        part, shape, size = given.one
        sys.stdout.write(json.dumps(ALONE[part](shape, int(size))))
        return
    sizes = [PASTE, MEGABYTE, *([10 * MEGABYTE] if given.long else [])]
    parts = ["# Measured in one run; only the ratios can be compared"]
    for rows in (starts(), whole_path(sizes), growth(), running()):
        parts.append(table(rows))
        given.out.write_text("\n\n".join(parts) + "\n", "utf-8")  # what was measured stays if the rest is stopped
    sys.stdout.write(f"{given.out} written\n")


if __name__ == "__main__":
    main()
