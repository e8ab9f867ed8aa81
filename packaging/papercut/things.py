"""Owns where things stand, float and fly: castle, trees, house, boats, balloons. Their shapes are in objects.py."""

from __future__ import annotations

import numpy as np

from papercut import layout as at
from papercut import objects
from papercut.paint import Cutout
from papercut.stage import ID, Stage, centres

_ONE_OR_TWO_BOATS = ((), (0.5,), (0.36, 0.68))
_ONE_OR_TWO_BALLOONS = ((), (0.5,), (0.3, 0.7))


def draw_homes(stage: Stage) -> None:
    """Lay what stands on the edge of the ground in front: castle, trees, house."""
    scene, height = stage.scene, stage.height
    if scene.castle:
        x = (0.7 + 0.12 * stage.field.read(at.HOMES, 0.7, 0.55)) * stage.width - stage.shift
        cut = Cutout(stage.canvas, ID["castle"], 0.5)
        objects.castle(cut, x, stage.foot(x) + 0.012 * height, 0.27 * stage.unit, stage.palette)
        cut.lay()
    if scene.trees:
        _trees(stage)
    if scene.house:
        x = (0.3 + 0.13 * stage.field.read(at.HOMES, 0.3, 0.75)) * stage.width - stage.shift
        cut = Cutout(stage.canvas, ID["house"], 0.6)
        objects.house(cut, x, stage.foot(x) + 0.03 * height, 0.165 * stage.unit, stage.palette)
        cut.lay()


def _trees(stage: Stage) -> None:
    field = stage.field
    count = max(7, round(7 * stage.across))
    middles = centres(count)
    keep = field.slots(at.TREES, middles, 0.5)
    dx, dy = at.uniform(field.slots(at.TREES, middles, 0.72)), at.uniform(field.slots(at.TREES, middles, 0.9))
    keep = keep + max(0.0, 0.5 - float(keep.max()))  # one tree at least is whole
    places: list[tuple[float, float, float]] = []
    for i in range(count):
        size = float(np.clip((keep[i] + 0.35) / 0.5, 0, 1))
        x = (float(middles[i]) + 0.3 / count * float(dx[i])) * stage.width - stage.shift
        places.append((stage.foot(x) + (0.02 + 0.012 * float(dy[i])) * stage.height, x, size))
    cut = Cutout(stage.canvas, ID["trees"], 0.56)
    for y, x, size in sorted(places):
        if size > 0.05:
            tall = stage.unit * 0.2 * (0.3 + 0.7 * size)
            objects.tree(cut, x, y, tall, stage.palette, fir=stage.scene.season == "winter")
    cut.lay()


def draw_boats(stage: Stage) -> None:
    """Lay the boats, the nearer one lower and larger."""
    field, pair = stage.field, stage.scene.boats == 2
    for i, middle in enumerate(_ONE_OR_TWO_BOATS[stage.scene.boats]):
        x = middle + (0.1 if pair else 0.16) * field.read(at.BOATS, middle, 0.85)
        y = 0.84 + (0.035 * (2 * i - 1) if pair else 0.0) + 0.02 * field.read(at.BOATS, middle, 0.65)
        x += (0.05 - 0.02 * i) * field.move(at.BOAT_MOVE)
        y += 0.005 * field.move(at.BEAT_EAST if i else at.BEAT_NORTH)
        cut = Cutout(stage.canvas, ID["boats"], 0.8 + 0.05 * i)
        size = stage.unit * (0.15 + 0.025 * i)
        objects.boat(cut, x * stage.width, y * stage.height, size, stage.palette)
        cut.lay()


def draw_balloons(stage: Stage) -> None:
    """Lay the balloons, in front of everything but the weather."""
    field, pair = stage.field, stage.scene.balloons == 2
    for i, middle in enumerate(_ONE_OR_TWO_BALLOONS[stage.scene.balloons]):
        x = middle + (0.13 if pair else 0.27) * field.read(at.BALLOONS, middle, 0.3)
        y = 0.4 + 0.09 * field.read(at.BALLOONS, middle, 0.55) + (0.06 - 0.02 * i) * field.move(at.BALLOON_MOVE)
        cut = Cutout(stage.canvas, ID["balloons"], 0.75)
        size = stage.unit * (0.21 if i == 0 else 0.17)
        objects.balloon(cut, x * stage.width, y * stage.height, size, stage.palette)
        cut.lay()
