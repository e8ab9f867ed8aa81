"""engine.media.contact_sheet: many pictures as one, each in its place, with labels that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.media import contact_sheet
from engine.media.contact_sheet import GAP_PX, Sheet, draw_sheet, write_sheet
from engine.media.png import read_texts, write_png

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

COLOURS = ((200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0))


def pictures(folder: Path, width: int = 96, height: int = 64) -> list[Path]:
    """Four plain pictures."""
    files = [folder / f"{index}.png" for index in range(4)]
    for file, colour in zip(files, COLOURS, strict=True):
        Image.new("RGB", (width, height), colour).save(file)
    return files


def test_each_picture_is_in_its_row_and_column_unchanged(tmp_path: Path) -> None:
    """Counted from the lower right corner, whatever room the labels take."""
    first, second, third, fourth = pictures(tmp_path)
    pixels = draw_sheet(Sheet([[first, second], [third, fourth]], ["left", "right"], ["seed 1", "seed 2"]))
    height, width = pixels.shape[:2]
    for row, column, colour in ((0, 0, 0), (0, 1, 1), (1, 0, 2), (1, 1, 3)):
        top = height - (2 - row) * (64 + GAP_PX)
        left = width - (2 - column) * (96 + GAP_PX)
        cell = pixels[top : top + 64, left : left + 96]
        assert np.array_equal(cell, np.broadcast_to(COLOURS[colour], cell.shape))


def test_a_lost_picture_leaves_a_blank_and_the_others_in_place(tmp_path: Path) -> None:
    """A file that is gone, damaged or never was is a grey cell."""
    first, second, third, _ = pictures(tmp_path)
    second.write_bytes(b"no picture")
    third.unlink()
    pixels = draw_sheet(Sheet([[first, second], [third, None]], ["a", "b"], ["", ""]))
    height, width = pixels.shape[:2]
    assert tuple(pixels[height - GAP_PX - 4, width - GAP_PX - 4]) == (230, 230, 230)
    assert tuple(pixels[height - 2 * GAP_PX - 68, width - 2 * GAP_PX - 100]) == COLOURS[0]


def test_a_sheet_of_many_large_pictures_stays_in_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are made smaller until the whole may be written and read again."""
    monkeypatch.setattr(contact_sheet, "MAX_SHEET_SIDE", 400)
    cells = pictures(tmp_path) * 5
    pixels = draw_sheet(Sheet([cells], [f"value {index}" for index in range(20)], [""]))
    assert pixels.shape[1] <= 400 + 21 * GAP_PX + 1


def test_any_label_is_written_without_an_error(tmp_path: Path) -> None:
    """Long ones are cut, other scripts take what fonts there are, empty ones take no room."""
    cells = pictures(tmp_path)[:2]
    for labels in (["a very long label of many words " * 9, "x" * 500], ["雪山の夜", "Zoë 🏔"], ["", ""]):
        draw_sheet(Sheet([cells], labels, [""]))


def test_the_sheet_holds_the_settings_of_its_first_picture(tmp_path: Path) -> None:
    """Dropped on the window it gives them back; the axes are there as well."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    write_png(tmp_path / "a.png", pixels, {"parameters": "boat"})
    write_sheet(tmp_path / "sheet.png", Sheet([[None, tmp_path / "a.png"]], ["a", "b"], [""]), {"onetake-grid": "{}"})
    assert read_texts(tmp_path / "sheet.png") == {"parameters": "boat", "onetake-grid": "{}"}
