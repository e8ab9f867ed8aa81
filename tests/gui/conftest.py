"""The whole window in front of a fake engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from app.application import Application, build, start
from app.reports import Reach
from engine.paths import Paths
from tests.fakes import FREE_TEXT, PAPERCUT, FakeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot


@pytest.fixture
def paths(home: Path) -> Paths:
    """A created home."""
    made = Paths(home)
    made.create()
    return made


@pytest.fixture
def engine(paths: Paths) -> FakeEngine:
    """A fake engine that knows a closed-vocabulary and a free-text model."""
    return FakeEngine(paths.outputs, models=(PAPERCUT, FREE_TEXT))


@pytest.fixture
def onetake(qtbot: QtBot, qapp: QApplication, paths: Paths, engine: FakeEngine) -> Iterator[Application]:
    """The window, shown and connected; closed after the test."""
    application = build(qapp, paths, engine.connect)
    start(application)
    qtbot.waitExposed(application.window)
    qtbot.waitUntil(lambda: application.link.connection.reach is Reach.RUNNING)
    yield application
    engine.released.set()
    application.window.close()
    application.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
