"""What the command line says when the fault is the program's own."""

from pathlib import Path

from bot.base.errors import UserError
from bot.base.printable import printable
from bot.cli.common import masked


def unexpected(error: Exception) -> UserError:
    """Keeps the traceback in a file and gives the user a reference to quote."""
    import secrets
    import traceback

    import platformdirs

    reference = secrets.token_hex(4)
    path = Path(platformdirs.user_log_dir("wenzhen")) / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{reference}\n{printable(masked(''.join(traceback.format_exception(error))))}\n")
    except OSError:
        return UserError(
            "Something went wrong inside Wenzhen ({reference}).", "问诊内部出错了（{reference}）。"
        ).format(reference=reference)
    return UserError(
        "Something went wrong inside Wenzhen. Please report it with the reference {reference}; details: {path}",
        "问诊内部出错了。请反馈编号 {reference}，详细信息在 {path}",
    ).format(reference=reference, path=path)
