"""The root command: names of the sub-commands, where each lives, and the one error boundary of this face."""

import importlib
import logging
import secrets
import sys

import click

from bot.cli.common import preferred_language
from bot.data import DataError
from bot.errors import UserError

# name -> "module:attribute"
COMMANDS = {
    "canirun": "bot.cli.canirun:canirun",
    "chat": "bot.cli.clinic:chat",
    "demo": "bot.cli.clinic:demo",
    "diagnose": "bot.cli.diagnose:diagnose",
    "doctor": "bot.cli.run:doctor",
    "estimate": "bot.cli.memory:estimate",
    "eval": "bot.cli.evaluate:evaluate",
    "explain": "bot.cli.names:explain",
    "faq": "bot.cli.reference:faq",
    "knowledge": "bot.cli.knowledge:knowledge",
    "layers": "bot.cli.memory:layers",
    "run": "bot.cli.run:run",
    "term": "bot.cli.reference:term",
    "triage": "bot.cli.triage:triage",
}


class LazyGroup(click.Group):
    """A group that imports a sub-command's module only when that command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="wenzhen")
def wenzhen() -> None:
    """问诊 Wenzhen: find out why a local language model does not run, and whether it can."""


def main() -> None:
    """Runs the command line. Exit status: 0 done, 1 bad input, 2 wrong usage."""
    try:
        wenzhen(standalone_mode=True)
    except UserError as error:
        click.echo(error.in_language(preferred_language(None)), err=True)
        sys.exit(1)
    except DataError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except Exception:
        reference = secrets.token_hex(4)
        logging.getLogger("wenzhen").exception("unexpected error %s", reference)
        sys.exit(1)
