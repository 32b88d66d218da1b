"""Text drawn as a window shows it, with the font that comes with Pillow: the same picture everywhere."""

import io

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


def png(image: Image.Image) -> bytes:
    """The bytes of a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
