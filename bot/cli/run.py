"""`wenzhen run` starts the Discord bot; `wenzhen doctor` checks everything that it needs."""

import asyncio
import contextlib
import sys

import click

from bot.base.errors import UserError
from bot.base.printable import printable
from bot.chat.config import Config
from bot.cli.common import language_option, preferred_language

NO_TOKEN = UserError(
    "There is no token. Get one at https://discord.com/developers/applications (New Application, Bot, Reset Token), "
    "copy deploy/.env.example to .env, and put it into WENZHEN_TOKEN.",
    "没有令牌。请到 https://discord.com/developers/applications 新建应用（New Application → Bot → Reset Token）获取，"
    "再把 deploy/.env.example 复制为 .env，填到 WENZHEN_TOKEN 里。",
)


@click.command()
def run() -> None:
    """Start the Discord bot. Settings come from the environment or .env; see deploy/.env.example."""
    from bot.chat.starting import go_at_last, serve
    from bot.service.logs import log_to

    config = read_config()
    if not config.token.get_secret_value():
        raise NO_TOKEN
    log_to(sys.stderr, config.log_level)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(config, go_at_last))


@click.command()
@language_option
def doctor(language: str | None) -> None:
    """Check token, intents, database and knowledge; say what to do about what is wrong."""
    from bot.chat.doctor import examine

    chosen = preferred_language(language)
    findings = asyncio.run(examine(read_config()))
    for finding in findings:
        mark = click.style("✓", fg="green") if finding.is_good else click.style("✗", fg="red")
        click.echo(f"{mark} {printable(finding.text.in_language(chosen))}")
    if not all(finding.is_good for finding in findings):
        sys.exit(1)


def read_config() -> Config:
    """The settings; UserError names every one that is wrong."""
    from pydantic import ValidationError

    from bot.chat.setting_faults import settings_fault

    try:
        return Config()
    except ValidationError as error:
        raise settings_fault(error) from error
    except (UnicodeDecodeError, OSError) as error:
        raise UserError(
            "The file .env cannot be read ({error}). Save it as UTF-8, readable for this user.",
            "读不了 .env 文件（{error}）。请存成 UTF-8，并确认当前用户可以读取。",
        ).format(error=error) from error
