"""Tests of takes that lose real processes: one rank, all ranks, the service, a rank that hangs."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from engine.client import EngineClient
from engine.errors import BadInputError
from engine.messages import Cancelled, Finished, FramesReady, JobState, Notice, Progress
from engine.protocol import EventMessage, JobChanged, WorkerStatus
from tests.engine.service.listening import await_state, await_workers, names, next_news
from tests.engine.service.staging import take_request, video_model
from tests.patience import ENDING_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import Event
    from engine.paths import Paths

STEPS, HELD_AT = 20, 10


def submit(client: EngineClient, folder: Path, *devices: str) -> str:
    """A take of resumable steps, each rank of which logs how it was started and waits halfway for `let_go`."""
    folder.mkdir(exist_ok=True)
    prompt = f"log:{folder.parent / 'log'} steps:{HELD_AT} gate:{folder.parent / 'gate'} steps:{STEPS}"
    return client.submit(take_request(*devices, prompt=prompt), str(folder / "a.mp4"))


def let_go(folder: Path) -> None:
    """Have the take go on."""
    (folder.parent / "gate").touch()


def await_step(client: EngineClient, paths: Paths, job: str, step: int, ranks: int) -> None:
    """Read news until so many ranks are at that step, and wait until that is on disk."""
    devices = set[str]()
    while len(devices) < ranks:
        news = next_news(client)
        event = news.event if isinstance(news, EventMessage) else None
        if isinstance(event, Progress) and event.job == job and event.step >= step:
            devices.add(event.device)
    checkpoint = paths.takes / job / "step"
    until(lambda: checkpoint.exists() and int(checkpoint.read_text()) >= step)


def until(holds: Callable[[], bool]) -> None:
    """Look at the disk until this holds."""
    limit = time.monotonic() + ENDING_S
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)


def ranks(client: EngineClient, job: str) -> list[WorkerStatus]:
    return [worker for worker in client.status().workers if worker.job == job]


def starts(folder: Path) -> list[tuple[int, int, int]]:
    """Attempt, rank and number of ranks of every start so far, sorted."""
    lines = (folder.parent / "log").read_text().splitlines()
    return sorted((int(a), int(b), int(c)) for a, b, c in (line.split() for line in lines))


def lose_one_rank(client: EngineClient, job: str) -> None:
    os.kill(ranks(client, job)[1].pid, signal.SIGKILL)


def lose_all_ranks(client: EngineClient, job: str) -> None:
    for worker in ranks(client, job):
        os.kill(worker.pid, signal.SIGKILL)


def lose_the_service(client: EngineClient, job: str) -> None:
    os.kill(client.status().pid, signal.SIGKILL)


def hang_one_rank(client: EngineClient, job: str) -> None:
    os.kill(ranks(client, job)[1].pid, signal.SIGSTOP)


@pytest.mark.parametrize("lose", [lose_one_rank, lose_all_ranks, lose_the_service, hang_one_rank])
def test_a_take_survives_its_processes(
    engine_home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lose: Callable[[EngineClient, str], None]
) -> None:
    """Whatever dies or hangs in the middle, the waiting client gets one end, from the checkpoint, on both ranks."""
    if lose is hang_one_rank:
        monkeypatch.setenv("ONETAKE_SILENCE_S", "2")
    video_model(engine_home)
    folder = tmp_path / "out"
    seen: list[Event] = []
    with EngineClient.connect(engine_home) as client:
        job = submit(client, folder, "cpu:2")
        await_step(client, engine_home, job, HELD_AT, ranks=2)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.wait, job, seen.append)
            lose(client, job)
            # A rank that is left alone gets no further meanwhile.
            until(lambda: len(starts(folder)) == 4)
            let_go(folder)
            end = waiting.result(60)
        assert isinstance(end, Finished)
        assert (end.restarts, end.attempt, end.devices) == (1, 2, ("cpu", "cpu#1"))
        (info,) = client.jobs().jobs
        assert (info.restarts, info.devices, info.state) == (1, ("cpu", "cpu#1"), JobState.DONE)
    assert starts(folder) == [(1, 0, 2), (1, 1, 2), (2, 0, 2), (2, 1, 2)]
    again = [event.step for event in seen if isinstance(event, Progress) and event.attempt == 2]
    assert min(again) > 1
    assert max(again) == STEPS
    assert {event.device for event in seen if isinstance(event, FramesReady)} == {"cpu", "cpu#1"}
    if lose is not lose_the_service:
        assert any(isinstance(event, Notice) and "is gone" in event.message for event in seen)
    assert names(folder) == ["a.mp4"]
    assert not list(Path(engine_home.address).parent.glob("*meeting*"))


def test_a_cancelled_take_leaves_nothing(engine_home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All ranks stop; no file of the take, no part and no meeting is left, and the workers live on."""
    # A rank is neither killed because it stops late, nor gone before anybody has looked.
    monkeypatch.setenv("ONETAKE_CANCEL_GRACE_S", "100")
    monkeypatch.setenv("ONETAKE_EXTRA_IDLE_S", "100")
    video_model(engine_home)
    folder = tmp_path / "out"
    with EngineClient.connect(engine_home) as client:
        job = submit(client, folder, "cpu:2")
        await_step(client, engine_home, job, 3, ranks=2)
        pids = {worker.pid for worker in ranks(client, job)}
        client.cancel(job)
        assert isinstance(client.wait(job), Cancelled)
        assert names(folder) == []
        assert names(engine_home.takes) == []
        assert not list(Path(engine_home.address).parent.glob("*meeting*"))
        assert len(pids) == 2
        assert pids == {worker.pid for worker in client.status().workers}


