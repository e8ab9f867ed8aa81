"""`onetake image --grid`: axes as they are typed, one job per cell, one labelled sheet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from app.cli import grid
from app.cli.main import run_command
from engine.messages import Failed, Finished, ImageRequest, Request, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import Event


class Client:
    """Makes a picture of every request but those of one seed."""

    failing = -1

    def __init__(self) -> None:
        self.requests: list[ImageRequest] = []
        self.outputs: list[str] = []

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_error: object) -> None: ...

    def submit(self, request: Request, output: str = "") -> str:
        assert isinstance(request, ImageRequest)
        self.requests.append(request)
        self.outputs.append(output)
        return str(len(self.requests) - 1)

    def cancel(self, job: str) -> None: ...

    def wait(self, job: str, on_event: Callable[[Event], None] | None = None) -> Terminal:
        request, output = self.requests[int(job)], self.outputs[int(job)]
        if request.seed == self.failing:
            return Failed(job=job, attempt=1, seq=1, kind="job_failed", message="it broke")
        Image.new("RGB", (32, 32)).save(output)
        return Finished(
            job=job, attempt=1, seq=1, outputs=(output,), seed=request.seed, model=request.model, devices=("cpu",),
            seconds=1.0, restarts=0,
        )  # fmt: skip


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, home: Path) -> Client:
    """In place of the engine."""
    made = Client()
    assert home

    def connect(*_arguments: object, **_options: object) -> Client:
        return made

    monkeypatch.setattr(grid.EngineClient, "connect", connect)
    return made


def test_a_grid_is_a_job_for_each_cell_and_a_sheet_of_all(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows are y, columns x; the pictures are numbered beside the sheet in reading order."""
    sheet = tmp_path / "grid.png"
    axes = ["--grid", "x=steps:1,2", "--grid", "y=seed:5-7"]
    assert run_command(["image", "a boat", "--seed", "1", *axes, "-o", str(sheet), "--json"]) == 0
    assert [(request.seed, request.steps) for request in client.requests] == [
        (5, 1), (5, 2), (6, 1), (6, 2), (7, 1), (7, 2),
    ]  # fmt: skip
    document = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert document["outputs"] == [str(tmp_path / f"grid-{number}.png") for number in range(1, 7)]
    assert document["grid"] == str(sheet)
    with Image.open(sheet) as picture:
        assert picture.height > picture.width


def test_a_cell_that_fails_leaves_the_others(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sheet is written with a blank, and the exit status says that something is missing."""
    monkeypatch.setattr(client, "failing", 6)
    sheet = tmp_path / "grid.png"
    assert run_command(["image", "a boat", "--grid", "x=seed:5-7", "-o", str(sheet), "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out.splitlines()[-1])["outputs"][1] is None
    assert "1 of 3 pictures could not be made: it broke" in captured.err
    assert sheet.is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--grid", "steps:1,2"], "write it like"),
        (["--grid", "y=steps:1,2"], "no axis x"),
        (["--grid", "x=steps:1", "--grid", "x=seed:1"], "two axes x"),
        (["--grid", "x=colour:1"], "unknown"),
        (["--grid", "x=steps:99999"], "out of range"),
        (["--grid", "x=steps:1", "--count", "2"], "leave out --count"),
        (["--grid", "x=steps:1", "--detach"], "leave out --detach"),
        (["--grid", "x=steps:1", "-o", "grid.jpg"], "written as PNG"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    client: Client, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line, with exit status 2."""
    assert run_command(["image", "a boat", *options]) == 2
    assert message in capsys.readouterr().err
    assert not client.requests
