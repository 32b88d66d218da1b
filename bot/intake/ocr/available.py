"""Whether pictures can be read here; what reads them is imported with the first one."""

import time
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.intake.pictures import PictureReader, PictureText

if TYPE_CHECKING:
    from bot.intake.ocr.reader import Reader

_NEEDED = ("onnxruntime", "rapidocr", "cv2")


def picture_reader() -> PictureReader | None:
    """Whoever reads pictures here; None where the extra "ocr" is not installed."""
    return _Late() if all(map(find_spec, _NEEDED)) else None


class _Late:
    """A reader that takes no memory before the first picture."""

    @cached_property
    def _reader(self) -> "Reader":
        from bot.intake.ocr.reader import Reader

        return Reader(time.monotonic)

    def now(self) -> float:
        return time.monotonic()

    def read(self, name: str, content: bytes, seconds: float) -> PictureText:
        return self._reader.read(name, content, seconds)
