"""The hostile collection in a process of its own: what its memory really grew to, and how long it worked."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_hostile_files import READ, REFUSED, texts_of, zipped

from bot.base.errors import UserError
from bot.clinic.diagnosing import masked_texts
from bot.clinic.ports import Upload
from bot.intake.reading import read_masked

pytestmark = [
    pytest.mark.slow,
    pytest.mark.no_cover,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of memory since a moment"),
]
MIB = 1024 * 1024
MOST_MEMORY = 300  # MiB above what the process had before
MOST_WORK = 40  # times what an ordinary log takes, in the same process on the same machine
LINE = "2026-01-02 10:20:30 INFO loading blk.{n}.attn_q.weight, {n}.5 MiB on device 0\n"
ORDINARY = "".join(LINE.replace("{n}", str(n)) for n in range(60_000)).encode()  # 5 MB
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def memory(name: str) -> float:
    """VmRSS or VmHWM, in MiB."""
    return next(int(line.split()[1]) / 1024 for line in STATUS.read_text().splitlines() if line.startswith(name))


def read(content: bytes) -> str:
    """Reads and masks a file as for a diagnosis."""
    try:
        return " ".join(read_masked(text.text).text[:20] for text in texts_of(content))
    except UserError as refused:
        return refused.text.en


def read_ten(content: bytes) -> str:
    """Reads and masks ten of them in one message."""
    try:
        return " ".join(text[:20] for text in masked_texts([Upload(f"{n}.zip", content) for n in range(10)], None))
    except UserError as refused:
        return refused.text.en


def large_logs() -> bytes:
    return zipped({f"{n}.log": b"".join(b"%d: CUDA error %d\n" % (n, n * i) for i in range(20_000)) for n in range(20)})


TEN: dict[str, Callable[[], bytes]] = {
    "ten large archives": large_logs,
    "ten bombs": REFUSED["zip bomb"],
    "ten bombs beside logs": READ["a bomb beside a log"],
    "ten of one line": READ["one line of 5 MB"],
}
ALL = {**REFUSED, **READ, **TEN}


def measured(content: bytes, work: Callable[[bytes], str]) -> dict[str, object]:
    CLEAR.write_text("5")  # the peak begins anew
    before, started = memory("VmRSS"), time.process_time()
    said = work(content)
    return {"said": said, "work": time.process_time() - started, "memory": memory("VmHWM") - before}


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, float]]:
    path = [str(Path(__file__).parent), str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
    code = f"import sys; sys.path[:0] = {path}; import test_hostile_limits as here; here._main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    return {name: json.loads(line) for name, line in (line.split("\t") for line in run.stdout.splitlines())}


@pytest.mark.parametrize("name", ALL)
def test_each_is_read_or_refused_within_limits(name: str, found: dict[str, dict[str, float]]) -> None:
    assert found[name]["said"]
    assert found[name]["memory"] < MOST_MEMORY
    assert found[name]["work"] < MOST_WORK * found["ordinary"]["work"]


def _main() -> None:
    read(b"x")  # what is loaded on first use is loaded now
    made = {name: content() for name, content in ALL.items()}
    for name, content in {**made, "ordinary": ORDINARY}.items():
        print(name, json.dumps(measured(content, read_ten if name in TEN else read)), sep="\t", flush=True)  # noqa: T201
