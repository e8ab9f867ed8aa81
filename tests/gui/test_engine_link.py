"""app.engine_link: what the interface thread does with what the engine says."""

from __future__ import annotations

import time
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from app.engine_link import MOST_TRIES, SLICE_S, EngineLink
from app.reports import CommandFailed, PausedSet, SubmitCommand, Submitted
from engine.errors import ServiceError
from engine.messages import ImageRequest
from tests.fake_client import FakeClient

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot

    from app.engine_link import Client
    from engine.messages import Request
    from tests.fakes import FakeEngine


def refuse() -> Client:
    """No engine answers."""
    raise ServiceError("nobody is there")


def show(seen: list[object], report: object) -> None:
    """A view whose work takes longer than a slice."""
    end = time.thread_time() + 2 * SLICE_S
    while time.thread_time() < end:
        pass
    seen.append(report)


def test_a_burst_of_reports_leaves_turns_to_the_window(qtbot: QtBot) -> None:
    """Each of ten reports costs the views more than a slice: between any two of them the loop takes a turn."""
    link = EngineLink(refuse)
    seen: list[object] = []
    turns: list[int] = []
    clock = QTimer()
    clock.timeout.connect(lambda: turns.append(len(seen)))
    link.reported.connect(partial(show, seen))
    reports = [PausedSet(bool(number % 2)) for number in range(10)]
    clock.start(0)
    engine = Thread(target=lambda: [link.post(report) for report in reports])
    engine.start()
    qtbot.waitUntil(lambda: len(seen) == 10)
    clock.stop()
    engine.join()
    assert seen == reports
    assert set(range(1, 10)) <= set(turns)


def test_what_has_arrived_is_handed_out_before_the_link_is_closed(qtbot: QtBot) -> None:
    """All of it, however long it takes."""
    link = EngineLink(refuse)
    seen: list[object] = []
    link.reported.connect(partial(show, seen))
    engine = Thread(target=lambda: [link.post(PausedSet(paused=True)) for _ in range(5)])
    engine.start()
    engine.join()
    link.close()
    assert len(seen) == 5


class FallsOver(FakeClient):
    """Of an engine that falls over one request, and takes all others."""

    def submit(self, request: Request, output: str = "", job: str = "") -> str:
        if request.prompt == "poison":
            raise ServiceError("the connection is lost")
        return super().submit(request, output, job)


def test_a_request_that_the_engine_falls_over_is_given_up(
    qtbot: QtBot, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, and what was sent behind it is made."""
    monkeypatch.setattr("app.engine_link.FIRST_PAUSE_S", 0.0)

    def connect() -> Client:
        engine.connect()
        return FallsOver(engine, engine.connections)

    link, seen = EngineLink(connect), list[object]()
    link.reported.connect(seen.append)
    for prompt in ("poison", "a boat"):
        link.send(SubmitCommand(prompt, ImageRequest(prompt=prompt, seed=1), job=f"id of {prompt}"))
    link.start()
    try:
        qtbot.waitUntil(lambda: any(isinstance(report, Submitted) for report in seen))
    finally:
        link.close()
    assert [report.about for report in seen if isinstance(report, CommandFailed)] == ["poison"]
    assert [report.token for report in seen if isinstance(report, Submitted)] == ["a boat"]
    assert engine.connections > MOST_TRIES
