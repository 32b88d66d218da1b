"""What fills a device, by name: the same words in bars, tables and charts."""

from typing import Final

from bot.answers.blocks import BarPart, MemoryBar
from bot.base.languages import Text, Words
from bot.memory.estimate import Usage

# (name, attribute of Usage), in the order in which they are drawn
PARTS: Final = (
    (Text("weights", "权重"), "weights"),
    (Text("KV cache", "KV 缓存"), "kv_cache"),
    (Text("recurrent state", "循环状态"), "recurrent"),
    (Text("compute buffer", "计算缓冲区"), "compute"),
    (Text("driver", "驱动"), "overhead"),
    (Text("room for prompts", "读提示词时占用"), "room"),
)


def part_sizes(usage: Usage) -> tuple[tuple[Text, int], ...]:
    """(name, bytes) of every part; together they are what must be free (`usage.needed`)."""
    return tuple((name, getattr(usage, attribute)) for name, attribute in PARTS)


def memory_bar(device: Words, usage: Usage, capacity: int | None) -> MemoryBar:
    """What fills a device, against its capacity in bytes (None where unknown)."""
    parts = tuple(BarPart(name, size) for name, size in part_sizes(usage) if size)
    return MemoryBar(device, parts, capacity)
