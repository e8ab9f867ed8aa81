"""Work off the interface thread: whoever waits for it hears of its end, and nobody waits for a disk that hangs."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, NoReturn

import pytest

from app.background import Background
from engine.errors import EngineError
from tests.patience import ENDING_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def disk() -> Iterator[Event]:
    """One that answers when it is set, or the test is over."""
    answers = Event()
    yield answers
    answers.set()


def wait_for(disk: Event) -> str:
    assert disk.wait(ENDING_S)
    return "answered"


def test_a_mistake_of_ours_is_told_as_well(qtbot: QtBot, capfd: pytest.CaptureFixture[str]) -> None:
    """An error that no one foresaw ends the wait, is named, and leaves its traceback on standard error."""
    background, heard = Background(), list[object]()

    def stumble() -> NoReturn:
        raise KeyError("a lost key")

    background.run(stumble, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    background.close()
    (told,) = heard
    assert isinstance(told, EngineError)
    assert "a lost key" in told.message
    assert "Traceback" in capfd.readouterr().err


def test_the_end_is_told_in_the_thread_of_its_owner(qtbot: QtBot) -> None:
    """The work runs elsewhere, and no more threads run than are allowed, whatever is asked for."""
    background, told = Background(threads=2), list[threading.Thread]()
    worked = list[threading.Thread]()

    def work() -> None:
        worked.append(threading.current_thread())

    for _ in range(40):
        background.run(work, lambda _: told.append(threading.current_thread()))
    qtbot.waitUntil(lambda: len(told) == 40)
    background.close()
    assert set(told) == {threading.current_thread()}
    assert threading.current_thread() not in worked
    assert len(set(worked)) <= 2


def test_one_thread_keeps_the_order(qtbot: QtBot) -> None:
    """What is asked for first is done first."""
    background, done = Background(threads=1), list[int]()
    for number in range(40):
        background.run(partial(done.append, number), lambda _: None)
    qtbot.waitUntil(lambda: len(done) == 40)
    background.close()
    assert done == list(range(40))


def test_a_thread_without_work_ends_and_another_takes_its_place(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle window has none."""
    monkeypatch.setattr("app.background.IDLE_S", 0.01)
    background, threads = Background(), list[threading.Thread]()
    for count in (1, 2):
        background.run(lambda: threads.append(threading.current_thread()), lambda _: None)
        qtbot.waitUntil(lambda count=count: len(threads) == count)
        qtbot.waitUntil(lambda: not threads[-1].is_alive())
    assert threads[0] is not threads[1]
    background.close()


def test_closing_never_waits_for_a_look(qtbot: QtBot, disk: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it hangs, and what waits behind it is not begun; whoever asked hears nothing afterwards."""
    monkeypatch.setattr("app.background.KEPT_WITHIN_S", ENDING_S)
    background, heard, begun = Background(threads=1), list[object](), list[str]()
    background.run(partial(wait_for, disk), heard.append)
    background.run(partial(begun.append, "second"), heard.append)
    background.close()
    background.run(partial(begun.append, "third"), heard.append)
    assert not disk.is_set()
    disk.set()
    qtbot.waitUntil(lambda: not any(thread.name == "background" for thread in threading.enumerate()))
    assert (heard, begun) == ([], [])


def test_closing_waits_for_what_keeps_something_begun_or_not(disk: Event) -> None:
    """In its order; a look between is left out."""
    background, kept = Background(threads=1), list[str]()
    late = threading.Timer(0.05, disk.set)

    def keep(word: str) -> None:
        wait_for(disk)
        kept.append(word)

    background.run(partial(keep, "first"), lambda _: None, keeps=True)
    background.run(partial(kept.append, "a look"), lambda _: None)
    background.run(partial(keep, "second"), lambda _: None, keeps=True)
    late.start()
    background.close()
    late.join()
    assert kept == ["first", "second"]


def test_closing_waits_but_a_while_for_a_disk_that_does_not_answer(
    disk: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be kept by then is not held against the artist who wants to leave."""
    monkeypatch.setattr("app.background.KEPT_WITHIN_S", 0.05)
    background, kept = Background(threads=1), list[str]()
    background.run(lambda: kept.append(wait_for(disk)), lambda _: None, keeps=True)
    background.close()
    assert kept == []


HUNG = """
import os, sys
from PySide6.QtCore import QCoreApplication, QTimer
from app.background import Background
app = QCoreApplication(sys.argv)
inner, outer = os.pipe()
background = Background(app)
background.run(lambda: os.read(inner, 1), lambda _: None)
def leave():
    background.close()
    app.quit()
QTimer.singleShot(50, leave)
app.exec()
print("left", flush=True)
"""


def test_the_process_ends_with_a_call_that_hangs() -> None:
    """Neither Python nor Qt waits for it at exit: the read below never returns."""
    ended = subprocess.run([sys.executable, "-c", HUNG], capture_output=True, text=True, timeout=ENDING_S, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "left\n", "")
