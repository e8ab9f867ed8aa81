"""Tests of what a service does with clients that misbehave, raw connections against a real service."""

from __future__ import annotations

import itertools
import socket
import threading
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine import protocol
from engine.client import EngineClient
from engine.errors import ServiceError
from engine.executor.local import LocalExecutor
from engine.messages import Finished, ImageRequest, Preview
from engine.protocol import Done, EventMessage, Hello, JobChanged, Refused, ServiceMessage, Subscribe, Welcome
from engine.service.channel import Channel, ChannelClosedError, WrongKeyError
from engine.service.discovery import connect, dial, ensure_key
from engine.service.server import Server, ServerOptions
from engine.service.session import SessionLimits
from engine.service.store import JobStore
from tests.engine.service.conftest import FAKE_WORKER
from tests.engine.service.listening import read_to_the_end

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from engine.paths import Paths


class ServerThread(threading.Thread):
    """A server in a thread of this process, for limits that no user can set."""

    def __init__(self, paths: Paths, options: ServerOptions) -> None:
        super().__init__(name="server")
        paths.create()
        self._paths = paths
        self._options = options
        self._up = threading.Event()
        self.start()
        assert self._up.wait(30)

    def run(self) -> None:
        import sys

        with JobStore(self._paths.database) as store:
            executor = LocalExecutor((sys.executable, str(FAKE_WORKER)))
            key = ensure_key(self._paths)
            self._server = Server(self._paths, store, executor, ("cpu",), key=key, options=self._options)
            self._up.set()
            self._server.run()

    def go_when_idle_for(self, idle_s: float) -> None:
        """From now on; the server's next look finds it."""
        self._server._options = ServerOptions(idle_s=idle_s)  # pyright: ignore[reportPrivateUsage]

    def stop(self) -> None:
        self._server.ask_to_stop()
        self.join()


@pytest.fixture
def channel(shared_home: Paths) -> Generator[Channel]:
    """A channel that has proved the key and said nothing yet."""
    with EngineClient.connect(shared_home):
        opened = dial(shared_home, 10.0)
        yield opened
        opened.close()


def receive(channel: Channel) -> ServiceMessage:
    return msgspec.json.decode(channel.receive(protocol.MAX_MESSAGE_BYTES), type=ServiceMessage)


def count_messages(channel: Channel) -> int:
    """How many messages still come before the connection ends."""
    for received in itertools.count():
        try:
            channel.receive(protocol.MAX_MESSAGE_BYTES)
        except ChannelClosedError:
            return received
    raise AssertionError


def greet(channel: Channel) -> None:
    channel.send(protocol.encode(Hello(protocol=protocol.PROTOCOL_VERSION, build="test", pid=1)))
    assert isinstance(receive(channel), Welcome)


def assert_refused_and_hung_up_on(channel: Channel, reason: str) -> None:
    answer = receive(channel)
    assert isinstance(answer, Refused)
    assert reason in answer.message
    with pytest.raises(ChannelClosedError):
        channel.receive(100)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x80\x04garbage",
        b"[]",
        b'{"type":"sudo","call":1}',
        b'{"type":"cancel","call":1,"job":"a","more":1}',
        b'{"type":"submit","call":1,"job":"0","request":{"type":"image","prompt":"a","seed":-1}}',
        b'{"type":"submit","call":1,"request":{"type":"image","prompt":"a","seed":1}}',
        b'{"type":"submit","call":1,"job":"0","request":{"type":"image","prompt":"a","seed":1,"guidance_scale":1e999}}',
        b'{"type":"hello","protocol":1,"build":"","pid":1}',
    ],
)
def test_what_is_no_message_is_refused(shared_client: EngineClient, channel: Channel, payload: bytes) -> None:
    """Garbage, unknown types, unknown fields and values out of range end that connection, and no other."""
    greet(channel)
    channel.send(payload)
    assert_refused_and_hung_up_on(channel, "not a message")
    assert shared_client.status().queue.pending == 0


def test_an_oversize_message_is_refused_unread(shared_client: EngineClient, channel: Channel) -> None:
    """A length beyond the cap is refused by its header alone."""
    greet(channel)
    # No public way sends a header without its message.
    handle = socket.socket(fileno=channel._connection.fileno())  # pyright: ignore[reportPrivateUsage]
    handle.sendall((protocol.MAX_MESSAGE_BYTES + 1).to_bytes(4, "big"))
    handle.detach()
    assert_refused_and_hung_up_on(channel, "exceeds")
    assert shared_client.status().queue.pending == 0


def test_hello_comes_first(channel: Channel) -> None:
    """A client that skips the greeting is hung up on."""
    channel.send(protocol.encode(Subscribe(call=1)))
    assert_refused_and_hung_up_on(channel, "not a message")


def test_a_hello_of_the_future_is_understood(engine_home: Paths, client: EngineClient) -> None:
    """A newer client's hello, with fields this version does not know, still makes this service go."""
    channel = dial(engine_home, 10.0)
    channel.send(b'{"type":"hello","protocol":99,"build":"9","pid":1,"shoe_size":44}')
    assert isinstance(receive(channel), Welcome)
    with pytest.raises(ChannelClosedError):
        channel.receive(100)
    channel.close()
    with pytest.raises(ServiceError, match="is lost"):
        read_to_the_end(client)


