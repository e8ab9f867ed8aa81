"""What every test gets: a home of its own, no screen, time enough, and proof that it left nothing running."""

from __future__ import annotations

import gc
import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.patience import ENDING_S, PatientQtBot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A busy machine is no failure, and the same code passes or fails alike: `--hypothesis-profile=search` looks further.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("settled", settings.get_profile("search"), derandomize=True)
settings.load_profile("settled")


def pytest_collection_finish() -> None:
    """Exempt what is loaded by now, more than half a million objects, from all garbage collections to come."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let what was exempted end in order."""
    gc.unfreeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was measured of the window; as far as it is a matter of speed, no test judges it."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name.startswith("interface thread"):
                terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """ONETAKE_HOME, below the test's own folder."""
    folder = tmp_path / "home"
    monkeypatch.setenv("ONETAKE_HOME", str(folder))
    return folder


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientQtBot:
    """pytest-qt's, with longer waits."""
    return PatientQtBot(request)


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

        assert not (found := qt_leftovers()), f"the test left Qt objects behind: {found}"
