"""What the shipped knowledge reads: one clinic for all tests of a process, and its readers as functions.

To open it takes seconds and nothing changes it: tests share it, as the bot's threads do.
"""

from collections.abc import Sequence

from bot.clinic.door import Clinic
from bot.intake.facts import Facts
from bot.intake.lines import Line
from bot.intake.request import RequestReader
from bot.intake.told import Request
from bot.intake.vocabulary import Names
from bot.models import name_mentions
from bot.models import names as model_names
from bot.models.name_index import ModelNames
from bot.models.names import ModelName

CLINIC = Clinic()
PARTS = CLINIC
CARDS = PARTS.facts.cards


def known_models() -> ModelNames:
    return PARTS.catalog.called


def parse_name(text: str) -> ModelName:
    return model_names.parse_name(text, known_models())


def find_names(text: str) -> list[name_mentions.NameMention]:
    return name_mentions.find_names(text, known_models())


def names() -> Names:
    return PARTS.vocabulary


def read_facts(lines: Sequence[Line]) -> Facts:
    return PARTS.facts.read(lines)


def request_reader() -> RequestReader:
    return PARTS.reader


def read_request(text: str, attachments: Sequence[str] = (), *, in_help_forum: bool = False) -> Request:
    return PARTS.reader.read(text, attachments, in_help_forum=in_help_forum)