def test_extra_ranks_go_when_they_are_idle(engine_home: Paths, client: EngineClient, tmp_path: Path) -> None:
    """The processes that cpu:3 needed beyond the first end by themselves after a while without work."""
    video_model(engine_home)
    folder = tmp_path / "out"
    job = submit(client, folder, "cpu:3")
    await_step(client, engine_home, job, 1, ranks=3)
    extra = [psutil.Process(worker.pid) for worker in ranks(client, job)[1:]]
    assert len(extra) == 2
    let_go(folder)
    assert isinstance(client.wait(job), Finished)
    psutil.wait_procs(extra, timeout=30)
    assert not any(process.is_running() for process in extra)
    await_workers(client, ["cpu"])


def test_a_failed_take_goes_on_where_it_was(engine_home: Paths, client: EngineClient, tmp_path: Path) -> None:
    """A rank's error fails the job and stops the others; a retry goes on from the checkpoint that was kept."""
    video_model(engine_home)
    folder, gate = tmp_path / "out", tmp_path / "gate"
    folder.mkdir()
    prompt = f"steps:5 only:1 gate:{gate} fail:disk_full"
    job = client.submit(take_request("cpu:2", prompt=prompt), str(folder / "a.mp4"))
    await_step(client, engine_home, job, 5, ranks=2)
    gate.touch()
    await_state(client, job, JobState.FAILED)
    (info,) = client.jobs().jobs
    assert info.error_kind == "disk_full"
    assert names(folder) == []
    assert (engine_home.takes / job / "step").read_text() == "5"
    client.retry(job)
    await_state(client, job, JobState.FAILED)
    assert client.jobs().jobs[0].attempt == 2


def test_unknown_devices_are_refused_over_the_wire(engine_home: Paths, client: EngineClient, tmp_path: Path) -> None:
    """The client gets the one line that lists what there is, and nothing is stored."""
    video_model(engine_home)
    with pytest.raises(BadInputError, match="'cuda:3' is not in this machine; it has cpu"):
        submit(client, tmp_path / "out", "cuda:3")
    assert client.jobs().jobs == ()
    assert not any(isinstance(client.next_message(0.0), JobChanged) for _ in range(3))
