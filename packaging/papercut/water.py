"""Owns the water: its surface with ripples and the body's streak of light, and the shapes of sea, lake and river."""

from __future__ import annotations

import numpy as np

from papercut import layout as at
from papercut.layout import Floats, Reals
from papercut.palette import mix, rgb
from papercut.stage import ID, Stage

_INLAND_TOP = 0.6  # first row of a window that holds every lake and river, fraction of the height


def draw_water(stage: Stage) -> None:
    """Lay the named water over the ground, if any."""
    if stage.scene.water == "sea":
        _sea(stage)
    elif stage.scene.water != "none":
        top = int(_INLAND_TOP * stage.height)
        inside = _lake(stage, top) if stage.scene.water == "lake" else _river(stage, top)
        mask = np.clip(inside + 0.5, 0, 1).astype(np.float32)
        stage.canvas.inset(mask, top, _surface(stage, top), ID[stage.scene.water], 0.6)


def _surface(stage: Stage, top: int) -> Floats:
    """Colours of still water from row `top` down, (H - top, W, 3)."""
    palette, canvas = stage.palette, stage.canvas
    y = canvas.y[top:]
    t = (y - top) / max(1, stage.height - top)
    shallow = mix(palette.water, palette.haze, 0.42)
    column = shallow + (palette.water - shallow) * np.clip(1.6 * t, 0, 1)
    sheet = np.repeat(column[:, None], stage.width, axis=1).astype(np.float32)
    if canvas.neon:
        sheet = sheet * 0.22
    glitter = stage.field.glitter(stage.height, stage.width)[top:]
    fine = y / stage.grain
    ripple = np.clip(np.sin(fine * 0.62) - 0.55, 0, 1)
    across = canvas.x / stage.grain * 0.055
    wave = ripple * np.clip(np.sin(across + np.floor(fine * 0.0987) * 2.4), 0, 1) * (0.25 + 1.5 * glitter)
    sheet += (mix(palette.water, rgb("#FFFFFF"), 0.5) - sheet) * (0.5 * wave)[..., None]
    if stage.scene.body != "none":
        streak = np.exp(-(((canvas.x - stage.body[0]) / (0.075 * stage.width)) ** 2)) * (
            0.35 + 0.65 * np.clip(np.sin(fine * 0.62) + 0.3, 0, 1) * (0.4 + 1.2 * glitter)
        )
        sheet += (palette.body - sheet) * (0.62 * streak)[..., None]
    return sheet


def _sea(stage: Stage) -> None:
    """Open water up to the horizon, with three swells that rock against each other."""
    palette, field, canvas = stage.palette, stage.field, stage.canvas
    level = int(0.7 * stage.height)
    flat = np.full(stage.width, float(level), np.float32)
    canvas.ridge(flat, mix(palette.water, palette.haze, 0.4), ID["sea"], (0.5, 0.95), edge=palette.water)
    surface = _surface(stage, level)
    canvas.rgb[level:] = canvas.rgb[level:] * 0.5 + surface * 0.5 if canvas.neon else surface
    x = stage.world(1.0)
    phases = at.uniform(field.slots(at.SHORE, np.array([0.25, 0.5, 0.75], np.float32), 0.85))
    swell = 0.16 * field.move(at.BEAT_EAST)
    for i in range(3):
        count = (7 - 1.5 * i) * field.aspect()
        curve = np.abs(np.sin(np.pi * (x * count + 0.5 * float(phases[i]) + swell * (1 - 2 * (i % 2)))))
        contour = (0.785 + 0.075 * i - (0.014 + 0.005 * i) * curve) * stage.height
        colour = mix(mix(palette.water, palette.haze, 0.16), rgb("#06142E"), 0.13 * i)
        canvas.ridge(contour.astype(np.float32), colour, ID["sea"], (0.65 + 0.1 * i, 0.98), edge=palette.water)


def _lake(stage: Stage, top: int) -> Reals:
    """How far inside the lake each pixel from row `top` down lies, pixels; negative outside."""
    field, canvas = stage.field, stage.canvas
    cx = (0.5 + 0.1 * field.read(at.SHORE, 0.5, 0.8)) * stage.width - stage.shift
    rx, ry, cy = (
        (0.4 + 0.045 * field.read(at.SHORE, 0.2, 0.8)) * stage.width,
        (0.105 + 0.015 * field.read(at.SHORE, 0.8, 0.8)) * stage.height,
        0.83 * stage.height,
    )
    x, y = (canvas.x - cx) / rx, (canvas.y[top:] - cy) / ry
    wobble = 1 + 0.07 * np.sin(np.arctan2(y, x) * 3 + 1.0)
    return (wobble - np.sqrt(x**2 + y**2)) * ry


def _river(stage: Stage, top: int) -> Reals:
    """The same of the river, which winds towards the foot of the picture and widens."""
    field = stage.field
    y = stage.canvas.y[top:]
    t = np.clip((y / stage.height - 0.67) / 0.33, 0, 1)
    bend = 0.4 * field.read(at.SHORE, 0.5, 0.72)
    cx = (
        0.5 + 0.16 * field.read(at.SHORE, 0.5, 0.95) + 0.2 * (0.35 + 0.65 * t) * np.sin(np.pi * (0.3 + 1.75 * t + bend))
    ) * stage.width - stage.shift
    half = (0.012 + 0.16 * t**1.35) * stage.width
    return np.minimum(half - np.abs(stage.canvas.x - cx), (y - 0.675 * stage.height) * 1.0)
