"""How far estimates of memory are from what loaders accounted for.

Reads any of these files, or a folder with all of them:
- accounting rows: settings, `model` (a header file beside the rows), `gpu` and `host` = {weights, context, compute};
- layer rows: settings, `gpu_budget` in bytes, and the right `gpu_layers`;
- posted rows: what loaders printed on people's machines, with the facts of the header that their log showed;
- rows of other engines, public statements, measured speeds, published files: see engines, machines, published;
- quant_sizes.json: model -> mix -> [MiB of tensor data, bits per weight]; names-2026.txt: names, one a line.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median

import msgspec

from bot.base.errors import UserError
from bot.knowledge.files import knowledge_root
from bot.memory.estimate import Estimate, estimate
from bot.memory.fitting import most_gpu_layers
from bot.memory.settings import ALL, Settings
from bot.models.catalog import Catalog, load_catalog, model_shape
from bot.models.files import read_gguf
from bot.models.quantization import file_bytes
from bot.models.shape import Model
from bot.workshop.score.engines import judge_engines
from bot.workshop.score.machines import judge_speeds, judge_statements
from bot.workshop.score.parts import Part, Row, share
from bot.workshop.score.posted import Comparison, compare_posted
from bot.workshop.score.published import judge_known, judge_published
from bot.workshop.score.report import (
    Cell,
    Metric,
    Report,
    ReportTable,
    json_lines_in,
)

MIB = 1 << 20


def evaluate(path: Path) -> Report:
    """Judges every row of the file, or of all files in the folder.

    Raises:
        UserError: unreadable rows, or none at all.
    """
    parts = [part for part in _judged(path) if part]
    if not parts:
        raise UserError("{path} has no rows of a known kind.", "{path} 中没有可识别的数据行。").format(path=path)
    return Report(
        "Memory",
        sum(part.cases for part in parts),
        tuple(metric for part in parts for metric in part.metrics),
        tuple(table for part in parts for table in part.tables),
    )


def _judged(path: Path) -> Iterator[Part | None]:
    rows = list(_rows(path))
    folder = path if path.is_dir() else path.parent
    accounting = _with(rows, "gpu", "host")
    yield _judge_accounting([row for row in accounting if "set" not in row], folder, "accounting")
    yield _judge_accounting(_with(accounting, "set"), folder, "newer build")
    yield _judge_layers(_with(rows, "gpu_budget"), folder)
    yield _judge_posted(_with(rows, "n_layer"))
    yield judge_engines(_with(rows, "ask"))
    yield judge_statements(_with(rows, "truth"))
    yield judge_speeds(_with(rows, "tokens_per_second"))
    yield judge_published(_with(rows, "bytes", "quant"))
    yield judge_known(path)
    yield _judge_sizes(_quant_sizes(path))


def _with(rows: Iterable[Row], *keys: str) -> list[Row]:
    """The rows that hold all of these keys."""
    return [row for row in rows if all(key in row for key in keys)]


def _rows(path: Path) -> Iterable[Row]:
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.suffix == ".jsonl" else []
    for file in files:
        yield from json_lines_in(file, file.name)


def _quant_sizes(path: Path) -> dict[str, dict[str, list[float]]]:
    file = path / "quant_sizes.json" if path.is_dir() else path
    if file.suffix != ".json" or not file.exists():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, list[float]]])
    except msgspec.DecodeError as error:
        raise UserError("{file} is not what was expected: {error}", "{file} 格式不对：{error}").format(
            file=file, error=error
        ) from error


# --- accounting ------------------------------------------------------------------------------------------------------


def settings_of_row(row: Row) -> Settings:
    """The settings that a row was measured with."""
    layers = row.get("gpu_layers")
    return Settings(
        context=int(row["context"]),
        cache_type_k=str(row.get("cache_type_k") or "f16"),
        cache_type_v=str(row.get("cache_type_v") or "f16"),
        batch=_whole(row, "batch", 2048),
        ubatch=_whole(row, "ubatch", 512),
        parallel=_whole(row, "parallel", 1),
        flash_attention=row.get("flash_attn") != "off",
        gpu_layers=ALL if layers in (None, "all") else int(layers),
        outputs=_whole(row, "outputs"),
        unified=row.get("unified") is not False,
        full_window=bool(row.get("swa_full")),
        kv_on_host=bool(row.get("no_kv_offload")),
        experts_on_host=_whole(row, "n_cpu_moe"),
        tensor_split=tuple(float(part) for part in row.get("tensor_split") or ()),
        backend="none",
    )


def _whole(row: Row, key: str, usual: int = 0) -> int:
    return int(row.get(key) or usual)


@lru_cache(maxsize=64)
def _model(path: Path) -> Model:
    return read_gguf(path)


def _judge_accounting(rows: Sequence[Row], folder: Path, label: str) -> Part | None:
    if not rows:
        return None
    judged = [(row, estimate(_model(folder / row["model"]), settings_of_row(row))) for row in rows]
    exact = {part: [_difference(row, result, part) == 0 for row, result in judged] for part in _PARTS}
    totals = [_total_error(row, result) for row, result in judged]
    metrics = [Metric(f"{label}: {part} equal to the byte", share(exact[part])) for part in _PARTS]
    metrics += [
        Metric(f"{label}: total per device within {limit} %", share([error <= limit for error in totals]))
        for limit in (0.5, 1.0, 2.0)
    ]
    metrics.append(Metric(f"{label}: largest error of a total", max(totals)))
    metrics += _known_and_not(judged, label)
    return Part(len(rows), tuple(metrics), (_by_model(judged, label), _worst(judged, label)))


_PARTS = ("weights", "context", "compute")


def _known_and_not(judged: Sequence[tuple[Row, Estimate]], label: str) -> Iterator[Metric]:
    """Architectures whose graph is known are to be exact, the others' range is to hold the truth."""
    known = [(row, result) for row, result in judged if result.exact]
    guessed = [(row, result) for row, result in judged if not result.exact]
    if known:
        yield Metric(f"{label}, known graphs: GPU equal to the byte", share([_is_same(*pair) for pair in known]))
        yield Metric(f"{label}, known graphs: largest error of a GPU", max(_error(row, "gpu", e) for row, e in known))
    if guessed:
        yield Metric(f"{label}, unknown graphs, rows", len(guessed), "")
        yield Metric(f"{label}, unknown graphs: range holds the truth", share([_holds(*pair) for pair in guessed]))


