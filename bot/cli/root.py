"""The root command: names of the sub-commands, where each lives, and the one error boundary of this face."""

import contextlib
import importlib
import sys
from typing import NamedTuple

import click

from bot.base.errors import UserError, said_of
from bot.base.languages import Text
from bot.cli.common import LANGUAGE_HELP, anywhere_option, preferred_language, say
from bot.cli.help_in_chinese import OPTIONS
from bot.cli.speaking import click_in_chinese, spoken, usage_fault, with_language
from bot.cli.trouble import unexpected


class Command(NamedTuple):
    """Where a sub-command lives ("module:attribute"), and what it does in a line."""

    place: str
    help: Text
    hidden: bool = False


COMMANDS = {
    "canirun": Command(
        "bot.cli.canirun:canirun", Text("Can I run MODEL with VRAM and RAM?", "这个模型，我的显存和内存跑得动吗？")
    ),
    "chat": Command(
        "bot.cli.clinic:chat", Text("The clinic in the terminal, without Discord.", "终端里的诊室，不用 Discord。")
    ),
    "collect": Command(
        "bot.cli.collect:collect",
        Text("Gather what helpers ask for on this computer.", "收集求助时要说的信息，写进一个文件。"),
    ),
    "demo": Command("bot.cli.clinic:demo", Text("A short show.", "简短的演示。")),
    "diagnose": Command("bot.cli.diagnose:diagnose", Text("Find the root cause in a log.", "从日志里找出根本原因。")),
    "doctor": Command(
        "bot.cli.run:doctor", Text("Check token, intents, database and knowledge.", "检查令牌、权限、数据库和知识库。")
    ),
    "estimate": Command(
        "bot.cli.memory:estimate", Text("What MODEL takes on the GPU and in RAM.", "模型要占多少显存和内存。")
    ),
    "eval": Command("bot.cli.evaluate:evaluate", Text("Score the program on labelled cases.", "用带标注的案例打分。")),
    "explain": Command(
        "bot.cli.names:explain", Text("Tell what each part of a model's name means.", "说明模型名字的每一部分。")
    ),
    "faq": Command("bot.cli.reference:faq", Text("Answer a frequent question.", "回答常见问题。")),
    "knowledge": Command(
        "bot.cli.knowledge:knowledge",
        Text("Check, count, search and extend the knowledge.", "检查、统计、搜索、扩充知识库。"),
    ),
    "layers": Command(
        "bot.cli.memory:layers", Text("How many layers of MODEL fit on the GPU.", "GPU 层数最多能填多少。")
    ),
    "reply": Command(
        "bot.cli.reply:reply",
        Text("Answer a message as in a help channel.", "像在求助频道里那样回复一条消息。"),
    ),
    "run": Command("bot.cli.run:run", Text("Start the Discord bot.", "启动 Discord 机器人。")),
    "start": Command("bot.cli.clinic:start", Text("What `make run` starts.", "make run 启动的内容。"), hidden=True),
    "loader": Command(
        "bot.cli.reference:loader", Text("Tell how to install and set up a loader.", "某个加载器怎么装、怎么设。")
    ),
    "term": Command("bot.cli.reference:term", Text("Explain a term or a setting.", "解释一个名词或设置。")),
    "triage": Command(
        "bot.cli.triage:triage", Text("Read a help request against the question template.", "对照提问模板看求助帖。")
    ),
}


ABOUT = "问诊 Wenzhen：本地语言模型跑不起来，找原因；跑不跑得动，算给你看。"


class LazyGroup(click.Group):
    """A group that imports a sub-command's module only when that command is named, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands that are shown, in order."""
        return sorted(name for name, command in COMMANDS.items() if not command.hidden)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """A command, its module imported only now; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].place.split(":")
        command = with_language(getattr(importlib.import_module(module), attribute))
        language = preferred_language(None)
        return spoken(command, cmd_name, language, COMMANDS[cmd_name].help.in_language(language))

    def get_help(self, ctx: click.Context) -> str:
        """The help in the user's language."""
        text = super().get_help(ctx)
        if preferred_language(None) != "zh":
            return text
        return click_in_chinese(text.replace(LANGUAGE_HELP, OPTIONS[LANGUAGE_HELP]))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes what the program is for."""
        if preferred_language(None) != "zh":
            super().format_help_text(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(ABOUT)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands without importing them."""
        language = preferred_language(None)
        rows = [(name, COMMANDS[name].help.in_language(language)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup)
@anywhere_option
@click.version_option(package_name="wenzhen")
def wenzhen() -> None:
    """问诊 Wenzhen: find out why a local language model does not run, and whether it can."""


def main() -> None:
    """Runs the command line. Exit status: 0 done, 1 bad input, 2 wrong usage."""
    try:
        sys.exit(wenzhen(standalone_mode=False) or 0)
    except click.ClickException as error:
        say(_told(usage_fault(error)), err=True)
        sys.exit(error.exit_code)
    except click.Abort:
        say(Text("Aborted.", "已中止。").in_language(preferred_language(None)), err=True)
        sys.exit(1)
    except UserError as error:
        say(_told(error.text), err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output has left: nothing to tell anybody
        sys.stdout = None
        sys.exit(1)
    except OSError as error:
        say(_told(_file_problem(error)), err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the one boundary: a user never sees a traceback
        say(_fault(error) or _told(unexpected(error).text), err=True)
        sys.exit(1)


def _told(text: Text) -> str:
    """What went wrong in the reader's language; the knowledge is asked only for a further one."""
    language = preferred_language(None)
    if language not in text.languages:
        from bot.knowledge.files import DataError, knowledge_root
        from bot.knowledge.translations import load_translations

        with contextlib.suppress(DataError):
            text = load_translations(knowledge_root()).of(text)
    return text.in_language(language)


def _fault(error: Exception) -> str:
    """What is wrong with the knowledge, where that is what happened."""
    from bot.knowledge.files import DataError

    return str(error) if isinstance(error, DataError) else ""


def _file_problem(error: OSError) -> Text:
    """What the system says of a file; else it was nothing of the user's."""
    if error.filename is None:
        return unexpected(error).text
    return Text("{file} cannot be read or written: {reason}", "无法读取或写入 {file}：{reason}").format(
        file=error.filename, reason=said_of(error)
    )
