"""Tests of the client against real service processes with the fake worker."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.client import EngineClient
from engine.errors import BadInputError, EngineError, OutputError, ServiceError, UnknownJobError, UnknownModelError
from engine.messages import Cancelled, Failed, Finished, ImageRequest, JobState, Preview, Progress, draw_job_id
from engine.protocol import EventMessage, JobChanged
from engine.service.link import terminal_event
from tests.engine.service.listening import await_state, names, next_news, request

if TYPE_CHECKING:
    from engine.messages import Event
    from engine.paths import Paths

ROOT = Path(__file__).parents[3]


def test_a_submitted_job_finishes(shared_client: EngineClient, tmp_path: Path) -> None:
    """A request becomes a picture under the name the user chose, with progress on the way."""
    target = tmp_path / "a.png"
    job = shared_client.submit(request("slow:0.06 preview:1"), str(target))
    seen: list[Event] = []
    end = shared_client.wait(job, seen.append)
    assert isinstance(end, Finished)
    assert (end.outputs, end.seed, end.model, end.devices) == ((str(target),), 7, "papercut", ("cpu",))
    assert target.read_bytes().startswith(b"\x89PNG")
    assert {type(event) for event in seen} <= {Progress, Preview}
    assert names(tmp_path) == ["a.png"]


def test_what_is_submitted_again_under_its_id_is_queued_once(shared_client: EngineClient, tmp_path: Path) -> None:
    """Also when it has long ended, as for a window that was gone before it had the answer."""
    job, target = draw_job_id(1e9), str(tmp_path / "a.png")
    assert shared_client.submit(request("moon"), target, job) == job
    assert isinstance(shared_client.wait(job), Finished)
    assert shared_client.submit(request("moon"), target, job) == job
    assert [info.state for info in shared_client.jobs().jobs if info.job == job] == [JobState.DONE]
    assert names(tmp_path) == ["a.png"]


def test_news_tell_of_a_job_in_order(shared_client: EngineClient) -> None:
    """Another reader sees pending, running, events, then done before the terminal event."""
    job = shared_client.submit(request("slow:0.02"))
    told: list[str] = []
    while not told or told[-1] != "Finished":
        news = next_news(shared_client)
        told.append(news.info.state if isinstance(news, JobChanged) else type(news.event).__name__)
    assert told == ["pending", "running", "Progress", "done", "Finished"]
    assert shared_client.next_message(0.0) is None
    assert shared_client.jobs().jobs[-1].job == job


def test_a_batch_is_numbered_in_seed_order(shared_client: EngineClient, tmp_path: Path) -> None:
    """`--count 3 -o a.png` makes a-001.png to a-003.png."""
    end = shared_client.wait(shared_client.submit(request("moon", count=3), str(tmp_path / "a.png")))
    assert isinstance(end, Finished)
    assert [Path(output).name for output in end.outputs] == ["a-001.png", "a-002.png", "a-003.png"]
    assert names(tmp_path) == ["a-001.png", "a-002.png", "a-003.png"]


def test_waiting_for_an_ended_job_reads_its_row(shared_client: EngineClient) -> None:
    """A wait that comes too late for the event gets the same answer."""
    job = shared_client.submit(request("fail:out_of_memory"))
    first = shared_client.wait(job)
    again = shared_client.wait(job)
    assert isinstance(first, Failed)
    assert isinstance(again, Failed)
    assert (first.kind, first.message) == (again.kind, again.message) == ("out_of_memory", "as told; change the prompt")
    with pytest.raises(UnknownJobError):
        shared_client.wait("nonesuch")
    with pytest.raises(ValueError, match="not final"):
        terminal_event(msgspec.structs.replace(shared_client.jobs().jobs[0], state=JobState.PENDING))


def test_bad_requests_are_refused_and_nothing_is_stored(shared_client: EngineClient, tmp_path: Path) -> None:
    """What cannot succeed is refused with its kind and remedy, and the queue is as before."""
    before = shared_client.jobs()
    (tmp_path / "taken.png").mkdir()
    good = request("moon")
    cases: list[tuple[ImageRequest, str, type[EngineError], str]] = [
        (ImageRequest(prompt="moon", seed=1, width=100, height=100), "", BadInputError, "multiples of 16"),
        (ImageRequest(prompt="moon", seed=1, model="nonesuch"), "", UnknownModelError, "papercut"),
        (good, str(tmp_path / "none" / "a.png"), OutputError, "does not exist"),
        (good, str(tmp_path / "a.jpg"), OutputError, r"\.png"),
        (good, "a.png", OutputError, "full path"),
        (good, str(tmp_path / "taken.png"), OutputError, "is a folder"),
        (good, str(tmp_path / ("x" * 300 + ".png")), OutputError, "cannot be written"),
        (good, str(tmp_path / "\udcff.png"), OutputError, "Unicode"),
        (good, "/proc/nowhere.png", OutputError, "cannot be written"),
    ]
    for asked, output, kind, remedy in cases:
        with pytest.raises(kind, match=remedy):
            shared_client.submit(asked, output)
    after = shared_client.jobs()
    assert after.jobs == before.jobs
    assert names(tmp_path) == ["taken.png"]


def test_cancel_ends_pending_running_and_hung_jobs(
    shared_home: Paths, shared_client: EngineClient, tmp_path: Path
) -> None:
    """Each way to cancel ends in exactly one Cancelled, leaves no file, and the queue goes on."""
    witness = EngineClient.connect(shared_home)
    running = shared_client.submit(request(f"gate:{tmp_path}/never"), str(tmp_path / "running.png"))
    pending = shared_client.submit(request("moon"), str(tmp_path / "pending.png"))
    await_state(shared_client, running, JobState.RUNNING)
    for job in (pending, running):
        shared_client.cancel(job)
        assert isinstance(shared_client.wait(job), Cancelled)
    hung = shared_client.submit(request("hang"), str(tmp_path / "hung.png"))
    await_state(shared_client, hung, JobState.RUNNING)
    worker = shared_client.status().workers[0].pid
    shared_client.cancel(hung)
    assert isinstance(shared_client.wait(hung), Cancelled)
    assert isinstance(shared_client.wait(shared_client.submit(request("moon"))), Finished)
    assert shared_client.status().workers[0].pid != worker
    ends: list[str] = []
    while True:
        news = next_news(witness)
        if isinstance(news, EventMessage) and isinstance(news.event, Cancelled):
            ends.append(news.event.job)
        if isinstance(news, EventMessage) and isinstance(news.event, Finished):
            break
    witness.close()
    assert ends == [pending, running, hung]
    assert names(tmp_path) == []


def test_pause_holds_and_resume_releases(shared_client: EngineClient) -> None:
    """A paused queue takes jobs and starts none."""
    shared_client.set_paused(True)
    job = shared_client.submit(request("moon"))
    assert shared_client.jobs().paused
    assert shared_client.status().queue.pending == 1
    shared_client.set_paused(False)
    assert isinstance(shared_client.wait(job), Finished)


def test_retry_runs_a_failed_job_again(shared_client: EngineClient, tmp_path: Path) -> None:
    """A job that failed twice by the worker's death is kept, and a retry can finish it."""
    job = shared_client.submit(request("crash-until:3"), str(tmp_path / "a.png"))
    lost = shared_client.wait(job)
    assert isinstance(lost, Failed)
    assert lost.kind == "worker_lost"
    shared_client.retry(job)
    end = shared_client.wait(job)
    assert isinstance(end, Finished)
    assert (end.attempt, end.restarts) == (3, 0)
    assert names(tmp_path) == ["a.png"]


