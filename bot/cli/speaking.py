"""Help and refusals of the command line in the reader's language. English is what the commands themselves say."""

import copy
from collections.abc import Callable

import click

from bot.base.languages import Language, Text
from bot.cli.common import WrongUsageError, anywhere_option
from bot.cli.help_in_chinese import CLICK, COMMANDS, OPTIONS


def with_language(command: click.Command) -> click.Command:
    """The command, which takes --lang wherever it is written, and so do those in it."""
    if isinstance(command, click.Group):
        command.commands = {name: with_language(each) for name, each in command.commands.items()}
    if any("--lang" in parameter.opts for parameter in command.params):
        return command
    return anywhere_option(command)


def spoken(command: click.Command, name: str, language: Language, about: str = "") -> click.Command:
    """The command with its help in a language, which is English where that is not known. `about`: what it does."""
    if language != "zh":
        return command
    said = copy.copy(command)
    said.help = about or COMMANDS.get(name, said.help)
    said.params = [_option(parameter) for parameter in command.params]
    if isinstance(said, click.Group) and isinstance(command, click.Group):
        said.commands = {key: spoken(each, f"{name} {key}", language) for key, each in command.commands.items()}
    said.get_help = _in_chinese(said.get_help)  # type: ignore[method-assign,assignment] # of this copy alone
    return said


def _option(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or parameter.help not in OPTIONS:
        return parameter
    said = copy.copy(parameter)
    said.help = OPTIONS[parameter.help]
    return said


def _in_chinese(get_help: Callable[[click.Context], str]) -> Callable[[click.Context], str]:
    def said(context: click.Context) -> str:
        return click_in_chinese(get_help(context))

    return said


def click_in_chinese(text: str) -> str:
    """What click itself puts around the help."""
    for english, chinese in CLICK:
        text = text.replace(english, chinese)
    return text


def usage_fault(error: click.ClickException) -> Text:
    """What is wrong with how a command was called, and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "wenzhen"
    fault = Text(error.format_message(), _fault(error))
    return Text("{fault}\nHelp: {path} --help", "{fault}\n帮助：{path} --help").format(fault=fault, path=path)


def _fault(error: click.ClickException) -> str:
    if isinstance(error, WrongUsageError):
        return error.text.in_language("zh")
    if isinstance(error, click.NoSuchOption):
        near = f"是不是想写 {'、'.join(error.possibilities)}？" if error.possibilities else ""
        return f"没有 {error.option_name} 这个选项。{near}"
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint
        return f"缺少参数 {name}。"
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param else error.param_hint
        return f"{name} 的值不对：{error.message}"
    if isinstance(error, click.FileError):
        return f"打不开文件 {error.ui_filename}：{error.message}"
    if error.message.startswith("No such command"):
        return f"没有 {error.message.split()[3].strip('.')} 这个命令。"
    return error.format_message()
