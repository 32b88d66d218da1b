"""A picture's bytes to pixels, within limits: what a bomb claims is looked at before anything is unpacked."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from bot.base.errors import UserError

Pixels = NDArray[np.uint8]
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
_FLAT = 14  # how far a pixel may be from the background and still be part of it


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """The largest picture that is read. Only the first frame of a moving one is."""

    content: int = 20 * 1024 * 1024  # bytes
    pixels: int = 24_000_000
    side: int = 16_000  # pixels
    kept: int = 2_600  # pixels of the longer side of what is read as a photo; larger ones are made smaller


DEFAULT_LIMITS = PictureLimits()


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture as dark writing on white. `flat`: the part (0 to 1) that has the colour of its background."""

    ink: Pixels  # height x width, 0 is white paper, 255 is what differs most from it
    grey: Pixels  # height x width, as a camera sees it
    flat: float


def opened(name: str, content: bytes, limits: PictureLimits = DEFAULT_LIMITS) -> Canvas:
    """The picture's first frame.

    Raises:
        UserError: too large, damaged, or of a kind that is not read.
    """
    if len(content) > limits.content:
        raise _too_large(name)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > limits.pixels or max(image.size) > limits.side:
                raise _too_large(name)
            image.draft("RGB", (limits.kept, limits.kept))
            rgb = _plain(image)
    except Image.DecompressionBombError:
        raise _too_large(name) from None
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
        raise _damaged(name) from error
    return _canvas(np.asarray(rgb, dtype=np.uint8))


def _plain(image: Image.Image) -> Image.Image:
    """Upright, without transparency, in red, green and blue."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    return image.convert("RGB")


def _canvas(rgb: Pixels) -> Canvas:
    background = _commonest(rgb)
    away = np.abs(rgb.astype(np.int16) - background).max(axis=2).astype(np.uint8)
    flat = float((away <= _FLAT).mean())
    grey = (rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).astype(np.uint8)
    return Canvas(away, grey, flat)


def _commonest(rgb: Pixels) -> NDArray[np.int16]:
    """The colour that most pixels have, to within a few shades."""
    sample = rgb[:: max(1, rgb.shape[0] // 300), :: max(1, rgb.shape[1] // 300)].reshape(-1, 3)
    coarse = (sample.astype(np.int32) >> 3) @ np.array([1024, 32, 1])
    values, counts = np.unique(coarse, return_counts=True)
    of_it = sample[coarse == values[counts.argmax()]]
    return np.asarray(np.median(of_it, axis=0), dtype=np.int16)


def _too_large(name: str) -> UserError:
    return UserError(
        "{name} is too large a picture to read. Take a picture of just the window, or better: copy "
        "the text and paste it.",
        "{name} 这张图片太大，读不了。请只截那个窗口；能把文字复制出来粘贴更好。",
    ).format(name=name)


def _damaged(name: str) -> UserError:
    return UserError(
        "{name} is damaged or no picture. Take it again, or copy the text and paste it.",
        "{name} 已损坏，或者不是图片。请重新截图，或者把文字复制出来粘贴。",
    ).format(name=name)
