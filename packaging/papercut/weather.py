"""Owns the weather: banks of fog between the things, snow and rain in front of everything."""

from __future__ import annotations

import numpy as np

from papercut import layout as at
from papercut.paint import Cutout
from papercut.palette import mix, rgb
from papercut.stage import ID, Stage


def draw_fog(stage: Stage) -> None:
    """Lay three banks of fog that drift with the clouds."""
    if not stage.scene.fog:
        return
    canvas, palette = stage.canvas, stage.palette
    cover = np.full((stage.height, stage.width), 0.0, np.float32)
    middles = np.array([0.1, 0.3, 0.5, 0.7, 0.9], np.float32)
    columns = stage.world(0.0) + 0.7 * stage.drift
    for row, thick in ((0.5, 0.05), (0.63, 0.045), (0.77, 0.05)):
        heights = at.uniform(stage.field.slots(at.DETAIL, middles, row))
        waves = 0.03 * np.interp(columns, middles, heights, period=1.0)
        d = (canvas.y / stage.height - row - waves[None]) / thick
        cover = np.maximum(cover, 0.72 / (1 + d**4))
    white = mix(mix(palette.haze, rgb("#FFFFFF"), 0.45), rgb("#8C93A8"), 0.45 if stage.scene.time == "night" else 0.0)
    if canvas.neon:
        white = mix(palette.haze, rgb("#9FB6E8"), 0.3)
    canvas.rgb += (white - canvas.rgb) * cover[..., None]
    canvas.record(cover, 0, 0, ID["fog"], canvas.depth)


def draw_fall(stage: Stage) -> None:
    """Lay snow and rain, which swirl about their places."""
    if stage.scene.snow:
        cut = Cutout(stage.canvas, ID["snow"], 0.99, shadow=0.3, glow=0.4)
        white = mix(rgb("#FFFFFF"), stage.palette.sky[1], 0.06)
        for x, y, size in stage.cell_places(0.05, 0.0, 1.0, sway=1.0):
            radius = (1.3 + 1.7 * size) * stage.grain
            cut.ellipse(x, y, radius, radius, white)
        cut.lay()
    if stage.scene.rain:
        cut = Cutout(stage.canvas, ID["rain"], 0.99, shadow=0.0, glow=0.3)
        light = mix(rgb("#DCEBFA"), stage.palette.sky[1], 0.22)
        if stage.scene.style == "ink":
            light = rgb("#6A7078")
        for x, y, size in stage.cell_places(0.1, 0.0, 1.0, sway=1.0):
            long, thick = (9 + 7 * size) * stage.grain, 0.7 * stage.grain
            upper, lower = y - long / 2, y + long / 2
            slant, blunt = x + 0.25 * long, 1.1 * stage.grain
            cut.polygon([(x - thick, lower), (slant, upper), (slant + blunt, upper), (x + thick, lower)], light)
        cut.lay()
