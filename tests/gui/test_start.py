"""The start of the window: the first frame, what is typed into it, and the binding that carries all of it."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, QRect, QSettings, Qt, QTimer
from PySide6.QtWidgets import QScrollArea

from app.application import complete
from app.image_edit import read_edit
from app.languages import Language
from app.opening import Opening, open_frame
from app.settings import WindowSettings, with_checksum
from app.theme import Appearance, Scheme
from engine.paths import Paths

ROOT = Path(__file__).resolve().parents[2]
# Opens a frame, closes it when it was painted, and says whether `Qt` was loaded by then.
FRAME = """
import sys
import PySide6.QtCore
from app.opening import begin_home, open_frame
from engine.paths import Paths
from PySide6.QtWidgets import QApplication
def tell():
    print("Qt" in vars(PySide6.QtCore))
    opening.window.close()
paths = Paths.from_environment()
paths.create()
begin_home(paths.home / "edit.json")
application = QApplication([*sys.argv, "-style", "fusion"])
opening = open_frame(application, paths)
opening.settings.keep(opening.window)
opening.window.first_painted.connect(tell)
opening.window.show()
application.exec()
opening.settings.keep(opening.window)
"""
# What `onetake` does until the window's own code is there.
WAY_IN = """
import inspect
import app.opening
from app.__main__ import main
read = []
inspect.getsource = lambda module: read.append(module.__name__) or ""
def run(*_):
    import app.words, wave
    print(read)
app.opening.run = run
main([])
"""

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.main_window import MainWindow
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


def arrangement(window: MainWindow) -> list[object]:
    """Where every panel is and whether it is in sight, and to which side the lower corners belong."""
    corners = (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner)
    panels = [(window.dockWidgetArea(dock), dock.isFloating(), dock.isHidden()) for dock in window.docks]
    return [*panels, *(window.corner(corner) for corner in corners)]


def test_a_restored_layout_alone_gives_the_panels_their_places(
    qapp: QApplication, frame: Opening, paths: Paths
) -> None:
    """Also to one that was moved, taken out of the window or brought out; and the corners are the first ones."""
    prompt, queue, gallery, timeline, _ = frame.window.docks
    frame.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, prompt)
    queue.hide()
    gallery.setFloating(True)
    timeline.show()
    kept = arrangement(frame.window)
    frame.settings.keep(frame.window)
    second = open_frame(qapp, paths).window
    assert arrangement(second) == kept
    assert kept[-2:] == [Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea]
    second.deleteLater()


@pytest.mark.parametrize("length", [0, 8, 100, 200])
def test_a_layout_that_cannot_be_read_gives_the_first_one(
    qapp: QApplication, frame: Opening, paths: Paths, length: int
) -> None:
    """Whatever is missing of it, no panel is left without a place."""
    first = arrangement(frame.window)
    frame.settings.keep(frame.window)
    store = QSettings(str(paths.home / "window.ini"), QSettings.Format.IniFormat)
    cut = QByteArray(frame.window.layout_state().data()[:length])
    store.setValue("layout", with_checksum(cut))
    store.setValue("workspace", "review")
    store.sync()
    second = open_frame(qapp, paths)
    assert arrangement(second.window) == first
    assert not second.settings.workspace, "or its panels would be kept as review's"
    second.window.deleteLater()


@pytest.mark.parametrize("key", ["geometry", "layout"])
def test_a_window_opens_whichever_byte_of_its_layout_is_wrong(
    qapp: QApplication, frame: Opening, paths: Paths, key: str
) -> None:
    """With the panels as they were at first; Qt would read counts and lengths from it that end the process."""
    first = arrangement(frame.window)
    frame.window.docks[1].hide()
    frame.window.docks[2].setFloating(True)
    changed = arrangement(frame.window)
    frame.settings.keep(frame.window)
    store = QSettings(str(paths.home / "window.ini"), QSettings.Format.IniFormat)
    kept = store.value(key)
    assert isinstance(kept, QByteArray)
    # Every byte is tried in `test_settings`; here a window is opened for each of some.
    for position in range(17, kept.size(), 32):
        damaged = bytearray(kept.data())
        damaged[position] ^= 0xFF
        store.setValue(key, QByteArray(bytes(damaged)))
        opened = open_frame(qapp, paths).window
        assert arrangement(opened) == first, f"byte {position} changed"
        opened.deleteLater()
        # Every window that is left makes the next one slower.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    store.setValue(key, kept)
    intact = open_frame(qapp, paths).window
    assert arrangement(intact) == changed
    intact.deleteLater()


def test_what_is_set_by_name_is_set(frame: Opening) -> None:
    """The names that the first frame gives instead of what is in `Qt`, and the ground that the style sheet paints."""
    scroll = frame.prompt.findChild(QScrollArea)
    assert scroll is not None
    assert scroll.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert scroll.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    assert frame.prompt.prompt.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAsNeeded
    frame.prompt.prompt.set_rows(1)
    assert frame.prompt.prompt.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    for place in (frame.window.centralWidget(), *(dock.widget() for dock in frame.window.docks)):
        assert place is not None
        assert place.testAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def test_the_next_start_knows_what_the_system_likes(frame: Opening, paths: Paths) -> None:
    """What it was last seen to like is kept when the window is closed."""
    frame.theme.scheme = Scheme.LIGHT
    frame.window.close()
    assert WindowSettings(paths.home / "window.ini").scheme is Scheme.LIGHT


def said_by(code: str) -> str:
    """What a Python of its own says."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("appearance", Appearance)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_first_frame_does_without_the_names_of_qt(home: Path, appearance: Appearance, language: str) -> None:
    """`PySide6.QtCore.Qt` takes long to load; only the very first start, which arranges the panels, needs it."""
    settings = WindowSettings(Paths(home).home / "window.ini")
    settings.appearance, settings.language = appearance, Language(language)
    del settings
    assert said_by(FRAME) == "True"
    assert said_by(FRAME) == "False"


def test_no_module_is_read_to_see_whether_it_names_qt() -> None:
    """PySide6's import, which does so with all that is imported, is gone before the window is built."""
    assert said_by(WAY_IN) == "[]"


def test_the_first_frame_loads_little() -> None:
    """Neither messages nor engine, client, SVG or JSON are loaded before the first paint."""
    probe = "import app.opening, sys; print(' '.join(sys.modules))"
    loaded = set(said_by(probe).split())
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
