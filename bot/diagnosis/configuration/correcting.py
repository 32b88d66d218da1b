"""The corrected text of a configuration: the same lines with what is wrong put right, and nothing else changed."""

from collections.abc import Mapping, Sequence

from bot.base.late import late
from bot.diagnosis.configuration.forms import Configuration, Setting, written_as_json, written_as_yaml
from bot.diagnosis.configuration.judging import Problem, problems_of, usual_name
from bot.intake.lines import Line
from bot.knowledge.options import Form

LANGUAGES: Mapping[Form, str] = {
    "command": "bash",
    "json": "json",
    "yaml": "yaml",
    "modelfile": "dockerfile",
    "variables": "bash",
    "ini": "ini",
}
_RUN: tuple[Form, ...] = ("command", "variables")  # what a shell reads
_LONGEST = 80  # lines of a file that are shown again
# A shell does something of its own with these: a line that holds one is not shown as one to copy.
_JSON_VALUE = late(r'("\s*+:\s*+)(?:"(?:[^"\\]|\\.)*+"|\[[^\]]*+\]|[^,}\s]++)')
_UNSAFE = late(r"[;&|`$<>()\n]")


def corrected(
    configuration: Configuration,
    problems: Sequence[Problem],
    lines: Sequence[Line],
    inside: Sequence[Configuration] = (),
) -> str | None:
    """The text put right, with the variables that stand `inside`; None where nothing can be changed for sure, or where
    it is not safe to copy.
    """
    before = {at: lines[at].text for at in range(configuration.first, configuration.last + 1)}
    texts = dict(before)
    for problem in problems:
        _mend(problem, configuration, texts)
    for each in inside:
        if each.table.form == "variables":
            for problem in problems_of(each):
                _mend(problem, each, texts)
    if len(texts) > _LONGEST or (texts == before and not configuration.slips):
        return None
    whole = _joined(texts, configuration)
    return None if configuration.table.form in _RUN and _UNSAFE.search(whole.replace("\n", " ")) else whole


def _joined(texts: Mapping[int, str], configuration: Configuration) -> str:
    """The lines as one text, written as its form wants it."""
    if configuration.slips and configuration.table.form == "json":
        return written_as_json(texts, configuration.slips)
    tight = {slip.at for slip in configuration.slips}
    spaced = (written_as_yaml(text) if at in tight else text for at, text in texts.items())
    return "\n".join(text for text in spaced if text.strip())


def _mend(problem: Problem, configuration: Configuration, texts: dict[int, str]) -> None:
    change = problem.change
    if problem.drop is not None and change is not None and _named(change.name, configuration):
        _take_away(problem.setting, configuration, texts)  # it stands there under its right name too
    elif problem.drop is not None and change is not None:
        _rename(problem.setting, change.name, configuration, texts)
    elif problem.drop is not None:
        for setting in _named(problem.drop, configuration):
            _take_away(setting, configuration, texts)
    elif change is not None:
        own = _named(change.name, configuration)
        for setting in own:
            _set(setting, change.value, configuration, texts)
        if not own:
            _add(change.name, change.value, configuration, texts)


def _named(name: str, configuration: Configuration) -> list[Setting]:
    table = configuration.table
    return [each for each in configuration.settings if usual_name(each.name, table) == usual_name(name, table)]


def _rename(setting: Setting, name: str, configuration: Configuration, texts: dict[int, str]) -> None:
    form, old, new = configuration.table.form, setting.name, name
    if form == "yaml":
        (above, _, old), (wanted, _, new) = old.rpartition("."), new.rpartition(".")
        if above != wanted:
            return  # it belongs elsewhere: that is said, and left to its owner
    elif form == "modelfile":
        old, new = old.rpartition(" ")[2], new.rpartition(" ")[2]
    above_it = range(setting.at, configuration.first - 1, -1)  # a list stands below its key
    at = next((number for number in above_it if _place(texts[number], old) >= 0), setting.at)
    texts[at] = _replaced(texts[at], old, new)


def _take_away(setting: Setting, configuration: Configuration, texts: dict[int, str]) -> None:
    form, text = configuration.table.form, texts[setting.at]
    if form != "command":
        texts[setting.at] = text if form == "json" else ""
        return
    at = _place(text, setting.name)
    head, tail = text[:at].rstrip(), text[at + len(setting.name) :]
    if setting.value and at >= 0:
        end = tail.find(setting.value) + len(setting.value)
        tail = tail[end:].lstrip("\"'")
    texts[setting.at] = head + tail if at >= 0 else text


def _set(setting: Setting, value: str, configuration: Configuration, texts: dict[int, str]) -> None:
    text, form = texts[setting.at], configuration.table.form
    name = setting.name.rpartition(".")[2] if form == "yaml" else setting.name
    if (at := _place(text, name)) < 0:
        return  # already written anew
    head, tail = text[: at + len(name)], text[at + len(name) :]
    if form == "json":
        found = _JSON_VALUE.match(tail)
        tail = f"{found[1]}{value}{tail[found.end() :]}" if found else tail
    elif setting.value:
        tail = tail.replace(setting.value, value, 1)
    elif form == "command":
        head = f"{head} {value}".rstrip()
    texts[setting.at] = head + tail


def _replaced(text: str, old: str, new: str) -> str:
    at = _place(text, old)
    return text if at < 0 else text[:at] + new + text[at + len(old) :]


def _place(text: str, name: str) -> int:
    """Where a name stands as a whole word, -1 where it does not."""
    at = text.find(name)
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(name) : at + len(name) + 1]
        if not any(each.isalnum() or each in "_-" for each in around):
            return at
        at = text.find(name, at + 1)
    return -1


def _add(name: str, value: str, configuration: Configuration, texts: dict[int, str]) -> None:
    form, last = configuration.table.form, configuration.last
    if form == "command":
        option = f"{name} {value}".rstrip()
        texts[last] = f"{texts[last].rstrip()} {option}"
    elif form == "modelfile":
        texts[last] = f"{texts[last]}\n{name} {value}"
    elif form == "yaml":
        _add_key(name, value, configuration, texts)


def _add_key(name: str, value: str, configuration: Configuration, texts: dict[int, str]) -> None:
    """A key beside its first sibling, indented like it."""
    above, _, key = name.rpartition(".")
    siblings = [each for each in configuration.settings if each.name.rpartition(".")[0] == above]
    if siblings:
        text = texts[siblings[0].at]
        indent = text[: len(text) - len(text.lstrip())]
        texts[siblings[0].at] = f"{indent}{key}: {value}\n{text}"
