"""How the model is judged: held-out questions from a seed, intervals, and a card that tells what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from papercut.card import Entry, Result, write_card
from papercut.evaluate import CAPTIONS, Questions, draw_questions, score, wilson
from papercut.grammar import SLOTS, is_held_out, parse

if TYPE_CHECKING:
    from pathlib import Path


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


def test_500_captions_are_asked_unless_told_otherwise() -> None:
    """The bar is set on 500 captions."""
    assert CAPTIONS == 500


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
    assert set(table) == {*SLOTS, "absent"}
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


def test_the_card_tells_what_was_found(tmp_path: Path) -> None:
    """Seed, intervals, controls and every slot below its bar stand in CARD.md."""

    def entry(right: int) -> Entry:
        return {"right": right, "of": 100, "interval": wilson(right, 100)}

    good = {slot: entry(99) for slot in [*SLOTS, "absent"]}
    result: Result = {
        "seed": 31,
        "captions": 500,
        "few_captions": 80,
        "autoencoder_psnr_db": 27.5,
        "weights_mb": 55.6,
        "table": {
            "one step": {**good, "birds": entry(48), "time": entry(92)},
            "control: shuffled weights": {slot: entry(20) for slot in good},
        },
        "judge": dict.fromkeys(SLOTS, 0.99),
        "motion": None,
        "examples": ["a castle"],
    }
    write_card(tmp_path, result)
    card = (tmp_path / "CARD.md").read_text()
    assert "500 captions, drawn with seed 31" in card
    assert "| birds | 70% | **48.0%** (38%-58%, n=100) | 20.0% (13%-29%, n=100) |" in card
    assert "Below the bar with one step: birds." in card
    assert "The interval's lower end is below it for: time." in card
    assert "motion_adapter" not in card
    (tmp_path / "motion_adapter").mkdir()
    write_card(tmp_path, result)
    assert "| `motion_adapter` | `MotionAdapter` |" in (tmp_path / "CARD.md").read_text()
