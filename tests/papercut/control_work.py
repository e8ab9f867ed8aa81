"""A work folder with rendered truth, for the tests of what learns from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tqdm import tqdm

from engine.paths import resources_folder
from papercut.adopt import adopt
from papercut.control import fill_controls

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def fill_work(folder: Path, rows: int, batch: int) -> Iterator[Path]:
    """The folder with the shipped weights and a control pool of `rows`, as long as a fixture lasts."""
    with pytest.MonkeyPatch.context() as patch:
        # tqdm's monitor thread would outlive the tests.
        patch.setattr(tqdm, "monitor_interval", 0)
        adopt(resources_folder() / "models" / "papercut", folder)
        fill_controls(folder, rows, workers=0, batch=batch)
        yield folder
