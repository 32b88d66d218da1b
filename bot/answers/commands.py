"""Ready commands and settings that start a planned model in each loader."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.answers.blocks import Code
from bot.answers.filling import is_harmless, shown
from bot.answers.machines import phone_settings
from bot.answers.proofs import repository_name
from bot.hardware.machine import System
from bot.memory.engines import VllmSettings
from bot.memory.plan import Plan, not_for_cpu
from bot.memory.serving import Starting
from bot.models.quantization import parse_quant

# The tutorial's advice for GGUF: koboldcpp or LM Studio for Windows and the mouse, LM Studio for a Mac, llama.cpp for
# Linux and full control, ollama for the quickest start. Conditions: knowledge/loaders.
LOADERS_BY_SYSTEM: Mapping[System, tuple[str, ...]] = {
    "windows": ("koboldcpp", "LM Studio", "ollama", "llama.cpp"),
    "macos": ("LM Studio", "llama.cpp", "ollama", "koboldcpp"),
    "linux": ("llama.cpp", "koboldcpp", "ollama", "LM Studio"),
}


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What to download. `first` is the file a loader is pointed at; empty strings where not known."""

    repository: str
    first: str
    parts: tuple[str, ...] = ()


def loader_commands(plan: Plan, files: ModelFiles) -> dict[str, Code]:
    """Loader name -> what to type or set, best loader first. Empty when the model does not run."""
    if plan.verdict == "no":
        return {}
    if plan.placement.starting is not None:
        return {plan.placement.starting.name: _as_it_starts(plan.placement.starting, plan, files)}
    if not_for_cpu(plan.model) or plan.placement.engine:
        return _gpu_only_commands(plan, files)
    if plan.machine.phone:
        return {"PocketPal AI": phone_settings(plan)}
    commands = {
        "koboldcpp": _koboldcpp(plan, files),
        "llama.cpp": _llama_cpp(plan, files),
        "ollama": _ollama(plan, files),
        "LM Studio": _lm_studio(plan),
    }
    if plan.placement.settings.experts_on_host:
        del commands["ollama"]  # it has no option to keep only the experts in RAM
    return {name: commands[name] for name in LOADERS_BY_SYSTEM[plan.machine.system] if name in commands}


def _gpu_only_commands(plan: Plan, files: ModelFiles) -> dict[str, Code]:
    quant, engine = parse_quant(plan.model.quant), plan.placement.engine
    if engine.startswith("exllama") or (quant is not None and quant.format in {"EXL2", "EXL3"}):
        return {"tabbyAPI": _tabby(plan, files)}
    if engine == "transformers":
        return {"text-generation-webui": _webui(plan)}
    if engine == "sglang":
        return {"SGLang": _sglang(plan, files)}
    if engine == "aphrodite":
        return {"Aphrodite": Code(_vllm(plan, files).text.replace("vllm serve", "aphrodite run", 1), "bash")}
    return {"vLLM": _vllm(plan, files)}


def _as_it_starts(starting: Starting, plan: Plan, files: ModelFiles) -> Code:
    """The command that the loader's own file of knowledge gives, its places filled (see reference.PLACES)."""
    serving, windows = plan.placement.serving, plan.machine.system == "windows"
    values = {
        "repository": _repository(plan, files),
        "file": _argument(_model_path(files), windows=windows) if files.first else "MODEL",
        "context": str(plan.placement.settings.context),
        "gpu_layers": str(0 if plan.verdict == "cpu" else plan.placement.gpu_layers),
        "cards": str(serving.tensor_parallel if serving else max(1, len(plan.machine.usable_vram))),
    }
    return Code(re.sub(r"\{(\w+)\}", lambda place: values[place[1]], starting.command), starting.shell)


def _repository(plan: Plan, files: ModelFiles) -> str:
    return repository_name(files.repository) or f"OWNER/{plan.model.shape.name}-{plan.model.quant}"


