"""A work folder with rendered truth, and a clock that counts steps, for the tests of what learns from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.paths import resources_folder
from papercut.adopt import adopt
from papercut.control import fill_controls

if TYPE_CHECKING:
    from pathlib import Path


def fill_work(folder: Path, rows: int, batch: int) -> Path:
    """The folder with the shipped weights and a control pool of `rows`."""
    adopt(resources_folder() / "models" / "papercut", folder)
    fill_controls(folder, rows, workers=0, batch=batch)
    return folder


def sitting(steps: int, *, warm_after: int) -> type:
    """A stand-in for `checkpoints.Clock`: a sitting of 60 seconds, over after so many steps, with this warm-up."""

    class Steps:
        def __init__(self, budget_s: float, spent_s: float, *, warmup_steps: int) -> None:
            assert (budget_s, warmup_steps) == (60.0, warm_after)
            self.spent_s, self._steps = spent_s, 0

        @property
        def over(self) -> bool:
            return self._steps == steps

        def factor(self, step: int) -> float:
            assert step >= 0
            self._steps += 1
            return 1.0

    return Steps
