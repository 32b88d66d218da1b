"""What is wrong with a configuration: names that are unknown or gone, values that cannot work together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.base.languages import Text
from bot.base.late import late
from bot.diagnosis.configuration.forms import Configuration, Setting
from bot.knowledge.options import Change, Conflict, Gone, OptionTable, Test

Kind = Literal["unknown", "gone", "misplaced", "conflict", "advice", "miswritten"]
_ALIKE = 84  # per cent from which on a name is taken for another's slip
_SHORT = 4  # characters of a name, dashes aside, below which nothing is taken for a slip
_BETWEEN_CLAUSES = ",;，；。"  # what follows a command in the middle of a sentence belongs to no value
_NUMBER = late(r"-?\d+(?:\.\d+)?")

_UNKNOWN = Text("{program} has no {name}. Did you mean {instead}?", "{program} 没有 {name}，是不是想写 {instead}？")
_RENAMED = Text("{name} does not exist in {program}: write {instead}.", "{program} 里没有 {name}，应该写 {instead}。")
_DROPPED = Text("{program} no longer has {name}: leave it out.", "{program} 已经没有 {name} 了，删掉就行。")
_MISPLACED = Text(
    "{name} stands in the wrong place: it belongs to {instead}.", "{name} 的位置不对，应该放在 {instead}。"
)
_NO_NUMBER = Text("{name} takes a number, not “{value}”.", "{name} 要写数字，不能写“{value}”。")
_NOT_TAKEN = Text("{name} takes {values}, not “{value}”.", "{name} 只能是 {values}，不能是“{value}”。")
_MISWRITTEN = {
    "backslash": Text(
        "In JSON a backslash is written twice: D:\\\\models, or D:/models.",
        "JSON 里反斜杠要写两个：D:\\\\models，或者写成 D:/models。",
    ),
    "space": Text("In YAML a blank follows the colon: key: value.", "YAML 里冒号后面要有一个空格：key: value。"),
    "comma": Text("There is a comma with nothing behind it.", "这里多了一个逗号，后面已经没有内容了。"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the setting that shows it, what is wrong, and how to put it right. `change` sets a value
    under its right name, `drop` takes a setting away; both may be missing.
    """

    kind: Kind
    setting: Setting
    said: Text
    change: Change | None = None
    drop: str | None = None


def problems_of(configuration: Configuration) -> tuple[Problem, ...]:
    """Everything that is wrong, in the order of the lines."""
    found = [
        *_misnamed(configuration),
        *_misvalued(configuration),
        *_conflicting(configuration),
        *_miswritten(configuration),
    ]
    return tuple(sorted(found, key=lambda problem: (problem.setting.at, problem.kind == "advice")))


def said_of_option(typed: str, table: OptionTable) -> Text | None:
    """What became of an option that a program refused, or which one was meant; None where the table does not tell."""
    name = typed.partition("=")[0]
    plain = name.replace("_", "-") if table.underscores and name.startswith("--") else name
    if (gone := table.gone_as(name) or table.gone_as(plain)) is not None:
        return _gone(Setting(name, "", 0), gone, table).said
    if not table.options or _is_known(name, table) or (near := _nearest(name, table)) is None:
        return None
    return _slip(Setting(name, "", 0), near, table).said


def usual_name(name: str, table: OptionTable) -> str:
    """The first name of an option, however it is written."""
    if name in table.by_name or not table.underscores:
        return table.usual_name(name)
    return table.usual_name(name.replace("_", "-"))


# ---- names


def _misnamed(configuration: Configuration) -> Iterator[Problem]:
    table = configuration.table
    for setting in configuration.settings:
        if (gone := table.gone_as(setting.name)) is not None:
            yield _gone(setting, gone, table)
        elif (
            table.options and not _is_known(setting.name, table) and (near := _nearest(setting.name, table)) is not None
        ):
            yield _slip(setting, near, table)


def _gone(setting: Setting, gone: Gone, table: OptionTable) -> Problem:
    values = {"program": table.program, "name": setting.name, "instead": f"{gone.instead} {gone.value}".rstrip()}
    if not gone.instead:
        return Problem("gone", setting, _DROPPED.format(**values), drop=setting.name)
    change = Change(gone.instead, gone.value or setting.value)
    return Problem("gone", setting, _RENAMED.format(**values), change, setting.name)


def _slip(setting: Setting, near: str, table: OptionTable) -> Problem:
    values = {"program": table.program, "name": setting.name, "instead": near}
    misplaced = near.rpartition(".")[2] == setting.name.rpartition(".")[2] and "." in near
    kind: Kind = "misplaced" if misplaced else "unknown"
    said = (_MISPLACED if misplaced else _UNKNOWN).format(**values)
    return Problem(kind, setting, said, Change(near, setting.value), setting.name)


def _is_known(name: str, table: OptionTable) -> bool:
    name = usual_name(name, table)
    if table.knows(name):
        return True
    if table.form == "command":
        whole = name.partition(".")[0]
        return whole in table.by_name or (table.abbreviated and any(each.startswith(name) for each in table.by_name))
    return any(each.startswith(f"{name}.") or name.startswith(f"{each}.") for each in table.by_name)


