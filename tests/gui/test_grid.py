"""X/Y grids in the window: asked for in a dialog, one row in the queue, a labelled sheet on the canvas."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QFileDialog, QTableView

from app import grid_plan
from app.canvas.sheet_page import SheetPage
from app.grid_controls import GridControls
from app.jobs import JobRole
from app.queue_rows import QueueRows
from app.reports import Reach
from engine.media.png import read_texts
from engine.messages import JobState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.canvas.sheet_model import SheetModel
    from app.jobs import AnyIndex
    from tests.fakes import FakeEngine


def controls_of(onetake: Application) -> GridControls:
    """What makes and saves grids in this window."""
    found = onetake.window.findChild(GridControls)
    assert isinstance(found, GridControls)
    return found


def start(onetake: Application, x: tuple[str, str], y: tuple[str, str]) -> None:
    """Ask for a grid as an artist does: by the menu, two settings and their values, the button."""
    onetake.project.change("typing", prompt="moon on the left")
    menu = next(action for action in onetake.window.actions() if action.objectName() == "make_grid")
    menu.trigger()
    dialog = controls_of(onetake).dialog
    assert dialog is not None
    for name, field, (parameter, values) in zip(dialog.names, dialog.values, (x, y), strict=True):
        name.setCurrentIndex(name.findData(parameter))
        field.setText(values)
    is_planned, end = dialog.make.isEnabled(), time.monotonic() + 60
    dialog.make.click()
    while is_planned and dialog.isVisible() and not dialog.error.text():
        # In the background.
        assert time.monotonic() < end
        QApplication.processEvents()


def sheet_of(onetake: Application) -> SheetPage:
    """The page on the canvas, which is that of a grid."""
    page = onetake.stage.page
    assert isinstance(page, SheetPage)
    return page


def keys(model: SheetModel) -> list[str]:
    """The jobs of all cells, row by row."""
    return [model.key_at(model.index(y, x)) for y in range(model.rowCount()) for x in range(model.columnCount())]


def test_a_grid_is_one_row_in_the_queue_and_a_sheet_on_the_canvas(qtbot: QtBot, onetake: Application) -> None:
    """Each cell is a result of its own, with its own settings; the labels say what varies."""
    start(onetake, ("seed", "1-3"), ("prompt", "left, right"))
    model = sheet_of(onetake).model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert (model.rowCount(), model.columnCount()) == (2, 3)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "seed 2"
    assert model.headerData(1, Qt.Orientation.Vertical) == "right"
    assert onetake.queue.list.model().rowCount() == 1
    qtbot.waitUntil(lambda: not onetake.jobs.unfinished(), timeout=20_000)
    records = [onetake.jobs.record(key) for key in keys(model)]
    assert [(record.request.prompt, record.request.seed) for record in records if record] == [
        (f"moon on the {side}", seed) for side in ("left", "right") for seed in (1, 2, 3)
    ]
    assert all(record is not None and record.state is JobState.DONE for record in records)
    assert onetake.queue.list.model().rowCount() == 0
    tester.deleteLater()


def test_one_press_cancels_the_whole_grid_and_undo_brings_it_back(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """The row in the queue stands for all cells."""
    engine.script(default="hold")
    start(onetake, ("seed", "1-4"), ("", ""))
    qtbot.waitUntil(lambda: all(record.info.job for record in onetake.jobs.records()))
    lead = onetake.queue.list.model().index(0, 0)
    onetake.studio.cancel(str(lead.data(JobRole.KEY)))
    qtbot.waitUntil(lambda: all(record.state is JobState.CANCELLED for record in onetake.jobs.records()))
    assert onetake.notices.text == "Cancelled 4 jobs."
    engine.script(default="finish")
    qtbot.mouseClick(onetake.notices.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: all(r.state is JobState.DONE for r in onetake.jobs.records()), timeout=20_000)


def test_a_click_on_a_cell_chooses_that_result(qtbot: QtBot, onetake: Application) -> None:
    """Its settings can be used, Return shows it large, and G leads back to the sheet."""
    start(onetake, ("seed", "1-3"), ("", ""))
    qtbot.waitUntil(lambda: not onetake.jobs.unfinished(), timeout=20_000)
    sheet = sheet_of(onetake)
    table = sheet.findChild(QTableView)
    assert isinstance(table, QTableView)
    place = table.visualRect(sheet.model.index(0, 2)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.x(), place.y()))
    record = onetake.stage.record
    assert record is not None
    assert record.request.seed == 3
    onetake.exchange.reuse()
    assert (onetake.project.edit.seed, onetake.project.edit.count) == (3, 1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert onetake.stage.page is onetake.stage.large
    # The dialog had the keyboard.
    onetake.window.activateWindow()
    qtbot.waitUntil(onetake.window.isActiveWindow)
    qtbot.keyClick(onetake.window, Qt.Key.Key_G)
    assert onetake.stage.page is sheet


def test_a_new_window_still_knows_the_grid(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application]
) -> None:
    """Which jobs are its cells is on disk, under the names that the engine gave them."""
    start(onetake, ("seed", "1-2"), ("", ""))
    qtbot.waitUntil(lambda: not onetake.jobs.unfinished(), timeout=20_000)
    cells = keys(sheet_of(onetake).model)
    onetake.window.close()
    other = open_window()
    qtbot.waitUntil(lambda: other.jobs.record(cells[0]) is not None)
    other.studio.show_job(cells[1])
    assert keys(sheet_of(other).model) == cells


def test_a_grid_is_saved_as_one_labelled_picture(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """With the axes and the settings of its first picture inside."""
    start(onetake, ("seed", "1-2"), ("steps", "1"))
    qtbot.waitUntil(lambda: not onetake.jobs.unfinished(), timeout=20_000)
    grid = sheet_of(onetake).model.grid
    assert grid is not None
    controls_of(onetake).save(grid, tmp_path / "sheet")
    qtbot.waitUntil((tmp_path / "sheet.png").is_file)
    qtbot.waitUntil(lambda: onetake.notices.text.startswith("Saved "))
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.width > picture.height
    assert '"values":[1,2]' in read_texts(tmp_path / "sheet.png")["onetake-grid"]


@pytest.mark.parametrize(("x", "message"), [("1, 99", "99 steps is too many"), ("two", "")])
def test_what_cannot_be_made_is_said_in_the_dialog(onetake: Application, x: str, message: str) -> None:
    """Nothing is sent, and the dialog stays."""
    start(onetake, ("steps", x), ("", ""))
    dialog = controls_of(onetake).dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert message in dialog.error.text()
    assert dialog.make.isEnabled() is bool(message)
    assert not onetake.jobs.rowCount()
    dialog.reject()


def test_a_grid_that_waits_is_one_row_in_the_next_window_too(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, open_window: Callable[[], Application]
) -> None:
    """Before anything has happened to one of its cells there."""
    engine.script(default="hold")
    start(onetake, ("seed", "1-4"), ("", ""))
    qtbot.waitUntil(lambda: all(record.info.job for record in onetake.jobs.records()))
    onetake.window.close()
    other = open_window()
    qtbot.waitUntil(lambda: other.jobs.rowCount() == 4)
    assert other.queue.list.model().rowCount() == 1


def test_a_grid_that_the_engine_never_took_goes_on_in_the_next_window(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, open_window: Callable[[], Application]
) -> None:
    """Its cells are those requests, and no others that happen to have the same tokens there."""
    qtbot.waitUntil(lambda: engine.connections > 0)
    engine.crash(restarts=False)
    qtbot.waitUntil(lambda: onetake.link.connection.reach is not Reach.RUNNING)
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    start(onetake, ("seed", "5-7"), ("", ""))
    onetake.window.close()
    engine.is_up = True
    engine.script(default="hold")
    other = open_window()
    qtbot.waitUntil(lambda: other.jobs.rowCount() == 4 and not other.jobs.unsent())
    other.studio.generate()
    qtbot.waitUntil(lambda: other.jobs.rowCount() == 5 and not other.jobs.unsent())
    own = [record.request.seed for record in other.jobs.records() if sheet_holds(other, record.info.job)]
    assert own == [5, 6, 7]
    assert other.queue.list.model().rowCount() == 3


def test_hundreds_of_cells_do_not_sort_the_queue_for_each(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window must not stand still while they are sent, nor write them down one by one."""
    qtbot.waitUntil(lambda: engine.connections > 0)
    engine.script(default="hold")
    rows = onetake.queue.list.model()
    assert isinstance(rows, QueueRows)
    asked: list[int] = []
    accepts = rows.filterAcceptsRow

    def ask(row: int, parent: AnyIndex) -> bool:
        asked.append(row)
        return accepts(row, parent)

    monkeypatch.setattr(rows, "filterAcceptsRow", ask)
    start(onetake, ("seed", "1-20"), ("prompt", "left, right"))
    qtbot.waitUntil(lambda: onetake.jobs.rowCount() == 40 and not onetake.jobs.unsent())
    assert rows.rowCount() == 1
    assert 40 <= len(asked) < 400


