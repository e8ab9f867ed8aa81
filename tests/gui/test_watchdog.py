"""The interface thread while a take is made by two ranks: reports its longest turn. The bar is 16 ms."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from engine.messages import JobState
from tests.gui.loop_watch import LoopWatch
from tests.gui.video import enter_video, generate_take, open_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine

HANGS_MS = 250.0
"""What an artist feels as a hang. A speed is measured, not asserted; a file that is read in a slot is a mistake."""


def test_a_running_take_never_holds_up_the_window(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, record_property: Callable[[str, object], None]
) -> None:
    """Previews and frames of two ranks come in while the take loops: in its own processor time no turn is a hang."""
    engine.script("hold", default="finish")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake, frames=12)
    onetake.form.devices.chosen.emit(("cpu:2",))
    generate_take(qtbot, onetake, JobState.RUNNING)
    qtbot.waitUntil(parts.player.isVisible)

    def make() -> None:
        for step in range(1, 4):
            for device, frames in (("cpu", range(0, 24, 4)), ("cpu#1", range(24, 48, 4))):
                engine.make_step("job-1", step, device)
                engine.show_frames("job-1", frames, device)
                time.sleep(0.02)
        for start in range(0, 24, 8):
            engine.finish_frames("job-1", range(start, start + 8), "cpu")
            engine.finish_frames("job-1", range(24 + start, 32 + start), "cpu#1")

    # Not from the interface thread, whose work this measures.
    ranks = threading.Thread(target=make)
    watch = LoopWatch()
    watch.start()
    ranks.start()
    qtbot.waitUntil(lambda: parts.take.is_ready(47), timeout=60_000)
    ranks.join()
    turns = watch.stop()
    record_property("interface_thread", str(turns))
    assert len(turns.cpu_s) >= 3, "nothing was watched"
    assert turns.worst_ms < HANGS_MS, turns
