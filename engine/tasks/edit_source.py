"""What an edit starts from: its picture, mask and margins, read and made to fit each other.

Owns the rules: alpha is a mask where none is given, masks of other sizes are resized, margins are filled. Reading
files is engine.media.reading's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.errors import BadInputError
from engine.media.known_pictures import KnownPictures
from engine.media.reading import ReadingLimits
from engine.tasks.edit_border import fill_hole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.media.reading import Picture
    from engine.messages import Margins, PictureEdit

MAX_PIXELS = 50_000_000


@dataclass(frozen=True)
class EditSource:
    """A picture to be edited.

    Attributes:
        pixels: (H, W, 3) uint8, its margins filled with colours of its border.
        mask: (H, W) float32, 1 where it is made anew; None where all of it is.
        notes: What was done to the files, for people.
        digests: Of the files, by path.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.float32] | None
    notes: tuple[str, ...]
    digests: dict[str, str]


def read_source(edit: PictureEdit, pictures: KnownPictures | None = None) -> EditSource:
    """Read what `edit` names, by way of the `pictures` that a worker knows.

    Raises:
        BadInputError: A file cannot be used, or nothing would be made anew; one line names it and the remedy.
    """
    file = Path(edit.picture)
    pictures = pictures or KnownPictures()
    picture = pictures.read(file, frame=edit.frame, limits=ReadingLimits(pixels=MAX_PIXELS))
    notes = [f"{file.name}: {note}" for note in picture.notes]
    mask = _read_mask(edit, picture, notes, pictures) if edit.is_masked else None
    pixels = picture.over()
    if mask is not None and edit.method == "outpaint":
        pixels, mask = _with_margins(pixels, mask, edit.margins)
    if mask is not None and not mask.any():
        raise _nothing_masked(edit)
    return EditSource(pixels, mask, tuple(notes), {name: _digest(Path(name)) for name in edit.files})


def _read_mask(edit: PictureEdit, picture: Picture, notes: list[str], pictures: KnownPictures) -> NDArray[np.float32]:
    """What of the picture is made anew, (H, W) float32 in [0, 1]."""
    height, width = picture.pixels.shape[:2]
    if not edit.mask:
        # Transparent parts are what an artist has erased.
        alpha = picture.alpha if picture.alpha is not None else np.full((height, width), 255, np.uint8)
        return (1.0 - alpha / np.float32(255.0)).astype(np.float32)
    file = Path(edit.mask)
    painted = pictures.read(file)
    grey = Image.fromarray(painted.over((0, 0, 0))).convert("L")
    if grey.size != (width, height):
        notes.append(f"{file.name}: resized from {grey.size[0]}x{grey.size[1]} to the picture's {width}x{height}")
        grey = grey.resize((width, height), Image.Resampling.BILINEAR)
    mask = np.asarray(grey, dtype=np.float32) / np.float32(255.0)
    return np.float32(1.0) - mask if edit.invert_mask else mask


def _with_margins(
    pixels: NDArray[np.uint8], mask: NDArray[np.float32], margins: Margins
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Picture and mask in the new frame."""
    height, width = pixels.shape[:2]
    framed = (height + margins.top + margins.bottom, width + margins.left + margins.right)
    if framed[0] * framed[1] > MAX_PIXELS:
        raise BadInputError(
            f"the new frame has {framed[1]}x{framed[0]} pixels, more than {MAX_PIXELS:,}; use smaller margins"
        )
    beyond = ((margins.top, margins.bottom), (margins.left, margins.right))
    grown = np.pad(mask, beyond, constant_values=1.0)
    outside = np.pad(np.zeros_like(mask), beyond, constant_values=1.0)
    return fill_hole(np.pad(pixels, (*beyond, (0, 0)), mode="edge"), outside), grown


def _nothing_masked(edit: PictureEdit) -> BadInputError:
    if not edit.mask:
        return BadInputError(
            f"{edit.picture} has no transparent part to make anew; erase one, or name a mask (--mask FILE)"
        )
    shade = "white" if edit.invert_mask else "black"
    return BadInputError(f"{edit.mask} is {shade} everywhere; paint what is to be made anew in the other colour")


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}); choose another picture") from error
