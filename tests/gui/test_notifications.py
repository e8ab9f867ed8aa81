"""Notifications: which ends are told outside the window, what is said, and how it reaches the desktop."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.desktop_portal import DesktopPortal
from engine.messages import JobState
from tests.gui.test_queue import generate

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine

ROOT = Path(__file__).resolve().parents[2]
AWAY = "elsewhere"
Told = list[tuple[str, str, str]]


@pytest.fixture
def told(onetake: Application) -> Told:
    """What the desktop is told from now on."""
    heard: Told = []

    def tell(name: str, title: str, body: str, then: Callable[[bool], None]) -> None:
        heard.append((name, title, body))
        then(bool(heard))

    onetake.notifications.tell = tell
    return heard


@pytest.fixture
def away(qtbot: QtBot, onetake: Application) -> QWidget:
    """Another window, which the artist works in."""
    other = QWidget()
    other.setWindowTitle(AWAY)
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not onetake.window.isActiveWindow())
    return other


def run_long(qtbot: QtBot, onetake: Application, engine: FakeEngine, seconds: float) -> str:
    """A job that began so long ago, and still runs."""
    engine.script("hold")
    job = generate(qtbot, onetake, "winter mountains", JobState.RUNNING)
    record = onetake.jobs.record(job)
    assert record is not None
    engine.start_earlier(job, seconds)
    record.info = engine.info(job)
    return job


def test_the_end_of_a_long_job_is_told(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, told: Told, away: QWidget
) -> None:
    """What it was and how long it took, under the job's name."""
    job = run_long(qtbot, onetake, engine, 65)
    engine.finish(job)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(job, "Onetake: the pictures are finished", "winter mountains\nafter 1:05")]


def test_a_failure_is_told_with_its_remedy(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, told: Told, away: QWidget
) -> None:
    """As the window says it."""
    job = run_long(qtbot, onetake, engine, 65)
    engine.fail(job, "out_of_memory", "it needs 6 GB; use a smaller size")
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(job, "Onetake: a job failed", "It needs 6 GB; use a smaller size")]


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("why", ["short", "looked at", "turned off", "cancelled"])
def test_what_needs_no_word_gets_none(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, told: Told, why: str
) -> None:
    """A short job, one under the artist's eyes, one that was cancelled, and all when they are turned off."""
    job = run_long(qtbot, onetake, engine, 5 if why == "short" else 65)
    if why == "looked at":
        onetake.window.activateWindow()
        qtbot.waitUntil(onetake.window.isActiveWindow)
    elif why == "turned off":
        next(action for action in onetake.desk.keymap.actions if action.objectName() == "notify").trigger()
    record = onetake.jobs.record(job)
    assert record is not None
    if why == "cancelled":
        onetake.studio.cancel(job)
    else:
        engine.finish(job)
    qtbot.waitUntil(lambda: record.state.is_final)
    # The next one is told, so this one's turn has passed.
    if why == "turned off":
        next(action for action in onetake.desk.keymap.actions if action.objectName() == "notify").trigger()
    elif why == "looked at":
        next(window for window in QApplication.topLevelWidgets() if window.windowTitle() == AWAY).activateWindow()
        qtbot.waitUntil(lambda: not onetake.window.isActiveWindow())
    later = run_long(qtbot, onetake, engine, 65)
    engine.finish(later)
    qtbot.waitUntil(lambda: bool(told))
    assert [name for name, _, _ in told] == [later]


def test_the_switch_is_kept(onetake: Application, open_window: Callable[[], Application]) -> None:
    """Turned off in one window, it is off in the next."""
    switch = next(action for action in onetake.desk.keymap.actions if action.objectName() == "notify")
    assert switch.isChecked()
    switch.trigger()
    onetake.window.close()
    second = open_window()
    assert not next(action for action in second.desk.keymap.actions if action.objectName() == "notify").isChecked()


PORTAL = """
    import sys
    from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, Slot
    from PySide6.QtDBus import QDBusConnection
    from app import desktop_portal as portal

    @ClassInfo(**{"D-Bus Interface": portal.INTERFACE})
    class Desktop(QObject):
        @Slot(str, "QVariantMap")
        def AddNotification(self, name, content):
            print(name, content["title"], content["body"], content["priority"], flush=True)

    app = QCoreApplication(sys.argv)
    desktop, bus = Desktop(), QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "desktop")
    if "portal" in sys.argv:
        assert bus.registerObject(portal.PATH, desktop, QDBusConnection.RegisterOption.ExportAllSlots)
        assert bus.registerService(portal.SERVICE)
    sender, said = portal.DesktopPortal(), []
    sender.tell("job-1", "Finished", "a boat", said.append)
    print("sent", said, flush=True)
    while not said:
        app.processEvents()
    print("taken" if said[0] else "not taken")
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs a message bus")
@pytest.mark.parametrize(
    ("portal", "lines"),
    [("portal", ["sent []", "job-1 Finished a boat normal", "taken"]), ("none", ["sent []", "not taken"])],
)
def test_the_message_reaches_a_desktop_that_has_a_portal(portal: str, lines: list[str]) -> None:
    """It is what the portal's description asks for, nobody waits for the answer, and without a portal one is told."""
    probe = [sys.executable, "-c", textwrap.dedent(PORTAL), portal]
    done = subprocess.run(
        ["dbus-run-session", "--", *probe], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines() == lines


def test_without_a_bus_none_is_looked_for(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller knows at once, and goes to the tray."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    said: list[bool] = []
    DesktopPortal().tell("job-1", "Finished", "a boat", said.append)
    assert said == [False]
