"""Edits for tests: files to edit, requests about them, and what comes of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.messages import ImageRequest, PictureEdit
from engine.tasks.edit import lay_out, make_edits
from engine.tasks.edit_source import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.tasks.loading import LoadedModel

Box = tuple[int, int, int, int]


def scene(width: int = 128, height: int = 96) -> NDArray[np.uint8]:
    """A picture without symmetry: slopes of colour, and a disc."""
    y, x = np.mgrid[:height, :width]
    disc = (x - 0.3 * width) ** 2 + (y - 0.4 * height) ** 2 < (0.15 * height) ** 2
    planes = [x * 255 / width, y * 200 / height + 20, np.where(disc, 230, 90)]
    return np.stack(planes, axis=-1).astype(np.uint8)


def write_picture(file: Path, pixels: NDArray[np.uint8]) -> str:
    """Save a picture or a mask; its path as requests name it."""
    Image.fromarray(pixels).save(file)
    return str(file)


def box_mask(width: int, height: int, box: Box) -> NDArray[np.uint8]:
    """A mask that is white inside (left, top, right, bottom)."""
    mask = np.zeros((height, width), np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 255
    return mask


def edit_request(edit: PictureEdit, **fields: object) -> ImageRequest:
    """A valid request for that edit."""
    given: dict[str, object] = {"prompt": "winter mountains", "seed": 7, "model": "tiny", "steps": 4, **fields}
    return ImageRequest(edit=edit, **given)  # pyright: ignore[reportArgumentType] - checked at construction


def edited(request: ImageRequest, loaded: LoadedModel) -> list[NDArray[np.uint8]]:
    """The pictures of an edit."""
    assert request.edit is not None
    source = read_source(request.edit)
    made = make_edits(request, source, lay_out(request, source), loaded, lambda done: None)
    return [picture.pixels for picture in made]
