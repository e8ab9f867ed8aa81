"""Finished control maps in the window: their own page, their mark in the gallery, and what can be done with them."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from app.actions import Actions
from app.canvas.map_page import control_option
from app.cells import CellRole
from app.cli.arguments import parse_control
from app.words import size_text
from engine.messages import ControlMapRequest, JobState
from tests.requests import request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine


def map_of(picture: Path) -> ControlMapRequest:
    """A map of a picture."""
    return ControlMapRequest(kind="canny", picture=str(picture), width=256, height=192)


@pytest.fixture
def onetake(qtbot: QtBot, engine: FakeEngine, open_window: Callable[[], Application], tmp_path: Path) -> Application:
    """A window that finds a picture and a map of earlier days, the map on the canvas."""
    source = tmp_path / "walk.png"
    source.write_bytes(b"a picture")
    engine.add_done(request("a house"))
    job = engine.add_done(map_of(source))
    window = open_window()
    qtbot.waitUntil(lambda: window.gallery.list.model().rowCount() == 2)
    window.studio.show_picture(job, 0)
    return window


def test_a_map_has_a_page_of_its_own(qtbot: QtBot, onetake: Application) -> None:
    """Its name, size and settings, and the map itself."""
    page = onetake.stage.map
    assert onetake.stage.page is page
    assert page.title.text() == "Control map: Canny edges of walk.png"
    assert size_text(256, 192) in page.settings.text()
    assert "low" in page.settings.text()
    qtbot.waitUntil(lambda: not page.view.image.isNull())
    assert page.view.image.width() == 256
    assert onetake.stage.head.figures.text().startswith(f"{size_text(256, 192)}   control map")


def test_the_gallery_marks_maps(onetake: Application) -> None:
    """By a word on the picture and for the screen reader; pictures have none."""
    model = onetake.gallery.list.model()
    marks = {str(model.index(row, 0).data(CellRole.KEY)): model.index(row, 0).data(CellRole.BADGE) for row in (0, 1)}
    assert marks == {"job-1": "", "job-2": "map"}


def test_what_a_map_has_not_is_greyed_and_what_it_has_works(qtbot: QtBot, onetake: Application) -> None:
    """Its settings are none of pictures; saving, starring and zooming are as with any picture."""
    actions = onetake.project.findChild(Actions)
    assert isinstance(actions, Actions)
    assert not actions.reuse.isEnabled()
    for action in (actions.save_as, actions.star, actions.reveal, actions.copy_picture, actions.actual):
        assert action.isEnabled()
    qtbot.waitUntil(lambda: not onetake.stage.map.view.image.isNull())
    actions.actual.trigger()
    assert onetake.stage.map.view.zoom == 1.0
    assert actions.actual.isChecked()
    onetake.studio.show_picture("job-1", 0)
    assert actions.reuse.isEnabled()


def test_a_map_is_copied_as_control(onetake: Application) -> None:
    """What lands in the clipboard is what the command line takes: the kind, the file, and that it is a map."""
    onetake.stage.map.copy.click()
    path = onetake.stage.current_path()
    assert QGuiApplication.clipboard().text() == f"--control canny={path},map"
    assert "onetake image" in onetake.notices.text


def test_the_option_survives_commas_and_spaces(tmp_path: Path) -> None:
    """Through the shell and our own parser, the file's name comes out as it is."""
    file = str(tmp_path / "a walk, far's.png")
    (tmp_path / "a walk, far's.png").write_bytes(b"a map")
    option, value = shlex.split(control_option(map_of(tmp_path / "x.png"), file))
    assert option == "--control"
    layer = parse_control(value)
    assert (layer.kind, layer.picture, layer.is_map) == ("canny", file, True)


def test_a_map_is_made_again(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """As a new job, which comes to the canvas."""
    onetake.stage.map.again.click()
    qtbot.waitUntil(lambda: onetake.jobs.rowCount() == 3)
    record = onetake.jobs.records()[-1]
    qtbot.waitUntil(lambda: record.state is JobState.DONE)
    assert engine.requests == [onetake.jobs.records()[1].request]
    qtbot.waitUntil(lambda: onetake.stage.record is record)


def test_a_picture_that_is_gone_cannot_be_shown(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """The button is greyed when the map is shown again."""
    qtbot.waitUntil(onetake.stage.map.source.isEnabled)
    (tmp_path / "walk.png").unlink()
    onetake.studio.show_picture("job-1", 0)
    onetake.studio.show_picture("job-2", 0)
    qtbot.waitUntil(lambda: not onetake.stage.map.source.isEnabled())


def test_a_waiting_map_is_a_row_of_the_queue(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """While it is made the canvas has a place for it, and the models keep Qt's rules."""
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    models = (onetake.stage.candidates, onetake.gallery.list.model())
    testers = [QAbstractItemModelTester(model, mode) for model in models]
    engine.script("hold")
    onetake.stage.map.again.click()
    qtbot.waitUntil(lambda: onetake.stage.page is onetake.stage.grid)
    # Not before it runs: the scripted engine would start it once more.
    qtbot.waitUntil(lambda: [record.state for record in onetake.jobs.unfinished()] == [JobState.RUNNING])
    engine.finish("job-3")
    qtbot.waitUntil(lambda: onetake.stage.page is onetake.stage.map)
    del testers
