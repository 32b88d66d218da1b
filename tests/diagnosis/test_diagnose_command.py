"""`wenzhen diagnose` as a user calls it: files, pipes, JSON, and whatever else people feed it."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

LOG = """\
(EngineCore_0 pid=7331) ERROR 02-11 21:04:18 [core.py:843] Traceback (most recent call last):
(EngineCore_0 pid=7331) ERROR 02-11 21:04:18 [core.py:843]   File "/opt/vllm/v1/worker/gpu_worker.py", line 180, in init_device
(EngineCore_0 pid=7331) ERROR 02-11 21:04:18 [core.py:843] ValueError: Free memory on device (17.2/23.55 GiB) on startup is less than desired GPU memory utilization (0.9, 21.2 GiB).
(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above.
token: hf_abcdefghijklmnopqrstuvwxyzABCDEFGH
"""  # noqa: E501 - a log is as wide as it is


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
    """(exit status, standard output, standard error) of the real program."""
    command = [sys.executable, "-m", "bot", "diagnose", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def document(*arguments: str, stdin: bytes = b"") -> Any:
    code, output, errors = run(*arguments, "--json", stdin=stdin)
    assert code == 0, errors
    return json.loads(output)


def test_json_tells_the_class_the_line_and_the_values(tmp_path: Path) -> None:
    path = tmp_path / "vllm.log"
    path.write_text(LOG, encoding="utf-8")
    told = document(str(path))
    assert told["id"] == str(path)
    first = told["matches"][0]
    assert first["class"] == "gpu-memory-utilization-too-high"
    assert first["evidence"]["line"] == 3
    assert first["evidence"]["text"].startswith("ValueError: Free memory")
    assert first["captured"]["wanted"] == "21.2"
    assert 0.5 < first["score"] <= 1
    assert told["redactions"] >= 1
    assert told["facts"]["loader"]["value"] == "vLLM"
    assert "model" in told["missing"]
    assert not set(told["missing"]) & set(told["facts"])


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_every_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(("启动失败，日志如下\n" + LOG).encode(encoding))
    assert document(str(path))["matches"][0]["class"] == "gpu-memory-utilization-too-high"


@pytest.mark.slow
def test_archives_and_standard_input_are_read(tmp_path: Path) -> None:
    packed = tmp_path / "a.log.gz"
    packed.write_bytes(gzip.compress(LOG.encode()))
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("logs/server.log", LOG)
    for told in (
        document(str(packed)),
        document(str(archive)),
        document(stdin=LOG.encode()),
        document("-", stdin=LOG.encode()),
    ):
        assert told["matches"][0]["class"] == "gpu-memory-utilization-too-high"


def test_several_files_give_a_list(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(LOG, encoding="utf-8")
    assert len(document(str(tmp_path / "a.log"), str(tmp_path / "b.log"))) == 2


def test_json_lines_keep_order_and_ids() -> None:
    cases = [
        {"id": "one", "text": LOG},
        {"id": 2, "text": "all is well"},
        {"id": "three", "text": LOG, "loader": "vLLM"},
        {"id": "four", "text": ""},
    ]
    code, output, errors = run("--jsonl", stdin="\n".join(map(json.dumps, cases)).encode())
    assert code == 0, errors
    told = [json.loads(line) for line in output.splitlines()]
    assert [each["id"] for each in told] == ["one", 2, "three", "four"]
    assert [bool(each["matches"]) for each in told] == [True, False, True, False]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff" * 500,
        b"GGUF\x03" + b"\x00" * 100,
        b"\xff\xfe\x00",
        b"\x1f\x8b broken",
        b"PK\x03\x04 broken",
    ],
    ids=["empty", "binary", "model", "half UTF-16", "broken gzip", "broken zip"],
)
def test_what_is_no_log_is_refused_or_not_recognised(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(content)
    code, output, errors = run(str(path), "--json")
    assert code in (0, 1)
    assert "Traceback" not in errors
    assert code == 1 or json.loads(output)["matches"] == []


def test_a_file_that_does_not_exist_is_said() -> None:
    code, _, errors = run("no-such-file.log")
    assert code == 1
    assert "no-such-file.log" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["x" * 5_000_000, "INFO all is well, nothing to see\n" * 1_500_000 + LOG, "😀" * 100_000, "\n" * 1_000_000],
    ids=["one line of 5 MB", "50 MB", "emoji", "line ends"],
)
def test_huge_texts_take_bounded_time(text: str) -> None:
    code, output, errors = run("--json", stdin=text.encode())
    assert code in (0, 1), errors
    assert "Traceback" not in errors
    if text.endswith(LOG):
        first = json.loads(output)["matches"][0]
        assert first["class"] == "gpu-memory-utilization-too-high"
        assert first["evidence"]["line"] == 1_500_003


def test_text_output_shows_cause_and_steps_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text(LOG, encoding="utf-8")
    english, chinese = run(str(path), "--lang", "en")[1].decode(), run(str(path), "--lang", "zh")[1].decode()
    assert "vLLM wants more VRAM" in english
    assert "vLLM 要占的显存" in chinese
    assert "hf_abcdefghijklmnop" not in english + chinese
