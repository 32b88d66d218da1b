"""What slows a program down that serves from its cards alone, where the model fits them."""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.answers.blocks import Answer, Code, Step, Steps
from bot.base.languages import Text
from bot.memory.plan import Plan

_TITLE = Text("It fits the cards, so something slows the server down", "显卡放得下，是别的地方拖慢了服务")
_LOOK = Text("Where to look", "先看这几处")
# https://docs.vllm.ai/en/latest/configuration/conserving_memory/
_EAGER = Text(
    "Leave out --enforce-eager: without CUDA graphs every word takes longer, on several cards most of all.",
    "去掉 --enforce-eager：不用 CUDA graph 每个字都慢，多卡时最明显。",
)
_NO_EAGER = Text(
    "CUDA graphs must be on: --enforce-eager is not in the command, and the log says “Capturing CUDA graphs”.",
    "CUDA graph 要开着：命令里没有 --enforce-eager，日志里有“Capturing CUDA graphs”。",
)
# https://docs.vllm.ai/en/latest/serving/parallelism_scaling/
_LINK = Text(
    "Cards without NVLink pass every layer's result over PCIe: with tensor parallel over {count} of them that takes "
    "longer than the computing. Try half as many cards where the model fits them, or pipeline parallel:",
    "没有 NVLink 的卡，每一层的结果都要走 PCIe：{count} 张张量并行，传数据比计算还久。"
    "放得下就减半，或者改用流水线并行：",
)
_LINK_SPEED = Text(
    "See how the cards are joined: PIX or PHB is good, SYS goes through both processors; narrow slots (x1, x4) slow "
    "tensor parallel.",
    "看看卡之间怎么连的：PIX、PHB 还行，SYS 是跨 CPU；x1、x4 的插槽也会拖慢张量并行。",
)
_MEASURED = Text(
    "Measure one request: the log's “Avg generation throughput” counts all requests together, and the first answer "
    "after the start is slower.",
    "只发一个请求来测：日志里的“Avg generation throughput”是所有请求加起来的，启动后第一条会慢一些。",
)
_EAGER_OPTION = "enforce-eager"
_SEVERAL = 2  # cards, between which results are passed


def slow_server_answer(answer: Answer, plan: Plan, said: str) -> Answer:
    """The answer of a plan that starts, for whom the server is slow. `said`: all that was told, the command too."""
    steps = Steps(_LOOK, tuple(_steps(plan, said)))
    return replace(answer, title=_TITLE, tone="careful", blocks=(steps, *answer.blocks), is_verdict=False)


def _steps(plan: Plan, said: str) -> Iterator[Step]:
    names = [device.name for device in plan.machine.devices]
    cards = max(map(names.count, names), default=0)
    yield Step(_EAGER if _EAGER_OPTION in said else _NO_EAGER)
    if cards >= _SEVERAL:
        options = f"--tensor-parallel-size {cards // 2} --pipeline-parallel-size 2"
        yield Step(_LINK.format(count=cards), (Code(options, "bash"),))
        yield Step(_LINK_SPEED, (Code("nvidia-smi topo -m", "bash"),))
    yield Step(_MEASURED)
