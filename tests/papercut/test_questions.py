"""What the model is asked: held-out captions from a seed, and how many answers are right, with intervals."""

from __future__ import annotations

import pytest
import torch

from papercut.grammar import SLOTS, is_held_out, parse
from papercut.questions import COUNTS, Questions, draw_questions, render_scenes, right_and_named, score, wilson


def labels(questions: Questions) -> torch.Tensor:
    """What a judge without error reads from perfect pictures."""
    return torch.tensor([list(scene.labels().values()) for scene in questions.scenes])


def test_questions_are_held_out_and_depend_on_the_seed_alone() -> None:
    """One seed always asks the same, another seed asks something else, and training saw none of it."""
    first, again, other = (draw_questions(30, seed) for seed in (1, 1, 2))
    assert first.captions == again.captions
    assert torch.equal(first.noise, again.noise)
    assert first.captions != other.captions
    assert all(is_held_out(scene) for scene in first.scenes)
    assert [parse(caption) for caption in first.captions] == first.scenes
    assert first.first(3).captions == first.captions[:3]
    assert first.at(2).captions == first.captions[2:3]
    assert first.first(2).repeated(2).captions == [*first.captions[:2]] * 2


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (5, 10, 0.2366, 0.7634)],
)
def test_wilson_intervals_are_those_of_the_literature(right: int, of: int, low: float, high: float) -> None:
    """Values of Newcombe, Statistics in Medicine 17 (1998), table I, method 3, and of the formula."""
    assert wilson(right, of) == pytest.approx((low, high), abs=5e-5)


def test_nothing_seen_says_nothing() -> None:
    """A slot that no caption names may have any proportion."""
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_perfect_reading_scores_everything() -> None:
    """Each slot is right as often as it is named, and what is unnamed stays away."""
    questions = draw_questions(60, 5)
    table = score(labels(questions), questions)
    assert set(table) == {*SLOTS, "absent", *COUNTS}
    assert all(entry["right"] == entry["of"] for entry in table.values())
    assert table["time"]["of"] > 40
    assert table["absent"]["of"] > 200


def test_a_wrong_reading_costs_its_slot_alone() -> None:
    """Reading every time of day wrongly leaves all other slots as they are."""
    questions = draw_questions(60, 5)
    read = labels(questions)
    read[:, list(SLOTS).index("time")] += 1
    right, wrong = score(labels(questions), questions), score(read, questions)
    assert wrong["time"]["right"] == 0
    assert {slot for slot in right if right[slot] != wrong[slot]} == {"time"}


def test_an_object_that_comes_unasked_is_counted() -> None:
    """A judge that sees a castle everywhere finds it wherever none was named."""
    questions = draw_questions(60, 5)
    read = labels(questions)
    read[:, list(SLOTS).index("castle")] = 1
    table = score(read, questions)
    unasked = sum(not scene.castle for scene in questions.scenes)
    assert table["absent"]["of"] - table["absent"]["right"] == unasked
    assert table["castle"]["right"] == table["castle"]["of"]


def test_counts_are_of_captions_that_ask_for_so_many() -> None:
    """Each caption asks for none, one or two; a judge that sees one everywhere is right about one alone."""
    questions = draw_questions(60, 5)
    assert list(COUNTS) == ["no balloon", "one balloon", "two balloons", "no boat", "one boat", "two boats"]
    table = score(labels(questions), questions)
    assert sum(table[key]["of"] for key in ("no boat", "one boat", "two boats")) == 60
    read = labels(questions)
    read[:, list(SLOTS).index("boats")] = 1
    ones = score(read, questions)
    assert (
        ones["one boat"]["right"] == ones["one boat"]["of"] == sum(scene.boats == 1 for scene in questions.scenes) > 0
    )
    assert ones["no boat"]["right"] == ones["two boats"]["right"] == 0
    assert ones["two balloons"] == table["two balloons"]


def test_a_captions_right_slots_add_up_to_the_table() -> None:
    """Of each caption the named slots alone count."""
    questions = draw_questions(40, 6)
    read = labels(questions)
    read[::3, list(SLOTS).index("time")] += 1
    read[:, list(SLOTS).index("fog")] = 1
    table = score(read, questions)
    right, named = right_and_named(read, questions)
    assert int(right.sum()) == sum(table[slot]["right"] for slot in SLOTS)
    assert int(named.sum()) == sum(table[slot]["of"] for slot in SLOTS)
    assert int((right < named).sum()) > 0


def test_the_noise_lays_a_scene_out() -> None:
    """One caption gives one picture with one noise and another with another."""
    questions = draw_questions(1, 3)
    other = draw_questions(1, 4).noise
    first, again, second = (
        render_scenes(questions.scenes, noise) for noise in (questions.noise, questions.noise, other)
    )
    assert first.shape == (1, 3, 256, 256)
    assert first.dtype == torch.uint8
    assert torch.equal(first, again)
    assert not torch.equal(first, second)
