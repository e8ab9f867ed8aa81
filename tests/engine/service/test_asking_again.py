"""Tests of calls whose service dies before it has answered: what is asked again, and what is not."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine import client as client_module
from engine.client import EngineClient
from engine.errors import BadInputError, ServiceError
from engine.messages import Finished, draw_job_id
from engine.protocol import Done, GetStatus, Status, Submit
from engine.service import launch
from engine.service.channel import ChannelClosedError
from engine.service.discovery import read_record
from engine.service.link import Link
from tests.engine.service.listening import names, read_to_the_end, request

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.paths import Paths

MORTAL_SERVICE = Path(__file__).with_name("mortal_service.py")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")


@pytest.fixture
def will(engine_home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of deaths to come of this home's services; none yet."""
    file = tmp_path / "deaths"
    file.touch()
    command = [sys.executable, str(MORTAL_SERVICE), "--home", str(engine_home.home), "--detach"]

    def mortal_command(_paths: Paths) -> list[str]:
        return command

    monkeypatch.setattr(launch, "service_command", mortal_command)
    monkeypatch.setenv("ONETAKE_TEST_DEATHS", str(file))
    return file


@pytest.fixture
def link(shared_home: Paths, shared_client: EngineClient) -> Generator[Link]:
    """A bare connection to the module's service."""
    opened = Link.open(shared_home, 30.0)
    yield opened
    opened.close()


def kill(client: EngineClient) -> int:
    """SIGKILL the service and wait until the client has noticed; returns the process's number."""
    pid = client.status().pid
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ServiceError, match="is lost"):
        read_to_the_end(client)
    return pid


@pytest.mark.parametrize("deaths", ["before", "after", "before after after"])
def test_a_job_is_stored_once_however_often_the_service_dies(
    engine_home: Paths, will: Path, tmp_path: Path, deaths: str
) -> None:
    """Killed before it stored the job, or between that and the answer, or both: one submit makes one job."""
    folder = tmp_path / "out"
    folder.mkdir()
    with EngineClient.connect(engine_home) as client:
        first = client.submit(request("moon"), str(folder / "first.png"))
        will.write_text(deaths)
        job = client.submit(request("moon"), str(folder / "a.png"))
        assert will.read_text() == ""
        assert isinstance(client.wait(job), Finished)
        assert [info.job for info in client.jobs().jobs] == [first, job]
    assert names(folder) == ["a.png", "first.png"]


def test_a_service_that_keeps_dying_is_given_up(
    engine_home: Paths, will: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submit that kills each service anew ends with an error that names the log."""
    monkeypatch.setattr(client_module, "MAX_RESTARTS", 2)
    monkeypatch.setattr(client_module, "RESTART_WINDOW_S", 1e5)
    with EngineClient.connect(engine_home) as client:
        will.write_text("before before before before")
        with pytest.raises(ServiceError, match=f"keeps dying; look at {engine_home.log}"):
            client.submit(request("moon"))
    assert will.read_text() == "before"


@pytest.mark.parametrize("call", ["jobs", "models", "status", "pause"])
def test_what_may_be_asked_twice_survives_its_service(client: EngineClient, call: str) -> None:
    """Such a call finds the connection lost, starts the service again and gets its answer; news come again, too."""
    killed = kill(client)
    match call:
        case "jobs":
            assert client.jobs().jobs == ()
        case "models":
            assert client.models()[0].name == "papercut"
        case "status":
            assert client.status().queue.pending == 0
        case _:
            client.set_paused(True)
            assert client.jobs().paused
            client.set_paused(False)
    assert client.status().pid != killed
    job = client.submit(request("moon"))
    assert client.next_message(30.0) is not None
    assert isinstance(client.wait(job), Finished)


def test_what_may_not_be_asked_twice_is_left_to_the_caller(engine_home: Paths, client: EngineClient) -> None:
    """Whether a cancel took effect is not known; it fails, and nobody starts a service for it."""
    job = client.submit(request("slow:60"))
    killed = kill(client)
    for call in (client.cancel, client.retry, client.move):
        with pytest.raises(ServiceError, match="is lost"):
            call(job)
    with pytest.raises(ServiceError, match="is lost"):
        client.revise(job, request("moon"))
    record = read_record(engine_home)
    assert record
    assert record.pid == killed


@pytest.mark.parametrize("options", [{"reopen": False}, {"start": False}], ids=str)
def test_a_caller_that_sees_to_it_itself_is_not_held_up(
    engine_home: Paths, client: EngineClient, options: dict[str, bool]
) -> None:
    """The window connects anew by itself, and `engine status` starts nothing: their calls fail at once."""
    with EngineClient.connect(engine_home, **options) as other:
        killed = kill(other)
        for call in (other.jobs, other.models, other.status):
            with pytest.raises(ServiceError, match="is lost"):
                call()
        with pytest.raises(ServiceError, match="is lost"):
            other.submit(request("moon"))
    record = read_record(engine_home)
    assert record
    assert record.pid == killed


def test_a_loss_that_a_call_finds_first_is_a_loss(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that cannot be sent knows that the connection is lost, though the reading thread has yet to notice."""

    def send(_payload: bytes) -> None:
        raise ChannelClosedError("broken pipe")

    monkeypatch.setattr(link._channel, "send", send)  # pyright: ignore[reportPrivateUsage]
    assert not link.is_lost
    with pytest.raises(ServiceError, match="is lost"):
        link.ask(GetStatus(call=0), Status)
    assert link.is_lost


def test_a_submit_does_not_undo_a_stop(engine_home: Paths, client: EngineClient) -> None:
    """A service that a client stopped is not started again by a call of another client that was connected to it."""
    with EngineClient.connect(engine_home) as other:
        other.stop_service()
    with pytest.raises(ServiceError, match="was stopped"):
        client.submit(request("moon"))
    assert read_record(engine_home) is None


def test_a_stored_job_is_acknowledged_though_it_would_be_refused_now(
    shared_client: EngineClient, link: Link, tmp_path: Path
) -> None:
    """Asked again, the service looks at what it stored, not at whether the target could still be written."""
    folder = tmp_path / "out"
    folder.mkdir()
    shared_client.set_paused(True)
    submit = Submit(call=0, job=draw_job_id(1e9), request=request("moon"), output=str(folder / "a.png"))
    assert link.ask(submit, Done).job == submit.job
    folder.rmdir()
    assert link.ask(submit, Done).job == submit.job
    assert shared_client.status().queue.pending == 1
    shared_client.cancel(submit.job)
    shared_client.set_paused(False)


def test_an_id_stands_for_one_request(shared_client: EngineClient, link: Link) -> None:
    """Another request under a stored job's id is refused, and the job stays what it was."""
    job = shared_client.submit(request("moon"))
    with pytest.raises(BadInputError, match=f"{job} is that of another request"):
        link.ask(Submit(call=0, job=job, request=request("sun")), Done)
    assert isinstance(shared_client.wait(job), Finished)
    (info,) = [info for info in shared_client.jobs().jobs if info.job == job]
    assert info.request.prompt == "moon"


@pytest.mark.parametrize("job", ["", "a", "0" * 14, "../../../etc/", "000000000000O", "00000000000/0", "\u0660" * 13])
def test_what_is_no_id_is_refused(shared_client: EngineClient, link: Link, job: str) -> None:
    """Ids become names of files: what could not have been drawn is refused, and nothing is stored."""
    before = shared_client.jobs()
    with pytest.raises(BadInputError, match="no job id"):
        link.ask(Submit(call=0, job=job, request=request("moon")), Done)
    assert shared_client.jobs().jobs == before.jobs
