"""What ollama and LM Studio themselves say that a loaded model takes, from an estimate.

Source: ollama/ollama of August 2026, llm/llama_server.go (MemorySize adds up the buffer sizes that llama-server logs),
cmd/cmd.go (ListRunningHandler), format/bytes.go (HumanBytes); lmstudio-ai/lms, src/subcommands/load.ts
(--estimate-only) and src/formatBytes.ts (formatSizeBytes1024).
"""

from typing import Final, NamedTuple

from bot.base.sizes import GIB, MIB
from bot.memory.estimate import Estimate


class Reported(NamedTuple):
    """Bytes in the loader's own buffers: on the GPUs, and everywhere."""

    gpu: int
    total: int


def reported(result: Estimate, file_bytes: int = 0) -> Reported:
    """What ollama adds up. All layers on the GPU count as everything there.

    Host weights are mapped from the file, so that both sides' weights never count for more than `file_bytes`.
    """
    gpu = result.gpu.accounted if result.gpu_layers else 0
    if result.whole:
        return Reported(gpu, gpu)
    twice = max(0, result.gpu.weights + result.host.weights - file_bytes) if file_bytes else 0
    return Reported(gpu, gpu + result.host.accounted - min(twice, result.host.weights))


def ollama_size(size: int) -> str:
    """SIZE of `ollama ps`: thousands, not 1024; from 10 on without what is behind the point."""
    unit, step = next((each for each in _UNITS if size >= each[1]), ("B", 1))
    value = size / step
    return f"{int(value)} {unit}" if value >= 10 or value == int(value) else f"{value:.1f} {unit}"


_UNITS: Final = (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("KB", 1000))


def ollama_processor(parts: Reported) -> str:
    """PROCESSOR of `ollama ps`: the share of bytes, not of layers."""
    if not parts.gpu:
        return "100% CPU"
    if parts.gpu >= parts.total:
        return "100% GPU"
    cpu = int(100 * (parts.total - parts.gpu) / parts.total + 0.5)
    return f"{cpu}%/{100 - cpu}% CPU/GPU"


def lm_studio_size(size: int) -> str:
    """A size as LM Studio writes memory, "11.28 GiB"."""
    return f"{size / GIB:.2f} GiB" if size >= GIB else f"{size / MIB:.2f} MiB"
