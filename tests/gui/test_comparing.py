"""Comparing: two takes under one playhead, two pictures at one zoom, side by side or by a wipe."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage

from app.canvas.compare_view import CompareView
from app.cells import CellRole
from app.file_change import change_file
from engine.messages import ImageRequest, JobState, VideoRequest
from tests.fake_takes import fake_frame
from tests.gui.test_player import pixels
from tests.gui.video import command, enter_video, generate_take, open_plan

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.canvas.player import PlayerPage
    from engine.paths import Paths
    from tests.fakes import FakeEngine


def image(color: str, width: int = 80, height: int = 60) -> QImage:
    """A plain picture."""
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor(color))
    return made


@pytest.fixture
def view(qtbot: QtBot, onetake: Application) -> CompareView:
    """A view of a red picture of 80 x 60, at 200 %."""
    made = CompareView(onetake.theme)
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.show_image(image("red"), "", "red")
    made.set_zoom(2.0)
    return made


@pytest.fixture
def two(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> PlayerPage:
    """The player with the second of two finished takes."""
    engine.script(default="finish")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    for _ in range(2):
        record = generate_take(qtbot, onetake, JobState.DONE)
        onetake.studio.show_job(record.info.job)
    qtbot.waitUntil(lambda: parts.take.key == "job-2" and not parts.player.view.image.isNull())
    return parts.player


def color_at(view: CompareView, x: float, y: float) -> str:
    """The colour that is painted there."""
    return view.grab().toImage().pixelColor(round(x), round(y)).name()


def test_side_by_side_both_are_whole_and_at_one_zoom(view: CompareView) -> None:
    """The second one lies right of the first, in its size, whatever its own is; zoom and place stay shared."""
    view.show_other(image("blue", 160, 120), ("red", "blue"))
    view.set_zoom(0.0)
    first = view.widget_rect(QRectF(0, 0, 80, 60))
    assert color_at(view, first.center().x(), first.center().y()) == "#ff0000"
    assert color_at(view, first.right() + first.width() * 0.5, first.center().y()) == "#0000ff"
    assert view.rect().contains(first.translated(first.width() * 1.02, 0).toRect())
    view.show_other(None, None)
    view.set_zoom(0.0)
    assert view.widget_rect(QRectF(0, 0, 80, 60)).center().x() == pytest.approx(300, abs=1)


def test_a_wipe_shows_each_on_its_side_of_the_line(qtbot: QtBot, view: CompareView) -> None:
    """The line follows the mouse, and goes no further than the picture."""
    view.show_other(image("blue"), ("red", "blue"))
    view.set_wipe(True)
    view.set_zoom(2.0)
    place = view.widget_rect(QRectF(0, 0, 80, 60))
    middle = place.center()
    assert color_at(view, middle.x() - 20, middle.y()) == "#ff0000"
    assert color_at(view, middle.x() + 20, middle.y()) == "#0000ff"
    start = QPointF(middle).toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, start + QPointF(40, 0).toPoint())
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPointF(40, 0).toPoint())
    assert view.split == pytest.approx(0.5 + 40 / place.width(), abs=0.02)
    assert color_at(view, middle.x() + 20, middle.y()) == "#ff0000"
    view.move_split(7.0)
    assert view.split == 1.0


def test_two_takes_show_the_same_frame(qtbot: QtBot, onetake: Application, engine: FakeEngine, two: PlayerPage) -> None:
    """Compare takes the take that was on the canvas before; both follow the playhead, to the pixel."""
    command(onetake, "compare").trigger()
    qtbot.waitUntil(lambda: two.compared == "job-1")
    two.playhead.seek(20)
    requests = [request for request in engine.requests if isinstance(request, VideoRequest)]
    mine, its = (np.asarray(fake_frame(request, 20)) for request in (requests[1], requests[0]))
    assert not np.array_equal(mine, its)
    qtbot.waitUntil(lambda: np.array_equal(pixels(two.view.image), mine))
    qtbot.waitUntil(lambda: np.array_equal(pixels(two.view.other), its))
    command(onetake, "compare").trigger()
    assert not two.view.compares


def test_what_is_chosen_in_the_gallery_is_compared(qtbot: QtBot, onetake: Application, two: PlayerPage) -> None:
    """Of the same kind alone; going to pictures ends it."""
    record = generate_take(qtbot, onetake, JobState.DONE)
    onetake.studio.show_job(record.info.job)
    model = onetake.gallery.list.model()
    rows = {model.index(row, 0).data(CellRole.KEY): model.index(row, 0) for row in range(3)}
    onetake.gallery.list.setCurrentIndex(rows["job-1"])
    command(onetake, "compare").trigger()
    qtbot.waitUntil(lambda: two.compared == "job-1")
    onetake.mode.picture.click()
    onetake.project.change("typing", prompt="a lake")
    onetake.studio.generate()
    qtbot.waitUntil(lambda: onetake.stage.page is not two)
    assert two.compared == ""


def test_nothing_to_compare_with_is_said(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """One result alone cannot be compared."""
    engine.script(default="finish")
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    command(onetake, "compare").trigger()
    assert onetake.notices.isVisible()
    assert not command(onetake, "compare").isChecked()


def test_comparing_ends_when_the_other_result_goes(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, paths: Paths
) -> None:
    """One that is thrown away, in this window or another, leaves the canvas to the first, and the button up."""
    engine.script(default="finish")
    for seed in (1, 2):
        onetake.studio.send(ImageRequest(prompt="boat", seed=seed))
        qtbot.waitUntil(lambda seed=seed: onetake.gallery.list.model().rowCount() == seed)
        onetake.studio.show_job(f"job-{seed}")
    command(onetake, "compare").trigger()
    assert onetake.stage.large.compares
    thrown = onetake.jobs.records()[0].info.outputs
    change_file(paths.home / "trashed.json", lambda _: json.dumps(thrown).encode())
    qtbot.waitUntil(lambda: not onetake.stage.large.compares)
    assert not command(onetake, "compare").isChecked()
