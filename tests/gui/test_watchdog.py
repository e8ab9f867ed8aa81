"""The interface thread while a take is made by two ranks: reports its longest turns. The bar is 16 ms."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from engine.messages import JobState
from tests.gui.loop_watch import LoopWatch
from tests.gui.video import enter_video, open_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.job_record import JobRecord
    from tests.fakes import FakeEngine
    from tests.gui.loop_watch import Turns

IDLE_S = 0.002
HANGS_MS = 250.0
"""What an artist feels as a hang. A speed is measured, not asserted; a file that is read in a slot is a mistake."""


def make(engine: FakeEngine) -> None:
    """Two ranks show previews of three steps, then finish all 48 frames."""
    for step in range(1, 4):
        for device, frames in (("cpu", range(0, 24, 4)), ("cpu#1", range(24, 48, 4))):
            engine.make_step("job-1", step, device)
            engine.show_frames("job-1", frames, device)
            time.sleep(0.02)
    for start in range(0, 24, 8):
        engine.finish_frames("job-1", range(start, start + 8), "cpu")
        engine.finish_frames("job-1", range(24 + start, 32 + start), "cpu#1")


def watched(qtbot: QtBot, begin: Callable[[], object], is_over: Callable[[], bool]) -> Turns:
    """The turns from this until then, with all that comes of it, and without what was still to be done before."""
    rest(qtbot)
    watch = LoopWatch()
    watch.start()
    QTimer.singleShot(0, begin)
    qtbot.waitUntil(is_over, timeout=60_000)
    rest(qtbot)
    return watch.stop()


def rest(qtbot: QtBot) -> None:
    """Until the window has nothing to do for twenty turns in a row."""
    watch = LoopWatch()
    watch.start()
    qtbot.waitUntil(lambda: len(watch.turns.cpu_s) > 20 and max(watch.turns.cpu_s[-20:]) < IDLE_S, timeout=60_000)
    watch.stop()


def elsewhere(work: Callable[[], None]) -> Callable[[], None]:
    """The same as the engine does it: not in the interface thread, whose work this measures."""
    return threading.Thread(target=work).start


def test_a_take_never_holds_up_the_window(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, record_property: Callable[[str, object], None]
) -> None:
    """Generate is pressed, previews and frames of two ranks come in while the take loops, and it ends.

    In its own processor time no turn of the interface thread is a hang.
    """
    engine.script("hold")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake, frames=12)
    onetake.form.devices.chosen.emit(("cpu:2",))

    def record() -> JobRecord | None:
        return onetake.jobs.record("job-1")

    def has_state(state: JobState) -> bool:
        made = record()
        return made is not None and made.state is state

    pressed = watched(
        qtbot, onetake.prompt.generate.click, lambda: has_state(JobState.RUNNING) and parts.player.isVisible()
    )
    ran = watched(qtbot, elsewhere(lambda: make(engine)), lambda: parts.take.is_ready(47))
    ended = watched(
        qtbot,
        elsewhere(lambda: engine.finish("job-1")),
        lambda: has_state(JobState.DONE) and onetake.gallery.list.model().rowCount() == 1,
    )
    for name, turns in (("Generate", pressed), ("running take", ran), ("its end", ended)):
        record_property(f"interface thread, {name}", str(turns))
        assert len(turns.cpu_s) >= 3, "nothing was watched"
        assert turns.worst_ms < HANGS_MS, f"{name}: {turns}"