def sheet_holds(onetake: Application, job: str) -> bool:
    """Whether a job is a cell of a grid in this window."""
    sheet = onetake.window.findChild(SheetPage)
    assert isinstance(sheet, SheetPage)
    return sheet.holds(job)


def test_saving_asks_before_a_grid_is_replaced(
    qtbot: QtBot, onetake: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A name without its suffix is another file than the one the dialog asked about."""
    start(onetake, ("seed", "1-2"), ("", ""))
    qtbot.waitUntil(lambda: not onetake.jobs.unfinished(), timeout=20_000)
    (tmp_path / "sheet.png").write_bytes(b"another")
    asked: list[str] = []

    def ask(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        asked.append(name)
        return (str(tmp_path / "sheet"), "") if len(asked) == 1 else ("", "")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    next(action for action in onetake.window.actions() if action.objectName() == "save_grid").trigger()
    assert asked[1:] == [str(tmp_path / "sheet.png")]
    assert (tmp_path / "sheet.png").read_bytes() == b"another"


def test_a_grid_is_planned_off_the_interface_thread(
    qtbot: QtBot, onetake: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adapters lie on disks that may not answer: one look for all cells of a model, and not in this thread."""
    looks: list[int] = []

    def look(layers: object, *_: object) -> object:
        looks.append(threading.get_ident())
        return layers

    monkeypatch.setattr(grid_plan, "name_adapters", look)
    start(onetake, ("seed", "1-3"), ("steps", "1, 2"))
    assert len(keys(sheet_of(onetake).model)) == 6
    assert len(looks) == 1
    assert looks[0] != threading.get_ident()


def test_a_grid_that_was_cancelled_is_not_made_after_all(
    qtbot: QtBot, onetake: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its plan comes while the dialog is open again; of two plans the last one counts."""
    may_go = threading.Semaphore(0)

    def look(layers: object, *_: object) -> object:
        may_go.acquire()
        return layers

    monkeypatch.setattr(grid_plan, "name_adapters", look)
    controls = controls_of(onetake)
    onetake.project.change("typing", prompt="moon on the left")
    next(action for action in onetake.window.actions() if action.objectName() == "make_grid").trigger()
    dialog = controls.dialog
    assert dialog is not None
    for values in ("1-3", "1-4", "1-5"):
        dialog.names[0].setCurrentIndex(dialog.names[0].findData("seed"))
        dialog.values[0].setText(values)
        dialog.make.click()
        if values == "1-3":
            dialog.reject()
            next(action for action in onetake.window.actions() if action.objectName() == "make_grid").trigger()
    may_go.release(3)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert len(onetake.jobs.records()) == 5
