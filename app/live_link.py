"""Live mode's own thread and connection: one picture at a time, always of the newest request, and stale ones dropped.

It knows no widget. What a request is made from, and when, is `live`'s.
"""

from __future__ import annotations

import time
from threading import Condition
from typing import TYPE_CHECKING, Protocol

import msgspec
from PySide6.QtCore import QThread, Signal

from engine.errors import BusyError, EngineError, ServiceError
from engine.messages import ImageRequest
from engine.protocol import LiveMade

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

BUSY_PAUSE_S, LOST_PAUSE_S = 0.3, 2.0


class LiveClient(Protocol):
    """The part of engine.client.EngineClient that live mode uses."""

    def make_live(self, request: ImageRequest) -> LiveMade: ...
    def keep_live(self, request: ImageRequest, made: LiveMade) -> str: ...
    def next_message(self, timeout_s: float | None = None) -> object: ...
    def close(self) -> None: ...


class LivePicture(msgspec.Struct, frozen=True):
    """A picture, the request that makes it again, and how long it took from question to answer, in seconds."""

    request: ImageRequest
    made: LiveMade
    elapsed_s: float


class LiveWaits(msgspec.Struct, frozen=True):
    """Other work comes first; the newest request is asked for again by itself."""


class LiveFailed(msgspec.Struct, frozen=True):
    """There is no picture of this request now; only one that a lost engine took along is asked for again by itself."""

    message: str


class LiveKept(msgspec.Struct, frozen=True):
    """A picture is a finished job now."""

    job: str


class KeepFailed(msgspec.Struct, frozen=True):
    """A picture could not be kept."""

    message: str


LiveReport = LivePicture | LiveWaits | LiveFailed | LiveKept | KeepFailed


class LiveLink(QThread):
    """Start it with live mode, `close` it with it.

    Args:
        connect: Returns a connection of its own; raises EngineError when it cannot. Called in this thread.
    """

    reported = Signal(object)
    """A `LiveReport`, in the window's thread."""

    def __init__(self, connect: Callable[[], LiveClient], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("LiveLink")
        self._connect = connect
        self._client: LiveClient | None = None
        self._wake = Condition()
        self._wanted: ImageRequest | None = None
        self._to_keep: list[LivePicture] = []
        self._is_making = self._is_stopping = False

    def want(self, request: ImageRequest) -> None:
        """Make this next, instead of what waits to be made."""
        with self._wake:
            self._wanted = request
            self._wake.notify()

    def keep(self, picture: LivePicture) -> None:
        """Have the engine store a picture."""
        with self._wake:
            self._to_keep.append(picture)
            self._wake.notify()

    def close(self) -> None:
        """Have the thread end, which may take until it is connected; nothing here waits for that.

        What is to be kept is kept first; a picture that is being made is given up.
        """
        with self._wake:
            self._is_stopping = True
            self._wanted = None
            client = self._client if self._is_making else None
            self._wake.notify()
        if client is not None:
            # Hanging up ends a wait for an answer.
            client.close()

    # The thread.

    def run(self) -> None:
        """Connect when there is something to do, and again when the connection is lost."""
        try:
            while self._wait_for_work():
                try:
                    client = self._dial()
                except EngineError as error:
                    self._give_up_keeping(error)
                    self._tell_lost(error)
                    continue
                try:
                    self._serve(client)
                except ServiceError as error:
                    self._hang_up()
                    self._tell_lost(error)
        finally:
            self._hang_up()

    def _wait_for_work(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._is_stopping or self._wanted or self._to_keep)
            return bool(self._to_keep) or not self._is_stopping

    def _dial(self) -> LiveClient:
        """The connection, made anew where the last one is lost.

        Raises:
            EngineError: The engine cannot be reached.
        """
        if self._client is not None:
            try:
                # What it tells everyone is not for us.
                while self._client.next_message(0.0) is not None:
                    pass
            except ServiceError:
                # Lost while there was nothing to do, as when the engine was restarted.
                self._hang_up()
        if self._client is None:
            client = self._connect()
            with self._wake:
                self._client = client
        return self._client

    def _serve(self, client: LiveClient) -> None:
        """Do one thing that waits: keep before make.

        Raises:
            ServiceError: The connection is lost over a picture, which is to be made again.
        """
        with self._wake:
            keep = self._to_keep.pop(0) if self._to_keep else None
            request, self._wanted = (self._wanted, None) if keep is None else (None, self._wanted)
            self._is_making = request is not None
        try:
            if keep is not None:
                self._keep(client, keep)
            elif request is not None:
                self._make(client, request)
        finally:
            self._is_making = False

    def _keep(self, client: LiveClient, picture: LivePicture) -> None:
        try:
            report: LiveReport = LiveKept(client.keep_live(picture.request, picture.made))
        except EngineError as error:
            report = KeepFailed(error.message)
        self.reported.emit(report)

    def _make(self, client: LiveClient, request: ImageRequest) -> None:
        started = time.monotonic()
        try:
            made = client.make_live(request)
        except BusyError:
            self._want_again(request)
            self.reported.emit(LiveWaits())
            self._pause(BUSY_PAUSE_S)
        except ServiceError:
            self._want_again(request)
            raise
        except EngineError as error:
            self.reported.emit(LiveFailed(error.message))
        else:
            self.reported.emit(LivePicture(request, made, time.monotonic() - started))

    def _want_again(self, request: ImageRequest) -> None:
        with self._wake:
            if not self._is_stopping:
                self._wanted = self._wanted or request

    def _give_up_keeping(self, error: EngineError) -> None:
        with self._wake:
            lost, self._to_keep = self._to_keep, []
        for _ in lost:
            self.reported.emit(KeepFailed(error.message))

    def _tell_lost(self, error: EngineError) -> None:
        if not self._is_stopping:
            self.reported.emit(LiveFailed(error.message))
            self._pause(LOST_PAUSE_S)

    def _pause(self, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._is_stopping or self._to_keep, seconds)

    def _hang_up(self) -> None:
        with self._wake:
            client, self._client = self._client, None
        if client is not None:
            client.close()
