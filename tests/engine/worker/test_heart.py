"""engine.worker.heart: the beat, its pace and its end."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from engine.protocol import Heartbeat, WorkerMessage
from engine.worker.heart import Heart


def test_a_heart_beats_until_it_is_stopped() -> None:
    """The first beat comes at once, others follow, and none after the stop."""
    beats: SimpleQueue[WorkerMessage] = SimpleQueue()
    heart = Heart(beats.put, period_s=0.001)
    heart.start()
    assert [beats.get(timeout=30) for _ in range(3)] == [Heartbeat()] * 3
    heart.stop()
    while not beats.empty():
        beats.get()
    assert beats.empty()


def test_a_broken_pipe_ends_the_heart_quietly() -> None:
    """When the service is gone, the thread ends by itself; ending the process is the inbox's part."""
    ended = threading.Event()

    def send(_message: WorkerMessage) -> None:
        ended.set()
        raise BrokenPipeError

    heart = Heart(send, period_s=0.001)
    heart.start()
    assert ended.wait(30)
    heart.stop()
