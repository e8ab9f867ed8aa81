"""Owns the small things: each function adds one object's shapes to a cut-out.

Places and sizes are in pixels; (x, y) is the foot of a standing thing, the middle of a floating one.
"""

from __future__ import annotations

import math

from papercut.paint import Cutout
from papercut.palette import Colour, Palette, mix, rgb

_WHITE = rgb("#FFFFFF")
_BLACK = rgb("#000000")


def tree(cut: Cutout, x: float, y: float, size: float, palette: Palette, *, fir: bool) -> None:
    """A round tree with a two-tone crown, or a fir carrying snow."""
    trunk = palette.objects["trunk"]
    w = size * 0.07
    cut.polygon([(x - w, y), (x - w * 0.7, y - size * 0.5), (x + w * 0.7, y - size * 0.5), (x + w, y)], trunk)
    if fir:
        for tier in range(3):
            foot = y - size * (0.16 + 0.24 * tier)
            half = size * (0.34 - 0.08 * tier)
            top = foot - size * 0.4
            cut.polygon([(x - half, foot), (x, top), (x + half, foot)], mix(palette.pine, _BLACK, 0.22))
            cut.polygon(
                [(x - half * 0.55, foot - size * 0.18), (x, top), (x + half * 0.55, foot - size * 0.18)], palette.snow
            )
        return
    dark, light = mix(palette.foliage, _BLACK, 0.14), mix(palette.foliage, _WHITE, 0.16)
    cut.ellipse(x - size * 0.15, y - size * 0.55, size * 0.2, size * 0.19, dark)
    cut.ellipse(x + size * 0.16, y - size * 0.55, size * 0.2, size * 0.19, dark)
    cut.ellipse(x, y - size * 0.74, size * 0.24, size * 0.25, palette.foliage)
    cut.ellipse(x - size * 0.06, y - size * 0.8, size * 0.12, size * 0.12, light)


def house(cut: Cutout, x: float, y: float, size: float, palette: Palette) -> None:
    """A gabled house with a lit window, seen from the front; size is its width."""
    c = palette.objects
    half, tall = size / 2, size * 0.55
    cut.polygon(
        [
            (x + half * 0.45, y - tall * 1.2),
            (x + half * 0.45, y - tall * 1.95),
            (x + half * 0.72, y - tall * 1.95),
            (x + half * 0.72, y - tall * 1.1),
        ],
        mix(c["roof"], _BLACK, 0.3),
    )
    cut.polygon([(x - half, y + 2), (x - half, y - tall), (x + half, y - tall), (x + half, y + 2)], c["wall"])
    cut.polygon(
        [(x - half * 1.28, y - tall * 0.96), (x, y - tall * 2.0), (x + half * 1.28, y - tall * 0.96)], c["roof"]
    )
    cut.polygon(
        [
            (x - half * 0.62, y + 2),
            (x - half * 0.62, y - tall * 0.66),
            (x - half * 0.14, y - tall * 0.66),
            (x - half * 0.14, y + 2),
        ],
        c["door"],
    )
    cut.polygon(
        [
            (x + half * 0.2, y - tall * 0.3),
            (x + half * 0.2, y - tall * 0.72),
            (x + half * 0.7, y - tall * 0.72),
            (x + half * 0.7, y - tall * 0.3),
        ],
        c["window"],
    )