def _webui(plan: Plan) -> Code:
    """The Model tab of text-generation-webui (docs: 04 - Model Tab)."""
    quant = parse_quant(plan.model.quant)
    lines = ["Loader: Transformers", f"ctx-size: {plan.placement.settings.context}"]
    if quant is not None and quant.format == "BNB":
        lines.append("load-in-4bit: on" if quant.bits == 4 else "load-in-8bit: on")
    return Code("\n".join(lines), "text")


def _sglang(plan: Plan, files: ModelFiles) -> Code:
    """The launcher of SGLang (docs.sglang.ai, server arguments)."""
    name = _repository(plan, files)
    parts = ["python -m sglang.launch_server --model-path", name]
    parts += ["--context-length", str(plan.placement.settings.context)]
    if plan.placement.serving is not None and plan.placement.serving.tensor_parallel > 1:
        parts += ["--tp-size", str(plan.placement.serving.tensor_parallel)]
    return Code(" ".join(parts), "bash")


def _model_path(files: ModelFiles) -> str:
    """The name of the first file, on one line whatever a repository calls it."""
    return shown(files.first.rsplit("/", 1)[-1])


def _argument(text: str, *, windows: bool = False) -> str:
    """A file name as one word of a command; strangers name the files of repositories, so nothing in it may run."""
    if is_harmless(text):
        return text
    if is_harmless(text, in_quotes=True):
        return f'"{text}"'
    text = f"./{text}" if text.startswith("-") else text
    return "'" + text.replace("'", "''") + "'" if windows else shlex.quote(text)


def _koboldcpp(plan: Plan, files: ModelFiles) -> Code:
    """Options of koboldcpp.py --help (1.120): --usecuda, --usevulkan, --gpulayers, --moecpu, --quantkv."""
    settings, windows = plan.placement.settings, plan.machine.system == "windows"
    parts = [".\\koboldcpp.exe" if windows else "./koboldcpp", "--model"]
    parts.append(_argument(_model_path(files), windows=windows))
    if plan.verdict == "cpu":
        parts += ["--usecpu"]
    else:
        if settings.backend != "metal":
            parts.append("--usecuda" if settings.backend == "cuda" else "--usevulkan")
        parts += ["--gpulayers", str(settings.gpu_layers)]
    if settings.experts_on_host:
        parts += ["--moecpu", str(settings.experts_on_host)]
    parts += ["--contextsize", str(settings.context), "--flashattention"]
    if settings.cache_type_k != "f16":
        parts += ["--quantkv", "1" if settings.cache_type_k == "q8_0" else "2"]
    if settings.tensor_split:
        parts += ["--tensor_split", *_shares(plan)]
    return Code(" ".join(parts), "powershell" if windows else "bash")


def _llama_cpp(plan: Plan, files: ModelFiles) -> Code:
    """Options of llama-server (tools/server/README.md)."""
    settings, windows = plan.placement.settings, plan.machine.system == "windows"
    parts = [
        "llama-server",
        "-m",
        _argument(_model_path(files), windows=windows),
        "-c",
        str(settings.context),
        "-fa",
        "on",
    ]
    parts += ["-ngl", str(0 if plan.verdict == "cpu" else settings.gpu_layers)]
    if settings.experts_on_host:
        parts += ["--n-cpu-moe", str(settings.experts_on_host)]
    if settings.cache_type_k != "f16":
        parts += ["-ctk", settings.cache_type_k, "-ctv", settings.cache_type_v]
    if settings.tensor_split:
        parts += ["-ts", ",".join(_shares(plan))]
    return Code(" ".join(parts), "powershell" if windows else "bash")


def _shares(plan: Plan) -> list[str]:
    """Each card's share of the layers, in GiB rounded to halves."""
    return [f"{round(size / (1 << 29)) / 2:g}" for size in plan.machine.usable_vram]


