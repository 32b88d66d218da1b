"""What is wrong with a database that cannot be opened, and what the operator can do about it."""

import re
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot.base.errors import UserError
from bot.base.languages import Text
from bot.store.database import without_password

EXAMPLES = "sqlite+aiosqlite:///wenzhen.db, postgresql+asyncpg://user:password@host/name"


def database_fault(error: BaseException, url: str) -> UserError:
    """The error of opening the database at `url`, in words."""
    text = _address_fault(error, url) or _known_fault(error, url) or _other_fault(error)
    shown = without_password(url)
    return UserError("Database {shown}: {text}", "数据库 {shown}：{text}").format(shown=shown, text=text)


def _address_fault(error: BaseException, url: str) -> Text | None:
    if isinstance(error, ModuleNotFoundError):
        return Text(
            "the driver {driver} is not installed. Run: pip install {driver}",
            "没有安装驱动 {driver}。请运行：pip install {driver}",
        ).format(driver=error.name)
    if isinstance(error, ArgumentError | NoSuchModuleError) or "async driver" in str(error) or _parsed(url) is None:
        return Text(
            "this is no address of a database. Set WENZHEN_DATABASE_URL like one of these: {examples}",
            "地址格式不对。请把 WENZHEN_DATABASE_URL 写成这样：{examples}",
        ).format(examples=EXAMPLES)
    return None


# What SQLite, PostgreSQL and the system say -> what to do. {path} is the file, {folder} its folder, {host} the server.
_FAULTS: tuple[tuple[str, Text], ...] = (
    (
        r"unable to open database file",
        Text(
            "the file cannot be opened. Does the folder {folder} exist, and may this user write there?",
            "打不开文件。请确认文件夹 {folder} 存在，而且当前用户有写入权限。",
        ),
    ),
    (
        r"readonly database|read-only",
        Text(
            "may not be written. Check the rights of {path} and of its folder.",
            "不能写入。请检查 {path} 和所在文件夹的权限。",
        ),
    ),
    (
        r"is full|disk I/O error|No space left|could not extend file",
        Text("the disk is full or broken. Make room, then start again.", "磁盘满了或者坏了。请腾出空间再启动。"),
    ),
    (
        r"is locked",
        Text("another program holds it. Is the bot running twice?", "被别的程序占用了。是不是启动了两个机器人？"),
    ),
    (
        r"InvalidPassword|password authentication failed|InvalidAuthorization|role .* does not exist",
        Text("user or password are not accepted.", "用户名或密码不对。"),
    ),
    (
        r"InvalidCatalogName|database .* does not exist",
        Text(
            "the server has no database of this name. Create it first: createdb NAME",
            "服务器上没有这个数据库。请先创建：createdb 名字",
        ),
    ),
    (
        r"InsufficientPrivilege|permission denied",
        Text("this user may not create tables there.", "这个用户没有建表的权限。"),
    ),
    (
        r"getaddrinfo|gaierror|Name or service not known|nodename nor servname",
        Text("there is no server of the name {host}.", "找不到服务器 {host}。"),
    ),
    (
        r"refused|timed? ?out|TimeoutError|unreachable|Connect call failed|ConnectionDoesNotExist|reset by peer",
        Text(
            "no server answers at {host}. Is it running, and is the port right?",
            "{host} 没有响应。服务器启动了吗？端口对吗？",
        ),
    ),
)


def _known_fault(error: BaseException, url: str) -> Text | None:
    said = f"{type(error).__name__} {type(error.__cause__).__name__} {error}"
    values = _values(url)
    found = next((text for pattern, text in _FAULTS if re.search(pattern, said, re.IGNORECASE)), None)
    return found.format(**values) if found else None


def _values(url: str) -> dict[str, str]:
    parsed = _parsed(url)
    path = Path(parsed.database or "") if parsed else Path()
    host = f"{parsed.host}:{parsed.port or 5432}" if parsed and parsed.host else ""
    return {"path": str(path), "folder": str(path.absolute().parent), "host": host}


def _other_fault(error: BaseException) -> Text:
    first = str(error).partition("\n")[0] or type(error).__name__
    return Text("cannot be used: {first}", "用不了：{first}").format(first=first)


def _parsed(url: str) -> URL | None:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        return None
