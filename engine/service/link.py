"""The client's end of one connection: calls matched with their answers, events queued in order.

Owns: the channel, the thread that reads it, the numbering of calls. Does not own: starting or restarting a service
(engine.client), or what a user does with the answers.
"""

from __future__ import annotations

import itertools
import os
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine import protocol
from engine.errors import EngineError, ServiceError, error_from_kind
from engine.messages import Cancelled, Failed, Finished, JobState
from engine.protocol import Answer, Call, EventMessage, Hello, JobChanged, Refused, ServiceMessage, Subscribe
from engine.service.channel import Channel, ChannelClosedError, MessageTooLongError
from engine.service.discovery import ServiceAbsentError, build_id, dial
from engine.service.mailbox import Mailbox, MailboxClosedError, staleness_key

if TYPE_CHECKING:
    from engine.messages import JobInfo, Terminal
    from engine.paths import Paths

News = JobChanged | EventMessage
A = TypeVar("A", bound=Answer)


class Greeting(msgspec.Struct, frozen=True):
    """The part of Hello and Welcome that every version, past and future, can read."""

    type: str
    protocol: int
    pid: int


class OtherProtocolError(Exception):
    """The service speaks another version of the protocol: `protocol`, in process `pid`."""

    def __init__(self, greeting: Greeting) -> None:
        super().__init__(f"protocol {greeting.protocol}")
        self.protocol = greeting.protocol
        self.pid = greeting.pid


class Link:
    """One connection to a service, from hello to loss; it is never reopened."""

    def __init__(self, channel: Channel, service_pid: int, timeout_s: float) -> None:
        self.service_pid = service_pid
        self._channel = channel
        self._timeout_s = timeout_s
        self._calls = itertools.count(1)
        self._guard = threading.Lock()
        self._waiting: dict[int, SimpleQueue[Answer | None]] = {}
        self._boxes: list[Mailbox[News]] = []
        self._lost = False
        self._reader = threading.Thread(target=self._read, name="engine-link", daemon=True)
        self._reader.start()

    @staticmethod
    def open(paths: Paths, timeout_s: float) -> Link:
        """Dial the service of this home and say hello.

        Raises:
            ServiceAbsentError: Nobody answers.
            OtherProtocolError: The service is of another version.
            ServiceError: What answers is not our service.
        """
        channel = dial(paths, timeout_s)
        try:
            greeting = _greet(channel, timeout_s)
        except (ChannelClosedError, MessageTooLongError, msgspec.DecodeError) as error:
            channel.close()
            raise ServiceAbsentError(str(error)) from error
        if greeting.protocol != protocol.PROTOCOL_VERSION:
            channel.close()
            raise OtherProtocolError(greeting)
        return Link(channel, greeting.pid, timeout_s)

    def subscribe(self, box: Mailbox[News]) -> None:
        """Put all news from now on into `box` as well; it is closed when the connection is lost."""
        with self._guard:
            if self._lost:
                box.close()
            else:
                self._boxes.append(box)

    def unsubscribe(self, box: Mailbox[News]) -> None:
        with self._guard:
            if box in self._boxes:
                self._boxes.remove(box)

    def ask(self, call: Call, answer_type: type[A], timeout_s: float | None = None) -> A:
        """Send a call and wait for its answer, `timeout_s` instead of the link's own time; it gets its number here.

        Raises:
            EngineError: The service refused; the class is that of the refusal's kind.
            ServiceError: The connection is lost or the service does not answer.
        """
        number, limit_s = next(self._calls), timeout_s or self._timeout_s
        answered: SimpleQueue[Answer | None] = SimpleQueue()
        with self._guard:
            if self._lost:
                raise self.loss()
            self._waiting[number] = answered
        try:
            self._channel.send(protocol.encode(msgspec.structs.replace(call, call=number)))
            answer = answered.get(timeout=limit_s)
        except ChannelClosedError as error:
            # The reading thread finds out by itself, but perhaps later than whoever asks `is_lost` next.
            with self._guard:
                self._lost = True
            raise self.loss() from error
        except Empty:
            raise ServiceError(
                f"the engine service (process {self.service_pid}) did not answer within {limit_s:.0f} s; "
                "try again, or stop it with `onetake engine stop`"
            ) from None
        finally:
            with self._guard:
                self._waiting.pop(number, None)
        if answer is None:
            raise self.loss()
        if isinstance(answer, Refused):
            raise error_from_kind(answer.kind, answer.message)
        if not isinstance(answer, answer_type):
            raise ServiceError(f"the engine service answered with {type(answer).__name__}; update Onetake")
        return answer

    @property
    def is_lost(self) -> bool:
        return self._lost

    def loss(self) -> ServiceError:
        """The error to raise once the connection is lost."""
        return ServiceError(
            f"the connection to the engine service (process {self.service_pid}) is lost; "
            "start it again, its unfinished jobs go on"
        )

    def close(self) -> None:
        """Hang up and join the reading thread. Idempotent."""
        self._channel.sever()
        self._reader.join()
        self._channel.close()

    def _read(self) -> None:
        decoder = msgspec.json.Decoder(ServiceMessage)
        try:
            while True:
                self._deliver(decoder.decode(self._channel.receive(protocol.MAX_MESSAGE_BYTES)))
        except (ChannelClosedError, MessageTooLongError, msgspec.DecodeError, EngineError):
            # A message we cannot read means that the two sides disagree; going on could only lose track.
            self._channel.sever()
        with self._guard:
            self._lost = True
            for answered in self._waiting.values():
                answered.put(None)
            for box in self._boxes:
                box.close()

    def _deliver(self, message: ServiceMessage) -> None:
        with self._guard:
            if isinstance(message, Answer):
                if message.call in self._waiting:
                    self._waiting[message.call].put(message)
            elif isinstance(message, (JobChanged, EventMessage)):
                key = staleness_key(message.event) if isinstance(message, EventMessage) else None
                for box in self._boxes:
                    box.put(message, key=key)


