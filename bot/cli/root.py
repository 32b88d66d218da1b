"""The root command: names of the sub-commands, where each lives, and the one error boundary of this face."""

import importlib
import secrets
import sys
import traceback
from pathlib import Path

import click

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.cli.common import preferred_language
from bot.knowledge.files import DataError

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
    "start": "bot.cli.clinic:start",
    "term": "bot.cli.reference:term",
    "triage": "bot.cli.triage:triage",
}


class LazyGroup(click.Group):
    """A group that imports a sub-command's module only when that command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS.keys() - {"start"})

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
    except BrokenPipeError:  # the reader of our output has left: nothing to tell anybody
        sys.stdout = None
        sys.exit(1)
    except OSError as error:
        click.echo(_file_problem(error).in_language(preferred_language(None)), err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the one boundary: a user never sees a traceback
        click.echo(_unexpected(error).in_language(preferred_language(None)), err=True)
        sys.exit(1)


def _file_problem(error: OSError) -> Text:
    """What the system says of a file; else it was nothing of the user's."""
    if error.filename is None:
        return _unexpected(error)
    reason = error.strerror or type(error).__name__
    return Text(f"{error.filename} cannot be read or written: {reason}", f"无法读取或写入 {error.filename}：{reason}")


def _unexpected(error: Exception) -> Text:
    """Keeps the traceback in a file and gives the user a reference to quote."""
    import platformdirs

    reference = secrets.token_hex(4)
    path = Path(platformdirs.user_log_dir("wenzhen")) / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{reference}\n{''.join(traceback.format_exception(error))}\n")
    except OSError:
        return Text(f"Something went wrong inside Wenzhen ({reference}).", f"问诊内部出错了（{reference}）。")
    return Text(
        f"Something went wrong inside Wenzhen. Please report it with the reference {reference}; details: {path}",
        f"问诊内部出错了。请反馈编号 {reference}，详细信息在 {path}",
    )
