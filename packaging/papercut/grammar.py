"""Owns what a scene can say: the slots, their words, sampling, and the held-out split.

It does not own phrasing (captions.py), layout (layout.py) or looks (palette.py, render.py).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


TIMES = ("dawn", "day", "dusk", "night")
SEASONS = ("spring", "summer", "autumn", "winter")
STYLES = ("papercut", "ink", "neon", "pastel")
BODIES = ("none", "sun", "moon")
POSITIONS = ("any", "left", "center", "right")
LANDS = ("meadow", "mountains", "hills", "desert", "forest")
WATERS = ("none", "lake", "sea", "river")
COLOURS = ("none", "red", "yellow", "blue", "white")
MAX_COUNT = 2

SLOTS: dict[str, tuple[str, ...]] = {
    "time": TIMES,
    "season": SEASONS,
    "style": STYLES,
    "body": BODIES,
    "position": POSITIONS,
    "land": LANDS,
    "water": WATERS,
    "colour": COLOURS,
    "balloons": ("0", "1", "2"),
    "boats": ("0", "1", "2"),
    "trees": ("no", "yes"),
    "house": ("no", "yes"),
    "castle": ("no", "yes"),
    "clouds": ("no", "yes"),
    "birds": ("no", "yes"),
    "stars": ("no", "yes"),
    "snow": ("no", "yes"),
    "rain": ("no", "yes"),
    "fog": ("no", "yes"),
}
"""Every slot with its values; value 0 of an object slot means absent."""

FLAGS = ("trees", "house", "castle", "clouds", "birds", "stars", "snow", "rain", "fog")


@dataclass(frozen=True)
class Scene:
    """What a picture shows. The defaults are what an empty caption means."""

    time: str = "day"
    season: str = "summer"
    style: str = "papercut"
    body: str = "none"
    position: str = "any"
    land: str = "meadow"
    water: str = "none"
    colour: str = "none"
    balloons: int = 0
    boats: int = 0
    trees: bool = False
    house: bool = False
    castle: bool = False
    clouds: bool = False
    birds: bool = False
    stars: bool = False
    snow: bool = False
    rain: bool = False
    fog: bool = False

    def labels(self) -> dict[str, int]:
        """Return each slot's value as an index into SLOTS."""
        out: dict[str, int] = {}
        for slot, values in SLOTS.items():
            value = getattr(self, slot)
            out[slot] = values.index(value) if isinstance(value, str) else int(value)
        return out


WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("time", "dawn"): ("dawn", "sunrise", "daybreak", "morning", "sunup"),
    ("time", "day"): ("day", "daytime", "noon", "midday", "afternoon", "daylight"),
    ("time", "dusk"): ("dusk", "sunset", "evening", "twilight", "sundown"),
    ("time", "night"): ("night", "midnight", "nighttime", "nocturnal"),
    ("season", "spring"): ("spring", "springtime", "april", "vernal"),
    ("season", "summer"): ("summer", "summertime", "july", "summery"),
    ("season", "autumn"): ("autumn", "fall", "october", "autumnal"),
    ("season", "winter"): ("winter", "wintertime", "january", "wintry", "snowy"),
    ("style", "papercut"): ("papercut", "paper"),
    ("style", "ink"): ("ink", "brush", "sumi"),
    ("style", "neon"): ("neon", "synthwave"),
    ("style", "pastel"): ("pastel", "pastels", "chalk"),
    ("body", "sun"): ("sun", "sunny"),
    ("body", "moon"): ("moon", "moonlit", "moonlight"),
    ("position", "left"): ("left",),
    ("position", "center"): ("center", "centre", "middle"),
    ("position", "right"): ("right",),
    ("land", "meadow"): ("meadow", "meadows", "field", "fields", "grassland", "plain", "prairie"),
    ("land", "mountains"): ("mountains", "mountain", "peaks", "peak", "alps", "alpine"),
    ("land", "hills"): ("hills", "hill", "hilly", "highlands"),
    ("land", "desert"): ("desert", "dunes", "dune", "sand", "sandy"),
    ("land", "forest"): ("forest", "forests", "woods", "woodland"),
    ("water", "lake"): ("lake", "pond", "lagoon", "lakeside"),
    ("water", "sea"): ("sea", "ocean", "seaside", "coast"),
    ("water", "river"): ("river", "stream", "creek", "brook"),
    ("colour", "red"): ("red", "crimson", "scarlet"),
    ("colour", "yellow"): ("yellow", "golden"),
    ("colour", "blue"): ("blue", "azure"),
    ("colour", "white"): ("white",),
    ("trees", "yes"): ("trees", "tree", "pines", "pine", "firs", "grove"),
    ("house", "yes"): ("house", "cottage", "cabin", "hut", "home", "farmhouse"),
    ("castle", "yes"): ("castle", "fortress", "palace"),
    ("clouds", "yes"): ("clouds", "cloud", "cloudy"),
    ("birds", "yes"): ("birds", "bird", "seagulls", "gulls", "swallows", "geese"),
    ("stars", "yes"): ("stars", "star", "starry", "starlight"),
    ("snow", "yes"): ("snow", "snowing", "snowfall", "snowflakes", "flurries"),
    ("rain", "yes"): ("rain", "rainy", "raining", "drizzle", "rainfall"),
    ("fog", "yes"): ("fog", "foggy", "mist", "misty", "haze", "hazy"),
}
"""The words of each slot value; the first is the plain one."""

