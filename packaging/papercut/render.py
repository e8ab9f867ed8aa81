"""Owns the picture of a scene: in which order its sheets are laid, back to front, and the truth that comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from papercut.grammar import Scene
from papercut.land import draw_ground, draw_land
from papercut.layout import Floats
from papercut.sky import draw_sky
from papercut.stage import set_stage
from papercut.things import draw_balloons, draw_boats, draw_homes
from papercut.water import draw_water
from papercut.weather import draw_fall, draw_fog

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Rendering:
    """A picture with its truth.

    picture: uint8 (H, W, 3). depth: float32 (H, W), 1 near and 0 far. segmentation: uint8
    (H, W), indices into stage.CLASSES. edges: bool (H, W), borders between sheets. The last three
    are None unless maps were asked for.
    """

    picture: NDArray[np.uint8]
    depth: Floats | None = None
    segmentation: NDArray[np.uint8] | None = None
    edges: NDArray[np.bool_] | None = None


def render(scene: Scene, noise: Floats, *, maps: bool = False) -> Rendering:
    """Draw a scene.

    Args:
        scene: What to show.
        noise: The layout's noise, (24, H/16, W/16); its shape sets the picture's size.
        maps: Also return depth, segmentation and edges.
    """
    stage = set_stage(scene, noise, maps=maps)
    draw_sky(stage)
    draw_land(stage)
    draw_ground(stage)
    draw_water(stage)
    draw_homes(stage)
    draw_boats(stage)
    draw_fog(stage)
    draw_balloons(stage)
    draw_fall(stage)
    picture = stage.canvas.finish()
    if not maps:
        return Rendering(picture)
    layers = stage.canvas.layers
    edges = np.zeros(layers.shape, np.bool_)
    edges[:, 1:] |= layers[:, 1:] != layers[:, :-1]
    edges[1:] |= layers[1:] != layers[:-1]
    return Rendering(picture, stage.canvas.depth, stage.canvas.segmentation, edges)
