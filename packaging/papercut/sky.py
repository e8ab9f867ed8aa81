"""Owns what is in the sky: sun and moon, stars, clouds and birds. The sky's own colours are paint's."""

from __future__ import annotations

import math

from papercut import layout as at
from papercut import objects
from papercut.paint import Cutout
from papercut.stage import ID, Stage, centres


def draw_sky(stage: Stage) -> None:
    """Lay the sky and everything in it, back to front."""
    stage.canvas.sky()
    _stars(stage)
    _body(stage)
    _clouds(stage)
    _birds(stage)


def _stars(stage: Stage) -> None:
    if not stage.scene.stars:
        return
    cut = Cutout(stage.canvas, ID["stars"], 0.01, shadow=0.25, glow=0.5)
    phases, (wide, high) = stage.field.phases(), stage.field.part
    for x, y, size in stage.cell_places(0.35, 0.0, 0.6):
        twinkle = 1 + 0.25 * math.sin(2 * math.pi * phases[int(y / high), int(x / wide)])
        objects.star(cut, x, y, (1.6 + 2.6 * size) * twinkle * stage.grain, stage.palette.objects["star"])
    cut.lay()


def _body(stage: Stage) -> None:
    scene, palette, canvas = stage.scene, stage.palette, stage.canvas
    if scene.body == "none":
        return
    x, y, radius = stage.body
    is_sun = scene.body == "sun"
    canvas.glow(x, y, radius * (5.0 if is_sun else 3.4), palette.glow, palette.glow_strength)
    if scene.style in ("papercut", "pastel"):
        for scale, amount in ((3.2, 0.16), (2.2, 0.2)) if is_sun else ((2.3, 0.13),):
            canvas.ring(x, y, radius * scale, palette.glow, amount)
    cut = Cutout(canvas, ID[scene.body], 0.03, shadow=0.5)
    (objects.sun if is_sun else objects.moon)(cut, x, y, radius, palette)
    cut.lay()


def _clouds(stage: Stage) -> None:
    if not stage.scene.clouds:
        return
    places = centres(max(3, round(3 * stage.across)))
    size, dx, dy = (stage.field.slots(at.CLOUDS, places, row) for row in (0.06, 0.24, 0.42))
    cut = Cutout(stage.canvas, ID["clouds"], 0.08)
    for i, place in enumerate(places):
        wide = stage.unit * (0.24 + 0.06 * float(at.uniform(size)[i]))
        x = (float(place) + 0.1 * float(at.uniform(dx)[i]) + stage.drift + 0.2) % 1.4 - 0.2
        y = 0.13 + 0.07 * (i % 2) + 0.05 * float(at.uniform(dy)[i])
        objects.cloud(cut, x * stage.width, y * stage.height, wide, stage.palette)
    cut.lay()


def _birds(stage: Stage) -> None:
    if not stage.scene.birds:
        return
    field = stage.field
    places = centres(max(4, round(4 * stage.across)))
    dx, dy = at.uniform(field.slots(at.BIRDS, places, 0.15)), at.uniform(field.slots(at.BIRDS, places, 0.35))
    cut = Cutout(stage.canvas, ID["birds"], 0.1, shadow=0.4)
    flock = 0.035 * field.move(at.BIRD_MOVE)
    for i, place in enumerate(places):
        x = (float(place) + 0.09 * float(dx[i]) + flock + 0.1) % 1.2 - 0.1
        y = 0.29 + 0.05 * ((i * 2) % 3 - 1) + 0.05 * float(dy[i])
        lift = 0.2 + 0.8 * field.move(at.BEAT_EAST if i % 2 else at.BEAT_NORTH)
        size = stage.unit * (0.125 + 0.02 * (i % 3 - 1))
        objects.bird(cut, x * stage.width, y * stage.height, size, stage.palette, lift=lift)
    cut.lay()