def castle(cut: Cutout, x: float, y: float, size: float, palette: Palette) -> None:
    """Two towers with pointed roofs, a keep between them and a gate; size is the whole width."""
    c = palette.objects
    half = size / 2
    stone, dark = c["stone"], mix(c["stone"], _BLACK, 0.16)
    for side in (-1, 1):
        cx, r = x + side * half * 0.74, half * 0.24
        cut.polygon([(cx - r, y + 3), (cx - r, y - size * 0.66), (cx + r, y - size * 0.66), (cx + r, y + 3)], dark)
        cut.polygon(
            [(cx - r * 1.4, y - size * 0.65), (cx, y - size * 1.02), (cx + r * 1.4, y - size * 0.65)], c["spire"]
        )
        cut.polygon(
            [
                (cx - r * 0.3, y - size * 0.42),
                (cx - r * 0.3, y - size * 0.54),
                (cx + r * 0.3, y - size * 0.54),
                (cx + r * 0.3, y - size * 0.42),
            ],
            c["window"],
        )
    wall = [(x - half * 0.52, y + 3), (x - half * 0.52, y - size * 0.5)]
    teeth = 4
    step = half * 1.04 / (2 * teeth - 1)
    for i in range(2 * teeth - 1):
        left = x - half * 0.52 + i * step
        level = y - size * (0.56 if i % 2 == 0 else 0.49)
        wall += [(left, level), (left + step, level)]
    wall += [(x + half * 0.52, y - size * 0.5), (x + half * 0.52, y + 3)]
    cut.polygon(wall, stone)
    cut.polygon(
        [(x, y - size * 0.55), (x, y - size * 0.86), (x + half * 0.3, y - size * 0.79), (x, y - size * 0.72)], c["flag"]
    )
    gate = [(x - half * 0.17, y + 3), (x - half * 0.17, y - size * 0.16)]
    gate += [(x - half * 0.17 * math.cos(a), y - size * 0.16 - half * 0.2 * math.sin(a)) for a in (0.6, 1.2, 1.9, 2.5)]
    cut.polygon([*gate, (x + half * 0.17, y - size * 0.16), (x + half * 0.17, y + 3)], c["door"])


def boat(cut: Cutout, x: float, y: float, size: float, palette: Palette) -> None:
    """A small boat with a main sail and a jib; y is the waterline, size the hull's length."""
    c = palette.objects
    half = size / 2
    cut.polygon(
        [
            (x - half * 0.06, y - size * 0.1),
            (x - half * 0.06, y - size * 1.06),
            (x + half * 0.04, y - size * 1.06),
            (x + half * 0.04, y - size * 0.1),
        ],
        c["hull"],
    )
    cut.polygon(
        [(x + half * 0.1, y - size * 0.2), (x + half * 0.1, y - size * 1.0), (x + half * 0.86, y - size * 0.2)],
        c["sail"],
    )
    cut.polygon(
        [(x - half * 0.14, y - size * 0.2), (x - half * 0.14, y - size * 0.84), (x - half * 0.7, y - size * 0.2)],
        mix(c["sail"], c["roof"], 0.35),
    )
    cut.polygon(
        [
            (x - half, y - size * 0.14),
            (x + half, y - size * 0.14),
            (x + half * 0.68, y + size * 0.1),
            (x - half * 0.68, y + size * 0.1),
        ],
        c["hull"],
    )


def balloon(cut: Cutout, x: float, y: float, size: float, palette: Palette) -> None:
    """A hot-air balloon with gores in two tones; size is the envelope's height."""
    c = palette.objects
    r = size * 0.44
    base = palette.balloon
    dark, light = mix(base, _BLACK, 0.16), mix(base, _WHITE, 0.2)
    for side in (-1, 1):
        cut.polygon(
            [
                (x + side * r * 0.3, y + r * 0.9),
                (x + side * r * 0.17, y + r * 1.6),
                (x + side * r * 0.1, y + r * 1.6),
                (x + side * r * 0.2, y + r * 0.9),
            ],
            c["basket"],
        )
    cut.polygon(
        [
            (x - r * 0.78, y + r * 0.62),
            (x + r * 0.78, y + r * 0.62),
            (x + r * 0.26, y + r * 1.16),
            (x - r * 0.26, y + r * 1.16),
        ],
        dark,
    )
    cut.ellipse(x, y, r, r, dark)
    cut.ellipse(x, y + r * 0.06, r * 0.66, r * 0.98, base)
    cut.ellipse(x, y + r * 0.08, r * 0.27, r * 0.97, light)
    cut.polygon(
        [
            (x - r * 0.24, y + r * 1.5),
            (x + r * 0.24, y + r * 1.5),
            (x + r * 0.2, y + r * 1.86),
            (x - r * 0.2, y + r * 1.86),
        ],
        c["basket"],
    )


