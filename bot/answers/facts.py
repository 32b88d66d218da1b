"""What was understood of the machine, as a reader sees it and as texts of the knowledge base use it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.answers.blocks import Field, Fields
from bot.base.languages import Text
from bot.base.late import late
from bot.base.sizes import gib
from bot.hardware.amounts import counted
from bot.intake.facts import Facts

# attribute of Facts -> its name on screen, in the order shown
NAMES: dict[str, Text] = {
    "system": Text("System", "系统"),
    "loader": Text("Loader", "加载器"),
    "loader_version": Text("Version", "版本"),
    "frontend": Text("Front end", "前端"),
    "frontend_version": Text("Front end version", "前端版本"),
    "model": Text("Model", "模型"),
    "parameters": Text("Model size", "模型大小"),
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

_SHOWN: dict[str, Callable[[Any], str]] = {"vram": gib, "vram_free": gib, "ram": gib, "parameters": "{:g}B".format}


def fact_values(facts: Facts) -> dict[str, str]:
    """Every known fact as text, under the name that `{variables}` of the knowledge base use."""
    values: dict[str, str] = {}
    for name in NAMES:
        if text := _shown(facts, name):
            values["gpu" if name == "gpus" else name] = text
    return values


def command_values(values: Mapping[str, str], facts: Facts) -> Mapping[str, str]:
    """`values` for a command to type: the model under the name by which its loader finds it.

    "Qwen2.5-14B" reads well in a sentence, but ollama only knows "qwen2.5:14b" and vLLM "Qwen/Qwen2.5-14B-Instruct".
    Where the log does not tell that name there is no value, so that the command shows its fallback; the same goes for
    a model file that is no file. What the signature of an entry captured stays as it is.
    """
    told = facts.model_file.value if facts.model_file else ""
    from_facts: dict[str, str] = {}
    if facts.model is not None and values.get("model") == facts.model.value:
        from_facts["model"] = _name_to_load(told)
    if told and values.get("model_file") == told:
        from_facts["model_file"] = told if _SINGLE_FILE.search(told) else ""
    return {**values, **from_facts}


# "qwen3:8b", "hf.co/owner/name:Q4_K_M"; "owner/name"; a folder by its full path. Single files are not models to load.
_TAG = late(r"(?:[\w.-]{1,96}/){0,3}[\w.-]{1,96}:[\w.-]{1,96}")
_REPOSITORY = late(r"(?!\.{1,2}/)[\w.-]{1,96}/[\w.-]{1,96}")
_FOLDER = late(r"(?:/|~/|\.{1,2}/|[A-Za-z]:[\\/])[^\s]*")
_SINGLE_FILE = late(r"\.(?:gguf|safetensors|bin|pth?|json)$|/blobs/sha256-", re.IGNORECASE)
_CACHED = late(r"models--(?P<owner>[\w.-]{1,96}?)--(?P<name>[\w.-]+)")


def _name_to_load(told: str) -> str:
    """The name for a loader's command line in what a log prints; "" when that is a single file or something else."""
    if cached := _CACHED.fullmatch(told):
        return f"{cached['owner']}/{cached['name']}"
    if _SINGLE_FILE.search(told):
        return ""
    return told if any(pattern.fullmatch(told) for pattern in (_TAG, _REPOSITORY, _FOLDER)) else ""


def facts_block(facts: Facts, label: Text | None = None) -> Fields | None:
    """The facts in two columns, or None when there are none."""
    fields = tuple(Field(title, text) for name, title in NAMES.items() if (text := _shown(facts, name)))
    return Fields(fields, label if label else None) if fields else None


def _shown(facts: Facts, name: str) -> str:
    if name == "gpus":
        return counted(fact.value for fact in facts.gpus)
    fact = getattr(facts, name)
    return "" if fact is None else _SHOWN.get(name, str)(fact.value)
