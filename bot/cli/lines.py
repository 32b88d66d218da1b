"""JSON Lines: one line out for each line in, in order, whatever a line holds."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.base.errors import UserError
from bot.cli.common import masked, say, write_json
from bot.cli.trouble import unexpected

_MARK = b"\xef\xbb\xbf"  # with which Windows begins what it pipes


def answer_each_line(answer: Callable[[Mapping[str, Any]], dict[str, object]]) -> None:
    """Answers the objects on standard input. What cannot be answered says its error in its place, and the rest goes on;
    the exit status is 1 in the end.
    """
    failed = False
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        line = raw.removeprefix(_MARK).strip()
        if line:
            failed |= not _is_answered(number, line, answer)
    if failed:
        sys.exit(1)


def _is_answered(number: int, line: bytes, answer: Callable[[Mapping[str, Any]], dict[str, object]]) -> bool:
    id_: object = None
    try:
        case = json_object(line)
        id_ = case.get("id")
        write_json({"id": id_, **answer(case)})
    except OSError:  # nobody reads what is written: no line can be answered any more
        raise
    except Exception as error:  # noqa: BLE001 - one line's bug must not lose all that come after it
        told = error if isinstance(error, UserError) else unexpected(error)
        write_json({"id": id_, "line": number, **refusal(told)})
        say(f"{number}: {told.text.en}", err=True)
        return False
    return True


@contextmanager
def refusals_as_json(id_: object, *, wanted: bool) -> Iterator[None]:
    """Where JSON is wanted, a refusal is said there too, before it ends the command."""
    try:
        yield
    except UserError as error:
        if wanted:
            write_json({"id": id_, **refusal(error)})
        raise


def refusal(error: UserError) -> dict[str, object]:
    """What JSON says in the place of an answer, secrets masked."""
    return error.document(masked)


def json_object(line: bytes) -> dict[str, Any]:
    """The object in one line of JSON; raises UserError.

    NaN, infinity and halves of characters (lone surrogates) are no JSON either.
    """
    import msgspec

    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except RecursionError:
        raise UserError("The line is nested too deeply.", "这一行嵌套得太深。") from None
    except (ValueError, msgspec.DecodeError) as error:
        raise UserError("The line is not a JSON object: {error}", "这一行不是 JSON 对象：{error}").format(
            error=error
        ) from error