def test_pending_jobs_are_moved_and_revised(shared_client: EngineClient, tmp_path: Path) -> None:
    """The revised request is what is made, in the order that was chosen, under the job's old name."""
    shared_client.set_paused(True)
    first, second = shared_client.submit(request("slow:0.01")), shared_client.submit(request("moon"))
    named = shared_client.submit(request("moon"), str(tmp_path / "a.png"))
    shared_client.move(second, first)
    shared_client.revise(first, request("sun", count=2))
    waiting = sorted(shared_client.jobs().jobs[-3:], key=lambda info: info.position)
    assert [info.job for info in waiting] == [second, first, named]
    with pytest.raises(OutputError, match=r"a\.png; cancel it"):
        shared_client.revise(named, request("sun", count=2))
    with pytest.raises(BadInputError, match="multiples of 16"):
        shared_client.revise(named, ImageRequest(prompt="sun", seed=1, width=100, height=100))
    shared_client.revise(named, request("sun"))
    shared_client.set_paused(False)
    end = shared_client.wait(first)
    assert isinstance(end, Finished)
    assert [Path(output).name for output in end.outputs] == [f"{first}-001.png", f"{first}-002.png"]
    assert isinstance(shared_client.wait(named), Finished)
    assert names(tmp_path) == ["a.png"]
    info = next(info for info in shared_client.jobs().jobs if info.job == first)
    assert (info.request.prompt, info.request.count) == ("sun", 2)
    for late in (first, "nonesuch"):
        with pytest.raises(UnknownJobError):
            shared_client.move(late)
        with pytest.raises(UnknownJobError):
            shared_client.revise(late, request("sun"))


def test_models_are_the_catalogue(shared_client: EngineClient) -> None:
    """The embedded model comes first."""
    assert shared_client.models()[0].name == "papercut"


def test_starters_at_the_same_time_get_one_service(engine_home: Paths) -> None:
    """Four clients that all find nobody start one service between them."""
    with ThreadPoolExecutor(4) as pool:
        clients = list(pool.map(EngineClient.connect, [engine_home] * 4))
    assert len({client.status().pid for client in clients}) == 1
    for client in clients:
        client.close()


def test_without_start_nobody_is_started(engine_home: Paths) -> None:
    """A client that must not start a service says where to look instead."""
    with pytest.raises(ServiceError, match=str(engine_home.log)):
        EngineClient.connect(engine_home, start=False)
    assert not engine_home.home.exists()


def test_a_home_that_cannot_be_written_is_named(engine_home: Paths) -> None:
    """A file where the home should be is one line with the remedy, not a time-out."""
    engine_home.home.touch()
    with pytest.raises(ServiceError, match=f"{engine_home.home} cannot hold.*ONETAKE_HOME"):
        EngineClient.connect(engine_home)


def test_a_start_that_fails_says_why_and_where(engine_home: Paths) -> None:
    """The reason that the service gave reaches the user in the same line as the path of the log."""
    engine_home.create()
    engine_home.database.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(ServiceError, match=f"damaged.*{engine_home.log}"):
        EngineClient.connect(engine_home)


def test_a_client_without_the_same_runtime_folder_finds_the_service(
    engine_home: Paths, client: EngineClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A client from another login session, with another runtime folder, finds the service by its record."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with EngineClient.connect(engine_home, start=False) as other:
        assert other.status().pid == client.status().pid


def test_closing_is_idempotent_and_leaves_no_thread(engine_home: Paths) -> None:
    """A closed client has joined its thread; the service goes on."""
    before = threading.active_count()
    client = EngineClient.connect(engine_home)
    client.close()
    client.close()
    assert threading.active_count() == before
    with EngineClient.connect(engine_home, start=False) as other:
        assert other.status().pid
