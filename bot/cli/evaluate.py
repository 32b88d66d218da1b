"""`wenzhen eval diagnose|triage|memory|names|similar PATH`: scores the program on labelled data."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bot.cli.common import anywhere_option, write_json
from bot.workshop.score.report import (
    Cell,
    Metric,
    Report,
    ReportTable,
)

_PATH = click.argument("path", type=click.Path(exists=True, path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of tables.")


@click.group("eval")
@anywhere_option
def evaluate() -> None:
    """Score the program on labelled JSON Lines."""


@evaluate.command("diagnose")
@_PATH
@click.option("--damage", type=click.FloatRange(0, 0.5), default=0.0, help="Share of characters damaged at random.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the damage.")
@click.option("--misses", is_flag=True, help="List every case that was missed.")
@_JSON
def _diagnose(path: Path, damage: float, seed: int, misses: bool, as_json: bool) -> None:
    """Labelled logs: top-1, top-3, false claims on `none`, what was taken for what."""
    _show(_evaluator("diagnose")(path, damage=damage, seed=seed, misses=misses), as_json)


@evaluate.command("calibrate")
@_PATH
@_JSON
def _calibrate(path: Path, as_json: bool) -> None:
    """Labelled logs: whether the probabilities shown mean what they say, with programs, years and classes left out."""
    _show(_evaluator("calibrate")(path), as_json)


@evaluate.command("triage")
@_PATH
@_JSON
def _triage(path: Path, as_json: bool) -> None:
    """Labelled help requests: precision and recall of each point."""
    _show(_evaluator("triage")(path), as_json)


@evaluate.command("memory")
@_PATH
@_JSON
def _memory(path: Path, as_json: bool) -> None:
    """Measured memory: error percentiles of the estimator."""
    _show(_evaluator("memory")(path), as_json)


@evaluate.command("reply")
@_PATH
@click.option("--misses", is_flag=True, help="Show what was said where it was not right.")
@_JSON
def _reply(path: Path, misses: bool, as_json: bool) -> None:
    """Labelled posts of help channels: kind right, helpful, needless questions, others left alone."""
    _show(_evaluator("reply")(path, misses=misses), as_json)


@evaluate.command("names")
@_PATH
@_JSON
def _names(path: Path, as_json: bool) -> None:
    """Labelled model names: how many parts are read right."""
    _show(_evaluator("names")(path), as_json)


@evaluate.command("faq")
@_PATH
@_JSON
def _faq(path: Path, as_json: bool) -> None:
    """Labelled questions: how many are answered right, and how many wrong with confidence."""
    _show(_evaluator("faq")(path), as_json)


@evaluate.command("similar")
@_PATH
@_JSON
def _similar(path: Path, as_json: bool) -> None:
    """Labelled posts: how well a new one finds a solved one of the same cause."""
    _show(_evaluator("similar")(path), as_json)


def _evaluator(name: str) -> Callable[..., Report]:
    evaluator: Callable[..., Report] = importlib.import_module(f"bot.workshop.score.{name}").evaluate
    return evaluator


def _show(report: Report, as_json: bool) -> None:
    if as_json:
        write_json(report)
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"[bold]{report.title}[/bold], {report.cases} cases")
    figures = Table(show_header=False, box=None)
    for metric in report.metrics:
        figures.add_row(metric.name, _figure(metric))
    console.print(figures)
    for table in report.tables:
        console.print(_rich_table(table))


def _figure(metric: Metric) -> str:
    value = f"{metric.value:.0f}" if not metric.unit and metric.value == int(metric.value) else f"{metric.value:.2f}"
    return f"{value} {metric.unit}".rstrip()


def _rich_table(table: ReportTable) -> Any:
    from rich.markup import escape
    from rich.table import Table

    shown = Table(title=table.title, title_justify="left")
    for column in table.columns:
        shown.add_column(column, overflow="fold")
    for row in table.rows:
        shown.add_row(*(escape(_cell(cell)) for cell in row))
    return shown


def _cell(cell: Cell) -> str:
    if cell is None:
        return "-"
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)
