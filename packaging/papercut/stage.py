"""Owns what the sheets of one picture share: scene, noise, camera, colours, canvas, and where the body stands.

It draws nothing; the modules that do (sky, land, water, things, weather) read a Stage and lay sheets on its canvas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from papercut import layout as at
from papercut.grammar import Scene
from papercut.layout import Floats, NoiseField
from papercut.paint import Canvas
from papercut.palette import Palette, make_palette

CLASSES = (
    "sky", "meadow", "mountains", "hills", "desert", "forest", "lake", "sea", "river", "sun", "moon",
    "trees", "house", "castle", "boats", "balloons", "clouds", "birds", "stars", "snow", "rain", "fog",
)  # fmt: skip
"""Segmentation classes; an id is the index. The ground in front is always "meadow"."""
ID = {name: index for index, name in enumerate(CLASSES)}

PAN = 0.02  # reach of the camera over the nearest sheet, widths
GROUND = 0.735  # where the near sheet begins, fraction of the height from the top
SHORE = 0.075  # how much land and ground rise to make room for water
_BODY_X = {"left": 0.2, "center": 0.5, "right": 0.8}


@dataclass(frozen=True)
class Stage:
    """One scene at one moment. Lengths are in pixels unless said otherwise."""

    scene: Scene
    field: NoiseField
    palette: Palette
    canvas: Canvas
    pan: float
    """How far the camera has moved over the nearest sheet, widths."""
    drift: float
    """How far the clouds have drifted, widths."""
    lift: float
    """How much water raises the land, heights."""
    body: tuple[float, float, float]
    """Middle and radius of the sun or moon: x, y, radius."""
    near: Floats
    """Top edge of the ground in front, one height for each column."""

    @property
    def width(self) -> int:
        """Picture width."""
        return self.canvas.width

    @property
    def height(self) -> int:
        """Picture height."""
        return self.canvas.height

    @property
    def unit(self) -> float:
        """The shorter side, which sizes of things are measured in."""
        return float(min(self.width, self.height))

    @property
    def grain(self) -> float:
        """What a pixel of 256x256 is here, which the smallest things are measured in."""
        return self.unit / 256

    @property
    def across(self) -> float:
        """Squares across the picture in quarters, for counts of things."""
        return max(1, round(self.field.aspect() * 4)) / 4

    @property
    def shift(self) -> float:
        """How far things on the ground in front have moved to the left."""
        return self.pan * self.width

    def world(self, parallax: float) -> Floats:
        """Columns as places in the world, widths: a sheet at parallax 1 is the nearest, at 0 infinitely far."""
        return _world(self.field, self.pan, parallax)

    def foot(self, x: float) -> float:
        """Height of the near sheet's edge at a column."""
        return float(self.near[int(np.clip(x, 0, self.width - 1))])

    def cell_places(
        self, keep_above: float, top: float, bottom: float, *, sway: float = 0.0
    ) -> list[tuple[float, float, float]]:
        """Places of things that come one to a part of the layout.

        Args:
            keep_above: A part holds a thing if its noise exceeds this.
            top: Upper end of the rows to fill, fraction of the height.
            bottom: Lower end of them.
            sway: How far things swirl about their places with the beat, `grain`s; every other column a quarter turn on.

        Returns:
            For each thing x, y and its size in 0..1.
        """
        keep = self.field.cells(at.CELL_KEEP)
        size = np.clip((keep - keep_above) / 0.8, 0, 1)
        jx, jy = at.uniform(self.field.cells(at.CELL_X)), at.uniform(self.field.cells(at.CELL_Y))
        sway *= self.grain
        east, north = sway * self.field.move(at.BEAT_EAST), sway * self.field.move(at.BEAT_NORTH)
        wide, high = self.field.part
        places: list[tuple[float, float, float]] = []
        for row, column in zip(*np.nonzero(size > 0.02), strict=True):
            x, y = (column + 0.5 + 0.38 * jx[row, column]) * wide, (row + 0.5 + 0.38 * jy[row, column]) * high
            if top * self.height <= y <= bottom * self.height:
                across, down = (-north, east) if column % 2 else (east, north)
                places.append((float(x) + across, float(y) + down, float(size[row, column])))
        return places


def set_stage(scene: Scene, noise: Floats, *, maps: bool) -> Stage:
    """Read from the noise what all sheets need to know.

    Args:
        scene: What to show.
        noise: The layout's noise, (24, H/16, W/16).
        maps: Whether the canvas keeps depth, segmentation and layers.
    """
    field, palette = NoiseField.of(noise), make_palette(scene)
    pan = PAN * field.move(at.CAMERA)
    lift = SHORE if scene.water != "none" else 0.0
    near = at.bumps(field, at.NEAR, 2, GROUND - lift + 0.02, 0.06, _world(field, pan, 1.0)) * field.height
    return Stage(
        scene=scene,
        field=field,
        palette=palette,
        canvas=Canvas(field.width, field.height, palette, maps=maps),
        pan=pan,
        drift=0.09 * field.move(at.CLOUD_MOVE),
        lift=lift,
        body=_place_body(scene, field),
        near=near,
    )


def centres(count: int) -> Floats:
    """Middles of `count` equal parts of the width, widths."""
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def _world(field: NoiseField, pan: float, parallax: float) -> Floats:
    return ((np.arange(field.width) + 0.5) / field.width).astype(np.float32) + np.float32(pan * parallax)


def _place_body(scene: Scene, field: NoiseField) -> tuple[float, float, float]:
    if scene.position == "any":
        x = 0.5 + 0.36 * field.read(at.SPARE, 0.5, 0.3, spread=2.5)
        y = field.read(at.BODY, 0.5, 0.3, spread=2.5)
    else:
        x = _BODY_X[scene.position]
        x, y = x + 0.055 * field.read(at.SPARE, x, 0.25), field.read(at.BODY, x, 0.25)
    low = 0.3 if scene.time in ("dawn", "dusk") and scene.body == "sun" else 0.22
    x += 0.03 * field.move(at.BODY_MOVE)
    return x * field.width, (low + 0.06 * y) * field.height, 0.088 * min(field.width, field.height)
