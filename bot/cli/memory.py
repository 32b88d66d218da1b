"""`wenzhen estimate` and `wenzhen layers`: what a model takes, and how many of its layers fit."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from bot.base.errors import UserError
from bot.cli.common import (
    answer_each_line,
    language_option,
    preferred_language,
    refusals_as_json,
    this_system,
    whole_number,
    write_json,
)
from bot.cli.documents import estimate_document, layers_document
from bot.cli.hub import hub_from_environment
from bot.cli.serving import serving_options
from bot.clinic.door import Clinic
from bot.hardware.amounts import parse_vram
from bot.hardware.machine import Machine
from bot.memory.engines import (
    SERVERS,
    Engine,
    VllmSettings,
    engine_estimate,
    parallel_sizes,
    reported_memory,
    serving_settings,
    usual_engine,
)
from bot.memory.estimate import Estimate
from bot.memory.fitting import most_gpu_layers
from bot.memory.plan import layers_that_fit
from bot.memory.settings import ALL, Backend, Settings
from bot.models.files import read_model
from bot.models.named import model_in_quant, named_model
from bot.models.names import parse_name
from bot.models.requested import HubLike, requested_model
from bot.models.shape import Model

F = TypeVar("F", bound=Callable[..., Any])
_ENGINES = get_args(Engine)
_WHOLE_CARDS = (*SERVERS, "exllamav2", "exllamav3", "transformers")  # their estimates count all cards as one
_BACKENDS = ("cuda", "rocm", "vulkan", "metal", "sycl", "cpu", "none")


def settings_options(command: F) -> F:
    """The settings that estimate and layers share."""
    for option in reversed(
        (
            click.option("--context", type=int, help="Context in tokens; default 8192, with vLLM the trained one."),
            click.option("--cache-type-k", default="f16", show_default=True, help="Type of the K cache."),
            click.option("--cache-type-v", default="f16", show_default=True, help="Type of the V cache."),
            click.option("--ubatch", type=int, default=512, show_default=True, help="Tokens computed at once."),
            click.option("--batch", type=int, default=2048, show_default=True, help="Tokens of one request."),
            click.option("--parallel", type=int, default=1, show_default=True, help="Slots that share the context."),
            click.option(
                "--flash-attn",
                type=click.Choice(["on", "off"]),
                default="on",
                show_default=True,
                help="Flash attention.",
            ),
            click.option("--outputs", type=int, default=0, help="Rows of logits; default: one for each slot."),
            click.option("--backend", type=click.Choice(_BACKENDS), default="cuda", show_default=True, help="Driver."),
            click.option("--tensor-split", default="", help="Shares of several GPUs, e.g. 3,1."),
            click.option("--n-cpu-moe", type=int, default=0, help="First layers whose experts stay in RAM."),
            click.option("--no-kv-offload", is_flag=True, help="Keep the KV cache in RAM."),
            click.option("--swa-full", is_flag=True, help="Window layers keep the whole context."),
            click.option(
                "--mmproj", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Picture part."
            ),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("model", required=False)
@settings_options
@click.option("--gpu-layers", default="all", show_default=True, help="Layers on the GPU, the output layer included.")
@click.option("--engine", type=click.Choice(_ENGINES), help="Loader; default: the usual one for the format.")
@click.option("--vram", help="The card or cards, to see whether it fits: 24, 24GB, 4090, 2x3090.")
@click.option("--cache", help="ExLlama: type of the cache, such as q4, q8 or 8,4 (keys, values).")
@serving_options
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document, sizes in bytes.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input; overhead only with `backend`.")
def estimate(
    model: str | None,
    gpu_layers: str,
    engine: Engine | None,
    vram: str | None,
    language: str | None,
    as_json: bool,
    as_jsonl: bool,
    **options: Any,
) -> None:
    """What MODEL takes on the GPU and in RAM.

    MODEL: a .gguf file (its header is enough), a folder with config.json, a Hugging Face repository, or a name such as
    Qwen2.5-32B-Instruct-Q5_K_M.
    """
    if as_jsonl:
        answer_each_line(_estimate_line)
        return
    with refusals_as_json(model, wanted=as_json):
        opened = _for_engine(_required(model), engine)
    settings = settings_of({**options, "gpu_layers": gpu_layers})
    cards = _machine(vram) if vram else None
    loader = engine or usual_engine(opened)
    if cards is not None and loader not in _WHOLE_CARDS:
        settings = _over_cards(settings, cards.usable_vram)
    result = _estimated(opened, settings, loader, options, cards)
    if as_json:
        write_json({"id": model, **estimate_document(opened, result)})
        return
    if result.serving is not None:
        _show_serving(opened, _serving(opened, options, cards), result, loader, language)
        return
    _show(opened, settings, result, language, cards)


@click.command()
@click.argument("model", required=False)
@click.argument("vram", required=False)
@click.option("--budget", type=int, help="Bytes for the loader's own accounting, instead of VRAM.")
@settings_options
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document, sizes in bytes.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input, each with gpu_budget.")
def layers(
    model: str | None,
    vram: str | None,
    budget: int | None,
    language: str | None,
    as_json: bool,
    as_jsonl: bool,
    **options: Any,
) -> None:
    """The largest number of GPU layers of MODEL (the output layer included) that stays within VRAM or --budget."""
    if as_jsonl:
        answer_each_line(_layers_line)
        return
    with refusals_as_json(model, wanted=as_json):
        opened = open_model(_required(model))
    settings = settings_of({**options, "gpu_layers": "all"})
    if budget is None:
        found = layers_that_fit(opened, _machine(vram), settings)
        result, settings = found.estimate, found.settings
    else:
        found = None
        result = most_gpu_layers(opened, settings, budget)
    if as_json:
        write_json({"id": model, **layers_document(result)})
        return
    if found is not None:
        from bot.answers.layers import layers_answer
        from bot.cli.terminal import show

        show(layers_answer(found), preferred_language(language))
        return
    _show(opened, settings.with_gpu_layers(result.gpu_layers), result, language)


def _for_engine(text: str, engine: str | None) -> Model:
    """The model; for engines that load original weights in 16 bits where the name tells no quantization."""
    opened = open_model(text)
    plain = engine in (*SERVERS, "transformers") and opened.shape.source == "catalog"
    if plain and parse_name(text).quant is None and parse_name(text).format is None:
        return model_in_quant(opened.shape, "BF16")
    return opened


def _estimate_line(case: Mapping[str, Any]) -> dict[str, object]:
    opened = _for_engine(_model_of(case), case.get("engine"))
    engine = case.get("engine") or usual_engine(opened)
    if engine not in _ENGINES:
        raise UserError(f"engine must be one of {', '.join(_ENGINES)}.", f"engine 只能是 {'、'.join(_ENGINES)}。")
    cards = _machine(str(case["vram"])) if isinstance(case.get("vram"), str) else None
    return estimate_document(opened, _estimated(opened, settings_of(case), engine, case, cards))


def _estimated(
    model: Model, settings: Settings, engine: Engine, options: Mapping[str, Any], cards: Machine | None
) -> Estimate:
    """The estimate for an engine, with the options that only some engines have."""
    serving = _serving(model, options, cards) if engine in SERVERS else None
    cache = options.get("cache") or (f"q{options['kv_bits']:g}" if _is_packed(options.get("kv_bits")) else "")
    return engine_estimate(model, settings, engine, serving=serving, cache=str(cache))


def _is_packed(bits: object) -> bool:
    return isinstance(bits, int | float) and not isinstance(bits, bool) and 2 <= bits <= 8


def _serving(model: Model, options: Mapping[str, Any], cards: Machine | None) -> VllmSettings:
    """A serving engine's settings; named cards without a parallel size are shared out over all of them."""
    if cards is None:
        return serving_settings(options, model.shape)
    sizes = [device.memory for device in cards.devices if device.memory]
    tensor, pipeline = parallel_sizes(model.shape, max(1, len(sizes)))
    told = {key: value for key, value in options.items() if key != "vram" and value is not None}
    given = told.keys() & {"tp", "tensor_parallel_size", "pp", "pipeline_parallel_size"}
    shared = {} if given else {"tp": tensor, "pp": pipeline}
    return serving_settings({**told, **shared}, model.shape, reported_memory(min(sizes, default=0)))