def _is_same(row: Row, result: Estimate) -> bool:
    """Whether every part on the GPU is the measured one."""
    return all(_said(result, "gpu", part) == row["gpu"][part] for part in _PARTS)


def _holds(row: Row, result: Estimate) -> bool:
    """Whether the ranges of both devices hold what was measured."""
    pairs = ((result.gpu.range, row["gpu"]), (result.host.range, row["host"]))
    return all(reach.low <= sum(truth[part] for part in _PARTS) <= reach.high for reach, truth in pairs)


def _difference(row: Row, result: Estimate, part: str) -> int:
    """Bytes by which both devices together are off in one part."""
    return sum(abs(_said(result, device, part) - row[device][part]) for device in ("gpu", "host"))


def _said(result: Estimate, device: str, part: str) -> int:
    usage = result.gpu if device == "gpu" else result.host
    said = {"weights": usage.weights, "context": usage.kv_cache + usage.recurrent, "compute": usage.compute}
    return said[part]


def _total_error(row: Row, result: Estimate) -> float:
    """The larger of the two devices' errors, in percent of the truth."""
    return max(_error(row, device, result) for device in ("gpu", "host"))


def _error(row: Row, device: str, result: Estimate) -> float:
    truth = sum(row[device][part] for part in _PARTS)
    said = sum(_said(result, device, part) for part in _PARTS)
    return 100 * abs(said - truth) / truth if truth else 100.0 * bool(said)


def _by_model(judged: Sequence[tuple[Row, Estimate]], label: str) -> ReportTable:
    groups: dict[str, list[float]] = defaultdict(list)
    for row, result in judged:
        groups[Path(row["model"]).stem].append(_total_error(row, result))
    rows = tuple((name, len(errors), median(errors), max(errors)) for name, errors in sorted(groups.items()))
    return ReportTable(
        f"{label.capitalize()}, error of a device's total in %", ("model", "rows", "median", "largest"), rows
    )


def _worst(judged: Sequence[tuple[Row, Estimate]], label: str) -> ReportTable:
    wrong = [(row, result) for row, result in judged if any(_difference(row, result, part) for part in _PARTS)]
    wrong.sort(key=lambda pair: -_total_error(*pair))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(row.get("id")), *(_difference(row, result, part) for part in _PARTS), _total_error(row, result))
        for row, result in wrong[:20]
    )
    return ReportTable(f"{label.capitalize()}, rows not equal to the byte", ("row", *_PARTS, "error %"), rows)


