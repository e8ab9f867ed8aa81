"""Owns the sheets of paper: how a contour or a cut-out is laid on the picture with its shadow, edge and glow.

It knows nothing of scenes; render.py decides what is cut and where it goes.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from papercut.layout import Floats, Reals
from papercut.palette import Colour, Palette, luminance, mix, rgb, vivid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SUPERSAMPLE = 4
Point = tuple[float, float]


@functools.cache
def _grain(size: int = 2048) -> Floats:
    """The paper's own unevenness, the same for every picture, (size, size, 1)."""
    rng = np.random.default_rng(5)
    fine = rng.standard_normal((size, size)).astype(np.float32)
    sheet = Image.fromarray(rng.standard_normal((size // 2, size // 2)).astype(np.float32) * 60)
    coarse = np.asarray(sheet.resize((size, size), Image.Resampling.BICUBIC).filter(ImageFilter.BoxBlur(0))) / 60
    return (0.004 * fine + 0.008 * coarse).astype(np.float32)[..., None]


class Canvas:
    """A picture under construction, back to front.

    With `maps` it also keeps depth (1 near, 0 far), class ids and layer ids, all (H, W).
    """

    def __init__(self, width: int, height: int, palette: Palette, *, maps: bool = False) -> None:
        self.width, self.height, self.palette, self.maps = width, height, palette, maps
        self.rgb = np.zeros((height, width, 3), np.float32)
        self.y = (np.arange(height, dtype=np.float32) + 0.5)[:, None]
        self.x = (np.arange(width, dtype=np.float32) + 0.5)[None]
        self.depth = np.zeros((height, width), np.float32)
        self.segmentation = np.zeros((height, width), np.uint8)
        self.layers = np.zeros((height, width), np.int32)
        self._layer = 0

    @property
    def neon(self) -> bool:
        """Whether sheets are dark and their edges glow."""
        return self.palette.style == "neon"

    def record(self, mask: Reals, top: int, left: int, label: int, depth: float | Reals) -> None:
        """Note a sheet in the maps; mask is (h, w) in 0..1 with its corner at (top, left)."""
        if not self.maps:
            return
        self._layer += 1
        window = (slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1]))
        inside = mask > 0.5
        self.segmentation[window][inside] = label
        self.layers[window][inside] = self._layer
        self.depth[window] = np.where(inside, depth, self.depth[window])

    def sky(self) -> None:
        """Fill with the three-colour sky."""
        t = (self.y / self.height).astype(np.float32)
        zenith, middle, horizon = self.palette.sky
        first, second = np.clip(t / 0.36, 0, 1), np.clip((t - 0.36) / 0.34, 0, 1)
        column = (zenith + (middle - zenith) * first) * (1 - second) + horizon * second
        self.rgb[:] = column[:, None]

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Add a soft disc of light; strength 0..1."""
        distance = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2) / radius
        light = (strength * np.exp(-1.2 * distance * distance))[..., None]
        self.rgb += (colour - self.rgb) * light

    def ring(self, x: float, y: float, radius: float, colour: Colour, amount: float) -> None:
        """Lay a translucent round sheet behind the body, with a soft shadow around it."""
        d = radius - np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2)
        self.rgb *= (1 - 0.3 * self.palette.shadow * np.exp(np.minimum(d, 0) / 5) * (d < 0.5))[..., None]
        self.rgb += (colour - self.rgb) * (amount * np.clip(d + 0.5, 0, 1))[..., None]

    def ridge(
        self,
        contour: Floats,
        colour: Colour,
        label: int,
        depth: tuple[float, float],
        *,
        fade: Colour | None = None,
        fade_px: float = 90.0,
        tint: Reals | None = None,
        caps: Floats | None = None,
        edge: Colour | None = None,
    ) -> None:
        """Lay a sheet that fills everything below a contour.

        Args:
            contour: Top edge of each column in pixels from the top, (W,).
            colour: The sheet's colour at its edge.
            label: Class id for the segmentation.
            depth: Depth at the edge and at the bottom of the picture.
            fade: Colour the sheet fades to below its edge (mist), over fade_px pixels.
            tint: Brightness factor of each pixel, (H, W), for lit and shaded faces.
            caps: Lower edge of the snow on each column in pixels, (W,).
            edge: Colour of the neon tube; the colour itself when omitted.
        """
        style = self.palette.style
        start = max(0, min(self.height - 1, int(contour.min()) - 26))
        y, under = self.y[start:], self.rgb[start:]
        slope = np.clip(np.gradient(contour), -1.6, 1.6)
        d = (y - contour[None]) / np.sqrt(1 + slope * slope)[None]
        mask = np.clip(d + 0.5, 0, 1)
        under *= (1 - self.palette.shadow * np.exp(np.clip(d, -30, 0) / 6.0))[..., None]
        t = np.clip((y - contour[None]) / fade_px, 0, 1)
        if self.neon:
            base, end = mix(rgb("#07060F"), colour, 0.14), rgb("#06050C")
        elif style == "ink":
            base, end = (
                mix(colour, rgb("#1D1B1E"), 0.12),
                mix(fade if fade is not None else colour, rgb("#F7F1E4"), 0.3),
            )
            t = np.sqrt(t)
        else:
            base, end = colour, fade if fade is not None else colour
        sheet = base + (end - base) * t[..., None]
        if tint is not None:
            sheet = sheet * (1 + (tint[start:] - 1) * (0.5 if self.neon or style == "ink" else 1.0))[..., None]
        if caps is not None:
            white = np.clip(caps[None] - y + 0.5, 0, 1)[..., None]
            snow = self.palette.snow * (0.3 if self.neon else 1.0)
            shade = 1.0 if tint is None else (0.55 + 0.45 * tint[start:])[..., None]
            sheet = sheet + (snow * shade - sheet) * white
        if not self.neon:
            rim = np.exp(-np.abs(d - 1.0) / 0.9)[..., None]
            sheet = sheet + (mix(colour, rgb("#FFFFFF"), 0.6) - sheet) * rim * (0.3 if style != "ink" else -0.25)
        under += (sheet - under) * mask[..., None]
        if self.neon:
            tube = vivid(colour) if edge is None else edge
            line = np.exp(-((d / 1.3) ** 2)) + 0.32 * np.exp(-np.abs(d) / 5)
            under += line[..., None] * tube
        depths = (
            depth[0] + (depth[1] - depth[0]) * np.clip((y - contour[None]) / self.height / 0.5, 0, 1)
            if self.maps
            else 0.0
        )
        self.record(mask, start, 0, label, depths)

    def inset(self, mask: Floats, top: int, sheet: Floats, label: int, depth: Floats | float) -> None:
        """Cut a hole into the sheets so far and show another sheet below, shadowed by the rim.

        Args:
            mask: Coverage of the hole, (h, W) in 0..1.
            top: Row of the hole's window.
            sheet: Colours below, (h, W, 3).
            label: Class id. depth: Depth of what shows.
        """
        under = self.rgb[top : top + mask.shape[0]]
        image = Image.fromarray((mask * 255).astype(np.uint8))
        soft = np.asarray(image.filter(ImageFilter.GaussianBlur(5)), np.float32) / 255
        shift = np.roll(soft, 4, axis=0)
        shift[:4] = 0
        shaded = sheet * (1 - 1.25 * self.palette.shadow * np.clip(1 - shift, 0, 0.8))[..., None]
        under += (shaded - under) * mask[..., None]
        if self.neon:
            line = np.clip(1 - np.abs(soft - 0.5) * 5, 0, 1)
            under += (line * 0.9)[..., None] * vivid(self.palette.water)
        self.record(mask, top, 0, label, depth)

    def finish(self) -> NDArray[np.uint8]:
        """Add paper grain and return the picture, uint8 (H, W, 3)."""
        grain = _grain()[: self.height, : self.width]
        strength = {"papercut": 1.0, "ink": 1.3, "neon": 0.25, "pastel": 1.0}[self.palette.style]
        return (np.clip(self.rgb + grain * strength, 0, 1) * 255 + 0.5).astype(np.uint8)


class Cutout:
    """One group of small shapes that share a layer: drawn together, then laid on the canvas with one shadow."""

    def __init__(self, canvas: Canvas, label: int, depth: float, *, shadow: float = 1.0, glow: float = 1.0) -> None:
        self.canvas, self.label, self.depth, self.shadow, self.glow = canvas, label, depth, shadow, glow
        self._shapes: list[tuple[list[Point], Colour, bool]] = []

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Add a polygon in pixels."""
        self._shapes.append((list(points), colour, False))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Add an ellipse by centre and radii in pixels."""
        self._shapes.append(([(x - rx, y - ry), (x + rx, y + ry)], colour, True))

    def lay(self) -> None:
        """Draw the shapes, anti-aliased, onto the canvas."""
        if not self._shapes:
            return
        canvas = self.canvas
        xs = [x for points, _, _ in self._shapes for x, _ in points]
        ys = [y for points, _, _ in self._shapes for _, y in points]
        left, right = max(0, int(min(xs)) - 12), min(canvas.width, int(max(xs)) + 14)
        top, bottom = max(0, int(min(ys)) - 12), min(canvas.height, int(max(ys)) + 14)
        if right <= left or bottom <= top:
            return
        s = SUPERSAMPLE if (right - left) * (bottom - top) < 24_000 else 3
        size = ((right - left) * s, (bottom - top) * s)
        picture, coverage = Image.new("RGB", size), Image.new("L", size)
        ink, cover = ImageDraw.Draw(picture), ImageDraw.Draw(coverage)
        for points, colour, is_ellipse in self._shapes:
            place = [((x - left) * s, (y - top) * s) for x, y in points]
            fill, line, width = self._stroke(colour, s)
            if is_ellipse:
                (x0, y0), (x1, y1) = place
                if x1 - x0 < 1 or y1 - y0 < 1:
                    continue
                ink.ellipse((x0, y0, x1, y1), fill=fill, outline=line, width=width)
                cover.ellipse((x0, y0, x1, y1), fill=255)
            else:
                ink.polygon(place, fill=fill)
                if line is not None:
                    ink.line([*place, place[0]], fill=line, width=width)
                cover.polygon(place, fill=255)
                if line is not None:
                    cover.line([*place, place[0]], fill=255, width=width)
        colours = np.asarray(picture.reduce(s), np.float32) / 255
        mask = np.asarray(coverage.reduce(s), np.float32) / 255
        under = canvas.rgb[top:bottom, left:right]
        if self.shadow:
            soft = np.asarray(coverage.reduce(s).filter(ImageFilter.GaussianBlur(2.6)), np.float32) / 255
            moved = np.zeros_like(soft)
            moved[3:, 1:] = soft[:-3, :-1]
            under *= (1 - 1.5 * self.shadow * canvas.palette.shadow * moved)[..., None]
        weight = mask[..., None]
        # The cut-out's colours are already weighted by coverage: nothing was drawn outside it.
        under *= 1 - weight
        under += colours
        if canvas.neon and self.glow:
            light = np.asarray(picture.reduce(s).filter(ImageFilter.GaussianBlur(3.5)), np.float32) / 255
            under += 1.1 * self.glow * light
        canvas.record(mask, top, left, self.label, self.depth)

    def _stroke(self, colour: Colour, s: int) -> tuple[tuple[int, int, int], tuple[int, int, int] | None, int]:
        def code(c: Colour) -> tuple[int, int, int]:
            r, g, b = (int(v) for v in np.clip(c, 0, 1) * 255)
            return r, g, b

        if self.canvas.neon:
            return code(mix(rgb("#07060F"), colour, 0.22)), code(colour), max(2, round(1.5 * s))
        if self.canvas.palette.style == "ink":
            dark = mix(colour, rgb("#1D1B1E"), 0.65 if luminance(colour) > 0.3 else 0.3)
            return code(colour), code(dark), max(1, round(0.9 * s))
        return code(colour), None, 1
