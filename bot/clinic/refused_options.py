"""Options that a program refused: what they are called now, or that nothing took their place."""

from collections.abc import Iterator, Mapping, Sequence

from bot.base.languages import BETWEEN_SENTENCES, Text, joined
from bot.base.late import late
from bot.clinic.parts import Parts
from bot.diagnosis.configuration.judging import said_of_option
from bot.diagnosis.finding import Finding
from bot.intake.facts import Facts
from bot.knowledge.architectures import OPTION
from bot.knowledge.options import OptionTable

_TYPED = late(r"(?<![\w-])--?[A-Za-z][\w-]*+")
_MOST = 3  # options of which something is said


def said_of_refused(findings: Sequence[Finding], facts: Facts, parts: Parts) -> Mapping[str, Text]:
    """By entry: what the tables know of the options that were refused. Nothing where the program is not known."""
    refused = [found for found in findings if found.entry.arrives == OPTION and OPTION in found.captured]
    said = {found.entry.id: list(_sentences(found, facts, parts.options)) for found in refused}
    return {entry: joined(sentences, BETWEEN_SENTENCES) for entry, sentences in said.items() if sentences}


def _sentences(found: Finding, facts: Facts, tables: Sequence[OptionTable]) -> Iterator[Text]:
    table = _table_of(found, facts, tables)
    if table is None:
        return
    typed = dict.fromkeys(_TYPED.findall(found.captured[OPTION]))
    for option in list(typed)[:_MOST]:
        if (said := said_of_option(option, table)) is not None:
            yield said


def _table_of(found: Finding, facts: Facts, tables: Sequence[OptionTable]) -> OptionTable | None:
    """The command line of the program that refused it: the only one that prints such a failure, else the reader's."""
    printed_by = found.entry.components
    loader = facts.loader.value if facts.loader else None
    program = printed_by[0] if len(printed_by) == 1 else loader
    return next((table for table in tables if table.form == "command" and table.program == program), None)
