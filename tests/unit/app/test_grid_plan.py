"""app.grid_plan: each cell's request is the base with the values of its column and row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
import pytest

from app.grid_axes import Axis, read_axis
from app.grid_plan import GridPlan, plan_grid
from engine.errors import BadInputError
from engine.messages import ImageRequest, ModelSpec, PictureEdit
from engine.paths import Paths

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ModelSpec(name="small", title="Small", family="stable_diffusion", folder="small", licence="", max_steps=4)
FREE = msgspec.structs.replace(
    SMALL,
    name="free",
    takes_negative=True,
    takes_guidance=True,
    default_steps=25,
    max_steps=50,
    default_guidance=7.5,
    default_width=512,
    default_height=512,
    size_multiple=64,
)
MODELS = {spec.name: spec for spec in (SMALL, FREE)}
BASE = ImageRequest(prompt="a boat at night", seed=7, model="small", count=4)


class Plan(Protocol):
    def __call__(self, x: Axis, y: Axis | None = None, base: ImageRequest = BASE) -> GridPlan: ...


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Plans with the two models."""

    def make(x: Axis, y: Axis | None = None, base: ImageRequest = BASE) -> GridPlan:
        return plan_grid(base, x, y, MODELS.__getitem__, Paths(tmp_path))

    return make


def test_columns_and_rows_vary_one_setting_each(plan: Plan) -> None:
    """And nothing else: one picture each, all other settings those of the base."""
    made = plan(read_axis("steps", "1,2,4"), read_axis("seed", "1-2"))
    assert [[(cell.steps, cell.seed) for cell in row] for row in made.rows] == [
        [(1, 1), (2, 1), (4, 1)],
        [(1, 2), (2, 2), (4, 2)],
    ]
    for row in made.rows:
        for cell in row:
            assert msgspec.structs.replace(cell, steps=1, seed=7, count=4) == BASE
    assert made.x_labels == ("steps 1", "steps 2", "steps 4")
    assert made.y_labels == ("seed 1", "seed 2")


def test_a_prompt_is_searched_and_replaced(plan: Plan) -> None:
    """The first value is what is looked for, and its own cell is the prompt as it is."""
    made = plan(read_axis("prompt", "night, dawn"), read_axis("prompt", "boat, whale"))
    assert [[cell.prompt for cell in row] for row in made.rows] == [
        ["a boat at night", "a boat at dawn"],
        ["a whale at night", "a whale at dawn"],
    ]
    with pytest.raises(BadInputError, match="does not say 'moon'"):
        plan(read_axis("prompt", "moon, sun"))


def test_another_model_comes_with_its_defaults(plan: Plan) -> None:
    """Steps, guidance and size as that model means them, unless the other axis says otherwise."""
    cells = plan(read_axis("model", "small, free")).rows[0]
    assert [(cell.model, cell.steps, cell.guidance_scale, cell.width) for cell in cells] == [
        ("small", 1, 1.0, 256),
        ("free", 25, 7.5, 256),
    ]
    across = plan(read_axis("model", "small, free"), read_axis("steps", "2"))
    down = plan(read_axis("steps", "2"), read_axis("model", "small, free"))
    assert [cell.steps for made in (across, down) for row in made.rows for cell in row] == [2, 2, 2, 2]


def test_what_a_cell_cannot_be_is_said_before_anything_is_made(plan: Plan) -> None:
    """Naming the cell."""
    with pytest.raises(BadInputError, match="the cell of steps 9: 9 steps is too many for small"):
        plan(read_axis("steps", "1, 9"))
    with pytest.raises(BadInputError, match="strength is of edits"):
        plan(read_axis("strength", "0.5"))
    with pytest.raises(BadInputError, match="weight is of controls"):
        plan(read_axis("weight", "0.5"))
    with pytest.raises(BadInputError, match="both axes of the grid vary seed"):
        plan(read_axis("seed", "1,2"), read_axis("seed", "3"))
    with pytest.raises(BadInputError, match="at most 400"):
        plan(read_axis("seed", "1-100"), read_axis("guidance", "1-5"))


def test_an_edit_keeps_what_it_edits(plan: Plan, tmp_path: Path) -> None:
    """Only its strength varies."""
    base = msgspec.structs.replace(BASE, edit=PictureEdit(picture=str(tmp_path / "in.png")))
    cells = plan(read_axis("strength", "0.25, 0.5"), base=base).rows[0]
    assert [cell.edit.strength for cell in cells if cell.edit] == [0.25, 0.5]
    assert {cell.edit.picture for cell in cells if cell.edit} == {str(tmp_path / "in.png")}
