"""Pictures that are read again and again: the same as read anew, and once only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.media import known_pictures
from engine.media.known_pictures import KnownPictures
from engine.media.reading import Picture, ReadingLimits, read_picture

if TYPE_CHECKING:
    from pathlib import Path


class Child:
    """Stands for the decoding child, and counts how often it was started."""

    def __init__(self) -> None:
        self.files: list[str] = []

    def __call__(self, file: Path, *, frame: int | None = None, limits: ReadingLimits | None = None) -> Picture:
        self.files.append(file.name)
        return read_picture(file, frame=frame, limits=limits)


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    """What a picture of others is read by."""
    made = Child()
    monkeypatch.setattr(known_pictures, "read_picture", made)
    return made


def save(file: Path, level: int, mode: str = "RGB") -> Path:
    """A picture of one level."""
    file.parent.mkdir(exist_ok=True)
    Image.new("L", (12, 8), level).convert(mode).save(file, "PNG")
    return file


def test_a_picture_is_read_once_while_it_stays(tmp_path: Path, child: Child) -> None:
    """Told by content: the same under another name is known, a changed one is read anew."""
    pictures = KnownPictures()
    first, second = save(tmp_path / "a.png", 10), save(tmp_path / "b.png", 10)
    assert pictures.read(first) is pictures.read(second)
    save(first, 20)
    assert int(pictures.read(first).pixels[0, 0, 0]) == 20
    assert child.files == ["a.png", "a.png"]


def test_a_way_out_of_our_folder_is_not_ours(tmp_path: Path, child: Child) -> None:
    """A path that only begins there leads to a picture of others."""
    own = tmp_path / "masks"
    own.mkdir()
    save(tmp_path / "others.png", 10)
    KnownPictures(own).read(own / ".." / "others.png")
    assert child.files == ["others.png"]


def test_our_own_need_no_child_and_look_the_same(tmp_path: Path, child: Child) -> None:
    """Masks and maps of the window's folder, and of the folders in it."""
    own = tmp_path / "masks"
    pictures = KnownPictures(own)
    for number, mode in enumerate(("L", "RGB")):
        file = save(own / f"{mode}.png", 40 + number, mode)
        assert np.array_equal(pictures.read(file).pixels, read_picture(file).pixels)
    assert child.files == []


def test_what_we_would_not_have_written_goes_to_the_child(tmp_path: Path, child: Child) -> None:
    """A file in our folder with another kind of pixels, or one of another folder."""
    own = tmp_path / "masks"
    pictures = KnownPictures(own)
    pictures.read(save(own / "alpha.png", 10, "RGBA"))
    pictures.read(save(tmp_path / "foreign.png", 30))
    assert child.files == ["alpha.png", "foreign.png"]


def test_a_damaged_file_of_ours_is_refused_in_one_line(tmp_path: Path) -> None:
    """It names the file and what to do."""
    file = save(tmp_path / "masks" / "a.png", 10)
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(BadInputError, match="paint it again") as caught:
        KnownPictures(tmp_path / "masks").read(file)
    assert str(file) in caught.value.message


def test_limits_hold_for_our_own_too(tmp_path: Path) -> None:
    """A picture of more pixels than allowed is not decoded."""
    file = save(tmp_path / "masks" / "a.png", 10)
    with pytest.raises(BadInputError, match="more than 50 pixels"):
        KnownPictures(tmp_path / "masks").read(file, limits=ReadingLimits(pixels=50))


def test_the_oldest_is_forgotten_when_there_is_no_room(tmp_path: Path, child: Child) -> None:
    """Room for one picture: the second pushes the first out."""
    pictures = KnownPictures(capacity_bytes=12 * 8 * 3)
    first, second = save(tmp_path / "a.png", 10), save(tmp_path / "b.png", 20)
    for file in (first, second, second, first):
        pictures.read(file)
    assert child.files == ["a.png", "b.png", "a.png"]
