"""The operator's log: what strangers wrote stands there masked, and none of it commands a terminal."""

import logging
from typing import TextIO

from bot.base.printable import printable
from bot.intake.redaction import redact

LONGEST = 20_000  # characters of one record; an endless text in an exception would hold everything up
_CHATTY = ("alembic", "sqlalchemy", "httpx", "httpcore", "asyncio")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class MaskingFormatter(logging.Formatter):
    """Formats a record with its traceback, secrets masked."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """The record without secrets, shortened."""
        text = super().format(record)
        if len(text) > LONGEST:
            text = f"{text[: LONGEST // 2]}\n[…]\n{text[-LONGEST // 2 :]}"
        return printable(redact(text).text)


def log_to(stream: TextIO, level: str) -> None:
    """Everything that is logged goes to `stream`, masked. `level` as logging names it."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    logging.basicConfig(level=level, handlers=[handler])
    for name in _CHATTY:  # what they tell of a healthy start concerns nobody
        logging.getLogger(name).setLevel(max(logging.getLogger().level, logging.WARNING))