def _layers_line(case: Mapping[str, Any]) -> dict[str, object]:
    if case.get("gpu_budget") is None:
        raise UserError("Every line needs “gpu_budget” in bytes.", "每一行都需要 gpu_budget（字节）。")
    budget = _whole(case, "gpu_budget", 0)
    return layers_document(most_gpu_layers(open_model(_model_of(case)), settings_of(case), budget))


@lru_cache(maxsize=32)
def open_model(text: str) -> Model:
    """The model that MODEL means: a file or folder when there is one, else a repository, else a known name.

    Raises:
        UserError: nothing of that name is known or readable.
    """
    path = Path(text)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return read_model(path)
    if path.suffix.lower() == ".gguf" and len(path.parts) > 1:
        raise UserError(f"There is no file {text}.", f"没有文件 {text}。")
    if "/" not in text:
        return named_model(text, _clinic().catalog)
    with _hub() as hub:
        return requested_model(text, _clinic().catalog, hub).model


def _hub() -> AbstractContextManager[HubLike | None]:
    return hub_from_environment(offline=False)


@lru_cache(maxsize=1)
def _clinic() -> Clinic:
    return Clinic()


def settings_of(case: Mapping[str, Any]) -> Settings:
    """Settings from options or from one line of JSON; what is absent or null takes the default.

    Raises:
        UserError: a value of the wrong kind.
    """
    layers_ = case.get("gpu_layers")
    flash = case.get("flash_attn")
    split = str(case.get("tensor_split") or "")
    try:
        shares = tuple(float(part) for part in split.split(",")) if split else ()
        gpu_layers = ALL if layers_ in (None, "all") else int(str(layers_))
    except ValueError as error:
        raise UserError(
            "GPU layers must be a number or “all”, a tensor split numbers such as 3,1.",
            "GPU 层数应为数字或 all，tensor split 应为 3,1 这样的数字。",
        ) from error
    return Settings(
        context=_whole(case, "context", 8192),
        cache_type_k=str(case.get("cache_type_k") or "f16"),
        cache_type_v=str(case.get("cache_type_v") or "f16"),
        batch=_whole(case, "batch", 2048),
        ubatch=_whole(case, "ubatch", 512),
        parallel=_whole(case, "parallel", 1),
        flash_attention=flash not in ("off", False),
        gpu_layers=gpu_layers,
        outputs=_whole(case, "outputs", 0),
        full_window=bool(case.get("swa_full")),
        kv_on_host=bool(case.get("no_kv_offload")),
        experts_on_host=_whole(case, "n_cpu_moe", 0),
        tensor_split=shares,
        mmproj_bytes=_file_bytes(case.get("mmproj")),
        backend=_backend(case.get("backend")),
    )


