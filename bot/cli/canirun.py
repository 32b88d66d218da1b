"""`wenzhen canirun`: whether and how a model runs on somebody's machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
from bot.cli.documents import plan_document
from bot.cli.hub import hub_from_environment
from bot.clinic.door import Clinic
from bot.clinic.fitting import Prospect
from bot.hardware.machine import System
from bot.memory.settings import CACHE_TYPES


@click.command()
@click.argument("model", required=False)
@click.argument("vram", required=False)
@click.argument("ram", required=False)
@click.option("--context", type=int, help="Context in tokens; default 8192.")
@click.option("--cache-type", type=click.Choice(CACHE_TYPES), default="f16", help="Type of the KV cache.")
@click.option("--system", type=click.Choice(["windows", "linux", "macos"]), help="Default: this computer's.")
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
    offline: bool,
    chart: Path | None,
    light: bool,
    language: str | None,
    as_json: bool,
    as_jsonl: bool,
) -> None:
    """Can I run MODEL with VRAM and RAM?

    MODEL: a name, a Hugging Face repository or link, or a .gguf file. VRAM: 12, 2x24, "RTX 3060", 0. RAM: 32.
    """
    machine_system = system or this_system()
    with hub_from_environment(offline=offline) as hub:
        clinic = Clinic(hub=hub)

        def prospect(model: str, vram: str, ram: str, context: int | None) -> Prospect:
            return clinic.can_run(
                model,
                vram,
                ram,
                context=context,
                cache_type=cache_type,
                system=machine_system,
                local_files=True,
            )

        if as_jsonl:

            def line(case: Mapping[str, Any]) -> dict[str, object]:
                context = whole_number(case, "context")
                return plan_document(prospect(_text(case, "model"), _text(case, "vram"), _text(case, "ram"), context))

            answer_each_line(line)
            return
        if model is None or vram is None or ram is None:
            raise click.UsageError("Give MODEL, VRAM and RAM, for example: wenzhen canirun Qwen3-14B 12 32")
        with refusals_as_json(model, wanted=as_json):
            found = prospect(model, vram, ram, context)
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
        raise UserError(f"Every line needs “{key}”.", f"每一行都需要 {key}。")
    return str(value)
