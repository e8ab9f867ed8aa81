"""What is laid out and painted when little changes: that, and not the window around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from app.icons import Icons
from app.theme import Appearance
from engine.messages import JobState
from engine.paths import resources_folder
from tests.gui.video import enter_video, open_plan

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine


class Counted(QObject):
    """How often something happens to widgets."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__(widgets[0])
        self._happened: list[tuple[QObject, QEvent.Type]] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self._happened.append((watched, event.type()))
        return False

    def paints(self, widget: QWidget) -> int:
        """Of this widget."""
        return self._happened.count((widget, QEvent.Type.Paint))

    def layouts(self, widget: QWidget) -> int:
        """Of what is in this widget."""
        return self._happened.count((widget, QEvent.Type.LayoutRequest))


def test_another_word_on_generate_moves_nothing_else(qtbot: QtBot, onetake: Application) -> None:
    """The button is painted; the fields above it are neither laid out nor painted."""
    panel = onetake.prompt
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    qtbot.wait(100)
    counted = Counted(panel, panel.generate, onetake.form.model)
    panel.set_busy(busy=True)
    qtbot.waitUntil(lambda: counted.paints(panel.generate) > 0)
    qtbot.wait(50)
    assert panel.generate.text() == "Queue another"
    assert (counted.layouts(panel), counted.paints(onetake.form.model)) == (0, 0)


def test_a_new_seed_is_all_that_is_painted_of_the_settings(qtbot: QtBot, onetake: Application) -> None:
    """Every Generate draws one."""
    form = onetake.form
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    qtbot.wait(100)
    counted = Counted(form, form.seed.number, form.seed.lock, form.steps, form.count)
    onetake.project.change("settings", seed=onetake.project.edit.seed + 1)
    qtbot.waitUntil(lambda: counted.paints(form.seed.number) > 0)
    qtbot.wait(50)
    assert form.seed.number.text() == str(onetake.project.edit.seed)
    assert [counted.paints(each) for each in (form.seed.lock, form.steps, form.count)] == [0, 0, 0]
    assert counted.layouts(form) == 0


def test_time_that_goes_by_lays_nothing_out(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """The labels under the player have room for the last frame; and what plays is painted in the timeline alone."""
    engine.script("hold")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake, frames=12)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: onetake.jobs.records()[0].state is JobState.RUNNING and parts.player.isVisible())
    qtbot.wait(100)
    strip = parts.player.transport
    counted, painted = Counted(strip, strip.time), parts.panel.view.ground.painted_px
    for frame in range(0, 48, 5):
        parts.playhead.seek(frame)
        before = counted.paints(strip.time)
        qtbot.waitUntil(lambda: counted.paints(strip.time) > before or not frame)  # noqa: B023 - called in this turn
    parts.playhead.play(1)
    parts.playhead.pause()
    onetake.stage.cache.loaded.emit()
    qtbot.wait(100)
    assert strip.number.text() == "46 of 48"
    assert parts.panel.view.ground.painted_px == painted
    # The button of playing and standing still has changed its icon twice; the labels have changed nothing.
    assert counted.layouts(strip) <= 2


def test_in_and_out_points_are_seen_in_the_ruler(qtbot: QtBot, onetake: Application) -> None:
    """It is painted anew when they move, though not for what else the playhead tells."""
    parts = enter_video(qtbot, onetake)
    open_plan(onetake, frames=12)
    view = parts.panel.view
    qtbot.wait(100)
    before = view.grab().toImage()
    parts.playhead.seek(12)
    parts.playhead.mark_in()
    parts.playhead.seek(0)
    painted = view.ground.painted_px
    qtbot.waitUntil(lambda: view.ground.painted_px > painted)
    after = view.grab().toImage()
    x, y = int(view.scale.x(40)), view.lanes.ruler.top + 2
    assert after.pixelColor(x, y) != before.pixelColor(x, y)
    assert after.pixelColor(int(view.scale.x(4)), y) == before.pixelColor(int(view.scale.x(4)), y)


def test_a_job_is_put_on_the_canvas_in_one_go(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Its picture and itself are told once."""
    engine.script("hold", "hold")
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    onetake.project.change("typing", prompt="a boat")
    for _ in range(2):
        onetake.studio.generate()
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    told: list[tuple[str, int]] = []
    qtbot.waitUntil(lambda: onetake.jobs.record("job-2") is not None)

    def tell(key: str, row: int) -> None:
        told.append((key, row))

    onetake.stage.picture_changed.connect(tell)
    for key in ("job-2", "job-1", "job-1"):
        onetake.stage.show_job(key)
    assert told == [("job-2", 0), ("job-1", 0), ("job-1", 0)]


def test_an_icon_is_drawn_once_for_each_theme(onetake: Application) -> None:
    """Rows of lists ask for it each time that they are painted."""
    onetake.theme.choose(Appearance.DARK)
    icons = Icons(resources_folder() / "icons", onetake.theme, onetake.theme)
    first = icons.pixmap("cancel", "quiet", 1.0)
    assert icons.pixmap("cancel", "quiet", 1.0).cacheKey() == first.cacheKey()
    onetake.theme.choose(Appearance.LIGHT)
    assert icons.pixmap("cancel", "quiet", 1.0).toImage() != first.toImage()
