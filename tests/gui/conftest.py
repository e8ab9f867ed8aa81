"""The whole window in front of a fake engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from app.application import Application, complete
from app.opening import open_frame
from app.reports import Reach
from engine.paths import Paths
from tests.decoding import spare_the_child
from tests.fake_takes import MOVING
from tests.fakes import FakeEngine
from tests.patience import ENDING_S
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def decoding_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a picture is not what is tested here."""
    spare_the_child(monkeypatch)


@pytest.fixture(autouse=True)
def patient_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine's disk answers in time; a test of one that does not says when the window gives up."""
    for module in ("background", "keeper", "project_session"):
        monkeypatch.setattr(f"app.{module}.KEPT_WITHIN_S", ENDING_S)


@pytest.fixture
def paths(home: Path) -> Paths:
    """A created home."""
    made = Paths(home)
    made.create()
    return made


@pytest.fixture
def engine(paths: Paths) -> FakeEngine:
    """A fake engine that knows a closed-vocabulary model that makes videos and a free-text one that does not."""
    return FakeEngine(paths.outputs, models=(MOVING, FREE_TEXT))


@pytest.fixture
def open_window(
    qtbot: QtBot, qapp: QApplication, paths: Paths, engine: FakeEngine
) -> Iterator[Callable[[], Application]]:
    """Opens a window as the program does: the frame is painted, then everything is put behind it. Closed at the end."""
    opened: list[Application] = []

    def open_one() -> Application:
        opening = open_frame(qapp, paths)
        with qtbot.waitSignal(opening.window.first_painted):
            opening.window.show()
        qtbot.waitUntil(opening.window.isActiveWindow)
        application = complete(opening, paths, engine.connect)
        opened.append(application)
        return application

    yield open_one
    engine.released.set()
    for application in opened:
        # Nobody is there to answer.
        application.window.ask_before_closing(lambda: True)
        application.window.close()
        application.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def onetake(qtbot: QtBot, open_window: Callable[[], Application]) -> Application:
    """The window, shown and connected; closed after the test."""
    application = open_window()
    qtbot.waitUntil(lambda: application.link.connection.reach is Reach.RUNNING)
    return application
