"""Requests that wait for the engine: each window's own, taken over when it is gone, and queued once."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from app.engine_link import EngineLink
from app.jobs import JobModel, job_of
from app.outbox import Outbox
from app.reports import Reach, Submitted
from engine.messages import ImageRequest, JobState
from tests.gui.test_engine_link import refuse
from tests.unit.app.other_window import other_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths
    from tests.fakes import FakeEngine

pytestmark = pytest.mark.usefixtures("qtbot")

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.engine_link import EngineLink
from app.jobs import JobModel
from app.outbox import Outbox
from engine.messages import ImageRequest
loop = QCoreApplication([])
jobs = JobModel()
outbox = Outbox(Path(sys.argv[1]), jobs, EngineLink(lambda: None), jobs)
outbox.send_all(ImageRequest(prompt=prompt, seed=1) for prompt in ("a boat", "a house"))
print("ready", flush=True)
sys.stdin.read()
"""


def window_on(folder: Path) -> tuple[Outbox, JobModel]:
    """What a window has that finds no engine."""
    jobs = JobModel()
    link = EngineLink(refuse, jobs)
    return Outbox(folder, jobs, link, jobs), jobs


def prompts(jobs: JobModel) -> list[str]:
    """Of what waits to be sent."""
    return [record.request.prompt for record in jobs.unsent()]


def test_what_a_killed_window_could_not_send_the_next_one_sends(tmp_path: Path) -> None:
    """Not while the first one lives; then all of it, in its order and under its ids, and nothing stays on disk."""
    with other_process(WINDOW, tmp_path) as other:
        early, of_early = window_on(tmp_path)
        assert prompts(of_early) == []
        (file,) = tmp_path.glob("*.json")
        ids = [waiting["job"] for waiting in msgspec.json.decode(file.read_bytes())]
        other.kill()
        other.wait()
    late, of_late = window_on(tmp_path)
    assert prompts(of_late) == ["a boat", "a house"]
    assert [job_of(record.token) for record in of_late.unsent()] == ids
    # What an open window has taken over is not there for a third.
    third, of_third = window_on(tmp_path)
    assert prompts(of_third) == []
    for job in ids:
        of_late.take(Submitted(f"new-{job}", job))
    for outbox in (early, late, third):
        outbox.close()
    assert list(tmp_path.iterdir()) == []


def test_two_windows_keep_what_each_could_not_send(tmp_path: Path) -> None:
    """Neither writes over the other's; the next window has the requests of both."""
    windows = [window_on(tmp_path) for _ in range(2)]
    for (outbox, _), prompt in zip(windows, ("a boat", "a house"), strict=True):
        outbox.send(ImageRequest(prompt=prompt, seed=1), f"/out/{prompt}.png")
    for outbox, _ in windows:
        outbox.close()
    _, jobs = window_on(tmp_path)
    assert sorted(prompts(jobs)) == ["a boat", "a house"]
    assert {record.output for record in jobs.unsent()} == {"/out/a boat.png", "/out/a house.png"}
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_window_that_was_killed_while_it_took_over_doubles_nothing(tmp_path: Path) -> None:
    """It leaves its own file and the one that it took over, with the same ids in them."""
    outbox, _ = window_on(tmp_path)
    outbox.send(ImageRequest(prompt="a boat", seed=1))
    outbox.close()
    (file,) = tmp_path.glob("*.json")
    shutil.copy(file, tmp_path / "other.json")
    _, jobs = window_on(tmp_path)
    assert prompts(jobs) == ["a boat"]


WITHOUT_IDS = msgspec.json.encode(
    [{"request": ImageRequest(prompt=prompt, seed=1)} for prompt in ("a boat", "a house")]
)


@pytest.mark.parametrize("damage", [b"", b"[1, 2", b'[{"request": {"type": "nothing"}}]', WITHOUT_IDS])
def test_a_file_that_cannot_be_read_stays(tmp_path: Path, damage: bytes) -> None:
    """Another version may read it; the window goes on without it."""
    file = tmp_path / "other.json"
    file.write_bytes(damage)
    outbox, jobs = window_on(tmp_path)
    assert prompts(jobs) == []
    outbox.close()
    assert [entry.read_bytes() for entry in tmp_path.glob("*.json")] == [damage]


def test_what_cannot_be_written_is_said_and_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk takes nothing away: what a window has taken over and cannot keep is there for the one after it."""
    outbox, _ = window_on(tmp_path)
    outbox.send(ImageRequest(prompt="a boat", seed=1))
    outbox.close()
    told: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr("app.window_file.write_atomically", no_room)
        outbox, jobs = window_on(tmp_path)
        outbox.save_failed.connect(told.append)
        outbox.send(ImageRequest(prompt="a house", seed=1))
        assert prompts(jobs) == ["a boat", "a house"]
        outbox.close()
    assert told == ["no room"] * 2
    assert [lock for lock in tmp_path.glob("*.lock") if not lock.with_suffix(".json").exists()] == []
    _, jobs = window_on(tmp_path)
    assert prompts(jobs) == ["a boat"]


def no_room(_file: Path, _document: bytes) -> None:
    """A full disk."""
    raise OSError("no room")


def test_a_request_whose_answer_was_lost_is_queued_once(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """The engine took it and the connection broke: the window sends it again under its id, and shows one job."""
    engine.script("mute")
    onetake.studio.send(ImageRequest(prompt="a boat", seed=1))
    qtbot.waitUntil(lambda: [record.state for record in onetake.jobs.records()] == [JobState.DONE])
    assert len(engine.requests) == 1
    assert engine.connections > 1
    assert onetake.prompt.error.text() == ""


def test_a_crash_just_when_the_engine_takes_a_request_does_not_double_it(
    qtbot: QtBot, open_window: Callable[[], Application], engine: FakeEngine, paths: Paths, tmp_path: Path
) -> None:
    """The file is still there, and the next window sends what is in it: the engine knows the id."""
    engine.is_up = False
    first = open_window()
    qtbot.waitUntil(lambda: first.link.connection.reach is Reach.LOST)
    first.studio.send(ImageRequest(prompt="a boat", seed=1))
    shutil.copytree(paths.home / "waiting", tmp_path / "crashed")
    engine.is_up = True
    first.link.reconnect_now()
    qtbot.waitUntil(lambda: [record.state for record in first.jobs.records()] == [JobState.DONE])
    first.window.close()
    shutil.copytree(tmp_path / "crashed", paths.home / "waiting", dirs_exist_ok=True)
    again = open_window()
    qtbot.waitUntil(lambda: not again.jobs.unsent())
    assert [record.state for record in again.jobs.records()] == [JobState.DONE]
    assert len(engine.requests) == 1
    assert not list((paths.home / "waiting").glob("*.json"))