def _ollama(plan: Plan, files: ModelFiles) -> Code:
    """A Modelfile and the command that reads it (docs.ollama.com/modelfile)."""
    settings = plan.placement.settings
    source = f"./{_model_path(files)}"
    lines = [f"FROM {source}", f"PARAMETER num_ctx {settings.context}"]
    if plan.verdict == "split" and not settings.experts_on_host:
        lines.append(f"PARAMETER num_gpu {settings.gpu_layers}")
    if plan.verdict == "cpu":
        lines.append("PARAMETER num_gpu 0")
    return Code("\n".join([*lines, "", "# ollama create my-model -f Modelfile && ollama run my-model"]), "dockerfile")


def _lm_studio(plan: Plan) -> Code:
    """The three settings of the load dialogue."""
    settings, shape = plan.placement.settings, plan.model.shape
    layers = 0 if plan.verdict == "cpu" else min(settings.gpu_layers, shape.layers)
    lines = [f"Context Length: {settings.context}", f"GPU Offload: {layers} / {shape.layers}", "Flash Attention: on"]
    if settings.experts_on_host:
        lines.append(f"Layers whose experts stay on the CPU: {settings.experts_on_host}")
    if settings.cache_type_k != "f16":
        lines.append(f"K / V Cache Quantization: {settings.cache_type_k}")
    return Code("\n".join(lines), "text")


def _tabby(plan: Plan, files: ModelFiles) -> Code:
    """config.yml (config_sample.yml of tabbyAPI)."""
    settings = plan.placement.settings
    name = repository_name(files.repository).rsplit("/", 1)[-1] or plan.model.shape.name
    context = settings.context // 256 * 256 or 256
    lines = [
        "model:",
        "  model_dir: models",
        f"  model_name: {name}",
        f"  max_seq_len: {context}",
        f"  cache_size: {context}",
        f"  cache_mode: {_cache_mode(plan)}",
    ]
    return Code("\n".join(lines), "yaml")


def _cache_mode(plan: Plan) -> str:
    """FP16, Q8, Q6, Q4 for EXL2; bits of keys and values for EXL3."""
    usual = {"f16": "f16", "q8_0": "q8"}.get(plan.placement.settings.cache_type_k, "q4")
    bits = re.findall(r"\d+", plan.placement.cache or usual)
    if not bits or bits[0] == "16":
        return "FP16"
    return f"{bits[0]},{bits[-1]}" if "EXL3" in plan.model.quant.upper() else f"Q{bits[0]}"


def _vllm(plan: Plan, files: ModelFiles) -> Code:
    """`vllm serve` (docs.vllm.ai, CLI reference) with the options that the plan needs to start."""
    name = _repository(plan, files)
    parts = ["vllm", "serve", name, "--max-model-len", str(plan.placement.settings.context)]
    if plan.placement.serving is not None:
        parts += _serving_options(plan.placement.serving)
    return Code(" ".join(parts), "bash")


def _serving_options(serving: VllmSettings) -> Iterator[str]:
    """What differs from the engine's defaults."""
    usual = VllmSettings(serving.vram, serving.context)
    for option, value, default in (
        ("--tensor-parallel-size", serving.tensor_parallel, 1),
        ("--pipeline-parallel-size", serving.pipeline_parallel, 1),
        ("--gpu-memory-utilization", serving.utilization, usual.utilization),
        ("--max-num-seqs", serving.sequences, None),
    ):
        if value != default:
            yield from (option, f"{value}")
    if serving.cache_bits == 8:
        yield from ("--kv-cache-dtype", "fp8")
    if serving.text_only:
        yield "--language-model-only"
    if serving.eager:
        yield "--enforce-eager"


def download_command(files: ModelFiles) -> Code | None:
    """The hf command that fetches just these files; None where the repository is not known."""
    if not repository_name(files.repository):
        return None
    names = files.parts or ((files.first,) if files.first else ())
    named = [_argument(shown(name)) for name in names]
    return Code(" ".join(["hf", "download", files.repository, *named, "--local-dir", "models"]), "bash")
