"""The player: exact steps, playing what is there, previews that loop, J K L, in and out."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage

from app.playhead import Playhead
from app.take import FrameState, device_number
from engine.messages import JobState, VideoRequest
from tests.fake_takes import fake_frame
from tests.gui.video import command, enter_video, generate_take, open_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.canvas.player import PlayerPage
    from tests.fakes import FakeEngine


@pytest.fixture
def held(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> PlayerPage:
    """The player with a take of 48 frames that two ranks have begun."""
    engine.script("hold", default="finish")
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    onetake.form.devices.chosen.emit(("cpu:2",))
    generate_take(qtbot, onetake, JobState.RUNNING)
    qtbot.waitUntil(parts.player.isVisible)
    return parts.player


@pytest.fixture
def playhead(qtbot: QtBot) -> Iterator[Playhead]:
    """A playhead over ten frames, all there."""
    made = Playhead()
    made.set_range(10, 100.0)
    yield made
    made.pause()


def pixels(image: QImage) -> np.ndarray:
    """(H, W, 3) uint8 RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


def test_playing_keeps_time_though_a_beat_is_no_whole_millisecond(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """240 frames at 24 a second take ten seconds, also with a timer that is late now and then; a long halt is lost."""
    playhead = Playhead()
    playhead.set_range(1000, 24.0)
    timer, now_s = playhead.findChild(QTimer), 0.0
    assert isinstance(timer, QTimer)
    monkeypatch.setattr("app.playhead.time.monotonic", lambda: now_s)
    playhead.play(1)
    for beat in range(240):
        now_s += timer.interval() / 1000 + (0.004 if beat % 7 == 0 else 0.0)
        timer.timeout.emit()
    assert playhead.frame == 240
    assert now_s == pytest.approx(10.0, abs=0.006)
    now_s += 3.0
    timer.timeout.emit()
    assert (playhead.frame, timer.interval()) == (241, 0), "no frame is passed over for it"
    timer.timeout.emit()
    assert timer.interval() == 42
    playhead.pause()


def test_previews_loop_while_the_take_is_made(qtbot: QtBot, held: PlayerPage, engine: FakeEngine) -> None:
    """The first previews start the loop by themselves; it passes over frames that are not there."""
    seen: list[int] = []
    held.playhead.moved.connect(seen.append)
    engine.make_step("job-1", 1, "cpu")
    engine.make_step("job-1", 1, "cpu#1")
    engine.show_frames("job-1", range(0, 6, 2), "cpu")
    engine.show_frames("job-1", range(40, 44, 2), "cpu#1")
    qtbot.waitUntil(lambda: len(set(seen)) >= 5)
    assert set(seen) <= {0, 2, 4, 40, 42}
    qtbot.waitUntil(lambda: held.view.caption == "Preview, step 1 of 5")
    assert held.view.image.size().width() == 256


def test_what_is_decoded_plays_while_the_rest_is_made(qtbot: QtBot, held: PlayerPage, engine: FakeEngine) -> None:
    """Finished frames are shown in full, exactly as they are on disk."""
    request = engine.requests[0]
    assert isinstance(request, VideoRequest)
    engine.finish_frames("job-1", range(24, 30), "cpu#1")
    qtbot.waitUntil(lambda: held.playhead.is_playing)
    qtbot.waitUntil(lambda: 24 <= held.playhead.frame < 30)
    held.stop_by_hand()
    held.playhead.pause()
    held.playhead.seek(27)
    wanted = np.asarray(fake_frame(request, 27))
    qtbot.waitUntil(lambda: np.array_equal(pixels(held.view.image), wanted))
    assert held.view.caption == ""
    assert held.view.accessibleName().startswith("Frame 28 of 48")


def test_left_and_right_go_exactly_one_frame(
    qtbot: QtBot, onetake: Application, held: PlayerPage, engine: FakeEngine
) -> None:
    """On the canvas, in a finished take, frame by frame; the number is shown, and what is playing stops."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done)
    held.playhead.play(1)
    held.playhead.seek(10)
    held.view.setFocus()
    for expected in (11, 12, 13):
        qtbot.keyClick(held.view, Qt.Key.Key_Right)
        assert held.playhead.frame == expected
    qtbot.keyClick(held.view, Qt.Key.Key_Left)
    assert held.playhead.frame == 12
    assert not held.playhead.is_playing
    assert held.transport.number.text() == "13 of 48"
    assert held.transport.time.text() == "0:01:04"


def test_a_finished_take_waits_on_its_first_frame(
    qtbot: QtBot, onetake: Application, held: PlayerPage, engine: FakeEngine
) -> None:
    """The loop of the making ends with it; Space then plays and stops."""
    engine.show_frames("job-1", range(0, 24, 4), "cpu")
    qtbot.waitUntil(lambda: held.playhead.is_playing)
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done)
    assert not held.playhead.is_playing
    assert held.playhead.frame == 0
    assert held.take.state(47) is FrameState.READY
    held.view.setFocus()
    qtbot.keyClick(held.view, Qt.Key.Key_Space)
    assert held.playhead.is_playing
    # Its row is told as done, then its end: news of a finished take stop nothing that the artist has begun.
    onetake.jobs.job_changed.emit("job-1")
    assert held.playhead.is_playing
    qtbot.keyClick(held.view, Qt.Key.Key_Space)
    assert not held.playhead.is_playing


def test_keys_of_time_work_on_the_canvas(qtbot: QtBot, held: PlayerPage, engine: FakeEngine) -> None:
    """L runs, again faster, J backwards, K stops; I and O mark."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done)
    held.view.setFocus()
    for key, speed in ((Qt.Key.Key_L, 1), (Qt.Key.Key_L, 2), (Qt.Key.Key_J, -1), (Qt.Key.Key_K, 0)):
        qtbot.keyClick(held.view, key)
        assert held.playhead.speed == speed
    held.playhead.seek(5)
    qtbot.keyClick(held.view, Qt.Key.Key_I)
    held.playhead.seek(20)
    qtbot.keyClick(held.view, Qt.Key.Key_O)
    assert held.playhead.span == range(5, 21)


def test_copying_takes_the_frame_that_is_shown(
    qtbot: QtBot, onetake: Application, held: PlayerPage, engine: FakeEngine
) -> None:
    """Ctrl+C puts this very frame into the clipboard, in full."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done and not held.view.image.isNull())
    onetake.exchange.copy_picture()
    assert QGuiApplication.clipboard().image().size() == held.view.image.size()


def test_closing_leaves_the_clipboard_to_qt(
    qtbot: QtBot, onetake: Application, held: PlayerPage, engine: FakeEngine
) -> None:
    """What was copied outlives the window as an object of Qt's own: one of Python's would crash Qt at exit."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done and not held.view.image.isNull())
    onetake.exchange.copy_picture()
    ours = QGuiApplication.clipboard().mimeData()
    size = held.view.image.size()
    onetake.window.close()
    assert QGuiApplication.clipboard().mimeData() is not ours
    assert QGuiApplication.clipboard().image().size() == size


def test_a_missing_frame_stops_nothing(
    qtbot: QtBot, held: PlayerPage, engine: FakeEngine, onetake: Application
) -> None:
    """A frame that was lost on disk is empty; playing goes on over it."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done)
    for file in (engine.folder.parent / "takes" / "job-1" / "clip").rglob("0000003.*.png"):
        file.unlink()
    held.playhead.seek(0)
    held.playhead.play(4)
    qtbot.waitUntil(lambda: held.playhead.frame > 6)


def test_closing_in_the_middle_of_playing_leaves_nothing(
    qtbot: QtBot, onetake: Application, held: PlayerPage, engine: FakeEngine
) -> None:
    """The clock stands still and the readers have ended."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done)
    held.playhead.play(1)
    onetake.window.close()
    assert not held.playhead.is_playing


def test_playing_passes_over_what_is_not_there_and_waits_for_what_is_being_read(
    qtbot: QtBot, playhead: Playhead
) -> None:
    """Missing frames are skipped; a frame that is still being read holds the beat."""
    read = {0, 5}
    playhead.follow(lambda frame: frame in (0, 2, 5), lambda frame: frame in read)
    seen: list[int] = []
    playhead.moved.connect(seen.append)
    playhead.play(1)
    with qtbot.waitSignal(playhead.moved, raising=False, timeout=60):
        pass
    assert seen == []
    read.add(2)
    qtbot.waitUntil(lambda: seen[:3] == [2, 5, 0])


def test_without_a_loop_playing_ends_at_the_out_point(qtbot: QtBot, playhead: Playhead) -> None:
    """It stays on the last frame of the span, and Play begins anew."""
    playhead.set_loops(False)
    playhead.seek(2)
    playhead.mark_in()
    playhead.seek(4)
    playhead.mark_out()
    playhead.seek(2)
    playhead.play(1)
    qtbot.waitUntil(lambda: not playhead.is_playing)
    assert playhead.frame == 4
    playhead.play(1)
    assert playhead.frame == 2


def test_marks_that_cross_push_each_other_away(playhead: Playhead) -> None:
    """An out point before the in point would leave nothing to play."""
    playhead.seek(5)
    playhead.mark_in()
    playhead.seek(3)
    playhead.mark_out()
    assert playhead.span == range(4)
    playhead.set_range(2, 100.0)
    assert playhead.span == range(2)


@pytest.mark.parametrize(
    ("devices", "numbers"),
    [
        (["cuda:0", "cuda:3"], [0, 3]),
        (["cpu", "cpu#1"], [0, 1]),
        (["cpu", "cuda:0"], [0, 1]),
    ],
)
def test_devices_are_told_apart_by_number(devices: list[str], numbers: list[int]) -> None:
    """Their own number, or their place where two have the same."""
    assert [device_number(device, devices) for device in devices] == numbers


def test_a_frame_starts_a_picture(qtbot: QtBot, onetake: Application, held: PlayerPage, engine: FakeEngine) -> None:
    """E on a take edits the very frame that is shown, not its movie."""
    engine.finish("job-1")
    qtbot.waitUntil(lambda: held.take.is_done and not held.view.image.isNull(), timeout=30_000)
    shown = pixels(held.view.image)
    command(onetake, "edit_picture").trigger()
    qtbot.waitUntil(lambda: onetake.project.canvas.is_active)
    assert np.array_equal(pixels(QImage(onetake.project.canvas.picture)), shown)
