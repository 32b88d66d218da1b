"""What follows from the numbers that a log prints, where no line says it.

The buffers are those that llama.cpp and everything built on it print for each device (src/llama-model.cpp,
src/llama-kv-cache.cpp, ggml-backend's scheduler: "... buffer size = N MiB"), all in MiB.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.base.late import late
from bot.diagnosis.conclusion import Conclusion
from bot.intake.lines import Line

_BUFFER = late(
    r"\b(CUDA|ROCm|Vulkan|SYCL)(\d{1,3})(?:_Split)?\s{1,40}(?:model|KV|compute|output|RS|RNN)\b"
    r".{0,120}buffer size\s*=\s*([\d.]+) MiB"
)
_FREE = late(
    r"\b(?:using|using device) ?(?:device )?(CUDA|ROCm|Vulkan|SYCL)(\d{1,3})\b.{0,200}?(?<!\d)(\d{1,9}) MiB free"
)
_OFFLOADED = late(r"offloaded (\d+)/(\d+) layers to GPU")
_SLOTS = late(r"\bn_(?:seq_max|slots|parallel)\s*=\s*(\d+)")
_CONTEXT = late(r"\bn_ctx\s*=\s*(\d+)")
_EXCEEDED = late(
    r"(?:request|prompt)\D{0,12}\(?(\d+)(?: tokens)?\)? (?:tokens )?exceeds (?:the )?available context size \(?(\d+)"
)
_TRAINED = late(r"\bn_ctx_train\s{0,20}(?:=\s{0,20}|\()(\d+)")
_SEQUENCE = late(r"\bn_ctx(?:_per_seq|_seq)?\s{0,20}(?:=\s{0,20}|\()(\d+)")
_SCALED = late(r"\bfreq_scale\s{0,20}=\s{0,20}0\.")
_OVER = 1.02  # share of the free memory from which on buffers no longer fit
_MAYBE = 0.76  # a long context may also do no harm
_ROOM = 1.15  # share of what the further layers take that must be free for them


@dataclass
class _Ledger:
    """The numbers of the last load in a log. Memory in MiB by device; `at` keeps the line of each kind."""

    free: dict[str, float] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    at: dict[str, Line] = field(default_factory=dict)
    offloaded: tuple[int, int] | None = None


def conclusions(lines: Sequence[Line], complains: bool) -> Iterator[Conclusion]:
    """What the numbers say. `complains`: whether somebody speaks of trouble; what only could be better is told then."""
    yield from _split_context(lines)
    if complains:
        yield from _untrained_context(lines)
    ledger = _ledger(lines)
    if ledger.free and ledger.used:
        yield from _spilled(ledger)
        if complains:
            yield from _layers_left(ledger)


def _ledger(lines: Iterable[Line]) -> _Ledger:
    """The numbers of the last load: a new list of layers begins a new account."""
    ledger = _Ledger()
    for line in lines:
        if " MiB" not in line.text and "offloaded " not in line.text:
            continue
        if found := _FREE.search(line.text):
            ledger.free[found.group(1) + found.group(2)] = float(found.group(3))
        elif found := _OFFLOADED.search(line.text):
            ledger = _Ledger(free=ledger.free, offloaded=(int(found.group(1)), int(found.group(2))))
            ledger.at["offloaded"] = line
        elif found := _BUFFER.search(line.text):
            device, size = found.group(1) + found.group(2), float(found.group(3))
            ledger.used[device] = ledger.used.get(device, 0.0) + size
            ledger.at["buffer"] = line
            if " model buffer" in line.text:
                ledger.weights[device] = ledger.weights.get(device, 0.0) + size
    return ledger


def _spilled(ledger: _Ledger) -> Iterator[Conclusion]:
    """Buffers larger than what was free, and yet nothing failed: the driver put the rest into RAM."""
    for device, used in ledger.used.items():
        free = ledger.free.get(device, 0.0)
        if free and used > _OVER * free:
            values = {"used": _gib(used), "free": _gib(free), "over": _gib(used - free)}
            yield Conclusion("spill", ledger.at["buffer"], values)
            return


def _layers_left(ledger: _Ledger) -> Iterator[Conclusion]:
    """Layers that stayed on the processor although the card has room for them."""
    if ledger.offloaded is None or len(ledger.used) != 1:
        return
    (device,) = ledger.used
    done, layers = ledger.offloaded
    weights, left = ledger.weights.get(device, 0.0), ledger.free.get(device, 0.0) - ledger.used[device]
    if not 0 < done < layers or weights <= 0:
        return
    more = min(layers - done, int(left / (_ROOM * weights / done)))
    if more >= max(2, layers // 10):
        values = {"gpu_layers": str(done), "layers": str(layers), "possible": str(done + more), "left": _gib(left)}
        yield Conclusion("layers-left", ledger.at["offloaded"], values)


def _split_context(lines: Sequence[Line]) -> Iterator[Conclusion]:
    """A request that the whole context would hold, but not one slot's share of it."""
    if not any("exceeds " in line.text for line in lines):
        return
    slots = context = 0
    for line in lines:
        if "n_" in line.text:
            if found := _SLOTS.search(line.text):
                slots = int(found.group(1))
            if found := _CONTEXT.search(line.text):
                context = int(found.group(1))
        if "exceeds" in line.text and (found := _EXCEEDED.search(line.text)) and slots > 1:
            asked, share = int(found.group(1)), int(found.group(2))
            if asked <= context and share < context and share * slots <= context * 1.01 + slots:
                values = {"requested": str(asked), "limit": str(share), "context": str(context), "slots": str(slots)}
                yield Conclusion("slots-share-context", line, values)
                return


def _untrained_context(lines: Sequence[Line]) -> Iterator[Conclusion]:
    """A context longer than the model was trained for, and nothing that stretches it."""
    if not any("n_ctx_train" in line.text for line in lines):
        return
    trained = 0
    found: Conclusion | None = None
    for line in lines:
        if _SCALED.search(line.text):
            return
        if at := _TRAINED.search(line.text):
            trained = int(at.group(1))
        own = _SEQUENCE.search(line.text)
        if own and 0 < trained < int(own.group(1)):
            values = {"context": own.group(1), "trained_context": str(trained)}
            found = Conclusion("context-above-trained", line, values, strength=_MAYBE)
    if found is not None:
        yield found


def _gib(mebibytes: float) -> str:
    return f"{mebibytes / 1024:.1f} GiB"
