"""engine.tasks.edit: what is masked changes, what is not keeps its bytes, and nothing but the request decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
import torch

from engine.acceleration.plan import plan_for
from engine.errors import BadModelError, JobCancelledError
from engine.messages import ImageRequest, Margins, PictureEdit
from engine.tasks.edit import edit_schedule, lay_out, make_edits
from engine.tasks.edit_border import feather
from engine.tasks.edit_source import read_source
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from tests.engine.tasks.editing import Box, box_mask, edit_request, edited, scene, write_picture
from tests.tiny_models import write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.tasks.loading import LoadedModel

_HOLE: Box = (37, 21, 90, 60)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    return write_picture(tmp_path / "in.png", scene())


@pytest.fixture
def mask(tmp_path: Path) -> str:
    return write_picture(tmp_path / "mask.png", box_mask(128, 96, _HOLE))


@pytest.mark.parametrize("area", ["picture", "masked"])
@pytest.mark.parametrize("width", [0, 10])
def test_pixels_outside_the_soft_mask_keep_their_bytes(
    loaded: LoadedModel, picture: str, mask: str, area: str, width: int
) -> None:
    """Nothing beyond `feather` pixels of the mask changes by a single level; almost all inside it does."""
    base = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=1.0, feather=width)
    (made,) = edited(edit_request(msgspec.structs.replace(base, area=area), width=128, height=96), loaded)
    soft = feather((box_mask(128, 96, _HOLE) / 255).astype(np.float32), width)
    assert np.array_equal(made[soft == 0.0], scene()[soft == 0.0])
    changed = (made != scene()).any(axis=-1)
    assert changed[soft == 1.0].mean() > 0.9
    assert (soft > 0.0).sum() > (soft == 1.0).sum() or width == 0


def test_the_masked_area_may_be_worked_on_at_another_size(loaded: LoadedModel, picture: str, mask: str) -> None:
    """A part is cut out, made at the model's size, and stitched in; the result has the picture's size."""
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=1.0, area="masked", padding=8, feather=4)
    request = edit_request(edit, width=160, height=160)
    layout = lay_out(request, read_source(edit))
    assert layout is not None
    assert layout.area.width == layout.area.height < 96
    (made,) = edited(request, loaded)
    assert made.shape == scene().shape
    assert np.array_equal(made[:10], scene()[:10])


@pytest.mark.parametrize("size", [(128, 96), (64, 64), (192, 96)])
def test_img2img_has_the_size_asked_for(loaded: LoadedModel, picture: str, size: tuple[int, int]) -> None:
    """All of the picture is made anew, at the request's size, cut to its shape."""
    (made,) = edited(edit_request(PictureEdit(picture=picture), width=size[0], height=size[1]), loaded)
    assert (made.shape, made.dtype) == ((size[1], size[0], 3), np.uint8)


def test_outpainting_adds_margins_and_keeps_the_rest(loaded: LoadedModel, picture: str) -> None:
    """The result has the new frame; inside the old one, all but the soft border is the picture's own bytes."""
    margins = Margins(left=32, top=16, right=10, bottom=6)
    edit = PictureEdit(picture=picture, method="outpaint", margins=margins, strength=1.0, feather=5)
    (made,) = edited(edit_request(edit, width=176, height=128), loaded)
    assert made.shape == (16 + 96 + 6, 32 + 128 + 10, 3)
    assert np.array_equal(made[16 + 6 : 16 + 90, 32 + 6 : 32 + 122], scene()[6:90, 6:122])
    assert made[:, :32].std() > 1


def test_a_picture_of_a_batch_is_the_single_picture_of_its_seed(loaded: LoadedModel, picture: str, mask: str) -> None:
    """Edit k of a batch from seed s has the very pixels of the single edit of s + k."""
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=1.0, content="noise")
    batch = edited(edit_request(edit, width=128, height=96, count=3), loaded)
    singles = [edited(edit_request(edit, width=128, height=96, seed=7 + index), loaded)[0] for index in (2, 0, 1)]
    for made, index in zip(singles, (2, 0, 1), strict=True):
        assert np.array_equal(batch[index], made)
    assert len({made.tobytes() for made in batch}) == 3


