"""What captions mean, and which combinations training never sees."""

from __future__ import annotations

import numpy as np
import pytest

from papercut.captions import vocabulary, write_caption
from papercut.grammar import SLOTS, Scene, is_held_out, named_slots, parse, sample_scene, split_words


def test_captions_parse_back_to_their_scene() -> None:
    """Whatever the phrasing, the keywords give the scene again."""
    rng = np.random.default_rng(0)
    for _ in range(500):
        scene = sample_scene(rng)
        assert parse(write_caption(scene, rng)) == scene


def test_captions_use_known_words_only() -> None:
    """No caption holds a word that the tokenizer lacks."""
    rng, known = np.random.default_rng(1), set(vocabulary())
    for _ in range(500):
        assert set(split_words(write_caption(sample_scene(rng), rng))) <= known


def test_vocabulary_has_the_promised_size() -> None:
    """Between 200 and 400 words, none twice."""
    words = vocabulary()
    assert 200 <= len(words) <= 400
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "caption",
    [
        "winter mountains at night, a moon on the left",
        "Night. Mountains in WINTER with moon left",
        "left moon; alps, wintry midnight!",
    ],
)
def test_word_order_and_phrasing_are_free(caption: str) -> None:
    """Three ways to say one scene."""
    assert parse(caption) == Scene(time="night", season="winter", body="moon", position="left", land="mountains")


def test_an_empty_caption_means_the_defaults() -> None:
    """A summer day in a meadow, in papercut, with nothing in it."""
    scene = parse("")
    assert (scene.time, scene.season, scene.land, scene.style) == ("day", "summer", "meadow", "papercut")
    assert named_slots("") == set()
    assert all(scene.labels()[slot] == 0 for slot in SLOTS if SLOTS[slot][0] in ("no", "0", "none"))


@pytest.mark.parametrize(
    ("caption", "balloons", "boats"),
    [("two red balloons", 2, 0), ("a balloon and two boats", 1, 2), ("boats", 0, 2), ("ship", 0, 1)],
)
def test_counts_are_read(caption: str, balloons: int, boats: int) -> None:
    """Numbers and plurals count."""
    scene = parse(caption)
    assert (scene.balloons, scene.boats) == (balloons, boats)


def test_held_out_combinations_never_leak() -> None:
    """Training scenes are never held out, held-out ones always are, and they are about 15 %."""
    rng = np.random.default_rng(2)
    assert not any(is_held_out(sample_scene(rng)) for _ in range(500))
    assert all(is_held_out(sample_scene(rng, held_out=True)) for _ in range(100))
    keys = [
        Scene(time=t, season=s, land=land, water=w, house=h)
        for t in SLOTS["time"]
        for s in SLOTS["season"]
        for land in SLOTS["land"]
        for w in SLOTS["water"]
        for h in (False, True)
    ]
    assert 0.08 < np.mean([is_held_out(scene) for scene in keys]) < 0.22


def test_style_weather_and_position_do_not_move_the_split() -> None:
    """Only time, season, land, water and objects decide what is held out."""
    scene = Scene(time="dusk", land="desert", house=True)
    variants = [
        Scene(time="dusk", land="desert", house=True, style="ink", snow=True),
        Scene(time="dusk", land="desert", house=True, body="sun", position="left"),
    ]
    assert all(is_held_out(variant) == is_held_out(scene) for variant in variants)
