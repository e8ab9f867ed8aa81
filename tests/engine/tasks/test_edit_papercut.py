"""Edits of the embedded model, measured: no seam, no shift of colours, and the picture's own bytes elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from engine.acceleration.plan import plan_for
from engine.catalogue import find_model
from engine.messages import ImageRequest, Margins, PictureEdit
from engine.paths import Paths
from engine.tasks.edit_border import feather
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from tests.engine.tasks.editing import box_mask, edited, write_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.tasks.loading import LoadedModel

# Prompts whose sky is plain, and a part of that sky.
_PROMPT = "autumn hills at noon"
_SKY = (80, 24, 176, 88)


@pytest.fixture(scope="module")
def papercut(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    return load(find_model("papercut", Paths(tmp_path_factory.mktemp("home"))), plan_for("cpu"))


@pytest.fixture(scope="module")
def original(papercut: LoadedModel) -> NDArray[np.uint8]:
    request = ImageRequest(prompt=_PROMPT, seed=9)
    (picture,) = make_pictures(request, papercut, lambda done: None)
    return picture.pixels


def request(edit: PictureEdit, **fields: object) -> ImageRequest:
    base = ImageRequest(prompt=_PROMPT, seed=3, steps=8, edit=edit)
    return msgspec.structs.replace(base, **fields)


def jump(pixels: NDArray[np.uint8], box: tuple[int, int, int, int]) -> float:
    """Mean step in levels from the pixels just inside the box's border to those just outside of it."""
    left, top, right, bottom = box
    levels = pixels.astype(np.float64)
    pairs = [
        (levels[top:bottom, left], levels[top:bottom, left - 1]),
        (levels[top:bottom, right - 1], levels[top:bottom, right]),
        (levels[top, left:right], levels[top - 1, left:right]),
        (levels[bottom - 1, left:right], levels[bottom, left:right]),
    ]
    return float(np.mean([np.abs(inside - outside).mean() for inside, outside in pairs]))


@pytest.mark.parametrize("seed", [1, 2])
def test_an_inpainted_sky_has_no_seam_and_no_shift(
    tmp_path: Path, papercut: LoadedModel, original: NDArray[np.uint8], seed: int
) -> None:
    """At the mask's border the step is the picture's own within 0.3 levels, and the sky's mean moves by < 3."""
    picture = write_picture(tmp_path / "in.png", original)
    mask = write_picture(tmp_path / "mask.png", box_mask(256, 256, _SKY))
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=1.0)
    (made,) = edited(request(edit, seed=seed), papercut)
    soft = feather((box_mask(256, 256, _SKY) / 255).astype(np.float32), edit.feather)
    assert np.array_equal(made[soft == 0.0], original[soft == 0.0])
    assert not np.array_equal(made, original)
    assert jump(made, _SKY) <= jump(original, _SKY) + 0.3
    left, top, right, bottom = _SKY
    shift = made[top:bottom, left:right].mean((0, 1)) - original[top:bottom, left:right].mean((0, 1))
    assert np.abs(shift).max() < 3.0


def test_a_hole_is_filled_to_fit(tmp_path: Path, papercut: LoadedModel, original: NDArray[np.uint8]) -> None:
    """A white square over the horizon is gone: sky above, ground below, as they are beside it."""
    holed = original.copy()
    holed[64:192, 96:160] = 255
    picture = write_picture(tmp_path / "in.png", holed)
    mask = write_picture(tmp_path / "mask.png", box_mask(256, 256, (96, 64, 160, 192)))
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=1.0)
    (made,) = edited(request(edit), papercut)
    for rows in (slice(70, 100), slice(170, 190)):
        inside, beside = made[rows, 104:152].mean((0, 1)), original[rows, 168:200].mean((0, 1))
        assert np.abs(inside - beside).max() < 25.0
        assert np.abs(255.0 - inside).max() > 60.0


def test_an_outpainted_landscape_goes_on(tmp_path: Path, papercut: LoadedModel, original: NDArray[np.uint8]) -> None:
    """Beyond the old border the sky's and the ground's colours are those beside it; inside it, bytes are kept."""
    picture = write_picture(tmp_path / "in.png", original)
    edit = PictureEdit(picture=picture, method="outpaint", margins=Margins(left=64, right=64), strength=1.0)
    (made,) = edited(request(edit, width=384), papercut)
    kept = slice(64 + edit.feather, 64 + 256 - edit.feather)
    assert np.array_equal(made[:, kept], original[:, edit.feather : -edit.feather])
    for rows in (slice(10, 60), slice(200, 250)):
        for margin, beside in ((slice(0, 48), slice(64, 112)), (slice(336, 384), slice(272, 320))):
            far, near = made[rows, margin].mean((0, 1)), made[rows, beside].mean((0, 1))
            assert np.abs(far - near).max() < 25.0


def test_img2img_follows_the_prompt_and_keeps_the_layout(
    tmp_path: Path, papercut: LoadedModel, original: NDArray[np.uint8]
) -> None:
    """Noon becomes night, and what was bright against its surroundings tends to stay so."""
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", original), strength=0.6)
    (made,) = edited(request(edit, prompt="winter hills at night"), papercut)
    assert made[:64].mean() < original[:64].mean() - 60.0
    before, after = original.mean(axis=(1, 2)), made.mean(axis=(1, 2))
    horizon = int(np.abs(np.diff(before[80:220])).argmax())
    assert np.abs(np.diff(after[80:220]))[max(horizon - 6, 0) : horizon + 7].max() > np.abs(np.diff(after)).mean() * 2
