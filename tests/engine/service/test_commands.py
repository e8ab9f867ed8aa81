"""Tests of what `onetake queue list` and `onetake engine status` say of takes, against a real service."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, cast

from app.cli.console import Console
from app.cli.queue import run_list
from app.cli.service import run_status
from engine.messages import ExportRequest, Finished, JobState
from tests.engine.service.listening import await_state, request
from tests.engine.service.staging import take_request, video_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from engine.client import EngineClient
    from engine.paths import Paths


def answer_of(
    command: Callable[[argparse.Namespace, Paths, Console], int], paths: Paths, capsys: pytest.CaptureFixture[str]
) -> dict[str, list[dict[str, object]]]:
    assert command(argparse.Namespace(), paths, Console(as_json=True)) == 0
    return cast("dict[str, list[dict[str, object]]]", json.loads(capsys.readouterr().out.splitlines()[-1]))


def test_a_take_is_listed_with_all_its_ranks(
    engine_home: Paths, client: EngineClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status has a line for each rank with its step; the list names kinds and files, also to a person."""
    video_model(engine_home)
    gate = tmp_path / "gate"
    picture = client.submit(request("moon"))
    assert isinstance(client.wait(picture), Finished)
    job = client.submit(take_request("cpu:2", prompt=f"gate:{gate}"))
    await_state(client, job, JobState.RUNNING)
    workers = answer_of(run_status, engine_home, capsys)["workers"]
    assert [(worker["device"], worker["job"]) for worker in workers] == [("cpu", job), ("cpu#1", job)]
    gate.touch()
    end = client.wait(job)
    assert isinstance(end, Finished)
    (engine_home.takes / job / "clip").mkdir()
    export = client.submit(ExportRequest(take=job, codec="gif"), str(tmp_path / "a.gif"))
    assert isinstance(client.wait(export), Finished)
    rows = answer_of(run_list, engine_home, capsys)["jobs"]
    assert [(row["job"], row["kind"]) for row in rows] == [(picture, "image"), (job, "video"), (export, "export")]
    assert rows[1]["outputs"] == list(end.outputs)
    assert end.outputs[0].endswith(f"{job}.mp4")
    run_list(argparse.Namespace(), engine_home, Console(as_json=False))
    assert "  video   " in capsys.readouterr().out
