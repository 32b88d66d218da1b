"""`wenzhen collect`: what helpers ask for, gathered on this computer into a file. Nothing is sent."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.cli.common import language_option, preferred_language, say
from bot.intake.redaction import redact
from bot.service.collecting import OTHERS, WINDOWS

_SECONDS = 180
_WRITTEN = Text(
    "Written to {file}. Please read it above: nothing has been sent. If it is all right, attach it to your post.",
    "已写入 {file}。请先看一遍上面的内容：没有发送给任何人。没问题就把这个文件发到帖子里。",
)


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False))
@click.option("--out", default="wenzhen-report.txt", show_default=True, type=click.Path(dir_okay=False))
@click.option("--script", is_flag=True, help="Print the script itself, to run where Wenzhen is not installed.")
@language_option
def collect(folders: tuple[str, ...], out: str, script: bool, language: str | None) -> None:
    """Gather system, cards, versions, configurations and last logs of this computer (FOLDERS: where programs lie)."""
    if script:
        click.echo(_script().read_text(encoding="utf-8-sig"), nl=False)
        return
    report = redact(_gathered(folders)).text
    try:
        Path(out).write_text(report, encoding="utf-8")
    except OSError as error:
        raise UserError("{out} cannot be written: {strerror}", "无法写入 {out}：{strerror}").format(
            out=out, strerror=error.strerror
        ) from error
    say(report)
    say(_WRITTEN.format(file=out).in_language(preferred_language(language)))


def _script() -> Path:
    return (WINDOWS if sys.platform == "win32" else OTHERS).path


def _gathered(folders: tuple[str, ...]) -> str:
    """What the script writes."""
    runner = ["powershell", "-ExecutionPolicy", "Bypass", "-File"] if sys.platform == "win32" else ["sh"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.txt"
        try:
            subprocess.run(
                [*runner, str(_script()), *folders],
                env={**os.environ, "WENZHEN_REPORT": str(report)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
            )
            return report.read_text(encoding="utf-8-sig", errors="replace")
        except (OSError, subprocess.SubprocessError) as error:
            raise UserError(
                "The collector could not run: {error}. Run the script by hand: wenzhen collect --script",
                "收集脚本没能运行：{error}。可以手动运行脚本：wenzhen collect --script",
            ).format(error=error) from error