# --- layers ----------------------------------------------------------------------------------------------------------


def _judge_layers(rows: Sequence[Row], folder: Path) -> Part | None:
    if not rows:
        return None
    off = []
    for row in rows:
        settings = settings_of_row({**row, "gpu_layers": "all"})
        result = most_gpu_layers(_model(folder / row["model"]), settings, int(row["gpu_budget"]))
        off.append((str(row.get("id")), result.gpu_layers, int(row["gpu_layers"])))
    metrics = (
        Metric("layers: exact", share([said == truth for _, said, truth in off])),
        Metric("layers: off by one at most", share([abs(said - truth) <= 1 for _, said, truth in off])),
        Metric("layers: more than fit", share([said > truth for _, said, truth in off])),
    )
    wrong = tuple(case for case in off if case[1] != case[2])
    return Part(len(rows), metrics, (ReportTable("Layers, wrong", ("row", "said", "truth"), wrong),))


# --- posted ----------------------------------------------------------------------------------------------------------


def _judge_posted(rows: Sequence[Row]) -> Part | None:
    if not rows:
        return None
    catalog = load_catalog(knowledge_root())
    compared = [comparison for row in rows for comparison in compare_posted(row, catalog)]
    metrics: list[Metric] = []
    for fork, label in ((False, "posted"), (True, "posted, ik_llama.cpp")):
        metrics += _posted_metrics([each for each in compared if each.fork == fork], label)
    far = sorted((each for each in compared if each.error > 1), key=lambda each: -each.error)
    table = ReportTable(
        "Posted, more than 1 % off",
        ("row", "part", "said MiB", "printed MiB", "error %"),
        tuple((each.row, each.part, each.said / MIB, each.truth / MIB, each.error) for each in far[:40]),
    )
    return Part(len(rows), tuple(metrics), (table,))


def _posted_metrics(compared: Sequence[Comparison], label: str) -> list[Metric]:
    metrics: list[Metric] = []
    for part in ("KV cache", "GPU weights"):
        errors = [each.error for each in compared if each.part == part]
        if errors:
            metrics.append(Metric(f"{label}: {part} rows", len(errors), ""))
            metrics.append(Metric(f"{label}: {part} within 1 %", share([error <= 1 for error in errors])))
    return [*metrics, *_compute_metrics(compared, label)]


def _compute_metrics(compared: Sequence[Comparison], label: str) -> list[Metric]:
    metrics: list[Metric] = []
    for name, recent in (("2025 and later", True), ("older", False)):
        errors = [each.error for each in compared if each.part == "compute" and each.recent == recent]
        if errors:
            metrics.append(Metric(f"{label}: compute rows, builds of {name}", len(errors), ""))
            metrics.append(Metric(f"{label}: compute, median error, builds of {name}", median(errors)))
    return metrics


# --- sizes of mixes --------------------------------------------------------------------------------------------------


def _judge_sizes(sizes: Mapping[str, Mapping[str, Sequence[float]]]) -> Part | None:
    if not sizes:
        return None
    catalog = load_catalog(knowledge_root())
    errors: list[tuple[str, float | None, float]] = []
    for name, mixes in sizes.items():
        for mix, (truth, _) in mixes.items():
            errors.append((f"{name} {mix}", *_size_error(catalog, name, mix, truth)))
    good = [error <= 0.1 for _, _, error in errors]
    wrong = tuple((what, said, error) for what, said, error in errors if error > 0.1)
    metrics = (
        Metric("sizes by name: within 0.1 %", share(good)),
        Metric("sizes by name: largest error", max(error for _, _, error in errors)),
    )
    return Part(len(errors), metrics, (ReportTable("Sizes by name, wrong", ("mix", "said MiB", "error %"), wrong),))


def _size_error(catalog: Catalog, name: str, mix: str, truth: float) -> tuple[float | None, float]:
    found = catalog.find(name)
    if found is None:
        return None, 100.0
    try:
        said = file_bytes(model_shape(found.model), mix, importance_matrix=False).likely / MIB
    except LookupError:
        return None, 100.0
    return said, 100 * abs(said - truth) / truth
