"""The real window, offscreen, in front of the real service, a real worker and the embedded model."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.application import Application, complete
from app.opening import open_frame
from app.reports import Reach
from engine.client import EngineClient
from engine.messages import JobState
from engine.paths import Paths

# Longer than all waits of one test together may take on a busy machine.
pytestmark = pytest.mark.timeout(600)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.job_record import JobRecord
    from tests.e2e.conftest import Onetake

PROMPT = "winter mountains at night, a moon on the left"
# The machine may be busy, and the first picture waits for the engine to start and for torch to load.
LONG_MS = 120_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication, onetake: Onetake) -> Iterator[Callable[[], Application]]:
    """Opens windows on the home of the command line; closed before its service is stopped."""
    paths = Paths(onetake.home)
    opened: list[Application] = []

    def open_one() -> Application:
        paths.create()
        opening = open_frame(qapp, paths)
        with qtbot.waitSignal(opening.window.first_painted):
            opening.window.show()
        application = complete(opening, paths, partial(EngineClient.connect, paths, timeout_s=60.0, reopen=False))
        opened.append(application)
        qtbot.waitUntil(lambda: application.link.connection.reach is Reach.RUNNING, timeout=LONG_MS)
        return application

    yield open_one
    for application in opened:
        application.window.close()
        application.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def generate(qtbot: QtBot, window: Application, prompt: str, count: int) -> JobRecord:
    """Type a prompt, choose a count, press Ctrl+Return; returns the job once the engine has it."""
    field = window.prompt.prompt
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, prompt)
    window.form.count.setValue(count)
    before = window.jobs.rowCount()
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.jobs.rowCount() > before, timeout=LONG_MS)
    record = window.jobs.records()[-1]
    qtbot.waitUntil(lambda: bool(window.jobs.records()[-1].info.job), timeout=LONG_MS)
    return window.jobs.record(record.info.job) or window.jobs.records()[-1]


def test_from_a_typed_prompt_to_pictures_and_back(qtbot: QtBot, open_window: Callable[[], Application]) -> None:
    """Candidates arrive one by one, the files are pictures, and dropping one brings its settings back."""
    window = open_window()
    arrived: list[int] = []

    def note(_job: str, index: int) -> None:
        arrived.append(index)

    window.jobs.candidate_arrived.connect(note)
    record = generate(qtbot, window, PROMPT, 3)
    qtbot.waitUntil(lambda: window.stage.page is window.stage.grid, timeout=LONG_MS)
    assert window.prompt.ignored.isHidden(), "the embedded model knows every word of the example"
    seed = record.request.seed
    qtbot.waitUntil(lambda: record.state.is_final, timeout=LONG_MS)
    assert record.state is JobState.DONE, record.info.error_message
    assert list(dict.fromkeys(arrived)) == [0, 1, 2]
    files = [Path(name) for name in record.info.outputs]
    assert len(files) == 3
    shades: set[bytes] = set()
    for file in files:
        with Image.open(file) as picture:
            assert picture.size == (256, 256)
            shades.add(picture.convert("RGB").tobytes())
    assert len(shades) == 3, "three seeds make three pictures"
    assert window.gallery.list.model().rowCount() == 3

    window.project.change("typing", prompt="something else", count=9)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(files[2]))])
    copy, button, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window.window, QDragEnterEvent(QPoint(50, 50), copy, mime, button, plain))
    QApplication.sendEvent(window.window, QDropEvent(QPointF(50, 50), copy, mime, button, plain))
    qtbot.waitUntil(lambda: window.project.edit.prompt == PROMPT, timeout=LONG_MS)
    edit = window.project.edit
    assert (edit.seed, edit.count, edit.seed_locked) == (seed + 2, 1, True)


def test_a_job_outlives_the_window_and_can_be_cancelled(qtbot: QtBot, open_window: Callable[[], Application]) -> None:
    """A new window re-attaches to the job that ran on, shows its result, and cancels the next one."""
    first = open_window()
    job = generate(qtbot, first, "autumn hills at dusk", 8).info.job
    first.window.close()
    again = open_window()
    qtbot.waitUntil(lambda: again.jobs.record(job) is not None, timeout=LONG_MS)
    record = again.jobs.record(job)
    assert record is not None
    assert again.stage.record is record
    qtbot.waitUntil(lambda: record.state.is_final, timeout=LONG_MS)
    assert record.state is JobState.DONE, record.info.error_message
    assert all(Path(name).is_file() for name in record.info.outputs)
    assert again.gallery.list.model().rowCount() == 8

    long = generate(qtbot, again, "spring forest at dawn", 256)
    qtbot.waitUntil(lambda: bool(long.candidates), timeout=LONG_MS)
    qtbot.keyClick(again.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: long.state is JobState.CANCELLED, timeout=LONG_MS)
    assert again.stage.page is again.stage.outcome
    assert not list(Path(record.info.outputs[0]).parent.glob("*.tmp"))


def test_the_window_of_the_program_loads_no_torch(onetake: Onetake) -> None:
    """`onetake` without arguments, in a process of its own: connected to the engine, it is small and without torch."""
    done = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env=onetake.environment | {"ONETAKE_REPORT_START": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["torch_loaded"] is False
    assert report["visible_at"] < report["complete_at"]
    assert report["rss_bytes"] < 150e6
