"""Commands of the advice that the system does not find: to get the tool is a trouble of its own."""

import re

from bot.answers.blocks import Answer, Step
from bot.answers.follow_up import first_steps
from bot.base.languages import told

_NAME = r"['\"“]?([a-z][\w.-]{1,20})['\"”]?"
_NOT_FOUND = re.compile(
    rf"(?<![\w.-]){_NAME} (?:(?:is|was) )?(?:not|isn'?t|wasn'?t) (?:recogni[sz]ed|found)"
    rf"|(?<![\w.-]){_NAME}: command not found"
    rf"|(?<![\w.-]){_NAME} ?(?:不是内部或外部命令|(?:找不到|没找到|未找到)命令)",
    re.IGNORECASE,
)
_NO_TOOLS = (
    "command",
    "file",
    "module",
    "model",
    "page",
    "error",
    "it",
    "that",
    "gpu",
    "card",
    "device",
    "path",
    "folder",
)
_GETS = re.compile(r"\b(?:install|download)\b", re.IGNORECASE)


def lacks_tool(text: str, answer: Answer) -> bool:
    """Whether a text says that a command is not found, and no step of an answer says how one gets the tool."""
    found = _NOT_FOUND.search(text)
    if found is None:
        return False
    tool = next(filter(None, found.groups())).lower()
    return tool not in _NO_TOOLS and not any(_gets(tool, step) for step in first_steps(answer))


def _gets(tool: str, step: Step) -> bool:
    """Whether a step gets a tool: its own command "npm install" gets npm not."""
    text = "\n".join((told(step.text, "en"), *(code.text for code in step.commands))).lower()
    text = text.replace(f"{tool} install", "")
    return _GETS.search(text) is not None and tool.split("-")[0] in text
