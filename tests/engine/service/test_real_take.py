"""A take made by real workers with a tiny model, and what is left of it when one of them is killed: everything."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np
import pytest

from engine.client import EngineClient
from engine.media.clip import Clip
from engine.messages import Finished, Progress, VideoRequest
from engine.protocol import EventMessage
from tests.engine.service.listening import names, next_news
from tests.engine.service.staging import take_request
from tests.tiny_videos import write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec
    from engine.paths import Paths

FRAMES, STEPS = 20, 12


def add_model(paths: Paths, spec: ModelSpec) -> None:
    """Write a model into the home's catalogue."""
    paths.create()
    fields = cast("dict[str, object]", msgspec.to_builtins(spec))
    name = fields.pop("name")
    (paths.home / "models.toml").write_text(f"[model.{json.dumps(name)}]\n{toml_lines(fields, chr(10))}\n")


def toml_lines(fields: dict[str, object], between: str) -> str:
    """Fields as TOML: what JSON writes alike, and tables inline."""
    lines = (
        f"{key} = {{ {toml_lines(cast('dict[str, object]', value), ', ')} }}"
        if isinstance(value, dict)
        else f"{key} = {json.dumps(value)}"
        for key, value in fields.items()
    )
    return between.join(lines)


def request(*devices: str) -> VideoRequest:
    return take_request(*devices, frames=FRAMES, model="tiny video", width=64, height=64, steps=STEPS)


def kill_at_step(client: EngineClient, job: str, step: int, slot: str) -> None:
    """SIGKILL the worker of a slot when it has done that step."""
    while True:
        news = next_news(client)
        event = news.event if isinstance(news, EventMessage) else None
        if isinstance(event, Progress) and (event.job, event.device) == (job, slot) and event.step >= step:
            break
    os.kill(next(worker.pid for worker in client.status().workers if worker.device == slot), signal.SIGKILL)


@pytest.mark.timeout(600)  # Three times it imports what computes, which is slow on a busy machine.
def test_a_killed_rank_changes_nothing_in_the_video(
    engine_home: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ranks, one of them killed in the middle, make the frames that one rank makes undisturbed."""
    monkeypatch.delenv("ONETAKE_WORKER")
    monkeypatch.setenv("ONETAKE_CANCEL_GRACE_S", "5")
    monkeypatch.setenv("ONETAKE_EXTRA_IDLE_S", "60")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    add_model(engine_home, write_tiny_video_model(tmp_path / "tiny"))
    folder = tmp_path / "out"
    folder.mkdir()
    with EngineClient.connect(engine_home) as client:
        plain = client.submit(request("cpu"), str(folder / "plain.mp4"))
        assert isinstance(client.wait(plain), Finished)
        hurt = client.submit(request("cpu:2"), str(folder / "hurt.mp4"))
        kill_at_step(client, hurt, 3, "cpu#1")
        end = client.wait(hurt)
    assert isinstance(end, Finished), end
    assert (end.restarts, end.devices) == (1, ("cpu", "cpu#1"))
    assert names(folder) == ["hurt.mp4", "plain.mp4"]
    clips = [Clip.open(engine_home.takes / job / "clip") for job in (plain, hurt)]
    for frame in range(FRAMES):
        first, second = (clip.read(frame).astype(np.int16) for clip in clips)
        assert np.abs(first - second).max() <= 1
