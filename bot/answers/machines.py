"""What a machine asks for: a tight card, shared memory, a limit to raise, cards of several makers, a phone."""

from collections.abc import Iterator
from typing import Final

from bot.base.languages import Text
from bot.base.sizes import gib
from bot.hardware.cards import Card
from bot.memory.plan import Plan, backend_of, not_for_cpu

MIB: Final = 1 << 20
GIB: Final = 1 << 30
TIGHT: Final = 600 * MIB  # a browser's video and a second screen take as much
_SYSTEM_KEEPS: Final = 6 * GIB  # of a unified memory, when its limit is raised

PHONE: Final = Text(
    "On a phone take Q4_0 or Q4_K_M of a model up to 4B: the system ends apps that need more.",
    "手机上选 4B 以内模型的 Q4_0 或 Q4_K_M：再大，系统会把应用杀掉。",
)


def machine_advice(plan: Plan) -> Iterator[Text]:
    """What this machine needs to be told, most important first."""
    if plan.machine.phone:
        yield PHONE
        return
    yield from _tight(plan)
    yield from _limit(plan)
    yield from _builds(plan)
    cards = [device.card for device in plan.machine.devices if device.card is not None]
    if len({card.vendor for card in cards}) > 1:
        yield _SEVERAL_MAKERS
    if any(card.kind == "laptop" for card in cards):
        yield _LAPTOP


def _builds(plan: Plan) -> Iterator[Text]:
    """The build of llama.cpp to take, where the usual one does not do."""
    backend = plan.placement.settings.backend
    if backend == "vulkan" and backend_of(plan.machine) == "rocm":
        yield _VULKAN
    if backend in _OWN_BUILDS and plan.verdict in {"gpu", "split"}:
        yield _OWN_BUILDS[backend]


_SEVERAL_MAKERS: Final = Text(
    "Cards of different makers work together over Vulkan only: llama.cpp's Vulkan build, or koboldcpp with Vulkan.",
    "不同厂商的卡要一起用，只能走 Vulkan：llama.cpp 的 Vulkan 版，或 koboldcpp 选 Vulkan。",
)
_VULKAN: Final = Text(
    "Take the Vulkan build: ROCm keeps more of the card for itself, and the model would not fit whole.",
    "请用 Vulkan 版：ROCm 自己占的显存更多，用它就放不下整个模型。",
)
# Source: llama.cpp docs/backend/CANN.md (data types) and docs/build.md (MUSA).
_OWN_BUILDS: Final = {
    "cann": Text(
        "An Ascend card needs llama.cpp built with CANN, and a Q4_0, Q8_0 or F16 file: it does not run other types.",
        "昇腾卡要用带 CANN 编译的 llama.cpp，模型文件选 Q4_0、Q8_0 或 F16：别的量化它跑不了。",
    ),
    "musa": Text("A Moore Threads card needs llama.cpp built with MUSA.", "摩尔线程的卡要用带 MUSA 编译的 llama.cpp。"),
}
_LAPTOP: Final = Text(
    "Plug the laptop in: on battery its card runs several times slower.", "笔记本要插着电源跑：用电池时显卡会慢好几倍。"
)


def _tight(plan: Plan) -> Iterator[Text]:
    """How little is left on the fullest card, and what happens when that is not enough."""
    usages = zip(plan.placement.estimate.gpus, plan.machine.usable_vram, strict=False)
    left = min((capacity - usage.needed for usage, capacity in usages), default=TIGHT)
    serves = plan.placement.serving is not None  # fills the card on purpose
    if plan.verdict != "gpu" or left >= TIGHT or serves or plan.machine.unified:
        return
    size = gib(max(0, left))
    if plan.machine.system == "windows":
        yield Text(
            "Tight: {size} to spare. Close the browser and games: what no longer fits goes into shared memory on "
            "Windows, without an error, and the model gets many times slower.",
            "很紧：只剩 {size}。请关掉浏览器和游戏：Windows 会把放不下的部分悄悄挪到共享显存，不报错，但会慢好多倍。",
        ).format(size=size)
        return
    yield Text(
        "Tight: {size} to spare. Close what else uses the card, or it runs out of memory.",
        "很紧：只剩 {size}。请关掉其他占用显存的程序，否则会爆显存。",
    ).format(size=size)


def _limit(plan: Plan) -> Iterator[Text]:
    """How to let graphics have more of a unified memory, where the model would then fit."""
    machine, card = plan.machine, plan.machine.devices[0].card if plan.machine.devices else None
    if card is None or not machine.unified or plan.verdict == "gpu" or not_for_cpu(plan.model):
        return
    raised = machine.memory - _SYSTEM_KEEPS
    if plan.model.file_bytes and plan.model.file_bytes + GIB <= raised:
        yield from _raising(card, machine.system, raised)


def _raising(card: Card, system: str, size: int) -> Iterator[Text]:
    if card.vendor == "apple" and system == "macos":
        yield Text(
            "macOS lets graphics have only part of the memory. It fits after “sudo sysctl "
            "iogpu.wired_limit_mb={limit}” (until the next restart).",
            "macOS 默认只让显卡用一部分内存。执行 “sudo sysctl iogpu.wired_limit_mb={limit}” 后就放得下"
            "（重启后失效）。",
        ).format(limit=size // MIB)
    if card.vendor == "amd" and card.kind == "unified" and system == "windows":
        yield Text(
            "Give graphics more memory: AMD Software, Performance, Tuning, Variable Graphics Memory (up to 75 %).",
            "可以多分些内存给显卡：AMD Software → 性能 → 调整 → 可变显存（最多 75%）。",
        )
    if card.vendor == "amd" and card.kind == "unified" and system == "linux":
        yield Text(
            "Give graphics more memory with the kernel option ttm.pages_limit={pages}.",
            "可以用内核参数 ttm.pages_limit={pages} 多分些内存给显卡。",
        ).format(pages=size // 4096)
