"""All parsers of what strangers send, given real samples with faults put in. `make fuzz` runs them for FUZZ_MINUTES.

A parser may read an input or refuse it with a UserError; anything else, and more than two seconds of work, is a fault.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, partial
from itertools import count
from pathlib import Path

import gguf as ggml
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.base.errors import UserError
from bot.cli.lines import json_object
from bot.clinic.parts import Parts
from bot.hardware.amounts import parse_ram, parse_vram
from bot.hardware.cards import load_card_index
from bot.hardware.machines import load_machine_words
from bot.hardware.told import MachineReader
from bot.intake.cleaning import clean
from bot.intake.reading import read_masked
from bot.intake.redaction import redact
from bot.intake.sources import Source, read_sources, read_text
from bot.intake.tracebacks import tracebacks
from bot.memory.estimate import estimate
from bot.memory.settings import Settings
from bot.models import config, gguf, safetensors
from bot.models.name_mentions import find_names
from bot.models.named import named_model
from bot.models.names import parse_name

SECONDS = 2.0  # of the processor, that one input may cost
SAMPLES = 40  # real logs out of the knowledge
PARTS = Parts()
Parser = Callable[[bytes], object]
CONFIG = {
    "architectures": ["Qwen3MoeForCausalLM"],
    "model_type": "qwen3_moe",
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "num_experts": 8,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 128,
    "vocab_size": 1024,
    "sliding_window": 128,
    "layer_types": ["full_attention", "sliding_attention"] * 2,
    "rope_parameters": {"rope_theta": 10000.0},
    "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128},
}


def as_text(data: bytes) -> str:
    return read_text("log", data.decode("utf-8", "surrogateescape")).text


@cache
def machine_reader() -> MachineReader:
    return MachineReader(load_card_index(PARTS.root), load_machine_words(PARTS.root))


# What is run


def sources(data: bytes) -> None:
    for name in ("log.txt", "logs.zip"):
        for found in read_sources(name, data):
            if isinstance(found, Source):
                read_masked(found.text)


def log(data: bytes) -> None:
    masked = read_masked(as_text(data))
    PARTS.facts.read(masked.lines)
    tracebacks(masked.lines)
    clean(redact(as_text(data)).text)


def request(data: bytes) -> None:
    PARTS.posts.read(as_text(data))
    PARTS.reader.read(as_text(data), in_help_forum=True)


def names(data: bytes) -> None:
    text = as_text(data)
    find_names(text, PARTS.catalog.called)
    parse_name(text[:300], PARTS.catalog.called)
    named_model(text[:300], PARTS.catalog)


def machines(data: bytes) -> None:
    text = as_text(data)
    machine_reader().read(text)
    for read in (parse_ram, partial(parse_vram, cards=PARTS.cards)):
        with suppress(UserError):
            read(text[:100])


def gguf_header(data: bytes) -> None:
    estimate(gguf.model([gguf.parse(data)], len(data)), Settings(context=4096))


def safetensors_header(data: bytes) -> None:
    safetensors.model(CONFIG, [safetensors.parse_header(data)])


def config_json(data: bytes) -> None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(found, dict):
        config.shape(found)
        safetensors.quantization(found)


def lines_of_json(data: bytes) -> None:
    for line in data.splitlines():
        with suppress(UserError):
            json_object(line)


# Samples of each


@cache
def logs() -> tuple[bytes, ...]:
    every = [example.text.encode() for failure in PARTS.failures for example in failure.examples]
    return tuple(random.Random(7).sample(every, SAMPLES))


@cache
def archives() -> tuple[bytes, ...]:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as zip_file:
        for number, text in enumerate(logs()[:3]):
            zip_file.writestr(f"log{number}.txt", text)
    with tarfile.open(fileobj=tarred, mode="w") as tar_file:
        entry = tarfile.TarInfo("log.txt")
        entry.size = len(logs()[0])
        tar_file.addfile(entry, io.BytesIO(logs()[0]))
    one = logs()[1]
    wide = one.decode().encode("utf-16")
    dressed = (b"{\\rtf1\\ansi " + one + b"}", b"<html><body><pre>" + one + b"</pre></body></html>")
    packed = (gzip.compress(one), lzma.compress(one), bz2.compress(one), zipped.getvalue(), tarred.getvalue())
    return (*packed, gzip.compress(tarred.getvalue()), wide, *dressed, one)


@cache
def gguf_files() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return tuple(_gguf_file(Path(folder) / kind, kind) for kind in ("llama", "qwen3moe", "gemma3", "mamba"))


def _gguf_file(path: Path, kind: str) -> bytes:
    writer = ggml.GGUFWriter(path, kind)
    for key, value in (("block_count", 2), ("embedding_length", 64), ("feed_forward_length", 128)):
        writer.add_uint32(f"{kind}.{key}", value)
    writer.add_array(f"{kind}.attention.head_count_kv", [2, 1])
    writer.add_uint32(f"{kind}.attention.head_count", 4)
    writer.add_uint32(f"{kind}.expert_count", 4 if "moe" in kind else 0)
    writer.add_uint32(f"{kind}.ssm.conv_kernel", 4)
    writer.add_array("tokenizer.ggml.tokens", ["a", "b", "c"])
    writer.add_tensor("token_embd.weight", np.zeros((32, 64), dtype=np.float32))
    writer.add_tensor("blk.0.attn_q.weight", np.zeros((64, 64), dtype=np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


@cache
def configs() -> tuple[bytes, ...]:
    return (json.dumps(CONFIG).encode(), json.dumps({"text_config": CONFIG}).encode())


@cache
def safetensors_files() -> tuple[bytes, ...]:
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "lm_head.weight": {"dtype": "BF16", "shape": [1024, 256], "data_offsets": [0, 524288]},
        }
    ).encode()
    return (len(header).to_bytes(8, "little") + header,)


@cache
def json_samples() -> tuple[bytes, ...]:
    said = [json.dumps({"id": n, "text": text.decode()}).encode() for n, text in enumerate(logs()[:4])]
    return (b"\n".join(said), b'{"id": 1, "model": "qwen3-8b", "vram": "8 GB", "context": 4096}\n{}\n')


@cache
def told() -> tuple[bytes, ...]:
    said = (
        "2x RTX 3090 + 64 GB DDR5, Ryzen 9, Windows 11",
        "我的显卡是 4060 8g 显存，32g 内存，能跑 qwen3-30b-a3b-q4_k_m.gguf 吗",
        "MacBook Pro M3 Max 36GB unified, llama-3.1-70b-instruct.IQ2_XXS.gguf -ngl 99 -c 32768",
        "Qwen/Qwen2.5-Coder-32B-Instruct-GPTQ-Int4 on rx 7900 xtx (24gb), model is slow, help",
    )
    return tuple(text.encode() for text in said)


PARSERS: Mapping[str, tuple[Parser, Callable[[], tuple[bytes, ...]]]] = {
    "sources": (sources, archives),
    "log": (log, logs),
    "request": (request, lambda: (*told(), *logs())),
    "names": (names, told),
    "machines": (machines, told),
    "gguf": (gguf_header, gguf_files),
    "safetensors": (safetensors_header, safetensors_files),
    "config": (config_json, configs),
    "json-lines": (lines_of_json, json_samples),
}

# Faults

TELLING = (
    *(value.to_bytes(8, "little") for value in (0, 1, 2**31, 2**32 - 1, 2**40, 2**63, 2**64 - 1)),
    *(value.to_bytes(4, "little") for value in (0, 1, 2**31 - 1, 2**32 - 1)),
    *(b"\0", b"\r", b"\x1b[31m", b"\x1c", b"\xff\xfe", b"\xed\xa0\x80", "٣²½Ⅷ".encode(), "\u200b\u202e".encode()),
    *(b"NaN", b"-1", b"1e999", b"null", b"[]", b"{}", b'""', b"true", b"9" * 5000, b"[" * 3000, b'{"a":' * 2000),
    *(b" " * 3000, b"\n" * 3000, b"@" * 500, b"a" * 3000, b"./" * 500, b"{name}", b"%s", b"\\u0000", b"\\ud800"),
)
FAULTS = st.tuples(
    st.sampled_from(("put", "over", "cut", "twice", "end", "flip")),
    st.floats(0, 1),
    st.floats(0, 1),
    st.one_of(st.sampled_from(TELLING), st.binary(max_size=12)),
)


def with_faults(data: bytes, faults: Iterable[tuple[str, float, float, bytes]]) -> bytes:
    for fault in faults:
        data = _with_fault(data, *fault)
    return data


def _with_fault(data: bytes, kind: str, where: float, length: float, new: bytes) -> bytes:
    at = int(where * len(data))
    end = at + int(length * min(200, len(data) - at))
    if kind == "put":
        return data[:at] + new + data[at:]
    if kind == "over":
        return data[:at] + new + data[at + len(new) :]
    if kind == "twice":
        return data[:end] + data[at:end] * 20 + data[end:]
    if kind == "flip":
        return data[:at] + bytes(byte ^ 1 << int(length * 7) for byte in data[at : at + 1]) + data[at + 1 :]
    return data[:at] + (data[end:] if kind == "cut" else b"")


def answered(parse: Parser, data: bytes) -> None:
    """Reads or refuses `data`. Whatever else happens, and too much work, is raised."""
    started = time.process_time()
    try:
        parse(data)
    except UserError as refused:
        if not (refused.text.en and refused.text.zh):
            raise AssertionError("refused without a word") from refused
    took = time.process_time() - started
    assert took <= SECONDS, f"{took:.1f} s for {len(data)} bytes"


def fuzz(name: str, examples: int, number: int | None = None) -> None:
    """Runs one parser; `number` seeds the choice of faults, None makes the same ones each time."""
    parse, samples = PARSERS[name]
    for sample in samples()[:4]:
        with suppress(UserError):
            parse(sample)  # builds what is built once

    @given(st.sampled_from(samples()), st.lists(FAULTS, min_size=1, max_size=6))
    def run(sample: bytes, faults: list[tuple[str, float, float, bytes]]) -> None:
        answered(parse, with_faults(sample, faults))

    chosen = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=number is None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    chosen(run if number is None else seed(number)(run))()


def main() -> None:
    end = time.monotonic() + 60 * float(os.environ.get("FUZZ_MINUTES", "10"))
    start = int(os.environ.get("FUZZ_SEED", str(time.time_ns() % 1_000_000)))
    for number in count(start):
        for name in PARSERS:
            if time.monotonic() > end:
                print(f"no fault; seeds {start} to {number}")  # noqa: T201
                return
            try:
                fuzz(name, 100, number)
            except BaseException:
                print(f"{name}: again with FUZZ_SEED={number}", file=sys.stderr)  # noqa: T201
                raise


if __name__ == "__main__":
    main()
