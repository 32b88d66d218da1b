"""Text drawn as a window shows it, with the font that comes with Pillow: the same picture everywhere."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont


def drawn(text: str, *, dark: bool = True, size: int = 18) -> Image.Image:
    """Lines of text on a plain ground."""
    font = ImageFont.load_default(size)
    lines = text.splitlines()
    width = int(max(map(font.getlength, lines))) + 30
    paper, ink = ((14, 14, 20), (220, 220, 220)) if dark else ((255, 255, 255), (20, 20, 20))
    image = Image.new("RGB", (width, int(len(lines) * size * 1.4) + 30), paper)
    pen = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        pen.text((12, 12 + at * size * 1.4), line, font=font, fill=ink)
    return image


def panel(cells: Sequence[tuple[str, str]], *, dark: bool = True, size: int = 15, columns: int = 2) -> Image.Image:
    """Settings as SillyTavern shows them: each label above a slider with a field for its value, several in a row."""
    font = ImageFont.load_default(size)
    width, height = size * 15, size * 4
    paper, ink, pale = ((23, 23, 33), (220, 220, 210), (90, 90, 100)) if dark else ((250,) * 3, (30,) * 3, (190,) * 3)
    image = Image.new("RGB", (columns * width + 20, -(-len(cells) // columns) * height + 20), paper)
    pen = ImageDraw.Draw(image)
    for at, (label, value) in enumerate(cells):
        x, y = 10 + at % columns * width, 10 + at // columns * height
        pen.text((x + (width - 20 - font.getlength(label)) / 2, y), label, font=font, fill=ink)
        pen.line((x + 4, y + 2.3 * size, x + width - 5.3 * size, y + 2.3 * size), fill=pale, width=5)
        pen.ellipse((x + 60, y + 1.8 * size, x + 60 + size, y + 2.8 * size), fill=ink)
        pen.rectangle((x + width - 4.8 * size, y + 1.6 * size, x + width - 1.2 * size, y + 3.2 * size), outline=pale)
        pen.text((x + width - 4.4 * size, y + 1.8 * size), value, font=font, fill=ink)
    return image


def png(image: Image.Image) -> bytes:
    """The bytes of a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
