"""The source files of a program: a folder, a release archive, or an installed package."""

import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

from bot.base.errors import UserError

ENDINGS = frozenset(
    {".py", ".c", ".cc", ".cpp", ".cu", ".h", ".hpp", ".m", ".mm", ".go", ".js", ".mjs", ".cjs", ".ts", ".rs", ".resw"}
)
_LARGEST = 4 * 1024 * 1024  # bytes of a source file that is read
# Folders whose messages no user meets.
_SKIPPED = frozenset(
    "test tests testing example examples benchmark benchmarks doc docs node_modules third_party vendor .git .github "
    "i18n locales __pycache__ fixtures".split()
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a program: its path within, and its text."""

    path: str
    text: str


def source_files(source: str) -> tuple[Iterator[SourceFile], str]:
    """(the source files, the version where it is known) of a folder, an archive (.zip, .whl, .tar.*) or a package that
    is installed beside this program. Raises UserError for anything else.
    """
    path = Path(source)
    if path.is_dir():
        return _in_folder(path), ""
    if path.is_file() and zipfile.is_zipfile(path):
        return _in_zip(path), ""
    if path.is_file() and tarfile.is_tarfile(path):
        return _in_tar(path), ""
    try:
        package = metadata.distribution(source)
    except metadata.PackageNotFoundError as error:
        raise UserError(
            "{source} is no folder, no archive, and no package installed here.",
            "{source} 不是文件夹，不是压缩包，也不是这里装了的包。",
        ).format(source=source) from error
    return _in_package(package), package.version


def is_read(path: str) -> bool:
    """Whether a file may hold messages for users."""
    parts = PurePosixPath(path)
    name = parts.name.lower()
    if parts.suffix.lower() not in ENDINGS or ".min." in name or name.endswith("_test.go") or name.startswith("test_"):
        return False
    return _SKIPPED.isdisjoint(part.lower() for part in parts.parts[:-1])


def _in_folder(root: Path) -> Iterator[SourceFile]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if is_read(name) and path.is_file() and path.stat().st_size <= _LARGEST:
            yield SourceFile(name, path.read_text(encoding="utf-8", errors="replace"))


def _in_zip(path: Path) -> Iterator[SourceFile]:
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist():
            if is_read(item.filename) and item.file_size <= _LARGEST:
                yield SourceFile(item.filename, archive.read(item).decode("utf-8", "replace"))


def _in_tar(path: Path) -> Iterator[SourceFile]:
    with tarfile.open(path) as archive:
        for item in archive:
            if item.isfile() and is_read(item.name) and item.size <= _LARGEST and (file := archive.extractfile(item)):
                yield SourceFile(item.name, file.read().decode("utf-8", "replace"))


def _in_package(package: metadata.Distribution) -> Iterator[SourceFile]:
    for file in package.files or ():
        path = Path(str(package.locate_file(file)))
        if is_read(file.as_posix()) and path.is_file() and path.stat().st_size <= _LARGEST:
            yield SourceFile(file.as_posix(), path.read_text(encoding="utf-8", errors="replace"))
