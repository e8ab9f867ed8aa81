"""Owns colour: what each time, season and style makes of sky, land, water and objects.

Colours are float RGB in 0..1. It owns no shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from papercut.grammar import Scene

Colour = NDArray[np.float32]


def rgb(code: str) -> Colour:
    """Turn "#RRGGBB" into a colour."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """Blend two colours; amount 0 gives the first, 1 the second."""
    return (first + (second - first) * np.float32(amount)).astype(np.float32)


def luminance(colour: Colour) -> float:
    """Return the Rec. 601 luma."""
    return float(colour @ np.array([0.299, 0.587, 0.114], np.float32))


WHITE, BLACK = rgb("#FFFFFF"), rgb("#000000")

_SKY = {  # zenith, middle, horizon
    "dawn": ("#8FA9DC", "#F6B4B4", "#FFE7C2"),
    "day": ("#4FA3D9", "#8CCBE6", "#DDF1EA"),
    "dusk": ("#3A2760", "#B5446E", "#FB9A4B"),
    "night": ("#0A1030", "#152150", "#2F4683"),
}
_LIGHT = {"dawn": "#FFDDD2", "day": "#FFFFFF", "dusk": "#C98A8C", "night": "#53629A"}
_GROUND = {"spring": "#A3CC5E", "summer": "#3F9450", "autumn": "#D98A35", "winter": "#EAF1F6"}
_FOLIAGE = {"spring": "#F4A3BC", "summer": "#2C7A43", "autumn": "#D4522A", "winter": "#CFE0EA"}
_PINE = {"spring": "#6CA653", "summer": "#1F6B45", "autumn": "#B9642B", "winter": "#9DBCC9"}
_ROCK = {"spring": "#7D9A94", "summer": "#5F8292", "autumn": "#A3766A", "winter": "#8FA6BF"}
_SAND = {"spring": "#EBC57F", "summer": "#F0AE55", "autumn": "#D17F45", "winter": "#E8DCCB"}
_WATER = {"dawn": "#9CC0DA", "day": "#3F98C4", "dusk": "#6B4A86", "night": "#17306A"}
_BALLOON = {"red": "#DE3A34", "yellow": "#F7C52D", "blue": "#2F62D9", "white": "#FAF6EE", "none": "#DE3A34"}
_OBJECT = {
    "wall": "#F4E4C8",
    "roof": "#C24B3A",
    "door": "#7B4B33",
    "window": "#FFD873",
    "stone": "#B9AFA9",
    "spire": "#6B5B95",
    "hull": "#8A4B2D",
    "sail": "#FFF8EA",
    "trunk": "#6B4630",
    "basket": "#8A5A35",
    "cloud": "#FFFFFF",
    "bird": "#2B2A3A",
    "star": "#FFF3C4",
    "flag": "#DE3A34",
}
_DUSKY = {"cloud": {"dawn": "#FFF0EA", "day": "#FFFFFF", "dusk": "#F0A79C", "night": "#5F6FA6"}}


@dataclass(frozen=True)
class Palette:
    """The colours of one scene, style applied, plus how its paper is lit."""

    sky: tuple[Colour, Colour, Colour]
    ground: Colour
    foliage: Colour
    pine: Colour
    rock: Colour
    sand: Colour
    water: Colour
    haze: Colour
    body: Colour
    glow: Colour
    balloon: Colour
    flower: Colour
    objects: dict[str, Colour]
    snow: Colour
    style: str
    shadow: float
    glow_strength: float


def _plain(colour: Colour) -> Colour:
    return colour


def _pastel(colour: Colour) -> Colour:
    grey = np.full(3, luminance(colour), np.float32)
    return mix(mix(colour, grey, 0.12), rgb("#FFF9F4"), 0.5)


def _ink(colour: Colour) -> Colour:
    level = luminance(colour)
    tone = mix(rgb("#1D1B1E"), rgb("#F7F1E4"), min(1.0, level * 1.08))
    return mix(tone, colour, 0.3)


def vivid(colour: Colour) -> Colour:
    """Push a colour to full brightness and saturation, for neon tubes."""
    low, high = float(colour.min()), float(colour.max())
    if high - low < 0.04:
        return mix(colour / max(high, 0.01), rgb("#CFF6FF"), 0.3)
    return (0.1 + 0.9 * ((colour - low) / (high - low))).astype(np.float32)


def _neon(colour: Colour) -> Colour:
    return mix(rgb("#07060F"), colour, 0.16)


def make_palette(scene: Scene) -> Palette:  # noqa: C901 - a table of exceptions, read top to bottom
    """Choose the colours of a scene from its time, season and style."""
    light = rgb(_LIGHT[scene.time])
    sky = [rgb(code) for code in _SKY[scene.time]]
    if scene.season == "winter":
        sky = [mix(colour, rgb("#E3EAF4"), 0.16 if scene.time != "night" else 0.07) for colour in sky]
    elif scene.season == "autumn":
        sky = [mix(colour, rgb("#E8B06A"), 0.12 if scene.time != "night" else 0.05) for colour in sky]
    if scene.rain or scene.fog:
        grey = luminance(sky[1]) * rgb("#E9EDF2")
        sky = [mix(colour, grey, 0.4) for colour in sky]

    def lit(code: str, amount: float = 1.0) -> Colour:
        colour = rgb(code)
        return mix(colour, colour * light, amount)

    bright = 0.55 if scene.time == "night" else 0.8
    objects = {name: lit(code, bright) for name, code in _OBJECT.items()}
    objects["window"] = rgb("#FFD56B") if scene.time in ("dusk", "night") else rgb("#7FB2CF")
    objects["cloud"] = rgb(_DUSKY["cloud"][scene.time])
    objects["star"] = rgb("#FFF3C4")
    if scene.rain:
        objects["cloud"] = mix(objects["cloud"], rgb("#7D8795") * luminance(light), 0.55)
    if scene.season == "winter":
        objects["roof"] = mix(objects["roof"], lit("#F4F8FB"), 0.72)
    body = {"dawn": "#FFF3B0", "day": "#FFD94A", "dusk": "#FF6B3A", "night": "#FFD94A"}[scene.time]
    if scene.body == "moon":
        body = "#F6F1DC"
    flower = {"spring": "#F77FA8", "summer": "#FFE36B", "autumn": "#B8381F", "winter": "#C4D6E4"}[scene.season]
    colours = {
        "ground": lit(_GROUND[scene.season]), "foliage": lit(_FOLIAGE[scene.season]),
        "pine": lit(_PINE[scene.season]), "rock": lit(_ROCK[scene.season]), "sand": lit(_SAND[scene.season]),
        "water": mix(rgb(_WATER[scene.time]), sky[2], 0.12), "haze": sky[2], "body": rgb(body),
        "glow": mix(rgb(body), WHITE, 0.25), "balloon": lit(_BALLOON[scene.colour], bright * 0.8),
        "flower": lit(flower, 0.8), "snow": lit("#FBFDFF", 0.75),
    }  # fmt: skip
    change = {"papercut": _plain, "pastel": _pastel, "ink": _ink, "neon": _neon}[scene.style]
    if scene.style == "neon":
        # Tubes keep their own colour; only the sheets behind them go dark.
        sky = [_neon(sky[0]) * 0.8, mix(_neon(sky[1]), sky[1], 0.08), mix(_neon(sky[2]), vivid(sky[2]), 0.22)]
        tube = ("body", "glow", "balloon", "flower", "ground", "foliage", "pine", "rock", "sand", "water", "snow")
        colours = {name: mix(c, vivid(c), 0.75) if name in tube else change(c) for name, c in colours.items()}
        colours["haze"] = sky[1]
        if scene.season == "winter":
            for name in ("ground", "foliage", "pine", "rock"):
                colours[name] = mix(colours[name], rgb("#DDF6FF"), 0.8)
        objects = {name: mix(c, vivid(c), 0.5) for name, c in objects.items()}
        objects["bird"] = rgb("#9FE8FF")
    else:
        sky = [change(colour) for colour in sky]
        colours = {name: change(c) for name, c in colours.items()}
        objects = {name: change(c) for name, c in objects.items()}
    if scene.style == "ink":
        if scene.time != "night":
            sky = [mix(colour, rgb("#F5EEDF"), 0.45) for colour in sky]
        colours["balloon"] = mix(colours["balloon"], rgb(_BALLOON[scene.colour]), 0.55)
        colours["body"] = mix(colours["body"], rgb(body), 0.5)
    return Palette(
        sky=(sky[0], sky[1], sky[2]),
        objects=objects,
        style=scene.style,
        shadow={"papercut": 0.42, "ink": 0.16, "neon": 0.55, "pastel": 0.2}[scene.style],
        glow_strength={"papercut": 0.5, "ink": 0.18, "neon": 0.45, "pastel": 0.45}[scene.style],
        **colours,
    )
