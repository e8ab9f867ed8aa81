"""The section on control: what chance may have made is not counted, and what was not measured is not claimed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from papercut.control_card import Cell, ControlResult, control_section

if TYPE_CHECKING:
    from pathlib import Path


def cell(mean: float, low: float, high: float) -> Cell:
    """A mean, and the interval of its difference to the unified network's."""
    return {"mean": mean, "over_unified": (low, high)}


@pytest.fixture
def result() -> ControlResult:
    """Three kinds: DivControl is better in two by its mean, but in one by its interval; the other is of errors."""
    unified = cell(0.5, 0.0, 0.0)
    return {
        "seed": 1, "scenes": 40, "few": 8, "steps": {"unified": 100},
        "seconds": {"unified": 300.0, "divcontrol": 330.0}, "shipped_steps": 900,
        "table": {
            "1": {
                "canny": {"none": cell(0.2, -0.4, -0.2), "unified": unified, "DivControl": cell(0.6, 0.05, 0.15)},
                "scribble": {"none": cell(0.2, -0.4, -0.2), "unified": unified, "DivControl": cell(0.6, -0.05, 0.25)},
                "depth": {"none": cell(9.0, 3.0, 6.0), "unified": unified, "DivControl": cell(7.0, 1.0, 3.0)},
                "normal": {"none": cell(9.0, 3.0, 6.0), "unified": unified, "DivControl": cell(2.0, -3.0, -1.0)},
            }
        },
    }  # fmt: skip


def test_only_differences_beyond_chance_are_counted(result: ControlResult, tmp_path: Path) -> None:
    """In errors less is better; a mean whose interval reaches across nothing is neither better nor worse."""
    (tmp_path / "card.json").write_text(json.dumps(result))
    section = control_section(tmp_path)
    assert "of 3 kinds no control is better in 0, worse in 3; DivControl is better in 1, worse in 1." in section
    assert "Of 1 unseen kinds, untaught, no control is better in 0, worse in 1; DivControl is better in 1, " in section


def test_how_long_the_shipped_adapter_trained_is_read_from_its_card(result: ControlResult, tmp_path: Path) -> None:
    """And not claimed where it is not known."""
    (tmp_path / "card.json").write_text(json.dumps(result))
    assert "ControlNet for all kinds that trained 9 times as long. Scores" in control_section(tmp_path)
    del result["shipped_steps"]
    (tmp_path / "card.json").write_text(json.dumps(result))
    assert "ControlNet for all kinds. Scores" in control_section(tmp_path)
