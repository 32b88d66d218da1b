"""Pictures of logs as people take them: windows of several looks and fonts, and what cameras and chats do to them."""

import io
import random
import textwrap
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
MONOSPACED = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "DejaVuSansMono-Bold.ttf", "LiberationMono-Bold.ttf")
PROPORTIONAL = ("LiberationSans-Regular.ttf", "DejaVuSans.ttf", "NotoSansCJK-Regular.ttc")
CHINESE = ("NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc")
SIZES = (12, 13, 14, 15, 16, 18, 20)
COLUMNS = (80, 100, 120)
MARGIN = 8


def usable(fonts: Sequence[str]) -> list[str]:
    """Those of the fonts that are installed here."""
    found = []
    for font in fonts:
        try:
            ImageFont.truetype(font, 16)
            found.append(font)
        except OSError:
            continue
    return found


def font_for(text: str, fonts: Sequence[str], size: int, chance: random.Random) -> ImageFont.FreeTypeFont:
    suited = usable([*fonts] if text.isascii() else CHINESE) or usable((*fonts, *CHINESE))
    return ImageFont.truetype(chance.choice(suited), size)


def wrapped(text: str, columns: int) -> list[str]:
    lines = (textwrap.wrap(line, columns, drop_whitespace=False) or [""] for line in text.expandtabs(4).splitlines())
    return [piece for line in lines for piece in line]


def page(
    text: str, chance: random.Random, paper: Colour, ink: Colour, fonts: Sequence[str], columns: int
) -> Image.Image:
    """Lines of text on a plain ground, some of them in another colour as programs print them."""
    size, pitch = chance.choice(SIZES), chance.uniform(1.15, 1.4)
    font, lines = font_for(text, fonts, size, chance), wrapped(text, columns)
    width = max(map(font.getlength, lines), default=0)
    image = Image.new("RGB", (int(width) + 3 * MARGIN, int(len(lines) * size * pitch) + 3 * MARGIN), paper)
    pen = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        pen.text((MARGIN, MARGIN + at * size * pitch), line, font=font, fill=coloured(line, paper, ink))
    return image


def coloured(line: str, paper: Colour, ink: Colour) -> Colour:
    """Errors red, warnings yellow on dark ground; as it is on a ground of another colour."""
    if max(paper) - min(paper) > 100:
        return ink
    if sum(paper) > 300:
        return (176, 0, 32) if "error" in line.lower() else ink
    if "error" in line.lower():
        return (231, 72, 86)
    return (249, 241, 165) if "warn" in line.lower() else ink


# Looks


def dark_terminal(text: str, chance: random.Random) -> Image.Image:
    return page(text, chance, (40, 42, 54), (248, 248, 242), MONOSPACED, chance.choice(COLUMNS))


def light_terminal(text: str, chance: random.Random) -> Image.Image:
    return page(text, chance, (255, 255, 255), (20, 20, 20), MONOSPACED, chance.choice(COLUMNS))


def console(text: str, chance: random.Random) -> Image.Image:
    """The Windows console: a white title bar with its buttons, a scroll bar."""
    inner = page(text, chance, (12, 12, 12), (204, 204, 204), MONOSPACED, chance.choice(COLUMNS))
    return windowed(inner, r"C:\Windows\system32\cmd.exe", (255, 255, 255), (0, 0, 0))


def powershell(text: str, chance: random.Random) -> Image.Image:
    inner = page("PS C:\\AI> python start.py\n" + text, chance, (1, 36, 86), (238, 237, 240), MONOSPACED, 100)
    return windowed(inner, "Windows PowerShell", (240, 240, 240), (40, 40, 40))


def windowed(inner: Image.Image, title: str, bar: Colour, ink: Colour) -> Image.Image:
    image = Image.new("RGB", (inner.width + 16, inner.height + 30), bar)
    image.paste(inner, (0, 30))
    pen = ImageDraw.Draw(image)
    pen.text((30, 8), title, font=ImageFont.truetype(usable(PROPORTIONAL)[0], 12), fill=ink)
    right = image.width
    pen.line((right - 110, 15, right - 100, 15), fill=ink)
    pen.rectangle((right - 70, 10, right - 60, 20), outline=ink)
    pen.line((right - 30, 10, right - 20, 20), fill=ink)
    pen.line((right - 30, 20, right - 20, 10), fill=ink)
    pen.rectangle((right - 15, 34, right - 2, image.height), fill=(205, 205, 205))
    return image


def editor(text: str, chance: random.Random) -> Image.Image:
    """The terminal of VS Code: a row of names above, a side bar with signs."""
    inner = page(text, chance, (24, 24, 24), (204, 204, 204), MONOSPACED, chance.choice(COLUMNS))
    image = Image.new("RGB", (inner.width + 48, inner.height + 35), (24, 24, 24))
    image.paste(inner, (48, 35))
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(usable(PROPORTIONAL)[0], 11)
    for at, name in enumerate(("PROBLEMS", "OUTPUT", "DEBUG CONSOLE", "TERMINAL", "PORTS")):
        pen.text((60 + at * 110, 10), name, font=font, fill=(157, 157, 157))
    pen.line((48 + 3 * 110, 28, 48 + 4 * 110 - 30, 28), fill=(0, 120, 212), width=2)
    pen.rectangle((0, 0, 47, image.height), fill=(24, 24, 24), outline=(43, 43, 43))
    for at in range(0, image.height - 40, 48):
        pen.ellipse((14, at + 14, 34, at + 34), outline=(134, 134, 134), width=2)
    return image


