"""The start of the window: the first frame, what is typed into it, and the binding that carries all of it."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, QTimer

from app.application import complete
from app.image_edit import read_edit
from app.opening import Opening, open_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths
    from tests.fakes import FakeEngine


@pytest.fixture
def frame(qtbot: QtBot, qapp: QApplication, paths: Paths) -> Iterator[Opening]:
    """The first frame, painted and active, with nothing behind it yet."""
    opening = open_frame(qapp, paths)
    with qtbot.waitSignal(opening.window.first_painted):
        opening.window.show()
    qtbot.waitUntil(opening.window.isActiveWindow)
    yield opening
    opening.window.close()
    opening.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_frame_can_be_typed_into_and_nothing_typed_is_lost(
    qtbot: QtBot, frame: Opening, paths: Paths, engine: FakeEngine
) -> None:
    """What is typed between the first paint and the rest becomes the project's, and is saved."""
    qtbot.keyClicks(frame.prompt.prompt, "a boat")
    application = complete(frame, paths, engine.connect)
    assert application.project.edit.prompt == "a boat"
    qtbot.keyClicks(frame.prompt.prompt, " at dusk")
    assert application.project.edit.prompt == "a boat at dusk"
    application.window.close()
    saved = read_edit(paths.home / "edit.json")
    assert saved is not None
    assert saved.prompt == "a boat at dusk"


def test_the_frame_shows_the_prompt_of_the_last_session(
    qtbot: QtBot, qapp: QApplication, onetake: Application, paths: Paths
) -> None:
    """The first frame already has the text, and opening changes nothing that could be undone."""
    onetake.project.change("typing", prompt='quotes " and ümläuts 😀')
    onetake.window.close()
    opening = open_frame(qapp, paths)
    assert opening.prompt.prompt.toPlainText() == 'quotes " and ümläuts 😀'
    opening.window.deleteLater()


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"prompt": 3}', '{"prompt": null}'])
def test_a_damaged_file_of_the_last_session_is_an_empty_prompt(qapp: QApplication, paths: Paths, content: str) -> None:
    """The window opens whatever the file holds."""
    (paths.home / "edit.json").write_text(content)
    opening = open_frame(qapp, paths)
    assert opening.prompt.prompt.toPlainText() == ""
    opening.window.deleteLater()


def test_nothing_painted_moves_when_the_rest_comes(
    qtbot: QtBot, frame: Opening, paths: Paths, engine: FakeEngine
) -> None:
    """Prompt, docks, their heads and the bars are where the first frame had them."""

    def places() -> list[QRect]:
        parts: list[QWidget | None] = [frame.prompt.prompt, frame.prompt.generate, window.centralWidget()]
        parts += [*window.docks, *(dock.titleBarWidget() for dock in window.docks)]
        parts += [window.menuBar(), window.statusBar()]
        return [QRect(part.mapTo(window, part.rect().topLeft()), part.size()) for part in parts if part]

    window = frame.window
    before = places()
    application = complete(frame, paths, engine.connect)
    qtbot.waitUntil(application.stage.isVisible)
    assert places() == before
    for dock in (dock for dock in window.docks if dock.isVisible()):
        head, place = dock.titleBarWidget(), dock.widget()
        assert head.geometry().bottom() < place.geometry().top(), "the panel covers its title"
    # A part that is shown before it has its place would flash up as a window and take the keyboard.
    assert window.isActiveWindow()


def test_the_first_frame_loads_little() -> None:
    """Neither messages nor engine, client, SVG or JSON are loaded before the first paint."""
    probe = "import app.opening, sys; print(' '.join(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"msgspec", "json", "hashlib", "PySide6.QtSvg", "engine.messages", "app.application"}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_void_calls_of_qt_keep_the_references_to_none(qapp: QApplication) -> None:
    """Thousands of void Qt calls change the count of references to None by no more than a few.

    PySide6 6.12.0 gives back one reference too many per void call; on Python 3.11, where None can die, that ends the
    process after some ten thousand calls ("deallocating None"). So 6.11.2 is pinned, until a fixed release is there.
    """
    thing, timer = QObject(), QTimer()
    calls: list[Callable[[], None]] = [
        lambda: thing.setObjectName("a"),
        lambda: timer.setInterval(1),
        lambda: timer.setSingleShot(True),
    ]
    before = sys.getrefcount(None)
    for _ in range(2_000):
        for call in calls:
            call()
    assert abs(sys.getrefcount(None) - before) < 200
