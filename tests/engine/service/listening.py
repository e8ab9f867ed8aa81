"""What tests of clients share: short requests, and reading news up to a point."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from engine.messages import ImageRequest, JobState
from engine.protocol import JobChanged

if TYPE_CHECKING:
    from pathlib import Path

    from engine.client import EngineClient
    from engine.service.link import News


def request(prompt: str, count: int = 1) -> ImageRequest:
    """A request whose words tell the fake worker what to do."""
    return ImageRequest(prompt=prompt, seed=7, count=count)


def next_news(client: EngineClient) -> News:
    """The next message, which must come: two workers may have to import what computes first, on a busy machine."""
    message = client.next_message(120.0)
    assert message is not None
    return message


def await_state(client: EngineClient, job: str, state: JobState) -> None:
    """Read news until the job is in that state."""
    while True:
        news = next_news(client)
        if isinstance(news, JobChanged) and news.info.job == job and news.info.state is state:
            return


def await_workers(client: EngineClient, devices: list[str]) -> None:
    """Ask until the service has workers on just these devices: it notices the end of a process a moment later."""
    limit = time.monotonic() + 30.0
    while (found := [worker.device for worker in client.status().workers]) != devices:
        assert time.monotonic() < limit, found
        time.sleep(0.02)


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def read_to_the_end(client: EngineClient) -> None:
    """Read news until the connection is lost."""
    while client.next_message(30.0) is not None:
        pass


def kill_service(client: EngineClient) -> None:
    """SIGKILL, as power loss or a crash would."""
    os.kill(client.status().pid, signal.SIGKILL)