BALLOON_WORDS = {"balloon": 1, "balloons": 2}
BOAT_WORDS = {"boat": 1, "sailboat": 1, "ship": 1, "yacht": 1, "boats": 2, "sailboats": 2, "ships": 2, "yachts": 2}
NUMBERS = {"a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "2": 2, "1": 1, "pair": 2, "couple": 2}

_SLOT_OF_WORD = {word: key for key, words in WORDS.items() for word in words}
_TOKEN = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")


def split_words(caption: str) -> list[str]:
    """Lower-case a caption and split it into words and punctuation, as the tokenizer does."""
    return _TOKEN.findall(caption.lower())


def parse(caption: str) -> Scene:
    """Read a caption by its keywords alone, in any order.

    The reference meaning of a caption: it fills what is named and leaves the rest at the
    defaults. Unknown words are skipped. A colour belongs to the balloons, a position to the body.
    """
    found: dict[str, str | int | bool] = {}
    number = 0
    for word in split_words(caption):
        if word in NUMBERS:
            number = NUMBERS[word]
        elif word in BALLOON_WORDS or word in BOAT_WORDS:
            slot = "balloons" if word in BALLOON_WORDS else "boats"
            count = BALLOON_WORDS.get(word) or BOAT_WORDS[word]
            found[slot] = max(count, number) if count > 1 or number > 1 else 1
            number = 0
        elif word in _SLOT_OF_WORD:
            slot, value = _SLOT_OF_WORD[word]
            found[slot] = True if value == "yes" else value
            if slot != "colour":
                number = 0
    if not found.get("balloons"):
        found.pop("colour", None)
    elif "colour" not in found:
        found["colour"] = "red"
    if "body" not in found:
        found.pop("position", None)
    return replace(Scene(), **found)  # type: ignore[arg-type]


def named_slots(caption: str) -> set[str]:
    """The slots that a caption names; position counts only with a body, colour only with balloons."""
    slots: set[str] = set()
    for word in split_words(caption):
        if word in BALLOON_WORDS:
            slots.add("balloons")
        elif word in BOAT_WORDS:
            slots.add("boats")
        elif word in _SLOT_OF_WORD:
            slots.add(_SLOT_OF_WORD[word][0])
    if "body" not in slots:
        slots.discard("position")
    if "balloons" not in slots:
        slots.discard("colour")
    return slots


def sample_scene(rng: np.random.Generator, *, held_out: bool = False) -> Scene:
    """Draw a scene from the training distribution, or from the combinations it never shows."""
    while True:
        scene = _draw(rng)
        if is_held_out(scene) == held_out:
            return scene


_TOGETHER = (
    ("season",), ("style",), ("body", "position"), ("land",), ("water", "boats"), ("balloons", "colour"),
    ("clouds", "birds", "stars"), ("trees", "house", "castle"), ("snow", "rain", "fog"),
)  # fmt: skip


def sample_neighbour(scene: Scene, rng: np.random.Generator) -> Scene:
    """Draw a scene that differs from another in little, most often in the time of day, as segments of a take do."""
    while True:
        other = sample_scene(rng)
        names = ["time"] if rng.random() < 0.7 else []
        for group in _TOGETHER:
            if rng.random() < 0.15:
                names += group
        near = replace(scene, **{name: getattr(other, name) for name in names})
        if near != scene and not is_held_out(near):
            return near


def _draw(rng: np.random.Generator) -> Scene:
    def chance(probability: float) -> bool:
        return bool(rng.random() < probability)

    def pick(values: tuple[str, ...]) -> str:
        return values[int(rng.integers(len(values)))]

    busy = 0.55 + 0.9 * rng.random()  # quiet and crowded scenes both
    time = pick(TIMES)
    season = pick(SEASONS)
    style = "papercut" if chance(0.58) else pick(STYLES[1:])
    body = "none"
    if chance(0.75):
        moon = {"dawn": 0.2, "day": 0.12, "dusk": 0.3, "night": 1.0}[time]
        body = "moon" if chance(moon) else "sun"
    position = pick(POSITIONS[1:]) if body != "none" and chance(0.8) else "any"
    land = "meadow" if chance(0.15) else pick(LANDS[1:])
    water = pick(WATERS[1:]) if chance(0.5) else "none"
    balloons = (2 if chance(0.35) else 1) if chance(0.3 * busy) else 0
    boats = (2 if chance(0.35) else 1) if chance((0.5 if water != "none" else 0.02) * busy) else 0
    wet = rng.random()
    snow = wet < (0.3 if season == "winter" else 0.04)
    return Scene(
        time=time,
        season=season,
        style=style,
        body=body,
        position=position,
        land=land,
        water=water,
        colour=pick(COLOURS[1:]) if balloons else "none",
        balloons=balloons,
        boats=boats,
        trees=chance((0.15 if land == "forest" else 0.38) * busy),
        house=chance(0.28 * busy),
        castle=chance(0.17 * busy),
        clouds=chance(0.38 * busy),
        birds=chance(0.24 * busy),
        stars=chance({"dawn": 0.15, "day": 0.05, "dusk": 0.2, "night": 0.5}[time]),
        snow=snow,
        rain=not snow and wet > 0.9,
        fog=not snow and 0.78 < wet < 0.9,
    )


def is_held_out(scene: Scene) -> bool:
    """Say whether the scene's combination of time, season, land, water and objects is kept from training."""
    objects = "".join(
        "1" if present else "0"
        for present in (scene.trees, scene.house, scene.castle, scene.boats > 0, scene.balloons > 0)
    )
    key = f"{scene.time}/{scene.season}/{scene.land}/{scene.water}/{objects}"
    return zlib.crc32(key.encode()) % 100 < 15
