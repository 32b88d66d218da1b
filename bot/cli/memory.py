"""`wenzhen estimate` and `wenzhen layers`: what a model takes, and how many of its layers fit."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.base.errors import UserError
from bot.base.languages import COMMA, joined
from bot.cli.common import (
    language_option,
    preferred_language,
    this_system,
    whole_number,
    write_json,
    wrong_usage,
)
from bot.cli.documents import estimate_document, layers_document
from bot.cli.hub import hub_from_environment
from bot.cli.lines import answer_each_line, refusals_as_json
from bot.cli.serving import engine_of, engines_shown, serving_options
from bot.clinic.door import Clinic
from bot.clinic.estimating import Estimated
from bot.clinic.fitting import FittingLayers
from bot.hardware.systems import System
from bot.memory.overrides import patterns_in
from bot.memory.settings import ALL, Backend, Settings

F = TypeVar("F", bound=Callable[..., Any])
_SYSTEMS = ("windows", "linux", "macos")
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
            click.option(
                "--override-tensor", "-ot", metavar="PATTERN=CPU", help="Layers' tensors that stay in RAM: exps=CPU."
            ),
            click.option("--no-kv-offload", is_flag=True, help="Keep the KV cache in RAM."),
            click.option("--swa-full", is_flag=True, help="Window layers keep the whole context."),
            click.option("--unified/--no-unified", default=True, help="Slots share one cache, or have one each."),
            click.option("--mmproj", metavar="FILE|auto", help="Picture part; auto: as large as this model's is."),
            click.option(
                "--draft", metavar="MODEL", help="A small model that drafts for this one, or mtp, dflash, eagle3."
            ),
            click.option("--system", type=click.Choice(_SYSTEMS), help="Default: this computer's."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("model", required=False)
@settings_options
@click.option("--gpu-layers", default="all", show_default=True, help="Layers on the GPU, the output layer included.")
@click.option("--engine", metavar=engines_shown(), help="Loader; default: the usual one for the format.")
@click.option("--vram", help="The card or cards, to see whether it fits: 24, 24GB, 4090, 2x3090.")
@click.option("--cache", help="ExLlama: type of the cache, such as q4, q8 or 8,4 (keys, values).")
@serving_options
@language_option
@click.option("--json", "as_json", is_flag=True, help="One JSON document, sizes in bytes.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON Lines from standard input; overhead only with `backend`.")
def estimate(
    model: str | None,
    gpu_layers: str,
    engine: str | None,
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
    with hub_from_environment(offline=False) as hub:
        clinic = Clinic(hub=hub)
        if as_jsonl:
            answer_each_line(partial(_estimate_line, clinic))
            return
        with refusals_as_json(model, wanted=as_json):
            settings = _settings_beside(clinic, _required(model), {**options, "gpu_layers": gpu_layers})
            system = options["system"] or this_system()
            found = clinic.estimate(
                _required(model), settings, engine=engine, vram=vram or "", options=options, system=system
            )
    if as_json:
        write_json({"id": model, **estimate_document(found.model, found.result)})
        return
    _show(found, language)


@click.command()
@click.argument("model", required=False)
@click.argument("vram", required=False)
@click.option("--budget", type=int, help="Bytes for the loader's own accounting, instead of VRAM.")
@settings_options
@click.option("--engine", metavar="[llama.cpp|koboldcpp|...]", help="Loader, for its batch sizes.")
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
    with hub_from_environment(offline=False) as hub:
        clinic = Clinic(hub=hub)
        if as_jsonl:
            answer_each_line(partial(_layers_line, clinic))
            return
        with refusals_as_json(model, wanted=as_json):
            settings = _settings_beside(clinic, _required(model), {**options, "gpu_layers": "all"})
            system = options["system"] or this_system()
            found = _layers(clinic, _required(model), vram, budget, settings, engine_of(options), system)
    if as_json:
        write_json({"id": model, **layers_document(found.result)})
        return
    _show(found, language)


def _layers(
    clinic: Clinic,
    model: str,
    vram: str | None,
    budget: int | None,
    settings: Settings,
    engine: str | None,
    system: System,
) -> FittingLayers | Estimated:
    if budget is not None:
        return clinic.layers_within(model, budget, settings, engine)
    if vram is None:
        raise wrong_usage(
            "Give VRAM (12, 12GB, 3060) or --budget BYTES.", "请写出显存（12、12GB、3060）或 --budget 字节数。"
        )
    return clinic.layers(model, vram, system=system, local_files=True, settings=settings, engine=engine)


def _estimate_line(clinic: Clinic, case: Mapping[str, Any]) -> dict[str, object]:
    model, engine = _model_of(case), engine_of(case)
    vram = case["vram"] if isinstance(case.get("vram"), str) else ""
    settings = _settings_beside(clinic, model, case)
    found = clinic.estimate(model, settings, engine=engine, vram=vram, options=case, system=this_system())
    return estimate_document(found.model, found.result)


def _layers_line(clinic: Clinic, case: Mapping[str, Any]) -> dict[str, object]:
    if case.get("gpu_budget") is None:
        raise UserError("Every line needs “gpu_budget” in bytes.", "每一行都需要 gpu_budget（字节）。")
    budget = _whole(case, "gpu_budget", 0)
    model = _model_of(case)
    found = clinic.layers_within(model, budget, _settings_beside(clinic, model, case), engine_of(case))
    return layers_document(found.result)


_AUTO = "auto"  # for --mmproj: the size that the picture part of this model has


def _settings_beside(clinic: Clinic, model: str, case: Mapping[str, Any]) -> Settings:
    """The settings of options or a line, with the picture part and the draft model that go beside."""
    pictures = case.get("mmproj") == _AUTO
    settings = settings_of({**case, "mmproj": None} if pictures else case)
    return clinic.beside(model, settings, pictures=pictures, draft=str(case.get("draft") or ""))


def settings_of(case: Mapping[str, Any]) -> Settings:
    """Settings from options or from one line of JSON; what is absent or null takes the default.

    Raises:
        UserError: a value of the wrong kind.
    """
    layers_ = case.get("gpu_layers")
    flash = case.get("flash_attn")
    try:
        shares = _shares(case.get("tensor_split"))
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
        unified=case.get("unified") is not False,
        full_window=bool(case.get("swa_full")),
        kv_on_host=bool(case.get("no_kv_offload")),
        experts_on_host=_whole(case, "n_cpu_moe", 0),
        kept_in_ram=patterns_in(str(case.get("override_tensor") or "")),
        tensor_split=shares,
        mmproj_bytes=_file_bytes(case.get("mmproj")),
        backend=_backend(case.get("backend")),
    )


def _shares(value: object) -> tuple[float, ...]:
    """Shares of several GPUs: "3,1", or a list of numbers. Raises ValueError."""
    parts = value if isinstance(value, list | tuple) else str(value or "").split(",")
    return tuple(float(str(part)) for part in parts if str(part).strip())


def _backend(value: object) -> Backend:
    """The driver to add overhead for; none where JSON does not say, as the loader's own accounting has it."""
    if value is None:
        return "none"
    for name in _BACKENDS:
        if value == name:
            return name  # type: ignore[return-value]
    raise UserError("backend must be one of {backends}.", "backend 只能是 {backends}。").format(
        backends=joined(_BACKENDS, COMMA)
    )


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
        raise UserError("{path} cannot be read. Check the path.", "无法读取 {path}，请检查路径。").format(
            path=path
        ) from error


def _model_of(case: Mapping[str, Any]) -> str:
    value = case.get("model")
    if not isinstance(value, str) or not value:
        raise UserError("Every line needs “model”, a file or a name.", "每一行都需要 model（文件或名字）。")
    return value


def _required(model: str | None) -> str:
    if model is None:
        raise wrong_usage("Missing argument 'MODEL'.", "缺少参数 MODEL（模型）。")
    return model


def _show(found: FittingLayers | Estimated, language: str | None) -> None:
    from bot.cli.terminal import show

    show(found.answer, preferred_language(language))
