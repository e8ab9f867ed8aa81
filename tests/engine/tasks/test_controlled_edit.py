"""Controls of an edit: the part of a control over the part of the picture goes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.media.png import read_texts
from engine.messages import ControlLayer, ImageRequest, PictureEdit
from engine.paths import Paths
from engine.protocol import Run
from engine.tasks.controls import ControlSupply
from engine.tasks.edit_job import run_edit_job
from engine.tasks.loading import load
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.tiny_adapters import write_controlnet, write_steered_model

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_BOX = (96, 64, 160, 128)
_PART = (slice(64, 128), slice(96, 160))


def test_a_control_is_cut_with_the_part_that_is_made_anew(tmp_path: Path) -> None:
    """Masked area, control and its region mask of a picture give what the same parts of them give alone."""
    loaded = load(write_steered_model(tmp_path / "model", "flow"), plan_for("cpu"))
    plan, net = loaded.plan, write_controlnet(tmp_path / "net")
    supply = ControlSupply(
        Paths(tmp_path),
        AdapterShelf(plan.torch_device, channels_last=plan.channels_last),
        HintStore(lambda: DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")),
    )
    pixels, drawn = scene(256, 192), np.random.default_rng(1).integers(0, 256, (192, 256, 3), np.uint8)
    region = np.zeros((192, 256), np.uint8)
    region[:, :128] = 255
    mask = box_mask(256, 192, _BOX)

    def make(name: str, parts: tuple[slice, slice] | None, *, controlled: bool = True) -> NDArray[np.uint8]:
        def write(what: str, picture: NDArray[np.uint8]) -> str:
            cut = picture if parts is None else np.ascontiguousarray(picture[parts])
            return write_picture(tmp_path / f"{name}-{what}.png", cut)

        layer = ControlLayer(
            kind="canny", picture=write("map", drawn), adapter=str(net), mask=write("region", region), is_map=True
        )
        edit = PictureEdit(
            picture=write("in", pixels), mask=write("mask", mask), method="inpaint", strength=0.6, content="original",
            area="masked", padding=0, feather=0,
        )  # fmt: skip
        request = ImageRequest(
            prompt="winter", seed=7, model="tiny", width=64, height=64, steps=4, edit=edit,
            controls=(layer,) if controlled else (),
        )  # fmt: skip
        part = tmp_path / f"{name}.png"
        run = Run(job="job", attempt=1, request=request, spec=loaded.spec, parts=(str(part),))
        run_edit_job(run, loaded, lambda event: None, lambda: None, supply if controlled else None)
        if controlled:
            assert layer.picture in read_texts(part)["onetake"]
        with Image.open(part) as image:
            return np.asarray(image)

    whole, alone = make("whole", None), make("alone", _PART)
    assert whole.shape == (192, 256, 3)
    assert np.array_equal(whole[_PART], alone)
    assert not np.array_equal(alone, make("plain", _PART, controlled=False))
    assert msgspec.json.decode(read_texts(tmp_path / "whole.png")["onetake"])["request"]["edit"]["area"] == "masked"
