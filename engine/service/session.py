"""The service's end of one client connection.

Owns: its two threads, the handshake and hello, its outbox, refusing what is no message. Does not own: the queue; what
touches it is handed to the service's one thread.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from engine import protocol
from engine.catalogue import read_catalogue
from engine.errors import BadInputError, EngineError
from engine.messages import check_job_id
from engine.protocol import (
    Call,
    ClientMessage,
    Hello,
    KeepLive,
    ListModels,
    LiveMade,
    MakeLive,
    Message,
    Models,
    Refused,
    Revise,
    Submit,
    Subscribe,
    Welcome,
)
from engine.service.admission import Submission, admit
from engine.service.channel import Channel, ChannelClosedError, HandshakeError, MessageTooLongError
from engine.service.discovery import build_id
from engine.service.link import Greeting
from engine.service.live import stage_kept
from engine.service.mailbox import Mailbox, MailboxClosedError, staleness_key

if TYPE_CHECKING:
    from engine.known_models import KnownModels
    from engine.messages import Request
    from engine.paths import Paths
    from engine.service.room import Machine

log = logging.getLogger(__name__)

HANDSHAKE_LIMIT_S = 10.0
FLUSH_LIMIT_S = 2.0
OUTBOX_ITEMS = 8192
# The largest answer must fit, beside the pictures that are dropped first.
OUTBOX_BYTES = protocol.MAX_MESSAGE_BYTES + 32 * 2**20


class Host(Protocol):
    """What a session needs of its server; called from the session's thread."""

    @property
    def paths(self) -> Paths: ...

    @property
    def models(self) -> KnownModels: ...

    @property
    def machine(self) -> Machine:
        """What is known of the machine now; never changed, only replaced."""
        ...

    def called(self, session: Session, call: Call, submission: Submission | EngineError | None) -> None:
        """A call for the service's thread; `submission` is the checked content of one that has a request.

        Of a Submit it may be the reason to refuse it, which does not count if the job is stored already.
        """
        ...

    def outdated(self) -> None:
        """A client of a newer protocol wants this service replaced."""
        ...

    def closed(self, session: Session) -> None:
        """The session has ended; its threads are over but for the calling one."""
        ...


@dataclass(frozen=True)
class SessionLimits:
    """How much may wait for a client, and how long a stranger may be silent."""

    outbox_items: int = OUTBOX_ITEMS
    outbox_bytes: int = OUTBOX_BYTES
    handshake_s: float = HANDSHAKE_LIMIT_S


class Session:
    """One client, from accepted connection to hang-up."""

    def __init__(self, channel: Channel, key: bytes, host: Host, limits: SessionLimits) -> None:
        self.is_subscribed = False
        self.wants_previews = False
        self._is_writing = False
        self._channel = channel
        self._key = key
        self._host = host
        self._limits = limits
        self._outbox: Mailbox[bytes] = Mailbox(limits.outbox_items, limits.outbox_bytes)
        self._reader = threading.Thread(target=self._serve, name="session-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name="session-writer", daemon=True)

    def start(self) -> None:
        self._reader.start()

    def send(self, message: Message) -> None:
        """Queue a message for the client; one that is too slow to take it is hung up on."""
        self.send_encoded(protocol.encode(message), message)

    def send_encoded(self, payload: bytes, message: Message) -> None:
        """Queue a message that is already encoded (news go to many clients, encoded once)."""
        key = staleness_key(message.event) if isinstance(message, protocol.EventMessage) else None
        if not self._outbox.put(payload, size_bytes=len(payload), key=key):
            # It re-attaches and lists the jobs; that is cheaper than an ever longer backlog.
            self._channel.sever()

    def answer_live(self, call: int, made: LiveMade | EngineError) -> None:
        """Answer a call for a live picture, once it is made or cannot be."""
        if isinstance(made, EngineError):
            self.send(Refused(call=call, kind=made.kind, message=made.message))
        else:
            self.send(msgspec.structs.replace(made, call=call))

    def stop(self) -> None:
        """Let the writer flush what is queued, hang up, and join both threads."""
        self._outbox.close()
        if self._is_writing:
            self._reader.join(FLUSH_LIMIT_S)
        self._channel.sever()
        self._reader.join()

    def _serve(self) -> None:
        try:
            self._channel.prove(self._key, self._limits.handshake_s, first=True)
            self._writer.start()
            self._is_writing = True
            if self._greet():
                self._listen()
        except HandshakeError as error:
            log.warning("a connection was refused: %s", error)
        except ChannelClosedError:
            pass  # The client hung up.
        except (MessageTooLongError, msgspec.DecodeError, EngineError) as error:
            log.warning("a client is hung up on: %s", error)
            refusal = BadInputError(f"not a message this version understands ({error}); update Onetake")
            self.send(Refused(call=0, kind=refusal.kind, message=refusal.message))
        finally:
            self._outbox.close()
            if self._is_writing:
                self._writer.join(FLUSH_LIMIT_S)
                self._channel.sever()
                self._writer.join()
            self._channel.close()
            self._host.closed(self)

    def _greet(self) -> bool:
        """Exchange versions; False when they differ and the client has to see to it."""
        greeting = msgspec.json.decode(self._channel.receive(protocol.MAX_MESSAGE_BYTES), type=Greeting)
        if greeting.type != "hello":
            raise BadInputError(f"the first message is {greeting.type!r}; say hello first")
        self.send(Welcome(protocol=protocol.PROTOCOL_VERSION, build=build_id(), pid=os.getpid()))
        if greeting.protocol > protocol.PROTOCOL_VERSION:
            self._host.outdated()
        return greeting.protocol == protocol.PROTOCOL_VERSION

    def _listen(self) -> None:
        decoder = msgspec.json.Decoder(ClientMessage)
        while True:
            message = decoder.decode(self._channel.receive(protocol.MAX_MESSAGE_BYTES))
            if isinstance(message, Hello):
                raise BadInputError("a second hello; say it once")
            try:
                self._take(message)
            except EngineError as error:
                self.send(Refused(call=message.call, kind=error.kind, message=error.message))

    def _take(self, call: Call) -> None:
        """Do here what touches disks that may be slow, and hand the rest to the service's thread."""
        submission: Submission | EngineError | None = None
        if isinstance(call, ListModels):
            self.send(Models(call=call.call, models=tuple(read_catalogue(self._host.paths).values())))
            return
        if isinstance(call, Revise):
            submission = self._admit(call.request)
        elif isinstance(call, Submit):
            check_job_id(call.job)
            try:
                submission = self._admit(call.request, call.output, call.job)
            except EngineError as error:
                submission = error
        elif isinstance(call, MakeLive | KeepLive):
            submission = admitted = self._admit(call.request)
            if isinstance(call, KeepLive):
                stage_kept(admitted, call.image)
        elif isinstance(call, Subscribe):
            self.wants_previews = call.previews
        self._host.called(self, call, submission)

    def _admit(self, request: Request, output: str = "", job: str = "") -> Submission:
        host = self._host
        return admit(request, output, host.paths, host.machine, job=job, models=host.models)

    def _write(self) -> None:
        try:
            while True:
                payload = self._outbox.get()
                if payload is not None:
                    self._channel.send(payload)
        except (MailboxClosedError, ChannelClosedError):
            # All is sent, or nobody takes it any more: either way the conversation is over.
            self._channel.sever()