def cloud(cut: Cutout, x: float, y: float, size: float, palette: Palette) -> None:
    """A flat-footed cloud of three round sheets; size is its width."""
    colour = palette.objects["cloud"]
    shade = mix(colour, palette.sky[1], 0.28)
    cut.ellipse(x - size * 0.27, y + size * 0.01, size * 0.23, size * 0.11, shade)
    cut.ellipse(x + size * 0.28, y + size * 0.01, size * 0.22, size * 0.11, shade)
    cut.ellipse(x - size * 0.08, y - size * 0.07, size * 0.2, size * 0.16, colour)
    cut.ellipse(x + size * 0.14, y - size * 0.03, size * 0.18, size * 0.13, colour)
    cut.ellipse(x, y + size * 0.06, size * 0.46, size * 0.075, colour)


def bird(cut: Cutout, x: float, y: float, size: float, palette: Palette, *, lift: float = 1.0) -> None:
    """A gull; size is its span, lift is 1 with the wings up and -1 with the wings down."""
    h, colour = size / 2, palette.objects["bird"]
    up = 0.5 + 0.5 * lift
    for side in (-1, 1):
        cut.polygon(
            [
                (x, y - h * 0.05),
                (x + side * h * 0.5, y - h * (0.1 + 0.5 * up)),
                (x + side * h, y - h * (0.6 * up - 0.3)),
                (x + side * h * 0.5, y - h * (0.42 * up - 0.16)),
                (x, y + h * 0.34),
            ],
            colour,
        )


def star(cut: Cutout, x: float, y: float, size: float, colour: Colour) -> None:
    """A four-pointed star; size is its radius."""
    inner = size * 0.36
    points = [
        (x + r * math.cos(a), y + r * math.sin(a))
        for i in range(8)
        for a, r in ((i * math.pi / 4, size if i % 2 == 0 else inner),)
    ]
    cut.polygon(points, colour)


def sun(cut: Cutout, x: float, y: float, radius: float, palette: Palette) -> None:
    """A disc with a paler inner disc."""
    cut.ellipse(x, y, radius, radius, palette.body)
    cut.ellipse(x, y, radius * 0.72, radius * 0.72, mix(palette.body, _WHITE, 0.2))


def moon(cut: Cutout, x: float, y: float, radius: float, palette: Palette) -> None:
    """A crescent, open to the upper right."""
    outer = [
        (x + radius * math.cos(a), y + radius * math.sin(a))
        for a in (0.55 + (2 * math.pi - 2.3) * i / 28 - 0.2 for i in range(29))
    ]
    start, end = outer[0], outer[-1]
    mx, my = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    chord = math.hypot(start[0] - end[0], start[1] - end[1]) / 2
    r = chord * 1.06
    back = math.sqrt(r * r - chord * chord)
    nx, ny = (mx - x) / math.hypot(mx - x, my - y), (my - y) / math.hypot(mx - x, my - y)
    ix, iy = mx + nx * back * 0.2, my + ny * back * 0.2
    a0, a1 = math.atan2(end[1] - iy, end[0] - ix), math.atan2(start[1] - iy, start[0] - ix)
    while a1 > a0:
        a1 -= 2 * math.pi
    inner_r = math.hypot(start[0] - ix, start[1] - iy)
    inner = [
        (ix + inner_r * math.cos(a0 + (a1 - a0) * i / 20), iy + inner_r * math.sin(a0 + (a1 - a0) * i / 20))
        for i in range(1, 20)
    ]
    cut.polygon([*outer, *inner], palette.body)
