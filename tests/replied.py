"""What the shipped clinic replies to a text, and how that reads."""

from shipped import CLINIC

from bot.answers.markdown import markdown
from bot.clinic.message import Message, Reply


def reply(text: str) -> Reply:
    return CLINIC.reply(Message(text))


def said(text: str) -> str:
    found = reply(text)
    return markdown(found.answer, found.language) if found.answer else ""
