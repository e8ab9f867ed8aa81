"""engine.tasks.edit_source: what files say is made to fit, and what cannot be is refused in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.messages import Margins, PictureEdit
from engine.tasks.edit_source import read_source
from tests.engine.tasks.editing import box_mask, scene, write_picture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def edit(tmp_path: Path) -> PictureEdit:
    picture = write_picture(tmp_path / "in.png", scene())
    mask = write_picture(tmp_path / "mask.png", box_mask(128, 96, (32, 16, 64, 48)))
    return PictureEdit(picture=picture, method="inpaint", mask=mask)


def test_white_is_made_anew_and_black_if_inverted(edit: PictureEdit) -> None:
    """The mask is as painted, or its opposite."""
    source = read_source(edit)
    opposite = read_source(msgspec.structs.replace(edit, invert_mask=True))
    assert source.mask is not None
    assert opposite.mask is not None
    assert source.mask[20, 40] == 1.0
    assert source.mask.sum() == 32 * 32
    assert np.allclose(source.mask + opposite.mask, 1.0)
    assert np.array_equal(source.pixels, scene())
    assert source.notes == ()


def test_a_mask_of_another_size_is_resized_and_a_note_says_so(tmp_path: Path, edit: PictureEdit) -> None:
    """Half the size covers the same part of the picture."""
    small = write_picture(tmp_path / "small.png", box_mask(64, 48, (16, 8, 32, 24)))
    source = read_source(msgspec.structs.replace(edit, mask=small))
    assert source.notes == ("small.png: resized from 64x48 to the picture's 128x96",)
    assert source.mask is not None
    assert source.mask.shape == (96, 128)
    assert source.mask[20:44, 36:60].min() == 1.0
    assert source.mask[:, :30].max() == 0.0


def test_transparent_parts_are_the_mask_where_none_is_given(tmp_path: Path, edit: PictureEdit) -> None:
    """What was erased is made anew; half erased is half made anew."""
    alpha = np.full((96, 128), 255, np.uint8)
    alpha[:, :20], alpha[:, 20:30] = 0, 51
    file = tmp_path / "erased.png"
    Image.fromarray(np.dstack([scene(), alpha])).save(file)
    source = read_source(msgspec.structs.replace(edit, picture=str(file), mask=""))
    assert source.mask is not None
    assert (source.mask[:, :20] == 1.0).all()
    assert np.allclose(source.mask[:, 20:30], 0.8)
    assert (source.mask[:, 30:] == 0.0).all()


def test_margins_grow_the_frame_and_are_masked(edit: PictureEdit) -> None:
    """The picture lies where the margins put it, with the margins and its own mask made anew."""
    margins = Margins(left=8, top=4, right=0, bottom=12)
    source = read_source(msgspec.structs.replace(edit, method="outpaint", margins=margins))
    assert source.pixels.shape == (4 + 96 + 12, 8 + 128, 3)
    assert np.array_equal(source.pixels[4:100, 8:], scene())
    assert source.mask is not None
    assert (source.mask[:4] == 1.0).all()
    assert (source.mask[:, :8] == 1.0).all()
    assert (source.mask[100:] == 1.0).all()
    assert source.mask[4:100, 8:].sum() == 32 * 32


def test_digests_name_every_file(edit: PictureEdit) -> None:
    """The record says what the picture came from."""
    assert set(read_source(edit).digests) == {edit.picture, edit.mask}
    assert all(len(digest) == 64 for digest in read_source(edit).digests.values())


def test_files_that_cannot_be_used_are_named_in_one_line(tmp_path: Path, edit: PictureEdit) -> None:
    """Missing, empty, no picture, nothing masked, a frame too large: one line with the file and what to do."""
    text, empty = tmp_path / "text.png", tmp_path / "empty.png"
    text.write_text("no picture")
    empty.touch()
    black = write_picture(tmp_path / "black.png", np.zeros((96, 128), np.uint8))
    white = write_picture(tmp_path / "white.png", np.full((96, 128), 255, np.uint8))
    huge = Margins(left=4096, right=4096, top=4096, bottom=4096)
    cases: list[tuple[dict[str, object], str]] = [
        ({"picture": str(tmp_path / "nowhere.png")}, "nowhere.png is not there"),
        ({"picture": str(text)}, "text.png is no picture"),
        ({"mask": str(empty)}, "empty.png is empty"),
        ({"mask": black}, "black.png is black everywhere"),
        ({"mask": white, "invert_mask": True}, "white.png is white everywhere"),
        ({"mask": ""}, "in.png has no transparent part"),
        ({"method": "outpaint", "margins": huge}, "8320x8288 pixels, more than 50,000,000; use smaller margins"),
    ]
    for changes, said in cases:
        with pytest.raises(BadInputError, match=said) as caught:
            read_source(msgspec.structs.replace(edit, **changes))
        assert "\n" not in caught.value.message
