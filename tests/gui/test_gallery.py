"""The gallery: search and filter, several selected, the trash, and ten thousand results."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app import trash
from app.cells import CellRole
from app.stars import Stars
from app.trash import Trashed
from engine.messages import ControlMapRequest, ImageRequest
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine


@pytest.fixture
def results(engine: FakeEngine, open_window: Callable[[], Application], qtbot: QtBot) -> Application:
    """A window on four results of three jobs."""
    engine.add_done(ImageRequest(prompt="red boat", seed=1))
    engine.add_done(ImageRequest(prompt="blue whale", seed=10, count=2, model="free"))
    engine.add_done(ControlMapRequest(kind="canny", picture="/nowhere/boat.png", width=64, height=64))
    application = open_window()
    qtbot.waitUntil(lambda: shown(application) == 4)
    return application


def shown(onetake: Application) -> int:
    """How many results the gallery shows."""
    return onetake.gallery.list.model().rowCount()


def test_a_search_leaves_what_fits_and_says_when_nothing_does(qtbot: QtBot, results: Application) -> None:
    """Ctrl+F leads to the field; the button below takes everything away again."""
    gallery = results.gallery
    tester = QAbstractItemModelTester(gallery.list.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    qtbot.keyClick(results.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(gallery.bar.search.hasFocus)
    qtbot.keyClicks(gallery.bar.search, "whale")
    assert shown(results) == 2
    qtbot.keyClicks(gallery.bar.search, "zzz")
    assert shown(results) == 0
    assert gallery.none.isVisible()
    qtbot.mouseClick(gallery.none.button, Qt.MouseButton.LeftButton)
    assert shown(results) == 4
    assert not gallery.bar.search.text()
    gallery.bar.search.setText("whale")
    gallery.bar.search.setFocus()
    qtbot.keyClick(gallery.bar.search, Qt.Key.Key_Escape)
    assert shown(results) == 4
    tester.deleteLater()


def test_the_menu_filters_by_kind_model_and_star(results: Application) -> None:
    """The models are those that there are results of; a star that is taken away takes the result out."""
    bar = results.gallery.bar
    bar.menu.aboutToShow.emit()
    choices = {action.text(): action for action in bar.menu.actions()}
    assert "free" in choices
    choices["free"].trigger()
    assert shown(results) == 2
    assert bar.button.text() == "Filter (1)"
    choices["Only with a star"].trigger()
    assert shown(results) == 0
    path = next(record.info.outputs[1] for record in results.jobs.records() if record.request.prompt == "blue whale")
    stars = next(found for found in results.project.findChildren(Stars) if not isinstance(found, Trashed))
    stars.toggle(path)
    assert shown(results) == 1
    stars.toggle(path)
    assert shown(results) == 0


def test_the_menu_names_models_as_the_rest_of_the_window_does(
    qtbot: QtBot, engine: FakeEngine, open_window: Callable[[], Application]
) -> None:
    """By their titles, also those that are listed later; one that is not here any more has its name alone."""
    for model in ("papercut", "free-text", "gone", "late"):
        engine.add_done(ImageRequest(prompt="a boat", seed=1, model=model))
    onetake = open_window()
    qtbot.waitUntil(lambda: shown(onetake) == 4 and onetake.project.spec is not None)
    spec = replace(FREE_TEXT, name="late", title="Ink & wash")
    onetake.project.set_models((*onetake.project.models, spec))
    bar = onetake.gallery.bar
    bar.menu.aboutToShow.emit()
    models = [action.text() for action in bar.menu.actions() if (action.data() or [""])[0] == "model"]
    assert models == ["All models", "Ink && wash", "gone", "Free text", "Papercut"]


def test_what_is_selected_goes_to_the_trash_and_comes_back(
    qtbot: QtBot, results: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing is deleted: the files lie where the desktop keeps them, and Undo brings them back."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()

    def move(path: str) -> tuple[bool, str]:
        target = bin_ / Path(path).name
        Path(path).rename(target)
        return True, str(target)

    monkeypatch.setattr(trash.QFile, "moveToTrash", move)
    view = results.gallery.list
    view.clearSelection()
    for row in (1, 2):
        view.selectionModel().select(view.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)
    paths = results.gallery.chosen_paths()
    assert len(paths) == 2
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(b"a picture")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(results) == 2)
    assert sorted(file.name for file in bin_.iterdir()) == sorted(Path(path).name for path in paths)
    qtbot.mouseClick(results.notices.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(results) == 4)
    assert all(Path(path).read_bytes() == b"a picture" for path in paths)


def test_the_key_on_the_canvas_throws_away_what_is_seen_there(
    qtbot: QtBot, results: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what was selected in the gallery before, and nothing while one is edited: what lies behind is hidden."""
    thrown: list[str] = []

    def move(path: str) -> tuple[bool, str]:
        thrown.append(path)
        return True, ""

    monkeypatch.setattr(trash.QFile, "moveToTrash", move)
    view, stage = results.gallery.list, results.stage
    for row in range(3):
        view.selectionModel().select(view.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)
        path = Path(str(view.model().index(row, 0).data(CellRole.PATH)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
    results.studio.show_job(str(view.model().index(1, 0).data(CellRole.KEY)))
    stage.open_large(1)
    seen = stage.current_path()
    qtbot.waitUntil(stage.large.hasFocus)
    assert len(results.gallery.chosen_paths()) == 3
    qtbot.keyClick(stage.large, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "to the trash" in results.notices.text)
    assert thrown == [seen]
    results.notices.hide()
    stage.open_large(0)
    monkeypatch.setattr(type(stage), "shows_editor", True)
    qtbot.keyClick(stage.large, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(100)
    assert thrown == [seen]


def test_what_went_before_one_that_stays_can_come_back(
    qtbot: QtBot, results: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that stays is named, and Undo is there for the other."""
    view = results.gallery.list
    view.clearSelection()
    for row in (1, 2):
        view.selectionModel().select(view.model().index(row, 0), QItemSelectionModel.SelectionFlag.Select)
    first, second = results.gallery.chosen_paths()
    for path in (first, second):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(b"a picture")

    def move(path: str) -> tuple[bool, str]:
        if path == second:
            return False, ""
        Path(path).rename(f"{path}.thrown")
        return True, f"{path}.thrown"

    monkeypatch.setattr(trash.QFile, "moveToTrash", move)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "cannot be moved to the trash" in results.notices.text)
    assert not Path(first).exists()
    qtbot.mouseClick(results.notices.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(Path(first).is_file)


def test_where_there_is_no_trash_the_result_stays(
    qtbot: QtBot, results: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the window says so."""

    def refuse(_path: str) -> tuple[bool, str]:
        return False, ""

    monkeypatch.setattr(trash.QFile, "moveToTrash", refuse)
    view = results.gallery.list
    view.setCurrentIndex(view.model().index(3, 0))
    path = Path(str(view.currentIndex().data(CellRole.PATH)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a picture")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "cannot be moved to the trash" in results.notices.text)
    assert shown(results) == 4
    assert path.is_file()


def test_a_result_becomes_a_clip_on_the_timeline(qtbot: QtBot, results: Application) -> None:
    """At the playhead, as a control of the frames there; the window goes over to videos."""
    view = results.gallery.list
    results.gallery.picture_chosen.emit(
        *(view.model().index(3, 0).data(role) for role in (CellRole.KEY, CellRole.INDEX))
    )
    path = results.stage.current_path()
    menu = next(action for action in results.window.actions() if action.objectName() == "to_timeline")
    qtbot.waitUntil(menu.isEnabled)
    menu.trigger()
    qtbot.waitUntil(lambda: len(results.project.edit.controls) == 1)
    assert results.project.edit.controls[0].picture == path
    assert results.project.video.is_active