def test_the_same_request_gives_the_same_pixels_after_a_reload(loaded: LoadedModel, picture: str, mask: str) -> None:
    """Neither the process's history nor loading again changes a pixel."""
    edit = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=0.8)
    request = edit_request(edit, width=128, height=96)
    (first,) = edited(request, loaded)
    torch.rand(7)
    (again,) = edited(request, load(loaded.spec, plan_for("cpu")))
    assert np.array_equal(first, again)


def test_what_the_request_says_changes_the_picture(tmp_path: Path, loaded: LoadedModel, picture: str) -> None:
    """Prompt, seed, strength, steps, content, area, padding, feather and method each matter."""
    mask = write_picture(tmp_path / "mask.png", box_mask(128, 96, (50, 30, 70, 50)))
    base = PictureEdit(picture=picture, method="inpaint", mask=mask, strength=0.6, feather=4, padding=8)
    variants = [
        edit_request(base),
        edit_request(base, prompt="summer forest"),
        edit_request(base, seed=8),
        edit_request(base, steps=7),
        *[
            edit_request(msgspec.structs.replace(base, **changes))
            for changes in (
                {"strength": 0.9},
                {"content": "original"},
                {"content": "noise"},
                {"content": "nothing"},
                {"area": "masked"},
                {"area": "masked", "padding": 0},
                {"feather": 9},
                {"invert_mask": True},
                {"method": "img2img", "mask": ""},
            )
        ],
    ]
    made = [edited(msgspec.structs.replace(variant, width=128, height=96), loaded)[0] for variant in variants]
    assert len({pixels.tobytes() for pixels in made}) == len(variants)


def test_less_strength_stays_nearer_to_the_picture(loaded: LoadedModel, picture: str) -> None:
    """The distance from the autoencoder's own copy grows with strength."""
    model, signal = loaded.model, torch.tensor(scene()).permute(2, 0, 1)[None] / 127.5 - 1.0
    with torch.inference_mode():
        copy = model.decode(model.encode(signal))[0].permute(1, 2, 0).numpy() * 127.5 + 127.5
    requests = [
        edit_request(PictureEdit(picture=picture, strength=strength), width=128, height=96, steps=8)
        for strength in (0.05, 0.4, 0.95)
    ]
    distances = [float(np.abs(edited(request, loaded)[0] - copy).mean()) for request in requests]
    assert distances == sorted(distances)
    assert distances[0] < distances[2] / 3


def test_steps_are_counted_over_the_batch_and_may_stop_it(loaded: LoadedModel, picture: str) -> None:
    """Each step of each picture is told once, in order; what it raises ends the job."""
    request = edit_request(PictureEdit(picture=picture, strength=0.5), width=64, height=64, steps=4, count=2)
    assert [step.count for step in edit_schedule(request, loaded)] == [2, 2]
    source, told = read_source(PictureEdit(picture=picture)), list[int]()
    list(make_edits(request, source, None, loaded, told.append))
    assert told == [1, 2, 3, 4]

    def stop(done: int) -> None:
        raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        list(make_edits(request, source, None, loaded, stop))


def test_an_inpainting_network_makes_no_picture_from_noise(tmp_path: Path) -> None:
    """A catalogue entry that forgets to say what it is ends in one line, not in a crash of the network."""
    loaded = load(write_tiny_model(tmp_path / "model", "epsilon", inpainting=True), plan_for("cpu"))
    request = ImageRequest(prompt="winter", seed=1, width=64, height=64, model="tiny")
    with pytest.raises(BadModelError, match="paints into masks only"):
        list(make_pictures(request, loaded, lambda done: None))