def _greet(channel: Channel, limit_s: float) -> Greeting:
    """Say hello and read the welcome, within `limit_s` seconds."""
    with channel.time_limit(limit_s):
        hello = Hello(protocol=protocol.PROTOCOL_VERSION, build=build_id(), pid=os.getpid())
        channel.send(protocol.encode(hello))
        return msgspec.json.decode(channel.receive(protocol.MAX_MESSAGE_BYTES), type=Greeting)


def open_subscribed(paths: Paths, timeout_s: float, *, previews: bool, box: Mailbox[News]) -> Link:
    """Open a link whose news already flow into `box`. Errors as for `Link.open`; a loss on the way means absence."""
    link = Link.open(paths, timeout_s)
    link.subscribe(box)
    try:
        link.ask(Subscribe(call=0, previews=previews), protocol.Done)
    except ServiceError as error:
        link.close()
        raise ServiceAbsentError(str(error)) from error
    return link


def take(box: Mailbox[News], timeout_s: float | None, link: Link) -> News | None:
    """The next message of a box that `link` fills; None on timeout.

    Raises:
        ServiceError: The connection is lost and the box is empty.
    """
    try:
        return box.get(timeout_s)
    except MailboxClosedError:
        raise link.loss() from None


def terminal_event(info: JobInfo) -> Terminal:
    """The terminal event that a job in a final state ended with; its sequence number is not known here."""
    match info.state:
        case JobState.DONE:
            return Finished(
                job=info.job,
                attempt=info.attempt,
                outputs=info.outputs,
                seed=info.request.seed,
                model=info.request.model,
                devices=info.devices,
                seconds=info.seconds,
                restarts=info.restarts,
            )
        case JobState.FAILED:
            return Failed(job=info.job, attempt=info.attempt, kind=info.error_kind, message=info.error_message)
        case JobState.CANCELLED:
            return Cancelled(job=info.job, attempt=info.attempt)
        case _:
            raise ValueError(f"job {info.job} is {info.state}, which is not final")
