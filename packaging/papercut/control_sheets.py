"""Owns the sheets by which following a map is looked at: what it came from, the map, and pictures without and with it.

The engine makes them as it does for an artist: its detectors see the source, its controls steer. Only strokes, which no
detector makes, are drawn from the renderer's truth. Sources are mirrored: scenes of one prompt lie much alike, and a
picture that merely keeps to the prompt shall not look as if it followed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.bench.control_sources import pictures_of, request_for
from engine.catalogue import find_model
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.messages import ControlLayer
from engine.paths import Paths
from engine.tasks.controls import ControlSupply, ready_controls
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from papercut.control import SIDE, render_truth
from papercut.control_maps import KINDS, draw_map
from papercut.export import SHEETS
from papercut.grammar import parse
from papercut.sheet import tile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.tasks.loading import LoadedModel
    from papercut.control import Truth

CAPTIONS = (
    "summer day, hills, a red balloon, clouds",
    "sunset, mountains, two boats on a lake",
    "winter night, sea, a castle, stars",
    "autumn day, forest, a river, a house, birds",
)
COLUMNS = ("source", "map", "without", "with", "with, in the left half")
SHOWN = 152
"""Side of a picture on a sheet, in pixels."""
_SEED, _QUALITY = 40, 88
DETECTORS = {"canny": "canny", "depth": "depth_papercut", "segment": "segment"}


class _Made(NamedTuple):
    hint: NDArray[np.uint8]
    picture: NDArray[np.uint8]


def write_control_sheets(folder: Path, kinds: tuple[str, ...] = KINDS) -> None:
    """Write one of SHEETS for each kind: a row for each of CAPTIONS, with COLUMNS. Seeds are the first, unpicked."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = Paths(home)
        loaded = load(find_model("papercut", paths), plan_for("cpu"))
        detectors = DetectorShelf(WeightStore(home / "none", home / "none"), "cpu")
        plan = loaded.plan
        shelf = AdapterShelf(plan.torch_device, channels_last=plan.channels_last)
        supply = ControlSupply(paths, shelf, HintStore(lambda: detectors))
        half = np.zeros((SIDE, SIDE), np.uint8)
        half[:, : SIDE // 2] = 255
        Image.fromarray(half).save(home / "half.png")
        rng = np.random.default_rng(_SEED)
        scenes = [_mirrored(render_truth(parse(caption), rng)) for caption in CAPTIONS]
        without = [
            pictures_of(loaded, caption, (SIDE, SIDE), 1, [_SEED + row])[0] for row, caption in enumerate(CAPTIONS)
        ]
        for kind in kinds:
            cells: list[NDArray[np.uint8]] = []
            for row, scene in enumerate(scenes):
                layer = _layer(kind, scene, home / f"{kind}-{row}.png")
                hint, steered = _steered(loaded, supply, row, layer)
                _, partly = _steered(loaded, supply, row, layer, mask=str(home / "half.png"))
                cells += map(_shown, (scene.picture, hint, without[row], steered, partly))
            tile(cells, len(COLUMNS)).save(folder / SHEETS[KINDS.index(kind)], quality=_QUALITY, optimize=True)


def _mirrored(scene: Truth) -> Truth:
    picture, depth, classes = (np.ascontiguousarray(each[:, ::-1]) for each in scene[:3])
    return scene._replace(picture=picture, depth=depth, segmentation=classes)


def _layer(kind: str, scene: Truth, file: Path) -> ControlLayer:
    """The picture for its detector, or the strokes."""
    if kind in DETECTORS:
        Image.fromarray(scene.picture).save(file)
        return ControlLayer(kind=DETECTORS[kind], picture=str(file))
    Image.fromarray(draw_map(kind, scene.picture, scene.depth, scene.segmentation, None)).save(file)
    return ControlLayer(kind=kind, picture=str(file), is_map=True)


def _steered(
    loaded: LoadedModel, supply: ControlSupply, row: int, layer: ControlLayer, mask: str | None = None
) -> _Made:
    layers = (ControlLayer(kind=layer.kind, picture=layer.picture, is_map=layer.is_map, mask=mask),)
    request = request_for(loaded, CAPTIONS[row], (SIDE, SIDE), 1, _SEED + row, controls=layers)
    ready = ready_controls(request, loaded, supply, lambda: None)
    (picture,) = make_pictures(request, loaded, lambda _done: None, ready.controls)
    return _Made(supply.hints.make(layer, (SIDE, SIDE)).pixels, picture.pixels)


def _shown(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture of the sheet, with a thin border of white at its right and its foot."""
    small = np.asarray(Image.fromarray(pixels).resize((SHOWN, SHOWN), Image.Resampling.LANCZOS))
    return np.pad(small, ((0, 3), (0, 3), (0, 0)), constant_values=255)
