"""Tests of the rows, on a real database file."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInputError, DiskFullError, UnknownJobError
from engine.messages import ImageRequest, JobState
from engine.service.admission import Submission
from engine.service.store import FINAL, JobStore, Phase

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Generator[JobStore]:
    with JobStore(tmp_path / "jobs.sqlite3") as opened:
        yield opened


def submission(job: str, prompt: str = "moon") -> Submission:
    return Submission(job=job, request=ImageRequest(prompt=prompt, seed=1), targets=("/x/a.png",), created=1.0)


def test_a_row_comes_back_as_it_was_stored(store: JobStore) -> None:
    """Request and targets survive the round trip; outputs are named only once they exist."""
    job = store.add(submission("a", 'snow, "quoted", \u96ea \U0001f319'))
    assert store.get("a") == job
    assert job.request.prompt == 'snow, "quoted", \u96ea \U0001f319'
    assert job.targets == ("/x/a.png",)
    assert job.info.outputs == ()
    store.change("a", (Phase.PENDING,), Phase.RUNNING)
    assert store.change("a", (Phase.RUNNING,), Phase.DONE).info.outputs == ("/x/a.png",)


def test_jobs_wait_in_the_order_they_came(store: JobStore) -> None:
    """The queue is first in, first out; the list of all jobs is oldest first and can be cut."""
    for name in "cab":
        store.add(submission(name))
    assert [row.job for row in store.pending(2)] == ["c", "a"]
    assert [row.job for row in store.newest(2)] == ["b", "c"]
    with pytest.raises(UnknownJobError):
        store.get("z")


@pytest.mark.parametrize(
    ("job", "before", "order"),
    [
        ("d", "b", "adbc"),
        ("a", "d", "bcad"),
        ("a", "", "bcda"),
        ("c", "c", "abcd"),
        ("d", "", "abcd"),
        ("b", "a", "bacd"),
    ],
)
def test_a_pending_job_goes_where_it_is_moved(store: JobStore, job: str, before: str, order: str) -> None:
    """Before another or behind all; jobs that do not wait keep their places, and only what moved is named."""
    for name in ("x", *"abcd", "y"):
        store.add(submission(name))
    for name in "xy":
        store.change(name, (Phase.PENDING,), Phase.RUNNING)
    places = {name: store.get(name).position for name in "abcd"}
    moved = store.move(job, before)
    assert "".join(row.job for row in store.pending(9)) == order
    assert {row.job for row in moved} == {name for name in "abcd" if store.get(name).position != places[name]}
    assert sorted(places.values()) == [store.get(name).position for name in order]
    assert [store.get(name).info.position for name in "xy"] == [1, 6]


def test_only_pending_jobs_are_moved(store: JobStore) -> None:
    """Neither one that runs, nor before one that runs, nor one that is not there; the order stays."""
    for name in "abc":
        store.add(submission(name))
    store.change("a", (Phase.PENDING,), Phase.RUNNING)
    for job, before in (("a", "b"), ("b", "a"), ("z", "b"), ("b", "z")):
        with pytest.raises(UnknownJobError, match="does not wait"):
            store.move(job, before)
    assert [row.job for row in store.pending(9)] == ["b", "c"]


@pytest.mark.parametrize("final", sorted(FINAL))
def test_no_row_ends_twice(store: JobStore, final: Phase) -> None:
    """A row in a final phase can only be queued again."""
    store.add(submission("a"))
    store.change("a", (Phase.PENDING,), final)
    for after in FINAL:
        with pytest.raises(AssertionError):
            store.change("a", (Phase.PENDING, Phase.RUNNING), after)
        with pytest.raises(AssertionError):
            store.change("a", (final,), after)
    assert store.get("a").phase is final


def test_way_stations_look_like_running(store: JobStore) -> None:
    """Clients see a job that is being cancelled or committed as running, and it counts as such."""
    store.add(submission("a"))
    for phase in (Phase.RUNNING, Phase.CANCELLING, Phase.COMMITTING):
        before = store.get("a").phase
        assert store.change("a", (before,), phase).info.state is JobState.RUNNING
        assert store.counts().running == 1
        assert store.has_unfinished()


def test_a_full_disk_refuses_the_job_and_keeps_the_queue(store: JobStore) -> None:
    """When the database cannot grow the submission is refused, and what was stored is still there."""
    store.add(submission("a"))
    # SQLite's own limit on pages fails exactly as a full disk does.
    connection = store._connection  # pyright: ignore[reportPrivateUsage]
    connection.execute("PRAGMA max_page_count=1")
    with pytest.raises(DiskFullError, match="make room"):
        store.add(submission("b", "x" * 30_000))
    assert [row.job for row in store.pending(9)] == ["a"]


def test_a_full_disk_refuses_a_finished_job_and_keeps_the_queue(store: JobStore) -> None:
    """SQLite ends the transaction by itself then; the error is still the disk's, and the next one works."""
    connection = store._connection  # pyright: ignore[reportPrivateUsage]
    connection.execute("PRAGMA max_page_count=1")
    with pytest.raises(DiskFullError, match="make room"):
        store.add_committing(submission("a", "x" * 30_000), "[]", 1.0)
    connection.execute("PRAGMA max_page_count=1000")
    assert store.add_committing(submission("b", "x" * 30_000), "[]", 1.0).phase is Phase.COMMITTING
    assert store.find("a") is None


def test_an_id_is_taken_once(store: JobStore) -> None:
    """A second job of the same id is refused, the first stays as it was; asking again for the first finds it."""
    first = store.add(submission("a"))
    with pytest.raises(BadInputError, match="a job a already"):
        store.add(submission("a", "sun"))
    assert store.newest(9) == [first]
    assert store.holds("a", first.request)
    assert not store.holds("b", first.request)
    with pytest.raises(BadInputError, match="that of another request"):
        store.holds("a", submission("a", "sun").request)


def test_a_request_of_another_version_harms_nobody(tmp_path: Path) -> None:
    """An unfinished job whose request cannot be read fails with a remedy; the list shows the others."""
    path = tmp_path / "jobs.sqlite3"
    with JobStore(path) as store:
        store.add(submission("a"))
        store.add(submission("b"))
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE jobs SET request = '{\"type\":\"hologram\"}' WHERE job = 'a'")
    with JobStore(path) as store:
        assert [row.job for row in store.pending(9)] == ["b"]
        assert [row.job for row in store.newest(9)] == ["b"]
        assert store.counts().failed == 1