def test_a_wrong_key_is_refused(shared_home: Paths, shared_client: EngineClient, tmp_path: Path) -> None:
    """Who does not know the key gets nothing but a refusal."""
    stranger = connect(shared_home.address, 10.0)
    with pytest.raises(WrongKeyError):
        stranger.prove(b"x" * 32, 10.0, first=False)
    stranger.close()
    key = shared_home.service_key.read_bytes()
    shared_home.service_key.write_bytes(b"y" * 32)
    try:
        with pytest.raises(ServiceError, match="does not know the key"):
            EngineClient.connect(shared_home)
    finally:
        shared_home.service_key.write_bytes(key)
    assert shared_client.status().pid


def test_silent_strangers_block_nobody(shared_home: Paths, shared_client: EngineClient) -> None:
    """Connections that say nothing, or half a message, hold up neither others nor a stop."""
    strangers = [connect(shared_home.address, 10.0) for _ in range(8)]
    half_spoken = socket.socket(socket.AF_UNIX)
    half_spoken.connect(shared_home.address)
    half_spoken.sendall(b"\0\0")
    with EngineClient.connect(shared_home) as client:
        assert isinstance(client.wait(client.submit(ImageRequest(prompt="moon", seed=1))), Finished)
    half_spoken.close()
    for stranger in strangers:
        stranger.close()


def test_a_stranger_that_stays_silent_is_hung_up_on(engine_home: Paths) -> None:
    """The handshake has a time limit."""
    server = ServerThread(engine_home, ServerOptions(limits=SessionLimits(handshake_s=0.05)))
    stranger = connect(engine_home.address, 10.0)
    assert stranger.receive(100).startswith(b"#CHALLENGE#")
    with pytest.raises(ChannelClosedError):
        stranger.receive(100)
    stranger.close()
    server.stop()


def test_a_stop_waits_for_no_stranger(engine_home: Paths) -> None:
    """A server with silent and half-spoken connections stops long before their time limit."""
    server = ServerThread(engine_home, ServerOptions(limits=SessionLimits(handshake_s=1e5)))
    stranger = connect(engine_home.address, 10.0)
    stranger.receive(100)
    server.stop()
    stranger.close()


def test_a_client_that_does_not_read_is_hung_up_on(engine_home: Paths) -> None:
    """A client that lets its outbox fill up is dropped; others see every job through."""
    server = ServerThread(engine_home, ServerOptions(limits=SessionLimits(outbox_items=20)))
    lazy = dial(engine_home, 10.0)
    greet(lazy)
    lazy.send(protocol.encode(Subscribe(call=1)))
    with EngineClient.connect(engine_home) as client:
        filler = "x" * 20_000
        jobs = [client.submit(ImageRequest(prompt=f"moon {filler}", seed=1)) for _ in range(30)]
        assert all(isinstance(client.wait(job), Finished) for job in jobs)
    assert count_messages(lazy) < 30 * 4
    lazy.close()
    server.stop()


def test_previews_give_way_to_what_matters(engine_home: Paths) -> None:
    """Under pressure a slow reader loses previews, but no job change and no end."""
    server = ServerThread(engine_home, ServerOptions(limits=SessionLimits(outbox_items=30)))
    slow = dial(engine_home, 10.0)
    greet(slow)
    slow.send(protocol.encode(Subscribe(call=1, previews=True)))
    assert isinstance(receive(slow), Done)
    with EngineClient.connect(engine_home) as client:
        job = client.submit(ImageRequest(prompt="preview:5000", seed=1))
        client.wait(job)
    previews, states = 0, list[str]()
    while True:
        message = receive(slow)
        if isinstance(message, JobChanged):
            states.append(message.info.state)
        elif isinstance(message, EventMessage):
            previews += isinstance(message.event, Preview)
            if isinstance(message.event, Finished):
                break
    assert states == ["pending", "running", "done"]
    assert 0 < previews < 5000
    slow.close()
    server.stop()


def test_previews_come_only_if_asked_for(shared_home: Paths, shared_client: EngineClient) -> None:
    """A client without previews gets the rest."""
    with EngineClient.connect(shared_home, previews=False) as blind:
        job = shared_client.submit(ImageRequest(prompt="preview:3", seed=1))
        while True:
            message = blind.next_message(30)
            assert isinstance(message, (JobChanged, EventMessage))
            if isinstance(message, EventMessage):
                assert isinstance(message.event, Finished)
                assert message.event.job == job
                break


def test_an_idle_service_goes(engine_home: Paths) -> None:
    """Without a client and without an unfinished job the server ends by itself."""
    server = ServerThread(engine_home, ServerOptions(idle_s=0.1))
    server.join(30)
    assert not server.is_alive()


def test_a_service_with_a_client_or_a_job_stays(engine_home: Paths) -> None:
    """A connected client, or a job that nobody waits for, keeps an idle server up until they end."""
    server = ServerThread(engine_home, ServerOptions())
    with EngineClient.connect(engine_home) as client:
        # Not before: it would go if the client came late.
        server.go_when_idle_for(0.1)
        client.wait(client.submit(ImageRequest(prompt="slow:0.4", seed=1)))
        job = client.submit(ImageRequest(prompt="slow:0.4", seed=1))
    server.join(30)
    assert not server.is_alive()
    with JobStore(engine_home.database) as store:
        assert store.get(job).phase == "done"
