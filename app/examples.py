"""The examples that come with the program: projects that are read, never written. They are opened as copies, Untitled.

`packaging/examples.py` makes them. Imports next to nothing: the first frame of the first start waits for it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from engine.paths import resources_folder

if TYPE_CHECKING:
    from pathlib import Path


class Example(Enum):
    """One folder each under resources/examples."""

    PICTURE = "winter-mountains.onetake"
    """Four pictures of one prompt: what the first start opens on."""
    TAKE = "river-day.onetake"
    """Ten seconds from dawn to night."""

    @property
    def folder(self) -> Path:
        return resources_folder() / "examples" / self.value