def _backend(value: object) -> Backend:
    """The driver to add overhead for; none where JSON does not say, as the loader's own accounting has it."""
    if value is None:
        return "none"
    for name in _BACKENDS:
        if value == name:
            return name  # type: ignore[return-value]
    raise UserError(f"backend must be one of {', '.join(_BACKENDS)}.", f"backend 只能是 {'、'.join(_BACKENDS)}。")


def _whole(case: Mapping[str, Any], key: str, default: int) -> int:
    value = whole_number(case, key)
    return default if value is None else value


def _file_bytes(path: object) -> int:
    """Bytes of the picture part's file, 0 where none is given."""
    if not path:
        return 0
    try:
        return Path(str(path)).stat().st_size
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read. Check the path.", f"无法读取 {path}，请检查路径。") from error


def _model_of(case: Mapping[str, Any]) -> str:
    value = case.get("model")
    if not isinstance(value, str) or not value:
        raise UserError("Every line needs “model”, a file or a name.", "每一行都需要 model（文件或名字）。")
    return value


def _required(model: str | None) -> str:
    if model is None:
        raise click.UsageError("Missing argument 'MODEL'.")
    return model


def _machine(vram: str | None) -> Machine:
    """The cards somebody named, in this computer's system."""
    if vram is None:
        raise click.UsageError("Give VRAM (12, 12GB, 3060) or --budget BYTES.")
    return Machine(parse_vram(vram, _clinic().cards), 0, this_system())


def _over_cards(settings: Settings, vram: tuple[int, ...]) -> Settings:
    """Layers split by the cards' memory, as llama.cpp does where nobody says otherwise."""
    if len(vram) < 2 or settings.tensor_split:
        return settings
    return replace(settings, tensor_split=tuple(float(size) for size in vram))


def _show(
    model: Model, settings: Settings, result: Estimate, language: str | None, cards: Machine | None = None
) -> None:
    from bot.answers.estimate import estimate_answer
    from bot.cli.terminal import make_console, show

    vram = cards.usable_vram if cards is not None else None
    show(estimate_answer(model, settings, result, vram), preferred_language(language), make_console())


def _show_serving(model: Model, settings: VllmSettings, result: Estimate, engine: str, language: str | None) -> None:
    from bot.answers.serving import serving_answer
    from bot.cli.terminal import make_console, show

    advice = tuple(note for note in result.notes if note not in model.notes)
    show(serving_answer(model, settings, result, engine, advice), preferred_language(language), make_console())
