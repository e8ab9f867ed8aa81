"""Owns the picture of a scene: which sheets are laid where, back to front, at a moment in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from papercut import layout as at
from papercut import objects
from papercut.grammar import Scene
from papercut.layout import Floats, NoiseField
from papercut.paint import Canvas, Cutout
from papercut.palette import Palette, make_palette, mix, rgb

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = (
    "sky", "meadow", "mountains", "hills", "desert", "forest", "lake", "sea", "river", "sun", "moon",
    "trees", "house", "castle", "boats", "balloons", "clouds", "birds", "stars", "snow", "rain", "fog",
)  # fmt: skip
"""Segmentation classes; an id is the index. The ground in front is always "meadow"."""
ID = {name: index for index, name in enumerate(CLASSES)}

_BODY_X = {"left": 0.2, "center": 0.5, "right": 0.8}
PAN = 0.012  # camera speed over the nearest sheet, widths per second


@dataclass(frozen=True)
class Rendering:
    """A picture with its truth.

    picture: uint8 (H, W, 3). depth: float32 (H, W), 1 near and 0 far. segmentation: uint8
    (H, W), indices into CLASSES. edges: bool (H, W), borders between sheets. The last three
    are None unless maps were asked for.
    """

    picture: NDArray[np.uint8]
    depth: Floats | None = None
    segmentation: NDArray[np.uint8] | None = None
    edges: NDArray[np.bool_] | None = None


def render(scene: Scene, noise: Floats, *, time_s: float = 0.0, maps: bool = False) -> Rendering:
    """Draw a scene.

    Args:
        scene: What to show.
        noise: The layout's noise, (24, H/16, W/16); its shape sets the picture's size.
        time_s: Seconds since the scene began; things move as it grows.
        maps: Also return depth, segmentation and edges.
    """
    stage = _Stage(scene, NoiseField.of(noise), time_s, maps)
    stage.draw()
    canvas = stage.canvas
    picture = canvas.finish()
    if not maps:
        return Rendering(picture)
    layers = canvas.layers
    edges = np.zeros(layers.shape, np.bool_)
    edges[:, 1:] |= layers[:, 1:] != layers[:, :-1]
    edges[1:] |= layers[1:] != layers[:-1]
    return Rendering(picture, canvas.depth, canvas.segmentation, edges)


class _Stage:
    """One scene at one moment, with what several sheets need to know."""

    def __init__(self, scene: Scene, field: NoiseField, time_s: float, maps: bool) -> None:
        self.scene, self.field, self.t = scene, field, time_s
        self.palette: Palette = make_palette(scene)
        self.w, self.h = field.width, field.height
        self.unit = float(min(self.w, self.h))
        self.canvas = Canvas(self.w, self.h, self.palette, maps=maps)
        self.columns = ((np.arange(self.w) + 0.5) / self.w).astype(np.float32)
        self.across = max(1, round(field.aspect() * 4)) / 4  # squares across, for slot counts
        self.raise_ = 0.075 if scene.water != "none" else 0.0
        self.body = self._place_body()
        self.near = np.zeros(self.w, np.float32)

    def draw(self) -> None:
        """Lay every sheet, back to front."""
        self.canvas.sky()
        self._stars()
        self._body()
        self._clouds()
        self._birds()
        self._land()
        self._ground()
        self._homes()
        self._boats()
        self._fog()
        self._balloons()
        self._weather()

    def _world(self, parallax: float) -> Floats:
        return self.columns + np.float32(PAN * self.t * parallax)

    def _place_body(self) -> tuple[float, float, float]:
        scene, f = self.scene, self.field
        if scene.position == "any":
            x = 0.5 + 0.36 * f.read(at.SPARE, 0.5, 0.3, spread=2.5)
            y = f.read(at.BODY, 0.5, 0.3, spread=2.5)
        else:
            x = _BODY_X[scene.position]
            x, y = x + 0.055 * f.read(at.SPARE, x, 0.25), f.read(at.BODY, x, 0.25)
        low = 0.3 if scene.time in ("dawn", "dusk") and scene.body == "sun" else 0.22
        return (x + 0.004 * self.t) * self.w, (low + 0.06 * y - 0.002 * self.t) * self.h, 0.088 * self.unit

    def _body(self) -> None:
        scene, p, canvas = self.scene, self.palette, self.canvas
        if scene.body == "none":
            return
        x, y, r = self.body
        canvas.glow(x, y, r * (5.0 if scene.body == "sun" else 3.4), p.glow, p.glow_strength)
        if scene.style in ("papercut", "pastel"):
            for scale, amount in ((3.2, 0.16), (2.2, 0.2)) if scene.body == "sun" else ((2.3, 0.13),):
                canvas.ring(x, y, r * scale, p.glow, amount)
        cut = Cutout(canvas, ID[scene.body], 0.03, shadow=0.5)
        (objects.sun if scene.body == "sun" else objects.moon)(cut, x, y, r, p)
        cut.lay()

    def _cell_places(self, keep_above: float, top: float, bottom: float) -> list[tuple[float, float, float]]:
        """Places (x, y, size 0..1) of things that live one to a noise cell, between two rows."""
        keep = self.field.cells(at.CELL_KEEP)
        size = np.clip((keep - keep_above) / 0.8, 0, 1)
        jx, jy = at.uniform(self.field.cells(at.CELL_X)), at.uniform(self.field.cells(at.CELL_Y))
        places: list[tuple[float, float, float]] = []
        for row, column in zip(*np.nonzero(size > 0.02), strict=True):
            x, y = (column + 0.5 + 0.38 * jx[row, column]) * at.CELL, (row + 0.5 + 0.38 * jy[row, column]) * at.CELL
            if top * self.h <= y <= bottom * self.h:
                places.append((float(x), float(y), float(size[row, column])))
        return places

    def _stars(self) -> None:
        if self.scene.stars:
            cut = Cutout(self.canvas, ID["stars"], 0.01, shadow=0.25, glow=0.5)
            for x, y, size in self._cell_places(0.35, 0.0, 0.6):
                objects.star(cut, x, y, 1.6 + 2.6 * size, self.palette.objects["star"])
            cut.lay()

    def _clouds(self) -> None:
        if not self.scene.clouds:
            return
        count = max(3, round(3 * self.across))
        centres = ((np.arange(count) + 0.5) / count).astype(np.float32)
        f = self.field
        size, dx, dy = (f.slots(at.CLOUDS, centres, row) for row in (0.06, 0.24, 0.42))
        cut = Cutout(self.canvas, ID["clouds"], 0.08)
        for i in range(count):
            wide = self.unit * (0.24 + 0.06 * float(at.uniform(size)[i]))
            x = (float(centres[i]) + 0.1 * float(at.uniform(dx)[i]) + 0.01 * self.t + 0.2) % 1.4 - 0.2
            y = 0.13 + 0.07 * (i % 2) + 0.05 * float(at.uniform(dy)[i])
            objects.cloud(cut, x * self.w, y * self.h, wide, self.palette)
        cut.lay()

    def _birds(self) -> None:
        if not self.scene.birds:
            return
        count = max(4, round(4 * self.across))
        centres = ((np.arange(count) + 0.5) / count).astype(np.float32)
        f = self.field
        dx, dy = at.uniform(f.slots(at.BIRDS, centres, 0.15)), at.uniform(f.slots(at.BIRDS, centres, 0.35))
        cut = Cutout(self.canvas, ID["birds"], 0.1, shadow=0.4)
        for i in range(count):
            x = (float(centres[i]) + 0.09 * float(dx[i]) - 0.02 * self.t + 0.1) % 1.2 - 0.1
            y = 0.29 + 0.05 * ((i * 2) % 3 - 1) + 0.07 * float(dy[i])
            objects.bird(cut, x * self.w, y * self.h, self.unit * (0.07 + 0.012 * (i % 3 - 1)), self.palette)
        cut.lay()

    def _land(self) -> None:
        """Two far sheets of the named land, or the quiet swell of a meadow."""
        scene, f, p, canvas = self.scene, self.field, self.palette, self.canvas
        x_far, x_mid = self._world(0.25), self._world(0.5)
        up, n, label = self.raise_, self.across, ID[scene.land]
        if scene.land == "mountains":
            for channel, x, count, base, rise, depth, far in (
                (at.FAR, x_far, max(2, round(3 * n)), 0.66 - up, 0.34, 0.15, 0.5),
                (at.MID, x_mid, max(2, round(4 * n)), 0.71 - up, 0.2, 0.3, 0.12),
            ):
                contour, px, py, high = at.peaks(f, channel, count, base, rise, x)
                drift = (x[None] - px[None]) * self.w - 0.16 * (canvas.y - py[None] * self.h)
                tint = 1.06 - 0.2 * np.clip(drift / 2.5 + 0.5, 0, 1)
                caps = None
                if scene.season == "winter":
                    zig = np.abs(((x * 34) % 2) - 1) * 0.045
                    caps = (py + 0.36 * high + zig - 0.02).astype(np.float32) * self.h
                colour = mix(p.rock, p.haze, far)
                canvas.ridge(
                    contour * self.h,
                    colour,
                    label,
                    (depth, depth + 0.05),
                    fade=mix(colour, p.haze, 0.45),
                    fade_px=0.3 * self.h,
                    tint=tint,
                    caps=caps,
                    edge=p.rock,
                )
        elif scene.land == "desert":
            for channel, x, count, base, rise, depth, far in (
                (at.FAR, x_far, max(2, round(2 * n)), 0.63 - up, 0.15, 0.15, 0.35),
                (at.MID, x_mid, max(2, round(2 * n)), 0.7 - up, 0.14, 0.3, 0.05),
            ):
                contour, crest = at.dunes(f, channel, count, base, rise, x)
                drift = (x[None] - crest[None]) * self.w - 0.5 * (canvas.y - contour[None] * self.h) * np.sin(
                    (x[None] - crest[None]) * 9
                )
                tint = 1.05 - 0.2 * np.clip(drift / 2.5 + 0.5, 0, 1)
                colour = mix(p.sand, p.haze, far)
                canvas.ridge(
                    contour * self.h,
                    colour,
                    label,
                    (depth, depth + 0.1),
                    fade=mix(colour, p.haze, 0.25),
                    fade_px=0.3 * self.h,
                    tint=tint,
                    edge=p.sand,
                )
        elif scene.land == "forest":
            for channel, x, base, rise, depth, far in (
                (at.FAR, x_far, 0.62 - up, 0.2, 0.15, 0.45),
                (at.MID, x_mid, 0.7 - up, 0.19, 0.3, 0.12),
            ):
                contour = at.conifers(f, channel, base, rise, x)
                colour = mix(p.pine, p.haze, far)
                caps = contour * self.h + 0.022 * self.h if scene.season == "winter" else None
                canvas.ridge(
                    contour * self.h,
                    colour,
                    label,
                    (depth, depth + 0.1),
                    fade=mix(colour, p.haze, 0.3),
                    fade_px=0.2 * self.h,
                    caps=caps,
                    edge=p.pine,
                )
        else:
            steep = 0.16 if scene.land == "hills" else 0.03
            for channel, x, count, base, depth, far in (
                (at.FAR, x_far, max(2, round(3 * n)), 0.63 - up, 0.15, 0.5),
                (at.MID, x_mid, max(2, round(3 * n)), 0.68 - up, 0.3, 0.24),
            ):
                contour = at.bumps(f, channel, count, base, steep, x)
                colour = mix(mix(p.ground, p.pine, 0.45), p.haze, far)
                canvas.ridge(
                    contour * self.h,
                    colour,
                    label,
                    (depth, depth + 0.1),
                    fade=mix(colour, p.haze, 0.35),
                    fade_px=0.25 * self.h,
                    edge=p.ground,
                )

    def _ground(self) -> None:
        """The near sheet with its flowers or leaves, and the water cut into it."""
        scene, f, p, canvas = self.scene, self.field, self.palette, self.canvas
        base = 0.735 - self.raise_
        self.near = at.bumps(f, at.NEAR, 2, base + 0.02, 0.06, self._world(1.0)) * self.h
        colour = mix(p.ground, p.sand, 0.6) if scene.land == "desert" else p.ground
        canvas.ridge(
            self.near,
            colour,
            ID["meadow"],
            (0.5, 0.95),
            fade=mix(colour, p.pine if scene.season != "winter" else p.haze, 0.3),
            fade_px=0.3 * self.h,
            edge=p.ground,
        )
        if scene.season != "winter" and scene.water != "sea":
            cut = Cutout(canvas, ID["meadow"], 0.7, shadow=0.5, glow=0.3)
            for x, y, size in self._cell_places(0.2, base + 0.05, 1.0):
                if scene.season == "summer":
                    cut.polygon(
                        [
                            (x - 3, y + 2),
                            (x - 2, y - 2 - 2 * size),
                            (x, y + 1),
                            (x + 2, y - 2 - 2 * size),
                            (x + 3, y + 2),
                        ],
                        mix(p.ground, p.pine, 0.85),
                    )
                else:
                    cut.ellipse(x, y, 1.6 + 1.6 * size, 1.3 + 1.2 * size, p.flower)
            cut.lay()
        if scene.water == "sea":
            self._sea()
        elif scene.water != "none":
            self._inland_water()

    def _water_sheet(self, top: int) -> Floats:
        """Colours of still water with ripples and the body's streak of light, (H - top, W, 3)."""
        p, canvas = self.palette, self.canvas
        y = canvas.y[top:]
        t = (y - top) / max(1, self.h - top)
        column = mix(p.water, p.haze, 0.42) + (p.water - mix(p.water, p.haze, 0.42)) * np.clip(1.6 * t, 0, 1)
        sheet = np.repeat(column[:, None], self.w, axis=1).astype(np.float32)
        if self.canvas.neon:
            sheet = sheet * 0.22
        ripple = np.clip(np.sin(y * 0.62 + 0.5 * self.t) - 0.55, 0, 1)
        wave = ripple * np.clip(np.sin(canvas.x * 0.055 + np.floor(y * 0.0987) * 2.4 + 0.4 * self.t), 0, 1)
        sheet += (mix(p.water, rgb("#FFFFFF"), 0.5) - sheet) * (0.5 * wave)[..., None]
        if self.scene.body != "none":
            streak = np.exp(-(((canvas.x - self.body[0]) / (0.075 * self.w)) ** 2)) * (
                0.35 + 0.65 * np.clip(np.sin(y * 0.62) + 0.3, 0, 1)
            )
            sheet += (p.body - sheet) * (0.62 * streak)[..., None]
        return sheet

    def _sea(self) -> None:
        p, f, canvas = self.palette, self.field, self.canvas
        level = int(0.7 * self.h)
        flat = np.full(self.w, float(level), np.float32)
        canvas.ridge(flat, mix(p.water, p.haze, 0.4), ID["sea"], (0.5, 0.95), edge=p.water)
        canvas.rgb[level:] = (
            self._water_sheet(level) if not canvas.neon else canvas.rgb[level:] * 0.5 + self._water_sheet(level) * 0.5
        )
        x = self._world(1.0)
        phases = at.uniform(f.slots(at.SHORE, np.array([0.25, 0.5, 0.75], np.float32), 0.85))
        for i in range(3):
            count = (7 - 1.5 * i) * f.aspect()
            curve = np.abs(np.sin(np.pi * (x * count + 0.5 * float(phases[i]) + 0.1 * self.t * (1 - 2 * (i % 2)))))
            contour = (0.785 + 0.075 * i - (0.014 + 0.005 * i) * curve) * self.h
            colour = mix(mix(p.water, p.haze, 0.16), rgb("#06142E"), 0.13 * i)
            canvas.ridge(contour.astype(np.float32), colour, ID["sea"], (0.65 + 0.1 * i, 0.98), edge=p.water)

    def _inland_water(self) -> None:
        scene, f, canvas = self.scene, self.field, self.canvas
        top = int((0.62 - 0.02) * self.h)
        y = canvas.y[top:]
        shift = PAN * self.t * self.w
        if scene.water == "lake":
            cx = (0.5 + 0.1 * f.read(at.SHORE, 0.5, 0.8)) * self.w - shift
            rx, ry, cy = (
                (0.4 + 0.045 * f.read(at.SHORE, 0.2, 0.8)) * self.w,
                (0.105 + 0.015 * f.read(at.SHORE, 0.8, 0.8)) * self.h,
                0.83 * self.h,
            )
            wobble = 1 + 0.07 * np.sin(np.arctan2((y - cy) / ry, (canvas.x - cx) / rx) * 3 + 1.0)
            d = (wobble - np.sqrt(((canvas.x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2)) * ry
        else:
            t = np.clip((y / self.h - 0.67) / 0.33, 0, 1)
            bend = 0.4 * f.read(at.SHORE, 0.5, 0.72)
            cx = (
                0.5
                + 0.16 * f.read(at.SHORE, 0.5, 0.95)
                + 0.2 * (0.35 + 0.65 * t) * np.sin(np.pi * (0.3 + 1.75 * t + bend))
            ) * self.w - shift
            half = (0.012 + 0.16 * t**1.35) * self.w
            d = np.minimum(half - np.abs(canvas.x - cx), (y - 0.675 * self.h) * 1.0)
        self.canvas.inset(np.clip(d + 0.5, 0, 1).astype(np.float32), top, self._water_sheet(top), ID[scene.water], 0.6)

    def _foot(self, x: float) -> float:
        """Height of the near sheet's edge at a column, in pixels."""
        return float(self.near[int(np.clip(x, 0, self.w - 1))])

    def _homes(self) -> None:
        scene, f, p, canvas = self.scene, self.field, self.palette, self.canvas
        shift = PAN * self.t * self.w
        if scene.castle:
            x = (0.7 + 0.12 * f.read(at.HOMES, 0.7, 0.55)) * self.w - shift
            cut = Cutout(canvas, ID["castle"], 0.5)
            objects.castle(cut, x, self._foot(x) + 0.012 * self.h, 0.27 * self.unit, p)
            cut.lay()
        if scene.trees:
            count = max(7, round(7 * self.across))
            centres = ((np.arange(count) + 0.5) / count).astype(np.float32)
            keep = f.slots(at.TREES, centres, 0.5)
            dx, dy = at.uniform(f.slots(at.TREES, centres, 0.72)), at.uniform(f.slots(at.TREES, centres, 0.9))
            keep = keep + max(0.0, 0.5 - float(keep.max()))
            places = []
            for i in range(count):
                size = float(np.clip((keep[i] + 0.35) / 0.5, 0, 1))
                x = (float(centres[i]) + 0.3 / count * float(dx[i])) * self.w - shift
                places.append((self._foot(x) + (0.02 + 0.012 * float(dy[i])) * self.h, x, size))
            cut = Cutout(canvas, ID["trees"], 0.56)
            for y, x, size in sorted(places):
                if size > 0.05:
                    objects.tree(cut, x, y, self.unit * 0.2 * (0.3 + 0.7 * size), p, fir=scene.season == "winter")
            cut.lay()
        if scene.house:
            x = (0.3 + 0.13 * f.read(at.HOMES, 0.3, 0.75)) * self.w - shift
            cut = Cutout(canvas, ID["house"], 0.6)
            objects.house(cut, x, self._foot(x) + 0.03 * self.h, 0.165 * self.unit, p)
            cut.lay()

    def _boats(self) -> None:
        scene, f = self.scene, self.field
        middles = ((), (0.5,), (0.36, 0.68))[scene.boats]
        for i, middle in enumerate(middles):
            x = middle + (0.1 if scene.boats == 2 else 0.16) * f.read(at.BOATS, middle, 0.85)
            y = 0.84 + (0.035 * (2 * i - 1) if scene.boats == 2 else 0.0) + 0.02 * f.read(at.BOATS, middle, 0.65)
            x += (0.012 if i == 0 else -0.009) * self.t
            bob = 0.004 * np.sin(1.7 * self.t + i)
            cut = Cutout(self.canvas, ID["boats"], 0.8 + 0.05 * i)
            objects.boat(cut, x * self.w, (y + float(bob)) * self.h, self.unit * (0.15 + 0.025 * i), self.palette)
            cut.lay()

    def _balloons(self) -> None:
        scene, f = self.scene, self.field
        middles = ((), (0.5,), (0.3, 0.7))[scene.balloons]
        for i, middle in enumerate(middles):
            x = middle + (0.13 if scene.balloons == 2 else 0.27) * f.read(at.BALLOONS, middle, 0.3)
            y = 0.4 + 0.09 * f.read(at.BALLOONS, middle, 0.55) - 0.006 * self.t
            x += 0.004 * float(np.sin(0.8 * self.t + 2 * i))
            cut = Cutout(self.canvas, ID["balloons"], 0.75)
            objects.balloon(cut, x * self.w, y * self.h, self.unit * (0.21 if i == 0 else 0.17), self.palette)
            cut.lay()

    def _fog(self) -> None:
        if not self.scene.fog:
            return
        canvas, p, f = self.canvas, self.palette, self.field
        cover = np.full((self.h, self.w), 0.0, np.float32)
        centres = np.array([0.1, 0.3, 0.5, 0.7, 0.9], np.float32)
        for row, thick in ((0.5, 0.05), (0.63, 0.045), (0.77, 0.05)):
            waves = 0.03 * np.interp(
                self.columns + 0.01 * self.t, centres, at.uniform(f.slots(at.DETAIL, centres, row)), period=1.0
            )
            d = (canvas.y / self.h - row - waves[None]) / thick
            cover = np.maximum(cover, 0.72 / (1 + d**4))
        white = mix(mix(p.haze, rgb("#FFFFFF"), 0.45), rgb("#8C93A8"), 0.45 if self.scene.time == "night" else 0.0)
        if canvas.neon:
            white = mix(p.haze, rgb("#9FB6E8"), 0.3)
        canvas.rgb += (white - canvas.rgb) * cover[..., None]
        canvas.record(cover, 0, 0, ID["fog"], canvas.depth)

    def _weather(self) -> None:
        scene, canvas = self.scene, self.canvas
        if scene.snow:
            cut = Cutout(canvas, ID["snow"], 0.99, shadow=0.3, glow=0.4)
            white = mix(rgb("#FFFFFF"), self.palette.sky[1], 0.06)
            for x, y, size in self._cell_places(0.05, 0.0, 1.0):
                r = 1.3 + 1.7 * size
                cut.ellipse(x, (y + 0.09 * self.t * self.h) % self.h, r, r, white)
            cut.lay()
        if scene.rain:
            cut = Cutout(canvas, ID["rain"], 0.99, shadow=0.0, glow=0.3)
            light = mix(rgb("#DCEBFA"), self.palette.sky[1], 0.22)
            if scene.style == "ink":
                light = rgb("#6A7078")
            for x, y, size in self._cell_places(0.25, 0.0, 1.0):
                top = (y + 0.6 * self.t * self.h) % self.h
                long = 7 + 7 * size
                cut.polygon(
                    [
                        (x - 0.7, top + long / 2),
                        (x + 0.25 * long, top - long / 2),
                        (x + 0.25 * long + 1.1, top - long / 2),
                        (x + 0.7, top + long / 2),
                    ],
                    light,
                )
            cut.lay()
