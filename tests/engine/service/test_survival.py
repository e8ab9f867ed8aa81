"""Tests of jobs and clients that outlive their service: kills, stops and replacement by another version."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from engine import protocol
from engine.client import EngineClient
from engine.errors import ServiceError
from engine.messages import Cancelled, Finished, JobState
from engine.service.discovery import read_record
from tests.engine.service.listening import await_state, kill_service, names, read_to_the_end, request
from tests.patience import ENDING_S

if TYPE_CHECKING:
    from engine.paths import Paths

ROOT = Path(__file__).parents[3]


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or is a zombie that may be gone any moment."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_stop_returns_when_the_service_and_its_workers_are_gone(engine_home: Paths, client: EngineClient) -> None:
    """An orderly stop leaves no process, no socket and no record."""
    status = client.status()
    client.stop_service()
    assert has_ended(status.pid)
    assert has_ended(status.workers[0].pid)
    assert not Path(engine_home.address).exists()
    assert read_record(engine_home) is None
    with pytest.raises(ServiceError, match="is lost"):
        read_to_the_end(client)
    with pytest.raises(ServiceError, match="was stopped"):
        client.jobs()


def test_an_acknowledged_job_survives_a_kill_at_once(engine_home: Paths, client: EngineClient, tmp_path: Path) -> None:
    """The service is killed right after it acknowledged a job; the next one completes it."""
    pid = client.status().pid
    job = client.submit(request("moon"), str(tmp_path / "a.png"))
    os.kill(pid, signal.SIGKILL)
    with EngineClient.connect(engine_home) as other:
        assert isinstance(other.wait(job), Finished)
    assert names(tmp_path) == ["a.png"]


def test_a_waiting_client_survives_its_service(engine_home: Paths, client: EngineClient, tmp_path: Path) -> None:
    """The service is killed under a running job; the waiting client starts another and gets the result, once."""
    gate = tmp_path / "gate"
    folder = tmp_path / "out"
    folder.mkdir()
    job = client.submit(request(f"gate:{gate}"), str(folder / "a.png"))
    await_state(client, job, JobState.RUNNING)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.wait, job)
        first = client.status().pid
        os.kill(first, signal.SIGKILL)
        gate.touch()
        end = waiting.result(60)
    assert isinstance(end, Finished)
    assert end.attempt == 2
    assert end.restarts == 1
    assert client.status().pid != first
    assert names(folder) == ["a.png"]


def test_a_stop_on_purpose_ends_the_waiting(engine_home: Paths, client: EngineClient) -> None:
    """A client that waits does not start a service again that another client stopped; the job is kept."""
    job = client.submit(request("slow:60"))
    await_state(client, job, JobState.RUNNING)
    with ThreadPoolExecutor(1) as pool, EngineClient.connect(engine_home) as other:
        waiting = pool.submit(client.wait, job)
        other.stop_service()
        with pytest.raises(ServiceError, match="was stopped; unfinished jobs go on"):
            waiting.result(60)
    with EngineClient.connect(engine_home) as later:
        later.cancel(job)
        assert isinstance(later.wait(job), Cancelled)


def test_a_signal_is_no_stop_on_purpose(engine_home: Paths, client: EngineClient, tmp_path: Path) -> None:
    """A service that was sent SIGTERM puts its job back, and a waiting client sees the job through."""
    gate = tmp_path / "gate"
    job = client.submit(request(f"gate:{gate}"))
    await_state(client, job, JobState.RUNNING)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.wait, job)
        service = psutil.Process(client.status().pid)
        service.terminate()
        service.wait(ENDING_S)
        gate.touch()
        end = waiting.result(60)
    assert isinstance(end, Finished)
    assert end.restarts == 1


def test_twenty_jobs_survive_kills_in_order(engine_home: Paths, tmp_path: Path) -> None:
    """Killed again and again, the service loses no job, finishes them in order and makes each result once."""
    folder, gates = tmp_path / "out", tmp_path / "gates"
    folder.mkdir()
    gates.mkdir()
    with EngineClient.connect(engine_home, previews=False) as client:
        jobs = [
            client.submit(request(f"slow:0.04 gate:{gates / str(number)}"), str(folder / f"{number:02d}.png"))
            for number in range(20)
        ]
        kill_service(client)
    ended = 0
    for survivors in (3, 1, 4, 2):
        with EngineClient.connect(engine_home) as client:
            for number in range(ended, ended + survivors):
                (gates / str(number)).touch()
            ended += survivors
            # Those behind it wait at their gates, however late this looks.
            client.wait(jobs[ended - 1])
            kill_service(client)
    for number in range(ended, 20):
        (gates / str(number)).touch()
    with EngineClient.connect(engine_home) as client:
        ends = [client.wait(job) for job in jobs]
        rows = client.jobs().jobs
    assert all(isinstance(end, Finished) for end in ends)
    assert [row.job for row in sorted(rows, key=lambda row: row.finished or 0.0)] == jobs
    assert names(folder) == [f"{number:02d}.png" for number in range(20)]


def test_an_older_service_makes_way(engine_home: Paths) -> None:
    """A service of an older protocol checkpoints and goes when a newer client says hello; its job is taken over."""
    old = "import runpy, sys, engine.protocol; engine.protocol.PROTOCOL_VERSION = 0; sys.argv = ['s', *sys.argv[1:]];"
    old += "runpy.run_module('engine.service', run_name='__main__')"
    engine_home.create()
    with engine_home.log.open("ab") as log:
        command = [sys.executable, "-c", old, "--home", str(engine_home.home), "--detach"]
        subprocess.run(command, stdout=log, stderr=log, cwd=ROOT, check=True, start_new_session=True)
    record = read_record(engine_home)
    assert record
    assert record.protocol == 0
    with EngineClient.connect(engine_home) as client:
        assert client.status().protocol == protocol.PROTOCOL_VERSION
        assert client.status().pid != record.pid
        assert isinstance(client.wait(client.submit(request("moon"))), Finished)


def test_an_older_service_is_not_ended_for_nothing(
    engine_home: Paths, client: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that would start no new service does not make the old one go."""
    monkeypatch.setattr(protocol, "PROTOCOL_VERSION", protocol.PROTOCOL_VERSION + 1)
    with pytest.raises(ServiceError, match="another Onetake"):
        EngineClient.connect(engine_home, start=False)
    monkeypatch.undo()
    assert client.status().pid


def test_a_newer_service_is_left_alone(
    engine_home: Paths, client: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older client does not replace the service of a newer program; it says what to do."""
    monkeypatch.setattr(protocol, "PROTOCOL_VERSION", 0)
    with pytest.raises(ServiceError, match="newer Onetake"):
        EngineClient.connect(engine_home)
    monkeypatch.undo()
    assert client.status().queue.pending == 0
