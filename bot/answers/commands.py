"""Ready commands and settings that start a planned model in each loader."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answers.blocks import Code
from bot.answers.filling import is_harmless, shown
from bot.answers.proofs import repository_name
from bot.base.late import late
from bot.knowledge.reference import Loader, Piece, Runs
from bot.memory.engines import VllmSettings
from bot.memory.overrides import as_option
from bot.memory.plan import Plan, not_for_cpu
from bot.models.quantization import parse_quant

_PLACE = late(r"\{(\w+)\}")
_SHELLS = frozenset({"bash", "powershell"})
_TYPE_BITS: Mapping[str, str] = {"f32": "32", "f16": "16", "bf16": "16", "q8_0": "8"}  # the others are counted as 4
_CACHE_WIDTHS: Mapping[str, str] = {"32": "cache_16bit", "16": "cache_16bit", "8": "cache_8bit"}


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What to download. `first` is the file a loader is pointed at; empty strings where not known."""

    repository: str
    first: str
    parts: tuple[str, ...] = ()


def loader_commands(plan: Plan, files: ModelFiles, loaders: Mapping[str, Loader]) -> dict[str, Code]:
    """Loader name -> what to type or set, best loader first. Empty when the model does not run."""
    if plan.verdict == "no":
        return {}
    return {loader.name: _command(loader.runs, plan, files) for loader in _offered(plan, loaders) if loader.runs}


def with_loader(plan: Plan, loaders: Mapping[str, Loader], named: str = "") -> Plan:
    """The plan with the program that starts it: the one `named` if it can, else the first for its engine."""
    runs = loaders[named].runs if named in loaders else None
    able = runs is not None and (plan.placement.engine or engine_of(plan)) in runs.families
    name = named if able else next((loader.name for loader in _preferred(plan, loaders)), "")
    return replace(plan, placement=replace(plan.placement, loader=name))


def engine_of(plan: Plan) -> str:
    """The engine that runs the plan, asked for or by the format."""
    quant = parse_quant(plan.model.quant)
    if quant is not None and quant.format in {"EXL2", "EXL3"}:
        return "exllamav3" if quant.format == "EXL3" else "exllamav2"
    return plan.placement.engine or ("vllm" if not_for_cpu(plan.model) else "llama.cpp")


def _offered(plan: Plan, loaders: Mapping[str, Loader]) -> Sequence[Loader]:
    """The loaders that are offered on this system; one that is only run when asked for stands alone."""
    preferred = _preferred(plan, loaders)
    named = loaders.get(plan.placement.loader)
    if named is None or named in preferred or not _runs(named, plan):
        return preferred
    return (named,)


def _preferred(plan: Plan, loaders: Mapping[str, Loader]) -> list[Loader]:
    """The loaders of the plan's engine, in the order of the system; which goes first is the tutorial's advice."""
    system = "phone" if plan.machine.phone and engine_of(plan) == "llama.cpp" else plan.machine.system
    ranked = [
        (each.runs.preferred[system], each)
        for each in loaders.values()
        if each.runs is not None and system in each.runs.preferred and _runs(each, plan)
    ]
    return [loader for _, loader in sorted(ranked, key=lambda rank: rank[0])]


def _runs(loader: Loader, plan: Plan) -> bool:
    """Whether it starts the engine, and does everything that the plan asks for."""
    if loader.runs is None or engine_of(plan) not in loader.runs.families:
        return False
    settings, runs = plan.placement.settings, loader.runs
    if settings.kept_in_ram and not any("{kept_in_ram}" in piece.text for piece in runs.pieces):
        return False
    return _asked(plan).isdisjoint(runs.cannot)


def _asked(plan: Plan) -> set[str]:
    """What the plan asks of a loader that not each one does."""
    experts = {"experts_on_host"} if plan.placement.settings.experts_on_host else set()
    return experts if plan.verdict == "cpu" else experts | {plan.placement.settings.backend}


def _command(runs: Runs, plan: Plan, files: ModelFiles) -> Code:
    """The command that the loader's own file of knowledge gives, for this plan."""
    on_windows = plan.machine.system == "windows"
    shell = (runs.shell_on_windows if on_windows else "") or runs.shell
    values = _values(runs, plan, files, shell)
    circumstances = frozenset(_circumstances(plan))
    pieces = (_filled(piece, values) for piece in runs.pieces if _belongs(piece, circumstances))
    between = " " if shell in _SHELLS else "\n"
    return Code(between.join(piece for piece in pieces if piece is not None), shell)


def _belongs(piece: Piece, circumstances: frozenset[str]) -> bool:
    return (not piece.when or not circumstances.isdisjoint(piece.when)) and circumstances.isdisjoint(piece.unless)


def _filled(piece: Piece, values: Mapping[str, str]) -> str | None:
    """The piece with its places filled; None where one of them is to stay empty."""
    if not all(values[name] for name in _PLACE.findall(piece.text)):
        return None
    return _PLACE.sub(lambda place: values[place[1]], piece.text)


