"""From the problems of a configuration to the entry that treats them."""

from collections.abc import Iterator, Sequence

from bot.diagnosis.conclusion import Conclusion
from bot.diagnosis.configuration.forms import Configuration
from bot.diagnosis.configuration.judging import problems_of
from bot.intake.lines import Line

_STRENGTH = 0.88  # a table of options may be a version behind


def concluded(configuration: Configuration, lines: Sequence[Line]) -> Iterator[Conclusion]:
    """What a configuration's first problem leads to, if it has one; advice is none."""
    first = next((problem for problem in problems_of(configuration) if problem.kind != "advice"), None)
    if first is not None:
        table = configuration.table
        about = "command" if table.form == "command" else "file"
        values = {"option": first.setting.name, "program": table.program}
        yield Conclusion("configuration", lines[first.setting.at], values, about, _STRENGTH)
