"""The card tells what was found: numbers, controls, and each bar with its verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] - untyped in safetensors

from papercut.card import Result, write_card
from papercut.grammar import SLOTS
from papercut.measures_card import MORE, ONE_STEP, RENDERS, SHUFFLED, TEACHER, WRONG, Measures, judge_bars
from papercut.questions import COUNTS, Entry, wilson

if TYPE_CHECKING:
    from pathlib import Path

    from papercut.measures import Figure

COLUMNS = (ONE_STEP, *(f"{steps} steps" for steps in MORE), TEACHER, "2 steps, Onetake's way", RENDERS, WRONG, SHUFFLED)


def entry(right: int) -> Entry:
    """So many of a hundred."""
    return {"right": right, "of": 100, "interval": wilson(right, 100)}


def slots(right: int, **others: int) -> dict[str, Entry]:
    """Every slot alike, but for some."""
    return {slot: entry(others.get(slot, right)) for slot in [*SLOTS, "absent", *COUNTS]}


def figure(value: float, spread: float = 0.01) -> Figure:
    """A number with an interval about it."""
    return {"value": value, "interval": (value - spread, value + spread)}


def measures(accuracy: float, fd_e: float, *, looks: float = 1.0) -> Measures:
    """A column beside a teacher of accuracy 0.9 and FD_E 2."""
    return {
        "accuracy": figure(accuracy),
        "of_teacher": figure(accuracy / 0.9),
        "fd_e": figure(fd_e),
        "fd_e_of_teacher": figure(fd_e / 2),
        "diversity": figure(looks),
        "diversity_in_pixels": figure(looks),
        "edges": figure(looks),
    }


def result(**table: dict[str, Entry]) -> Result:
    """An evaluation whose model is good and whose controls are bad."""
    columns = dict.fromkeys(COLUMNS, measures(0.95, 1.5))
    columns[TEACHER], columns[RENDERS] = measures(0.9, 2.0), measures(0.99, 1.0)
    columns[WRONG], columns[SHUFFLED] = measures(0.2, 1.5), measures(0.2, 30.0, looks=0.3)
    return {
        "seed": 31, "captions": 500, "autoencoder_psnr_db": 27.5, "weights_mb": 55.6,
        "table": dict.fromkeys(COLUMNS, slots(99)) | {WRONG: slots(20), SHUFFLED: slots(20)} | table,
        "measured": {"captions": 200, "several": 40, "noises": 4, "columns": columns},
        "judge": dict.fromkeys(SLOTS, 0.99), "takes": [], "examples": ["a castle"],
    }  # fmt: skip


def card_of(found: Result, folder: Path) -> str:
    """What is written of it."""
    write_card(folder, found)
    return (folder / "CARD.md").read_text()


def test_the_card_tells_what_was_found(tmp_path: Path) -> None:
    """Seed, intervals, steps and controls stand in CARD.md; the application's steps in the second table alone."""
    card = card_of(result(**{ONE_STEP: slots(99, birds=48)}), tmp_path)
    assert "500 captions, drawn with seed 31" in card
    assert (
        "| slot | bar | 1 step | 2 steps | 4 steps | 25 steps | 25 steps, teacher | renders | control: wrong " in card
    )
    assert "| birds | 90% | **48.0%** (38%-58%, n=100) | 99.0% (95%-100%, n=100) |" in card
    assert "| season | 97% |" in card
    assert "| two boats | 85% |" in card
    assert "| 2 steps, Onetake's way | 95.0% (94.0-96.0%) | 1.50 (1.49-1.51) | 1.00 (0.99-1.01) |" in card
    assert "{" not in card
    assert "motion_adapter" not in card
    (tmp_path / "motion_adapter").mkdir()
    for value, words in ((0.0, "it holds zeros"), (0.5, "holds neighbouring frames together")):
        file = tmp_path / "motion_adapter" / "diffusion_pytorch_model.safetensors"
        save_file({"motion_modules.0.proj_out.weight": torch.full((2,), value)}, file)
        assert "| `motion_adapter` | `MotionAdapter` |" in card_of(result(), tmp_path)
        assert words in card_of(result(), tmp_path)


def test_bars_that_are_met_are_said_to_be(tmp_path: Path) -> None:
    """With ratios, their intervals, and what is left of FD_E above its floor."""
    card = card_of(result(), tmp_path)
    assert "All 8 bars are met." in card
    assert "**missed**" not in card
    assert "| one step: accuracy >= 95% of the teacher's | 105.6% (104.6-106.6%) | met |" in card
    assert "0.75 (0.74-0.76), with the floor taken off both 0.50 | met |" in card
    assert (
        "The controls fail where they must, seen by: accuracy of wrong captions, accuracy of shuffled weights, " in card
    )
    assert "Not told from a good model" not in card


def test_each_bar_that_is_missed_is_named_with_how_far(tmp_path: Path) -> None:
    """Slots with what the judge reads of renders, ratios with what is lacking."""
    found = result(**{TEACHER: slots(99, season=91, boats=86, castle=60) | {"two boats": entry(70)}})
    assert "measured" in found
    found["measured"]["columns"][ONE_STEP] = measures(0.8, 2.9)
    card = card_of(found, tmp_path)
    assert "season 91.0% (6.0 points short; n=100, up to 95%; renders 99.0%)" in card
    assert "castle 60.0% (30.0 points short; n=100, up to 69%; renders 99.0%)" in card
    assert "two boats 70.0% (15.0 points short;" in card
    assert "| 88.9% (87.9-89.9%), 6.1 points off | **missed** |" in card
    assert "with the floor taken off both 1.90, 0.15 off | **missed** |" in card
    assert "5 of 8 bars are missed." in card
    assert "boats 86.0%" not in card


def test_a_bar_that_chance_may_have_met_is_told_apart() -> None:
    """Met by the number, though the interval reaches below."""
    found = result(**{TEACHER: slots(99, time=97)})
    assert "measured" in found
    verdicts = judge_bars(found["table"], found["measured"]["columns"])
    assert verdicts[0].is_met
    assert verdicts[0].bar == "25 steps, teacher: time, season, position >= 97%"
    assert verdicts[3].bar == "25 steps: time, season, position >= 97%"
    assert (verdicts[1].found, verdicts[4].found) == ("all 14", "all 14")
    assert "interval reaches below it: time" in verdicts[0].found
    assert "birds" not in verdicts[1].found


def test_a_control_that_does_not_fail_is_a_fault_of_the_measure(tmp_path: Path) -> None:
    """Shuffled weights that look as sharp as a good model are said to."""
    found = result()
    assert "measured" in found
    found["measured"]["columns"][SHUFFLED] = {**measures(0.2, 30.0, looks=0.3), "edges": figure(1.05)}
    card = card_of(found, tmp_path)
    assert "so that the measure says little: edge energy of shuffled weights.**" in card
    assert "diversity in E of shuffled weights." in card


def test_a_card_of_an_earlier_edition_claims_no_measures(tmp_path: Path) -> None:
    """Nothing is said that was not measured."""
    found = result()
    assert "measured" in found
    assert "takes" in found
    del found["measured"], found["takes"]
    for name, column in found["table"].items():
        found["table"][name] = {slot: each for slot, each in column.items() if slot not in COUNTS}
    card = card_of(found, tmp_path)
    assert "| birds | 90% |" in card
    assert "two boats |" not in card
    assert "### Bars" not in card
    assert "## Motion" not in card
