"""The evaluation: which pictures are made, what is measured of them, and that each fault is seen by some measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch.nn import functional

from engine.paths import resources_folder
from papercut import evaluate
from papercut.evaluate import CAPTIONS, NOISES, Asked, Column, look, measure, ways
from papercut.judge import load_judge
from papercut.measures import judge_features
from papercut.measures_card import ONE_STEP, RENDERS, SHUFFLED, TEACHER, WRONG
from papercut.questions import draw_questions, render_scenes
from papercut.shipped import ShippedModel
from papercut.stream import to_signal
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from papercut.evaluate import Draw
    from papercut.measures_card import Measures

pytestmark = STOCK_WARNINGS


def test_500_captions_are_asked_unless_told_otherwise() -> None:
    """The bar is set on 500 captions."""
    assert CAPTIONS == 500


def test_every_caption_has_one_picture_and_the_first_have_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of a caption stand together, its main one starts from the question's own noise, the others from others."""
    monkeypatch.setattr(evaluate, "SEVERAL", 3)
    asked = Asked.draw(5, 7)
    assert torch.equal(asked.caption, torch.tensor([0] * NOISES + [1] * NOISES + [2] * NOISES + [3, 4]))
    assert torch.equal(asked.caption[asked.main], torch.arange(5))
    assert torch.equal(asked.noise[asked.main], asked.questions.noise)
    drawn = torch.cat([asked.noise, asked.fresh])
    assert len({float(each.sum()) for each in drawn}) == len(drawn)
    assert asked.scenes(torch.tensor([NOISES, 0])) == [asked.questions.scenes[1], asked.questions.scenes[0]]
    assert torch.equal(Asked.draw(5, 7).fresh, asked.fresh)
    some = asked.first(4)
    assert torch.equal(some.caption[some.main], torch.arange(4))
    assert torch.equal(some.noise, asked.noise[:-1])
    assert torch.equal(asked.first(200).caption, asked.caption)


@pytest.fixture(scope="module")
def asked() -> Asked:
    """Twenty captions, five of them with several noises."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "SEVERAL", 5)
        return Asked.draw(20, 11)


@pytest.fixture(scope="module")
def measured(asked: Asked) -> dict[str, Measures]:
    """Renders, and what is wrong with them one thing at a time; the blurred ones stand for the teacher's."""
    judge = load_judge()
    pixels = render_scenes(asked.scenes(torch.arange(len(asked.noise))), asked.noise)

    def drawn(rows: torch.Tensor) -> torch.Tensor:
        return to_signal(pixels[rows])

    def first_noise(rows: torch.Tensor) -> torch.Tensor:
        of_groups = rows // NOISES * NOISES
        return drawn(torch.where(rows < 5 * NOISES, of_groups, rows))

    draws: dict[str, Draw] = {
        RENDERS: drawn,
        TEACHER: lambda rows: functional.avg_pool2d(drawn(rows), 7, 1, padding=3, count_include_pad=False),
        "one noise": first_noise,
        "another caption": lambda rows: drawn(asked.main.roll(1)[asked.caption[rows]]),
        "grey": lambda rows: 0.1 * drawn(rows),
    }
    columns: dict[str, Column] = {name: look(name, asked, judge, draw) for name, draw in draws.items()}
    others = render_scenes(asked.questions.scenes, draw_questions(20, 12).noise)
    return measure(columns, asked.questions, judge_features(judge, to_signal(others)))


def test_renders_are_the_measure_of_renders(measured: dict[str, Measures]) -> None:
    """They are as diverse and as sharp as themselves, and the judge reads nearly all of them."""
    row = measured[RENDERS]
    assert row["accuracy"]["value"] > 0.9
    assert row["diversity"] == row["diversity_in_pixels"] == row["edges"] == {"value": 1.0, "interval": (1.0, 1.0)}
    assert row["fd_e"]["value"] < 0.5 * measured["grey"]["fd_e"]["value"]


def test_each_fault_is_seen_by_the_measure_that_is_for_it(measured: dict[str, Measures]) -> None:
    """Another caption's pictures by accuracy, grey and blur by FD_E and edges, a lost choice of noise by diversity."""
    assert measured["another caption"]["accuracy"]["interval"][1] < 0.5
    assert measured["grey"]["edges"]["value"] == pytest.approx(0.1, abs=1e-3)
    assert measured["grey"]["diversity_in_pixels"]["value"] == pytest.approx(0.1, abs=1e-3)
    assert measured[TEACHER]["edges"]["interval"][1] < 0.9
    assert measured[TEACHER]["fd_e"]["value"] > measured[RENDERS]["fd_e"]["value"]
    assert measured["one noise"]["diversity"]["value"] == measured["one noise"]["diversity_in_pixels"]["value"] == 0


def test_wrong_captions_are_as_good_a_set(measured: dict[str, Measures]) -> None:
    """FD_E knows no captions: the same pictures in another order are as near."""
    wrong, right = measured["another caption"]["fd_e"]["value"], measured[RENDERS]["fd_e"]["value"]
    assert wrong == pytest.approx(right, rel=1e-3)


def test_all_stands_beside_the_teacher(measured: dict[str, Measures]) -> None:
    """Its own ratios are one without a doubt; others' are of the numbers beside them."""
    assert measured[TEACHER]["of_teacher"] == measured[TEACHER]["fd_e_of_teacher"]
    assert measured[TEACHER]["of_teacher"] == {"value": 1.0, "interval": (1.0, 1.0)}
    for row in measured.values():
        assert row["of_teacher"]["value"] == pytest.approx(
            row["accuracy"]["value"] / measured[TEACHER]["accuracy"]["value"], abs=2e-4
        )


@torch.no_grad()
def test_every_column_makes_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the shipped folder: pictures in range, others with wrong captions, shuffled weights and more steps."""
    monkeypatch.setattr(evaluate, "SEVERAL", 1)
    monkeypatch.setattr(evaluate, "TEACHER_STEPS", 2)
    monkeypatch.setattr(evaluate, "MORE", (2,))
    columns = ways(ShippedModel.load(resources_folder() / "models" / "papercut"), Asked.draw(2, 13))
    made = {name: draw(torch.tensor([NOISES])) for name, draw in columns.items()}
    assert {ONE_STEP, "2 steps", TEACHER, RENDERS, WRONG, SHUFFLED} < set(made)
    assert all(each.shape == (1, 3, 256, 256) and each.abs().max() <= 1 for each in made.values())
    names = list(made)
    for place, name in enumerate(names):
        for other in names[:place]:
            assert (made[name] - made[other]).abs().mean() > 0.004, (name, other)
