"""Owns the land: two far sheets of mountains, desert, forest, hills or meadow, and the ground in front of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from papercut import layout as at
from papercut.layout import Floats
from papercut.paint import Cutout
from papercut.palette import mix
from papercut.stage import GROUND, ID, Stage


class _Sheet(NamedTuple):
    """One far sheet: its noise channel, its place in the world, and how it differs from the other."""

    channel: int
    parallax: float
    base: float
    """Foot of the ridge, fraction of the height from the top."""
    rise: float
    depth: float
    haze: float
    """How far its colour has gone into the haze."""
    rises: int = 0
    """Peaks, dunes or hills across a square picture."""


_MOUNTAINS = (
    _Sheet(at.FAR, 0.25, base=0.66, rise=0.34, depth=0.15, haze=0.5, rises=3),
    _Sheet(at.MID, 0.5, base=0.71, rise=0.2, depth=0.3, haze=0.12, rises=4),
)
_DESERT = (
    _Sheet(at.FAR, 0.25, base=0.63, rise=0.15, depth=0.15, haze=0.35, rises=2),
    _Sheet(at.MID, 0.5, base=0.7, rise=0.14, depth=0.3, haze=0.05, rises=2),
)
_FOREST = (
    _Sheet(at.FAR, 0.25, base=0.62, rise=0.2, depth=0.15, haze=0.45),
    _Sheet(at.MID, 0.5, base=0.7, rise=0.19, depth=0.3, haze=0.12),
)
_HILLS = (
    _Sheet(at.FAR, 0.25, base=0.63, rise=0.16, depth=0.15, haze=0.5, rises=3),
    _Sheet(at.MID, 0.5, base=0.68, rise=0.16, depth=0.3, haze=0.24, rises=3),
)
_MEADOW = tuple(sheet._replace(rise=0.03) for sheet in _HILLS)


def draw_land(stage: Stage) -> None:
    """Lay two far sheets of the named land, or the quiet swell of a meadow."""
    land = stage.scene.land
    if land == "mountains":
        for sheet in _MOUNTAINS:
            _mountains(stage, sheet)
    elif land == "desert":
        for sheet in _DESERT:
            _dunes(stage, sheet)
    elif land == "forest":
        for sheet in _FOREST:
            _firs(stage, sheet)
    else:
        for sheet in _HILLS if land == "hills" else _MEADOW:
            _hills(stage, sheet)


def _mountains(stage: Stage, sheet: _Sheet) -> None:
    palette, width, height = stage.palette, stage.width, stage.height
    x = stage.world(sheet.parallax)
    contour, px, py, high = at.peaks(
        stage.field, sheet.channel, _count(stage, sheet), sheet.base - stage.lift, sheet.rise, x
    )
    drift = (x[None] - px[None]) * width - 0.16 * (stage.canvas.y - py[None] * height)
    caps: Floats | None = None
    if stage.scene.season == "winter":
        zig = np.abs(((x * 34) % 2) - 1) * 0.045
        caps = (py + 0.36 * high + zig - 0.02).astype(np.float32) * height
    colour = mix(palette.rock, palette.haze, sheet.haze)
    stage.canvas.ridge(
        contour * height,
        colour,
        ID["mountains"],
        (sheet.depth, sheet.depth + 0.05),
        fade=mix(colour, palette.haze, 0.45),
        fade_px=0.3 * height,
        tint=1.06 - 0.2 * np.clip(drift / 2.5 + 0.5, 0, 1),
        caps=caps,
        edge=palette.rock,
    )


def _dunes(stage: Stage, sheet: _Sheet) -> None:
    palette, width, height = stage.palette, stage.width, stage.height
    x = stage.world(sheet.parallax)
    contour, crest = at.dunes(stage.field, sheet.channel, _count(stage, sheet), sheet.base - stage.lift, sheet.rise, x)
    away = x[None] - crest[None]
    drift = away * width - 0.5 * (stage.canvas.y - contour[None] * height) * np.sin(away * 9)
    colour = mix(palette.sand, palette.haze, sheet.haze)
    stage.canvas.ridge(
        contour * height,
        colour,
        ID["desert"],
        (sheet.depth, sheet.depth + 0.1),
        fade=mix(colour, palette.haze, 0.25),
        fade_px=0.3 * height,
        tint=1.05 - 0.2 * np.clip(drift / 2.5 + 0.5, 0, 1),
        edge=palette.sand,
    )


def _firs(stage: Stage, sheet: _Sheet) -> None:
    palette, height = stage.palette, stage.height
    contour = at.conifers(stage.field, sheet.channel, sheet.base - stage.lift, sheet.rise, stage.world(sheet.parallax))
    colour = mix(palette.pine, palette.haze, sheet.haze)
    stage.canvas.ridge(
        contour * height,
        colour,
        ID["forest"],
        (sheet.depth, sheet.depth + 0.1),
        fade=mix(colour, palette.haze, 0.3),
        fade_px=0.2 * height,
        caps=contour * height + 0.022 * height if stage.scene.season == "winter" else None,
        edge=palette.pine,
    )


def _hills(stage: Stage, sheet: _Sheet) -> None:
    palette, height = stage.palette, stage.height
    contour = at.bumps(
        stage.field,
        sheet.channel,
        _count(stage, sheet),
        sheet.base - stage.lift,
        sheet.rise,
        stage.world(sheet.parallax),
    )
    colour = mix(mix(palette.ground, palette.pine, 0.45), palette.haze, sheet.haze)
    stage.canvas.ridge(
        contour * height,
        colour,
        ID[stage.scene.land],
        (sheet.depth, sheet.depth + 0.1),
        fade=mix(colour, palette.haze, 0.35),
        fade_px=0.25 * height,
        edge=palette.ground,
    )


def _count(stage: Stage, sheet: _Sheet) -> int:
    return max(2, round(sheet.rises * stage.across))


def draw_ground(stage: Stage) -> None:
    """Lay the sheet in front, with its grass, flowers or leaves."""
    scene, palette, canvas = stage.scene, stage.palette, stage.canvas
    colour = mix(palette.ground, palette.sand, 0.6) if scene.land == "desert" else palette.ground
    canvas.ridge(
        stage.near,
        colour,
        ID["meadow"],
        (0.5, 0.95),
        fade=mix(colour, palette.pine if scene.season != "winter" else palette.haze, 0.3),
        fade_px=0.3 * stage.height,
        edge=palette.ground,
    )
    if scene.season == "winter" or scene.water == "sea":
        return
    cut, grain = Cutout(canvas, ID["meadow"], 0.7, shadow=0.5, glow=0.3), stage.grain
    for x, y, size in stage.cell_places(0.2, GROUND - stage.lift + 0.05, 1.0):
        if scene.season == "summer":
            tip = -2 - 2 * size
            tuft = [(-3, 2), (-2, tip), (0, 1), (2, tip), (3, 2)]
            points = [(x + right * grain, y + down * grain) for right, down in tuft]
            cut.polygon(points, mix(palette.ground, palette.pine, 0.85))
        else:
            cut.ellipse(x, y, (1.6 + 1.6 * size) * grain, (1.3 + 1.2 * size) * grain, palette.flower)
    cut.lay()
