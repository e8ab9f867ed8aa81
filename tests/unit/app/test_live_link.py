"""app.live_link: what becomes of wishes when the engine is slow, lost or not there; the window never waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from app import live_link
from app.live_link import KeepFailed, LiveFailed, LiveKept, LiveLink, LivePicture
from engine.errors import DiskFullError, EngineError, ServiceError
from engine.messages import ImageRequest
from engine.protocol import LiveMade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.live_link import LiveReport

MADE = LiveMade(call=0, image=b"", seconds=0.1, devices=("cpu",))
LIMIT_S = 30.0


def request(prompt: str) -> ImageRequest:
    """A request that is told by its prompt."""
    return ImageRequest(prompt=prompt, model="any", seed=1)


class Engine:
    """Connections of it, and how it behaves."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.kept: list[str] = []
        self.connections = 0
        self.connecting = threading.Event()
        self.may_connect = threading.Event()
        self.may_connect.set()
        self.absent: EngineError | None = None
        self.holds = False
        self.dies_at = ""

    def connect(self) -> Client:
        self.connecting.set()
        assert self.may_connect.wait(LIMIT_S)
        if self.absent is not None:
            raise self.absent
        self.connections += 1
        return Client(self)


class Client:
    """One connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._closed = engine, threading.Event()

    def make_live(self, request: ImageRequest) -> LiveMade:
        engine = self._engine
        engine.asked.append(request.prompt)
        if engine.dies_at == request.prompt:
            engine.dies_at = ""
            self._closed.set()
        if self._closed.is_set() or (engine.holds and self._closed.wait(LIMIT_S)):
            raise ServiceError("the connection is lost")
        return MADE

    def keep_live(self, request: ImageRequest, made: LiveMade) -> str:
        assert made is MADE
        self._engine.kept.append(request.prompt)
        return "job"

    def next_message(self, timeout_s: float | None = None) -> object:
        assert timeout_s == 0.0
        if self._closed.is_set():
            raise ServiceError("the connection is lost")
        return None

    def close(self) -> None:
        self._closed.set()


class Told:
    """What a link reported, as it comes in."""

    def __init__(self) -> None:
        self.reports: list[LiveReport] = []

    def take(self, report: LiveReport) -> None:
        self.reports.append(report)

    def kinds(self) -> list[type[object]]:
        return [type(report) for report in self.reports]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """One that answers at once."""
    monkeypatch.setattr(live_link, "LOST_PAUSE_S", 0.05)
    return Engine()


@pytest.fixture
def told() -> Told:
    """Nothing yet."""
    return Told()


@pytest.fixture
def link(qtbot: QtBot, engine: Engine, told: Told) -> Iterator[LiveLink]:
    """Running; it ends with the test."""
    link = LiveLink(engine.connect)
    link.reported.connect(told.take)
    link.start()
    yield link
    link.close()
    assert link.wait(10_000)


def duration_of(act: Callable[[], None]) -> float:
    """In seconds."""
    started = time.monotonic()
    act()
    return time.monotonic() - started


def test_closing_does_not_wait_for_a_connection(qtbot: QtBot, engine: Engine, link: LiveLink) -> None:
    """The window stays responsive while the engine starts; nothing is asked of it then."""
    engine.may_connect.clear()
    link.want(request("a"))
    assert engine.connecting.wait(LIMIT_S)
    assert duration_of(link.close) < LIMIT_S / 2
    assert not link.isFinished()
    engine.may_connect.set()
    qtbot.waitUntil(link.isFinished)
    assert engine.asked == []


def test_closing_does_not_wait_for_a_picture_but_keeps_what_is_to_be_kept(
    qtbot: QtBot, engine: Engine, link: LiveLink, told: Told
) -> None:
    """The picture in the making is hung up on, and the other one is kept over a new connection."""
    engine.holds = True
    link.want(request("long"))
    qtbot.waitUntil(lambda: engine.asked == ["long"])
    link.keep(LivePicture(request("kept"), MADE, 0.1))
    assert duration_of(link.close) < LIMIT_S / 2
    qtbot.waitUntil(link.isFinished)
    assert engine.kept == ["kept"]
    qtbot.waitUntil(lambda: LiveKept in told.kinds())
    assert LiveFailed not in told.kinds()


def test_what_cannot_be_kept_is_told_and_the_thread_ends(
    qtbot: QtBot, engine: Engine, link: LiveLink, told: Told
) -> None:
    """An engine that is gone for good does not hold the window back."""
    engine.absent = ServiceError("no engine answers")
    engine.may_connect.clear()
    link.keep(LivePicture(request("kept"), MADE, 0.1))
    link.close()
    engine.may_connect.set()
    qtbot.waitUntil(link.isFinished)
    qtbot.waitUntil(lambda: told.reports == [KeepFailed("no engine answers")])


def test_a_picture_that_a_dying_engine_took_along_is_made_by_the_next(
    qtbot: QtBot, engine: Engine, link: LiveLink, told: Told
) -> None:
    """The loss is told, then the picture comes without another change."""
    engine.dies_at = "a"
    link.want(request("a"))
    qtbot.waitUntil(lambda: LivePicture in told.kinds())
    assert told.kinds() == [LiveFailed, LivePicture]
    assert (engine.asked, engine.connections) == (["a", "a"], 2)


def test_any_reason_for_no_connection_is_told_and_it_is_tried_again(
    qtbot: QtBot, engine: Engine, link: LiveLink, told: Told
) -> None:
    """A full disk, too, which is no error of the connection."""
    engine.absent = DiskFullError("no room for the engine's files")
    link.want(request("a"))
    qtbot.waitUntil(lambda: LiveFailed("no room for the engine's files") in told.reports)
    engine.absent = None
    qtbot.waitUntil(lambda: LivePicture in told.kinds())
