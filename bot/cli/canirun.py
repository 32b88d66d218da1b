"""`wenzhen canirun`: whether and how a model runs on somebody's machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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
from bot.cli.documents import plan_document
from bot.cli.hub import hub_from_environment
from bot.cli.lines import answer_each_line, refusals_as_json
from bot.cli.serving import engine_of, engines_shown, serving_options
from bot.clinic.door import Clinic
from bot.clinic.fitting import Prospect
from bot.hardware.systems import System
from bot.memory.settings import CACHE_TYPES


@click.command()
@click.argument("model", required=False)
@click.argument("vram", required=False)
@click.argument("ram", required=False)
@click.option("--context", type=int, help="Context in tokens; default 8192.")
@click.option("--cache-type", type=click.Choice(CACHE_TYPES), default="f16", help="Type of the KV cache.")
@click.option("--system", type=click.Choice(["windows", "linux", "macos"]), help="Default: this computer's.")
@click.option("--held", default="", help="VRAM that another program holds, e.g. 2GB.")
@click.option("--pictures", is_flag=True, help="Load the picture part (mmproj) too.")
@click.option("--draft", default="", help="A small model that drafts for the large one, or mtp, dflash, eagle3.")
@click.option("--override-tensor", "-ot", metavar="PATTERN=CPU", help="Layers' tensors that stay in RAM: exps=CPU.")
@click.option("--engine", metavar=engines_shown(), help="Loader; default: the usual ones for the format.")
@click.option("--cache", help="ExLlama: type of the cache, such as q4, q8 or 8,4 (keys, values).")
@serving_options
@click.option("--offline", is_flag=True, help="Ask no hub; use the built-in catalog.")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Write a PNG of memory over context.")
@click.option("--light", is_flag=True, help="The chart on white instead of dark.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Read JSON Lines from standard input.")
def canirun(
    model: str | None,
    vram: str | None,
    ram: str | None,
    context: int | None,
    cache_type: str,
    system: System | None,
    held: str,
    pictures: bool,
    draft: str,
    override_tensor: str | None,
    offline: bool,
    chart: Path | None,
    light: bool,
    language: str | None,
    as_json: bool,
    as_jsonl: bool,
    engine: str | None,
    **options: Any,
) -> None:
    """Can I run MODEL with VRAM and RAM?

    MODEL: a name, a Hugging Face repository or link, or a .gguf file. VRAM: 12, 2x24, "RTX 3060", 0. RAM: 32;
    a Mac needs none: "M4 Max 64GB".
    """
    machine_system = system or this_system()
    with hub_from_environment(offline=offline) as hub:
        clinic = Clinic(hub=hub)

        def prospect(case: Mapping[str, Any]) -> Prospect:
            return clinic.can_run(
                _text(case, "model"),
                _text(case, "vram"),
                "" if case.get("ram") is None else _text(case, "ram"),
                context=whole_number(case, "context"),
                cache_type=_one_of(case, "cache_type", CACHE_TYPES, cache_type),
                system=_one_of(case, "system", ("windows", "linux", "macos"), machine_system),  # type: ignore[arg-type]
                local_files=True,
                held=str(case.get("held") or ""),
                pictures=bool(case.get("pictures")),
                draft=str(case.get("draft") or ""),
                engine=engine_of(case),
                options=case,
                override_tensor=str(case.get("override_tensor") or ""),
            )

        if as_jsonl:
            answer_each_line(lambda case: plan_document(prospect(case)))
            return
        if model is None or vram is None:
            raise wrong_usage(
                "Give MODEL, VRAM and RAM, for example: wenzhen canirun Qwen3-14B 12 32",
                "请写出模型、显存和内存，例如：wenzhen canirun Qwen3-14B 12 32",
            )
        with refusals_as_json(model, wanted=as_json):
            found = prospect(
                {
                    "model": model,
                    "vram": vram,
                    "ram": ram or "",
                    "context": context,
                    "held": held,
                    "pictures": pictures,
                    "draft": draft,
                    "engine": engine,
                    "override_tensor": override_tensor,
                    **options,
                }
            )
    if as_json:
        write_json({"id": model, **plan_document(found)})
        return
    _show(found, language, chart, light=light)


def _show(found: Prospect, language: str | None, chart: Path | None, *, light: bool) -> None:
    from bot.cli.terminal import show

    answer, chosen = found.answer, preferred_language(language)
    show(answer, chosen)
    if chart is not None and answer.chart is not None:
        from bot.answers.chart import context_chart_png

        chart.write_bytes(context_chart_png(answer.chart, chosen, dark=not light))


def _text(case: Mapping[str, Any], key: str) -> str:
    value = case.get(key)
    if value is None or isinstance(value, dict | list):
        raise UserError("Every line needs “{key}”.", "每一行都需要 {key}。").format(key=key)
    return str(value)


def _one_of(case: Mapping[str, Any], key: str, allowed: Sequence[str], default: str) -> str:
    """The value of a line under `key`, which must be one of `allowed`; `default` where it has none."""
    value = case.get(key)
    if value is None:
        return default
    if value not in allowed:
        raise UserError("{key} must be one of {allowed}.", "{key} 只能是 {allowed}。").format(
            key=key, allowed=joined(allowed, COMMA)
        )
    return str(value)
