"""The one table of rules. Where two find the same, the one that stands first names it."""

from bot.intake.masking.commands import COMMANDS
from bot.intake.masking.links import LINKS
from bot.intake.masking.named import NAMED
from bot.intake.masking.people import PEOPLE
from bot.intake.masking.rule import Kind, Rule

RULES: tuple[Rule, ...] = (*LINKS, *NAMED, *COMMANDS, *PEOPLE)
PERSONAL: frozenset[Kind] = frozenset(
    ("email", "ip-address", "user-name", "phone", "identity-card", "account", "mac-address")
)
