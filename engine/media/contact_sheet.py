"""Many pictures as one, in rows and columns with labels: the sheet of an X/Y grid.

Owns the layout. Cells are read as files; one that is missing or cannot be read is left blank with a word in it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.media.png import encode_png, read_texts, write_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MAX_SHEET_SIDE = 16_000
MAX_SHEET_PIXELS = 90_000_000
GAP_PX = 8
_PAPER, _INK, _BLANK = (255, 255, 255), (28, 28, 28), (230, 230, 230)
# Common fonts that know more than Latin letters; the one inside Pillow knows those alone.
_FONTS = ("NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "msgothic.ttc")


class Sheet(NamedTuple):
    """What goes on it.

    Attributes:
        rows: Files of pictures; None for a cell without one.
        x_labels: One for each column.
        y_labels: One for each row; all empty for none.
        vacancy: The word in a cell without a picture.
    """

    rows: Sequence[Sequence[Path | None]]
    x_labels: Sequence[str]
    y_labels: Sequence[str]
    vacancy: str = "failed"


def write_sheet(file: Path, sheet: Sheet, texts: dict[str, str]) -> None:
    """Write a sheet as PNG, with these texts and the settings of its first picture inside.

    Raises:
        DiskFullError: No room.
        OutputError: The place cannot be written.
    """
    first = next((cell for row in sheet.rows for cell in row if cell is not None), None)
    settings = read_texts(first) if first is not None else {}
    write_document(file, encode_png(draw_sheet(sheet), settings | texts))


def draw_sheet(sheet: Sheet) -> NDArray[np.uint8]:
    """The picture of a sheet, (H, W, 3) RGB. Cells have the largest picture's size, if the whole stays in bounds."""
    columns, lines = len(sheet.x_labels), len(sheet.y_labels)
    sizes = [size for row in sheet.rows for cell in row if cell is not None and (size := _size_of(cell)) is not None]
    width, height = max((w for w, _ in sizes), default=256), max((h for _, h in sizes), default=256)
    scale = min(
        1.0,
        MAX_SHEET_SIDE / (columns * width),
        MAX_SHEET_SIDE / (lines * height),
        (MAX_SHEET_PIXELS / (columns * width * lines * height)) ** 0.5,
    )
    width, height = max(1, int(width * scale)), max(1, int(height * scale))
    font_px = min(32, max(11, width // 14))
    font = _font(font_px, "".join([*sheet.x_labels, *sheet.y_labels, sheet.vacancy]))
    across = [_wrapped(label, font, width) for label in sheet.x_labels]
    down = [_wrapped(label, font, max(width // 2, 4 * font_px)) for label in sheet.y_labels]
    line_px = round(font_px * 1.35)
    top = max(len(label) for label in across) * line_px + 2 * GAP_PX
    widest = max((font.getlength(line) for label in down for line in label), default=0.0)
    left = round(widest) + 2 * GAP_PX if widest else GAP_PX
    picture = Image.new("RGB", (left + columns * (width + GAP_PX), top + lines * (height + GAP_PX)), color=_PAPER)
    draw = ImageDraw.Draw(picture)
    for x, label in enumerate(across):
        _write(draw, label, font, (left + x * (width + GAP_PX) + width / 2, top / 2), line_px)
    for y, label in enumerate(down):
        _write(draw, label, font, (left / 2, top + y * (height + GAP_PX) + height / 2), line_px)
    for y, row in enumerate(sheet.rows):
        for x, cell in enumerate(row):
            place = (left + x * (width + GAP_PX), top + y * (height + GAP_PX))
            shown = _read(cell, width, height) if cell is not None else None
            if shown is None:
                draw.rectangle((*place, place[0] + width - 1, place[1] + height - 1), fill=_BLANK)
                centre = (place[0] + width / 2, place[1] + height / 2)
                _write(draw, _wrapped(sheet.vacancy, font, width), font, centre, line_px)
            else:
                picture.paste(shown, (place[0] + (width - shown.width) // 2, place[1] + (height - shown.height) // 2))
    return np.asarray(picture)


def _size_of(file: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError), Image.open(file) as image:
        return image.size
    return None


def _read(file: Path, width: int, height: int) -> Image.Image | None:
    with contextlib.suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError), Image.open(file) as image:
        shown = image.convert("RGB")
        if shown.width > width or shown.height > height:
            shown.thumbnail((width, height), Image.Resampling.LANCZOS)
        return shown
    return None


def _font(size_px: int, letters: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if any(ord(letter) > 255 for letter in letters):
        for name in _FONTS:
            with contextlib.suppress(OSError):
                return ImageFont.truetype(name, size_px)
    return ImageFont.load_default(size_px)


def _wrapped(label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> list[str]:
    """A label in lines that fit; at most three, the last with dots where that is too few."""
    lines: list[str] = []
    line = ""
    for word in label.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    lines = [*lines, line] if line else lines
    if len(lines) > 3:
        lines = [*lines[:2], f"{lines[2]} …"]
    return [_cut(line, font, width) for line in lines]


def _cut(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> str:
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line}…"


def _write(
    draw: ImageDraw.ImageDraw,
    lines: list[str],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    centre: tuple[float, float],
    line_px: int,
) -> None:
    first = centre[1] - (len(lines) - 1) * line_px / 2
    for index, line in enumerate(lines):
        draw.text((centre[0], first + index * line_px), line, fill=_INK, font=font, anchor="mm")
