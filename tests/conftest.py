"""What every test gets: a home of its own, no screen, and proof that it left nothing running."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDING_S = 5.0

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """ONETAKE_HOME, below the test's own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("ONETAKE_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _no_leftovers(request: pytest.FixtureRequest) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - pytest finds it
    """Fail a test that leaves a thread, a running QThread, an active QTimer or a visible window behind."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
    # Threads that Python did not start get a dummy record that outlives them; Qt's are looked at below.
    left = [thread for thread in left if not thread.name.startswith("Dummy-")]
    # A pool that was told to end may still be about it on a busy machine.
    for thread in left:
        thread.join(ENDING_S)
    left = [thread for thread in left if thread.is_alive()]
    assert not left, f"the test left threads behind: {left}"
    if "qapp" in request.fixturenames:
        from tests.qt_leftovers import qt_leftovers

        assert not qt_leftovers(), f"the test left Qt objects behind: {qt_leftovers()}"
