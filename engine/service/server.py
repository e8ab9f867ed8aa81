"""The service: one thread that owns the queue, fed by the threads of clients and workers.

Owns: the inbox and its loop, accepting connections, answering calls, spreading news, the idle exit. Does not own:
what a job goes through (scheduler), or election and start-up (__main__).
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Listener
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from engine import protocol
from engine.errors import EngineError
from engine.executor.base import WorkerGone, WorkerSpoke
from engine.messages import Preview
from engine.protocol import (
    Answer,
    Call,
    Cancel,
    Done,
    EventMessage,
    GetStatus,
    JobChanged,
    Jobs,
    KeepLive,
    ListJobs,
    MakeLive,
    Move,
    Ready,
    Refused,
    Retry,
    Revise,
    SetPaused,
    Status,
    StopService,
    Submit,
    Subscribe,
)
from engine.service.admission import Submission
from engine.service.channel import Channel
from engine.service.crew import Crew, Patience
from engine.service.discovery import build_id, connect, remove_record
from engine.service.items import ClientCalled, SessionsChanged, StopAsked
from engine.service.scheduler import Scheduler
from engine.service.session import Session, SessionLimits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.executor.base import Executor
    from engine.paths import Paths
    from engine.service.items import Item
    from engine.service.store import JobStore

log = logging.getLogger(__name__)

BACKLOG = 64


@dataclass(frozen=True)
class ServerOptions:
    """How the service behaves in time. `idle_s`: exit after so long without a client or an unfinished job."""

    idle_s: float = 600.0
    cancel_grace_s: float = 5.0
    patience: Patience = field(default_factory=Patience)
    limits: SessionLimits = field(default_factory=SessionLimits)


class Server:
    """The running service. `run` belongs to the thread that made the store; everything else may be called anywhere."""

    def __init__(
        self,
        paths: Paths,
        store: JobStore,
        executor: Executor,
        devices: Sequence[str],
        *,
        key: bytes,
        options: ServerOptions,
    ) -> None:
        self.paths = paths
        self._key = key
        self._store = store
        self._options = options
        self._inbox: SimpleQueue[Item] = SimpleQueue()
        self._crew = Crew(executor, devices, paths, self._inbox.put, patience=options.patience)
        self.machine = self._crew.machine()
        self._scheduler = Scheduler(store, self._crew, paths, self._spread, cancel_grace_s=options.cancel_grace_s)
        self.models = self._scheduler.models
        self._sessions: set[Session] = set()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._idle_since = time.monotonic()
        family = "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"
        self._listener = Listener(paths.address, family=family, backlog=BACKLOG)
        if sys.platform != "win32":
            Path(paths.address).chmod(0o600)
        self._acceptor = threading.Thread(target=self._accept, name="acceptor", daemon=True)

    def run(self) -> None:
        """Serve until asked to stop or idle for long enough; every thread and process is gone on return."""
        try:
            self._scheduler.start()
            self._acceptor.start()
            while not self._stopping.is_set():
                with contextlib.suppress(Empty):
                    self._handle(self._inbox.get(timeout=self._patience_s()))
                self._scheduler.advance()
                self._stop_when_idle()
        finally:
            self._stopping.set()
            self._shut_down()

    def ask_to_stop(self) -> None:
        """End `run` soon, as a signal does: the record stays, so waiting clients start the service again."""
        self._inbox.put(StopAsked(for_good=False))

    # Called by sessions, in their threads.

    def called(self, session: Session, call: Call, submission: Submission | EngineError | None) -> None:
        self._inbox.put(ClientCalled(session, call, submission))

    def outdated(self) -> None:
        log.info("a newer client asks for a newer service")
        self._inbox.put(StopAsked(for_good=True))

    def closed(self, session: Session) -> None:
        with self._guard:
            self._sessions.discard(session)
        self._inbox.put(SessionsChanged())

    # The loop.

    def _patience_s(self) -> float:
        now = time.monotonic()
        deadlines = [self._idle_since + self._options.idle_s if not self._sessions else None]
        deadlines.append(self._crew.next_deadline())
        return max(0.0, min((time for time in deadlines if time is not None), default=now + 3600.0) - now)

    def _handle(self, item: Item) -> None:
        match item:
            case ClientCalled():
                # A refused write (a full disk) is the client's to know; anything else here is a bug and ends us.
                try:
                    answer = self._answer(item)
                except EngineError as error:
                    answer = Refused(call=item.call.call, kind=error.kind, message=error.message)
                if answer is not None:
                    item.session.send(answer)
                if isinstance(item.call, StopService):
                    self._inbox.put(StopAsked(for_good=True))
            case WorkerSpoke() | WorkerGone():
                self._scheduler.worker_reported(item)
                if isinstance(item, WorkerSpoke) and isinstance(item.message, Ready):
                    self.machine = self._crew.machine()
            case StopAsked():
                if item.for_good:
                    remove_record(self.paths)
                self._stopping.set()
            case SessionsChanged():
                pass

    def _answer(self, item: ClientCalled) -> Answer | None:
        call = item.call
        match call:
            case MakeLive():
                assert isinstance(item.submission, Submission)
                self._scheduler.make_live(item.submission, partial(item.session.answer_live, call.call))
                return None
            case ListJobs():
                return self._list_jobs(call)
            case GetStatus():
                return self._status(call)
            case SetPaused():
                self._store.set_paused(call.paused)
            case Subscribe():
                item.session.is_subscribed = True
            case StopService():
                pass
            case _:
                return Done(call=call.call, job=self._act(call, item.submission))
        return Done(call=call.call)

    def _act(self, call: Call, submission: Submission | EngineError | None) -> str:
        """Do what a call wants of a job; returns its id."""
        match call:
            case Cancel(job=job):
                self._scheduler.cancel(job)
            case Retry(job=job):
                self._scheduler.retry(job)
            case Move(job=job):
                self._scheduler.move(job, call.before)
            case Revise(job=job):
                assert isinstance(submission, Submission)
                self._scheduler.revise(job, submission)
            case KeepLive():
                assert isinstance(submission, Submission)
                job = self._scheduler.keep_live(submission, call)
            case _:
                assert isinstance(call, Submit)
                assert submission
                job = call.job
                if not self._store.holds(job, call.request):
                    if isinstance(submission, EngineError):
                        raise submission
                    self._scheduler.submit(submission)
        return job

    def _list_jobs(self, call: ListJobs) -> Jobs:
        """As many of the newest jobs as asked for and as fit into one message."""
        limit = max(0, min(call.limit, 1_000_000))
        while True:
            answer = Jobs(
                call=call.call, jobs=tuple(row.info for row in self._store.newest(limit)), paused=self._store.paused
            )
            try:
                protocol.encode(answer)
            except ValueError:
                limit = len(answer.jobs) // 2
            else:
                return answer

    def _status(self, call: GetStatus) -> Status:
        return Status(
            call=call.call,
            pid=os.getpid(),
            protocol=protocol.PROTOCOL_VERSION,
            build=build_id(),
            paused=self._store.paused,
            workers=self._crew.statuses(),
            queue=self._store.counts(),
        )

    def _spread(self, news: JobChanged | EventMessage) -> None:
        payload = protocol.encode(news)
        is_preview = isinstance(news, EventMessage) and isinstance(news.event, Preview)
        with self._guard:
            listeners = [session for session in self._sessions if session.is_subscribed]
        for session in listeners:
            if session.wants_previews or not is_preview:
                session.send_encoded(payload, news)

    def _stop_when_idle(self) -> None:
        if self._sessions or self._store.has_unfinished():
            self._idle_since = time.monotonic()
        elif time.monotonic() - self._idle_since >= self._options.idle_s:
            log.info("idle for %.0f s; goodbye", self._options.idle_s)
            remove_record(self.paths)
            self._stopping.set()

    # Connections.

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError as error:
                # Out of handles, or a peer that was gone at once; the others must still be served.
                log.warning("a connection could not be accepted: %s", error)
                if self._stopping.wait(0.1):
                    return
                continue
            if self._stopping.is_set():
                connection.close()
                return
            session = Session(Channel(connection), self._key, self, self._options.limits)
            with self._guard:
                self._sessions.add(session)
            session.start()
            self._inbox.put(SessionsChanged())

    def _shut_down(self) -> None:
        if self._acceptor.is_alive():
            with contextlib.suppress(OSError):
                # Accepting has no time limit; a connection of our own ends it.
                connect(self.paths.address, 1.0).close()
            self._acceptor.join()
        self._scheduler.stop()
        with self._guard:
            sessions = list(self._sessions)
        for session in sessions:
            session.stop()
        self._listener.close()