def _nearest(name: str, table: OptionTable) -> str | None:
    """The name that was meant, when one is much more like it than all others."""
    own = _bare(name)
    if len(own) < _SHORT:
        return None
    same = _of_same_ending(name, table)
    if len(same) == 1 and "." not in name:
        return same[0]
    if len(shortened := [each for each in table.by_name if _shortens(name, each)]) == 1:
        return shortened[0]
    from rapidfuzz import fuzz  # for a key that is not known, and few logs hold any

    rated = sorted(((fuzz.ratio(own, _bare(each)), each) for each in table.by_name), reverse=True)[:2]
    if not rated or rated[0][0] < _ALIKE:
        return None
    is_the_only_one = len(rated) == 1 or rated[1][0] < rated[0][0]
    return rated[0][1] if is_the_only_one else None


def _of_same_ending(name: str, table: OptionTable) -> list[str]:
    """The names with a place in front ("model.max_seq_len") that end like this one."""
    last = name.rpartition(".")[2]
    if len(last) < _SHORT:
        return []
    return [each for each in table.by_name if "." in each and each.rpartition(".")[2] == last]


def _shortens(name: str, other: str) -> bool:
    """Whether a name of several words is another one with its words cut short."""
    short, long = name.strip("-").split("-"), other.strip("-").split("-")
    return len(short) == len(long) > 1 and all(b.startswith(a) for a, b in zip(short, long, strict=True))


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace("parameter ", "")


# ---- how it is written


def _miswritten(configuration: Configuration) -> Iterator[Problem]:
    for slip in configuration.slips:
        yield Problem("miswritten", Setting(slip.kind, "", slip.at), _MISWRITTEN[slip.kind])


# ---- values


def _misvalued(configuration: Configuration) -> Iterator[Problem]:
    """Words where a number is wanted, and values that an option does not take."""
    table = configuration.table
    for setting in configuration.settings:
        option = table.by_name.get(usual_name(setting.name, table))
        value = setting.value.rstrip(_BETWEEN_CLAUSES)
        if option is None or _is_open(value) or value.lower() in option.values:
            continue
        values = {"name": setting.name, "value": value, "values": ", ".join(option.values)}
        if option.number and _number(value) is None:
            yield Problem("conflict", setting, _NO_NUMBER.format(**values))
        elif option.values and not option.number:
            yield Problem("conflict", setting, _NOT_TAKEN.format(**values))


def _is_open(value: str) -> bool:
    """Whether a value says nothing yet: none, or what a shell or a template puts in."""
    return not value or value.lower() in ("null", "~", "true", "false") or any(sign in value for sign in "${<[%")


def _conflicting(configuration: Configuration) -> Iterator[Problem]:
    table = configuration.table
    own = {usual_name(each.name, table): each for each in configuration.settings}
    for conflict in table.conflicts:
        for key in _bindings(conflict, own):
            if problem := _conflict(conflict, key, own, table):
                yield problem


def _bindings(conflict: Conflict, own: Mapping[str, Setting]) -> Sequence[str]:
    """What `*` may stand for in a conflict: each key at its place; one empty key for a conflict without."""
    starred = next((test.name for test in conflict.tests if "*" in test.name), None)
    if starred is None:
        return ("",)
    before = starred.partition("*")[0]
    return tuple(dict.fromkeys(name[len(before) :].partition(".")[0] for name in own if name.startswith(before)))


def _conflict(conflict: Conflict, key: str, own: Mapping[str, Setting], table: OptionTable) -> Problem | None:
    def bound(name: str) -> str:
        return usual_name(name.replace("*", key), table)

    if not all(_holds(test, bound(test.name), own, table) for test in conflict.tests):
        return None
    tested = {test.name: own[bound(test.name)] for test in conflict.tests if bound(test.name) in own}
    if not tested:
        return None
    shown = next(iter(tested.values()))
    wanted = conflict.change
    values = _values(conflict, tested, own)
    change = Change(wanted.name.replace("*", key), conflict.value_of(values)) if wanted else None
    said = conflict.said_of(values)
    return Problem("advice" if conflict.advice else "conflict", shown, said, change, conflict.drop)


def _values(conflict: Conflict, tested: Mapping[str, Setting], own: Mapping[str, Setting]) -> dict[str, str]:
    """The values of what was tested, and of what it was measured by."""
    values = {name: setting.value for name, setting in tested.items()}
    beside = (test.below_key for test in conflict.tests if test.below_key)
    return values | {name: own[name].value for name in beside if name in own}


def _holds(test: Test, name: str, own: Mapping[str, Setting], table: OptionTable) -> bool:
    if test.absent:
        return not any(each == name or each.startswith(f"{name}.") for each in own)
    setting = own.get(name)
    if test.value is not None:
        return table.patterns[test.value].search(setting.value if setting else "") is not None
    return setting is not None and _is_measured(test, setting.value, own)


def _is_measured(test: Test, value: str, own: Mapping[str, Setting]) -> bool:
    """Whether a value is a number beyond one of the test's bounds; true of a test without bounds."""
    if all(each is None for each in (test.above, test.below, test.not_multiple_of, test.below_key)):
        return True
    number = _number(value)
    return number is not None and _is_beyond(test, number, own)


def _is_beyond(test: Test, number: float, own: Mapping[str, Setting]) -> bool:
    other = own.get(test.below_key) if test.below_key else None
    limit = _number(other.value) if other else None
    return (
        (test.above is not None and number > test.above)
        or (test.below is not None and number < test.below)
        or (test.not_multiple_of is not None and number % test.not_multiple_of != 0)
        or (limit is not None and number < limit)
    )


def _number(text: str) -> float | None:
    found = _NUMBER.fullmatch(text.strip())
    return float(found.group()) if found else None
