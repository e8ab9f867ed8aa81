"""Where masks are kept: one working file per picture, and sent copies that stay as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.mask_files import MaskFiles
from engine.errors import BadInputError
from engine.messages import ImageRequest, PictureEdit

PICTURE = "/pictures/boat.png"


@pytest.fixture
def masks(tmp_path: Path) -> MaskFiles:
    """A folder that is not there yet."""
    return MaskFiles(tmp_path / "masks")


def painted(mask: str, document: bytes = b"a mask") -> Path:
    """Something in a mask's file."""
    file = Path(mask)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(document)
    return file


def test_a_picture_finds_the_mask_last_painted_for_it(masks: MaskFiles) -> None:
    """And only its own."""
    first = masks.working(PICTURE)
    assert masks.working(PICTURE) == first
    os.utime(painted(first), (1, 1))
    second = masks.another(PICTURE)
    assert second != first
    os.utime(painted(second), (2, 2))
    assert masks.working(PICTURE) == second
    assert masks.working("/pictures/lake.png") not in (first, second)


def test_a_sent_mask_stays_while_the_artist_paints_on(masks: MaskFiles) -> None:
    """A job that waits gets what was painted when it was sent; the same mask is kept once."""
    file = painted(masks.working(PICTURE))
    sent = masks.freeze(str(file))
    file.write_bytes(b"another mask")
    assert Path(sent).read_bytes() == b"a mask"
    assert not masks.may_change(sent)
    assert masks.freeze(sent) == sent
    file.write_bytes(b"a mask")
    assert masks.freeze(str(file)) == sent


def test_an_artists_own_mask_is_used_where_it_lies(masks: MaskFiles, tmp_path: Path) -> None:
    """It is neither copied nor ever written to."""
    own = painted(str(tmp_path / "own.png"))
    assert masks.freeze(str(own)) == str(own)
    assert not masks.may_change(str(own))


def request_of(mask: str, **fields: object) -> ImageRequest:
    edit = PictureEdit(picture=PICTURE, method="inpaint", mask=mask, **fields)  # pyright: ignore[reportArgumentType]
    return ImageRequest(prompt="a boat", seed=1, edit=edit)


def test_filling_nothing_is_refused(masks: MaskFiles) -> None:
    """In one sentence with the remedy, before anything is sent."""
    with pytest.raises(BadInputError, match="nothing is masked yet; paint"):
        masks.kept(request_of(masks.working(PICTURE)))


def test_a_request_for_transparent_parts_goes_as_it_is(masks: MaskFiles) -> None:
    """It names no mask, and the engine looks at the picture."""
    assert masks.kept(request_of("")) == request_of("")


def test_a_copy_that_fails_is_said_in_one_line(masks: MaskFiles) -> None:
    """With the file and the remedy."""
    file = painted(masks.working(PICTURE))
    (file.parent / "sent").write_bytes(b"in the way")
    with pytest.raises(BadInputError, match=r"the mask .* cannot be copied \(.*\); free some room"):
        masks.kept(request_of(str(file)))
