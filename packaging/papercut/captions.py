"""Owns phrasing: many ways to say one scene, each of which grammar.parse reads back as that scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from papercut.grammar import BALLOON_WORDS, BOAT_WORDS, NUMBERS, WORDS, Scene, split_words

if TYPE_CHECKING:
    import numpy as np

_Choose = Callable[..., str]
_Word = Callable[[str, str], str]
_Chance = Callable[[float], bool]

FILLERS = tuple(
    split_words(
        "a an the with and in at on of over under above below by near beside behind before during while is are there "
        "some few few many to it its into full early late picture image illustration scene landscape view drawing "
        "style art cut hot air sailing wooden old little small big large tall quiet calm peaceful beautiful lovely "
        "cold warm bright dark clear sky falling flying drifting floating shining rising glowing light lights covered "
        "green rolling deep soft wash season time sits stands shows showing please make draw me this that "
        "where as , . ; : ! - ' ( )"
    )
)
"""Words that carry no slot, known so that they are not taken for unknown ones."""


def vocabulary() -> list[str]:
    """Every word the model knows, punctuation included, in a fixed order."""
    words = {word for group in WORDS.values() for word in group}
    return sorted(words | set(BALLOON_WORDS) | set(BOAT_WORDS) | set(NUMBERS) | set(FILLERS))


def write_caption(scene: Scene, rng: np.random.Generator) -> str:  # noqa: C901 - one branch for each slot
    """Say a scene in one of many ways; defaults are sometimes left out, everything else is named."""

    def one_of(*options: str) -> str:
        return options[int(rng.integers(len(options)))]

    def chance(probability: float) -> bool:
        return bool(rng.random() < probability)

    def word(slot: str, value: str) -> str:
        words = WORDS[(slot, value)]
        return words[0] if chance(0.55) else one_of(*words)

    phrases: list[str] = []
    time = "" if scene.time == "day" and chance(0.4) else word("time", scene.time)
    season = "" if scene.season == "summer" and chance(0.4) else word("season", scene.season)
    land = "" if scene.land == "meadow" and chance(0.6) else word("land", scene.land)
    if season and land and chance(0.5):
        phrases.append(
            one_of(
                f"{season} {land}",
                f"{land} in {season}",
                f"{one_of('a', 'the')} {season} {land}",
                f"{land} in the {season}",
            )
        )
        season = land = ""
    elif season and time and chance(0.5):
        phrases.append(
            one_of(
                f"{season} {time}",
                f"a {season} {time}",
                f"{time} in {season}",
                f"{season} at {time}",
                f"on a {season} {time}",
            )
        )
        season = time = ""
    elif land and time and chance(0.35):
        phrases.append(one_of(f"{land} at {time}", f"{time} over the {land}", f"{land} in the {time}"))
        land = time = ""
    if time:
        phrases.append(one_of(f"at {time}", time, f"in the {time}", f"{time} light", f"{time} time"))
    if season:
        phrases.append(one_of(f"in {season}", season, f"{season} season", f"in the {season}"))
    if land:
        phrases.append(
            one_of(
                land, f"the {land}", f"a {land}", f"{one_of('green', 'rolling', 'quiet', 'beautiful', 'old')} {land}"
            )
        )
    phrases += _body(scene, one_of, word)
    if scene.water != "none":
        water = word("water", scene.water)
        phrases.append(
            one_of(
                f"a {water}",
                water,
                f"by the {water}",
                f"beside a {water}",
                f"near a {one_of('calm', 'quiet', 'little', 'deep')} {water}",
            )
        )
    phrases += _counted(scene, one_of, word, chance)
    for slot in ("trees", "house", "castle", "clouds", "birds", "stars", "snow", "rain", "fog"):
        if getattr(scene, slot):
            thing = word(slot, "yes")
            phrases.append(
                one_of(
                    thing,
                    f"with {thing}",
                    f"a {thing}" if chance(0.3) else thing,
                    f"{one_of('the', 'some', 'a few', 'a little', 'an old', 'small')} {thing}",
                )
            )
    if scene.style != "papercut" or chance(0.25):
        style = word("style", scene.style)
        phrases.append(
            one_of(
                style,
                f"{style} style",
                f"in {style} style",
                f"{style} art",
                f"{style} drawing",
                f"as a {style} illustration",
            )
        )
    if scene.style == "papercut" and chance(0.05):
        phrases.append(one_of("cut paper", "paper cut", "paper-cut"))
    order = rng.permutation(len(phrases))
    phrases = [phrases[i] for i in order]
    return _join(phrases, one_of, chance)


def _body(scene: Scene, one_of: _Choose, word: _Word) -> list[str]:
    if scene.body == "none":
        return []
    body = word("body", scene.body)
    if scene.position == "any":
        return [one_of(f"a {body}", body, f"the {body}", f"with the {body}", f"under a {body}", f"{body} shining")]
    place = word("position", scene.position)
    where = one_of(f"on the {place}", f"at the {place}", f"to the {place}", place, f"in the {place}")
    if "y" in body or "lit" in body or "light" in body:
        body = scene.body
    return [
        one_of(
            f"a {body} {where}",
            f"the {body} {where}",
            f"{body} {where}",
            f"{where} a {body}",
            f"{place} {body}",
            f"with a {body} {where}",
        )
    ]


def _counted(scene: Scene, one_of: _Choose, word: _Word, chance: _Chance) -> list[str]:
    phrases: list[str] = []
    if scene.balloons:
        colour = "" if scene.colour == "red" and chance(0.25) else word("colour", scene.colour)
        kind = one_of("hot air ", "hot-air ", "", "", "") + ("balloon" if scene.balloons == 1 else "balloons")
        number = (
            one_of("a ", "one ", "", "a little ")
            if scene.balloons == 1
            else one_of("two ", "2 ", "some ", "a pair of ", "")
        )
        phrases.append(f"{number}{colour} {kind}".replace("  ", " ") + one_of("", "", " floating", " in the sky"))
    if scene.boats:
        names = [name for name, count in BOAT_WORDS.items() if count == scene.boats]
        name = names[0] if chance(0.6) else one_of(*names)
        kind = one_of("sailing ", "", "", "") + name
        number = (
            one_of("a ", "one ", "", "a small ")
            if scene.boats == 1
            else one_of("two ", "2 ", "some ", "a pair of ", "")
        )
        phrases.append(f"{number}{kind}")
    return phrases


def _join(phrases: list[str], one_of: _Choose, chance: _Chance) -> str:
    text = ""
    uniform = one_of(", ", ", ", " and ", ". ", " ", " with ", "")
    for phrase in phrases:
        text += phrase if not text else (uniform or one_of(", ", ", ", " and ", " with ", " ", "; ")) + phrase
    if chance(0.12):
        text = (
            one_of(
                "a picture of ",
                "an illustration of ",
                "a landscape, ",
                "a scene with ",
                "draw me ",
                "a beautiful view, ",
                "please draw ",
            )
            + text
        )
    if chance(0.25):
        text = text.capitalize() + one_of(".", "", "!")
    if chance(0.03):
        text = text.upper()
    return text