def toast(text: str, chance: random.Random) -> Image.Image:
    """An error toast of a page: a red card with proportional writing above a page with other things."""
    inner = page(text, chance, (189, 54, 47), (255, 255, 255), PROPORTIONAL, 70)
    ground, other = chance.choice((((23, 23, 23), (70, 70, 80)), ((245, 246, 248), (200, 204, 212))))
    image = Image.new("RGB", (inner.width + 160, inner.height + 140), ground)
    pen = ImageDraw.Draw(image)
    for at in range(20, image.height, 60):
        pen.rounded_rectangle((20, at, image.width - 60, at + 40), 8, fill=other)
    pen.rounded_rectangle((70, 30, 90 + inner.width, 50 + inner.height), 10, fill=(189, 54, 47))
    image.paste(inner, (80, 40))
    return image


LOOKS = (dark_terminal, light_terminal, console, powershell, editor, toast)


# Damages


def plain(image: Image.Image, chance: random.Random) -> Image.Image:
    return image


def smaller(image: Image.Image, chance: random.Random) -> Image.Image:
    scale = chance.uniform(0.72, 0.9)
    return image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.BILINEAR)


def larger(image: Image.Image, chance: random.Random) -> Image.Image:
    scale = chance.uniform(1.25, 2.2)
    return image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.BICUBIC)


def turned(image: Image.Image, chance: random.Random) -> Image.Image:
    turn = chance.choice((-1, 1)) * chance.uniform(0.5, 5)
    return image.rotate(turn, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=(80, 80, 80))


def blurred(image: Image.Image, chance: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(chance.uniform(0.7, 1.2)))


def photo(image: Image.Image, chance: random.Random) -> Image.Image:
    """A phone's photo of a screen, aslant, in uneven light, with the noise of a sensor."""
    return lit(askew(image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC), chance, 1.0), chance)


def moire(image: Image.Image, chance: random.Random) -> Image.Image:
    """The same from near: the screen's stripes of red, green and blue beat with the sensor's pixels."""
    pixels = np.asarray(image, dtype=np.float32).repeat(3, axis=0).repeat(3, axis=1)
    for stripe in range(3):
        rest = [other for other in range(3) if other != stripe]
        pixels[:, stripe::3, rest] *= 0.35
    pixels[::3] *= 0.7
    screen = Image.fromarray(np.minimum(255, pixels * 1.6).astype(np.uint8))
    return lit(askew(screen, chance, chance.uniform(0.55, 0.7)), chance)


def askew(image: Image.Image, chance: random.Random, scale: float) -> Image.Image:
    """In perspective, with something dark around the screen."""
    width, height = image.size
    reach = 0.035
    shifts = [
        (chance.uniform(-reach, reach) * width, chance.uniform(-reach, reach) * min(width, height)) for _ in "1234"
    ]
    edge = 40
    size = (int((width + 2 * edge) * scale), int((height + 2 * edge) * scale))
    corners = [(edge, edge), (edge + width, edge), (edge + width, edge + height), (edge, edge + height)]
    there = [(x * scale + dx * scale, y * scale + dy * scale) for (x, y), (dx, dy) in zip(corners, shifts, strict=True)]
    here = [(0, 0), (width, 0), (width, height), (0, height)]
    return image.transform(
        size, Image.Transform.PERSPECTIVE, coefficients(there, here), Image.Resampling.BILINEAR, fillcolor=(38, 34, 30)
    )


def coefficients(there: Sequence[tuple[float, float]], here: Sequence[tuple[float, float]]) -> list[float]:
    """What maps places of the new picture to those of the old one."""
    rows, ends = [], []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        ends += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(ends))]


def lit(image: Image.Image, chance: random.Random) -> Image.Image:
    pixels = np.asarray(image, dtype=np.float32)
    height, width = pixels.shape[:2]
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    light = 1 - chance.uniform(0.2, 0.5) * (across * chance.uniform(-1, 1) + down * chance.uniform(-1, 1) + 0.5)
    spot = chance.uniform(20, 60) * np.exp(-((across - chance.random()) ** 2 + (down - chance.random()) ** 2) / 0.08)
    noise = np.random.default_rng(chance.randrange(10**9)).normal(0, 5, pixels.shape)
    lit = pixels * light[..., None] * 0.9 + 12 + spot[..., None] + noise
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))


Way = Callable[[Image.Image, random.Random], Image.Image]
WAYS: dict[str, tuple[Way, int | None]] = {  # what happens to the picture, and the quality of its JPEG
    "plain": (plain, None),
    "jpeg": (plain, 50),
    "smaller": (smaller, None),
    "larger jpeg": (larger, 60),
    "turned": (turned, None),
    "blurred": (blurred, None),
    "photo": (photo, 75),
    "moire": (moire, 70),
    "smaller jpeg": (smaller, 70),
}


def picture(text: str, way: str, look: Callable[[str, random.Random], Image.Image], chance: random.Random) -> bytes:
    """The bytes of a picture file."""
    treat, quality = WAYS[way]
    out = io.BytesIO()
    image = treat(look(text, chance), chance)
    image.save(out, **({"format": "PNG"} if quality is None else {"format": "JPEG", "quality": quality}))
    return out.getvalue()