def _values(runs: Runs, plan: Plan, files: ModelFiles, shell: str) -> dict[str, str]:
    """Place -> what stands there (see reference.PLACES)."""
    settings, shape = plan.placement.settings, plan.model.shape
    gpu_layers = 0 if plan.verdict == "cpu" else plan.placement.gpu_layers
    context, step = settings.context, runs.context_step
    repository = repository_name(files.repository)
    keys, values = _cache_bits(plan)
    return {
        "repository": repository or f"OWNER/{shape.name}-{plan.model.quant}",
        "folder": repository.rsplit("/", 1)[-1] or shape.name,
        "file": _file(files, shell, windows=plan.machine.system == "windows"),
        "context": str(context // step * step or step),
        "gpu_layers": str(gpu_layers),
        "model_layers": str(shape.layers),
        "layers_on_gpu": str(min(gpu_layers, shape.layers)),
        "experts_on_host": _told(settings.experts_on_host),
        "kept_in_ram": _word(as_option(settings.kept_in_ram), windows=plan.machine.system == "windows"),
        "shares": ",".join(_shares(plan)),
        "spaced_shares": " ".join(_shares(plan)),
        "cache_type_k": settings.cache_type_k,
        "cache_type_v": settings.cache_type_v,
        "key_bits": keys,
        "value_bits": values,
        **_serving_values(plan),
    }


def _serving_values(plan: Plan) -> dict[str, str]:
    """How the cards share the work, and what is to differ from a serving engine's defaults."""
    serving = plan.placement.serving
    if serving is None:
        nothing = dict.fromkeys(("tensor_parallel", "pipeline_parallel", "utilization", "sequences"), "")
        return {"cards": str(max(1, len(plan.machine.usable_vram))), **nothing}
    usual = VllmSettings(serving.vram, serving.context)
    return {
        "cards": str(serving.tensor_parallel),
        "tensor_parallel": _told(serving.tensor_parallel, 1),
        "pipeline_parallel": _told(serving.pipeline_parallel, 1),
        "utilization": _told(serving.utilization, usual.utilization),
        "sequences": _told(serving.sequences, None),
    }


def _told(value: float | None, usual: float | None = 0) -> str:
    """A value that is worth an option; empty where it is the usual one."""
    return "" if value == usual else str(value)


def _circumstances(plan: Plan) -> Iterator[str]:
    """What a piece of a command may depend on (see reference.CIRCUMSTANCES)."""
    settings, serving, quant = plan.placement.settings, plan.placement.serving, parse_quant(plan.model.quant)
    yield from (plan.verdict, plan.machine.system)
    if plan.verdict != "cpu":
        yield settings.backend
    if settings.experts_on_host:
        yield "experts_on_host"
    yield _CACHE_WIDTHS.get(_cache_bits(plan)[0], "cache_4bit")
    if settings.cache_type_k == "f16":
        yield "usual_cache"
    if quant is not None:
        yield f"bnb_{quant.bits:g}bit" if quant.format == "BNB" else quant.format.lower()
    if serving is not None and serving.text_only:
        yield "text_only"
    if serving is not None and serving.eager:
        yield "eager"


def _cache_bits(plan: Plan) -> tuple[str, str]:
    """Bits of a key and of a value in the cache, as a plan's settings say it or ExLlama's own cache type."""
    serving, types = plan.placement.serving, plan.placement.settings
    if serving is not None:
        return (f"{serving.cache_bits:g}",) * 2
    if plan.placement.cache:
        bits = re.findall(r"\d+", plan.placement.cache) or ["16"]
        return bits[0], bits[-1]
    return _TYPE_BITS.get(types.cache_type_k, "4"), _TYPE_BITS.get(types.cache_type_v, "4")


def _file(files: ModelFiles, shell: str, *, windows: bool) -> str:
    """The name of the first file, on one line whatever a repository calls it; one word of a command in a shell."""
    name = shown(files.first.rsplit("/", 1)[-1])
    if not name:
        return "MODEL"
    return _argument(name, windows=windows) if shell in _SHELLS else name


def _argument(text: str, *, windows: bool = False) -> str:
    """A file name as one word of a command; strangers name the files of repositories, so nothing in it may run."""
    if is_harmless(text):
        return text
    if is_harmless(text, in_quotes=True):
        return f'"{text}"'
    return _quoted(f"./{text}" if text.startswith("-") else text, windows=windows)


def _word(text: str, *, windows: bool) -> str:
    """A value as one word of a command; nothing stays nothing."""
    return text if not text or is_harmless(text) else _quoted(text, windows=windows)


def _quoted(text: str, *, windows: bool) -> str:
    return "'" + text.replace("'", "''") + "'" if windows else shlex.quote(text)


def _shares(plan: Plan) -> list[str]:
    """Each card's share of the layers, in GiB rounded to halves; none where one card has them all."""
    if not plan.placement.settings.tensor_split:
        return []
    return [f"{round(size / (1 << 29)) / 2:g}" for size in plan.machine.usable_vram]


def download_command(files: ModelFiles) -> Code | None:
    """The hf command that fetches just these files; None where the repository is not known."""
    if not repository_name(files.repository):
        return None
    names = files.parts or ((files.first,) if files.first else ())
    named = [_argument(shown(name)) for name in names]
    return Code(" ".join(["hf", "download", files.repository, *named, "--local-dir", "models"]), "bash")
