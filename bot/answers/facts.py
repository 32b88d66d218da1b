"""What was understood of the machine, as a reader sees it and as texts of the knowledge base use it."""

from collections.abc import Callable
from typing import Any

from bot.answers.blocks import Field, Fields
from bot.answers.sizes import gib
from bot.intake.facts import Facts
from bot.languages import Language, Text

# attribute of Facts -> its name on screen, in the order shown
NAMES: dict[str, Text] = {
    "system": Text("System", "系统"),
    "loader": Text("Loader", "加载器"),
    "loader_version": Text("Version", "版本"),
    "frontend": Text("Front end", "前端"),
    "model": Text("Model", "模型"),
    "model_file": Text("File", "文件"),
    "quant": Text("Quantization", "量化"),
    "gpus": Text("Graphics card", "显卡"),
    "vram": Text("VRAM", "显存"),
    "vram_free": Text("VRAM free", "空闲显存"),
    "ram": Text("RAM", "内存"),
    "context": Text("Context", "上下文"),
    "trained_context": Text("Trained context", "训练上下文"),
    "gpu_layers": Text("GPU layers", "GPU 层数"),
    "layers": Text("Layers", "总层数"),
    "port": Text("Port", "端口"),
    "driver": Text("Driver", "驱动"),
    "cuda": Text("CUDA", "CUDA"),
    "python": Text("Python", "Python"),
    "node": Text("Node.js", "Node.js"),
}

_SHOWN: dict[str, Callable[[Any], str]] = {"vram": gib, "vram_free": gib, "ram": gib}


def fact_values(facts: Facts) -> dict[str, str]:
    """Every known fact as text, under the name that `{variables}` of the knowledge base use."""
    values: dict[str, str] = {}
    for name in NAMES:
        if text := _shown(facts, name):
            values["gpu" if name == "gpus" else name] = text
    return values


def facts_block(facts: Facts, language: Language, label: Text | None = None) -> Fields | None:
    """The facts in two columns, or None when there are none."""
    fields = tuple(
        Field(title.in_language(language), text) for name, title in NAMES.items() if (text := _shown(facts, name))
    )
    return Fields(fields, label.in_language(language) if label else None) if fields else None


def _shown(facts: Facts, name: str) -> str:
    if name == "gpus":
        return " + ".join(fact.value for fact in facts.gpus)
    fact = getattr(facts, name)
    return "" if fact is None else _SHOWN.get(name, str)(fact.value)
