"""The window's side of the engine: a thread that owns the client. Commands go in, reports come out as one signal.

The interface thread never waits here: it puts commands into a queue and receives reports in its own event loop.
When the service dies the thread connects again, with growing pauses, and lists everything anew. Which jobs there
are and what they look like is the business of `jobs`.
"""

from __future__ import annotations

import math
import time
from collections import deque
from threading import Condition, Thread
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from app.mailbox import Mailbox
from app.reports import (
    CancelCommand,
    Command,
    CommandFailed,
    Connection,
    JobsListed,
    ModelsListed,
    MoveCommand,
    PauseCommand,
    PausedSet,
    Reach,
    Report,
    RetryCommand,
    ReviseCommand,
    StatusRead,
    SubmitCommand,
    Submitted,
)
from engine.errors import EngineError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import ImageRequest, ModelSpec, Request
    from engine.protocol import EventMessage, JobChanged, Jobs, LiveMade, Status

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
MOST_TRIES = 5
"""How often a request is sent whose answer does not come: one that the engine falls over must not hold up the rest."""
STATUS_EVERY_S = 2.0
SLICE_S = 0.004
"""How long the interface thread hands out reports, in processor time, before it paints and hears the artist again."""


class Client(Protocol):
    """The part of engine.client.EngineClient that the window uses."""

    def submit(self, request: Request, output: str = "", job: str = "") -> str: ...
    def cancel(self, job: str) -> None: ...
    def retry(self, job: str) -> None: ...
    def move(self, job: str, before: str = "") -> None: ...
    def revise(self, job: str, request: Request) -> None: ...
    def set_paused(self, paused: bool) -> None: ...
    def make_live(self, request: ImageRequest) -> LiveMade: ...
    def keep_live(self, request: ImageRequest, made: LiveMade) -> str: ...
    def jobs(self) -> Jobs: ...
    def models(self) -> tuple[ModelSpec, ...]: ...
    def status(self) -> Status: ...
    def next_message(self, timeout_s: float | None = None) -> JobChanged | EventMessage | None: ...
    def close(self) -> None: ...


class EngineLink(QThread):
    """Owns the connection. Start it after the first paint; `close` ends the thread and the connection.

    Args:
        connect: Finds or starts the service and returns a client; raises EngineError when it cannot.
            Called in this thread, and must return within a few seconds so that closing stays prompt.
    """

    reported = Signal(object)
    """A `Report`, in the window's thread, in order."""
    connection_changed = Signal(object)
    """A `Connection`, in the window's thread."""
    _mail_arrived = Signal()

    def __init__(self, connect: Callable[[], Client], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("EngineLink")
        self._connect = connect
        self._commands: deque[Command] = deque()
        self._wake = Condition()
        self._stopping = False
        self._retry_now = False
        self._tried = ("", 0)
        """The last request that no answer came to, and how often."""
        self._lost: EngineError | OSError | None = None
        self._mailbox = Mailbox()
        self.connection = Connection(Reach.STARTING)
        self._mail_arrived.connect(self._take_mail)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._deliver)

    def send(self, command: Command) -> None:
        """Queue a command. It waits until the engine answers; the answer comes as a report."""
        with self._wake:
            self._commands.append(command)
            self._wake.notify()

    def reconnect_now(self) -> None:
        """End the pause before the next attempt to reach the engine."""
        with self._wake:
            self._retry_now = True
            self._wake.notify()

    def close(self) -> None:
        """Stop the thread, wait for its end and deliver what it had to say. Jobs go on in the service.

        While the engine answers, commands that still wait are carried out first.
        """
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self.wait()
        self._deliver(math.inf)

    # The window's thread.

    @Slot()
    def _take_mail(self) -> None:
        if not self._rest.isActive():
            self._deliver()

    @Slot()
    def _deliver(self, slice_s: float = SLICE_S) -> None:
        """Hand out what has arrived, or a slice of it: two ranks report in bursts, each with work for every view."""
        begun = time.thread_time()
        while (letter := self._mailbox.take()) is not None:
            if isinstance(letter, Connection):
                self.connection = letter
                self.connection_changed.emit(letter)
            else:
                self.reported.emit(letter)
            if time.thread_time() - begun > slice_s:
                # A timer's turn, not a posted event: those are all handled in the turn that they are posted in.
                self._rest.start(0)
                return

    # The link's thread.

    def run(self) -> None:
        """Connect, serve, and begin again with a growing pause until closed."""
        pause_s = FIRST_PAUSE_S
        while not self._stopping:
            self.post(Connection(Reach.STARTING))
            client: Client | None = None
            try:
                client = self._connect()
                self._list_everything(client)
                pause_s = FIRST_PAUSE_S
                self._serve(client)
            except (EngineError, OSError) as error:
                self.post(Connection(Reach.LOST, str(error), pause_s))
                self._pause(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            finally:
                if client is not None:
                    client.close()

    def _list_everything(self, client: Client) -> None:
        self.post(ModelsListed(client.models()))
        jobs = client.jobs()
        self.post(JobsListed(jobs.jobs, jobs.paused))
        self.post(Connection(Reach.RUNNING))

    def _serve(self, client: Client) -> None:
        """Run commands as they come, while a second thread listens; ends when either finds the connection lost."""
        self._lost = None
        listener = Thread(target=self._listen, args=(client,), name="EngineListener")
        listener.start()
        try:
            while not self._stopping and self._lost is None:
                self._run_commands(client)
                self.post(StatusRead(client.status()))
                with self._wake:
                    self._wake.wait_for(lambda: self._stopping or self._commands or self._lost, STATUS_EVERY_S)
            if self._lost is not None:
                raise self._lost
            self._run_commands(client)
        finally:
            # Hanging up is what ends the listener's wait.
            client.close()
            listener.join()

    def _listen(self, client: Client) -> None:
        try:
            while True:
                message = client.next_message(None)
                if message is not None:
                    self.post(message)
        except (EngineError, OSError) as error:
            with self._wake:
                self._lost = error
                self._wake.notify()

    def _run_commands(self, client: Client) -> None:
        while self._commands:
            self._run_command(client, self._commands.popleft())

    def _run_command(self, client: Client, command: Command) -> None:
        about = command.token if isinstance(command, SubmitCommand) else getattr(command, "job", "")
        try:
            match command:
                case SubmitCommand(token, request, output, job):
                    self.post(Submitted(token, client.submit(request, output, job)))
                case CancelCommand(job):
                    client.cancel(job)
                case RetryCommand(job):
                    client.retry(job)
                case MoveCommand(job, before):
                    client.move(job, before)
                case ReviseCommand(job, request):
                    client.revise(job, request)
                case PauseCommand(paused):
                    client.set_paused(paused)
                    self.post(PausedSet(paused))
        except EngineError as error:
            if isinstance(error, ServiceError) and isinstance(command, SubmitCommand) and self._may_try_again(about):
                # Whether it arrived is not known; it has an id, and is sent again when the engine answers.
                self._commands.appendleft(command)
                raise
            self.post(CommandFailed(about, type(command).__name__, error.kind, error.message))
            if isinstance(error, ServiceError):
                raise

    def _may_try_again(self, token: str) -> bool:
        last, times = self._tried
        self._tried = token, times + 1 if token == last else 1
        return self._tried[1] < MOST_TRIES

    def post(self, letter: Report | Connection) -> None:
        """Put a letter into the box of the window's thread; from any thread."""
        if self._mailbox.put(letter):
            self._mail_arrived.emit()

    def _pause(self, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopping or self._retry_now, seconds)
            self._retry_now = False
