"""A tiny model of each kind, written once, and loaded in fp32 for comparisons and as planned for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import tqdm

from engine.acceleration.plan import plan_for
from engine.tasks.loading import load, load_video, video_plan
from tests.decoding import spare_the_child
from tests.engine.tasks.taking import Studio
from tests.tiny_models import write_tiny_model
from tests.tiny_videos import write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel, LoadedVideo


@pytest.fixture(autouse=True)
def decoding_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a picture is not what is tested here."""
    spare_the_child(monkeypatch)


@pytest.fixture(scope="session")
def flow_spec(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    """A whole tiny model in Papercut's way; leave its folder as it is."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "flow")


@pytest.fixture(scope="session")
def loaded(flow_spec: ModelSpec) -> LoadedModel:
    """It, with the plan of this machine."""
    spec = msgspec.structs.replace(flow_spec, schedule="student_then_teacher")
    return load(spec, plan_for("cpu"))


@pytest.fixture(scope="session")
def loaded_video(tmp_path_factory: pytest.TempPathFactory) -> LoadedVideo:
    """A tiny video model in Papercut's way, in fp32."""
    spec = write_tiny_video_model(tmp_path_factory.mktemp("models") / "papercut")
    return load_video(spec, video_plan(plan_for("cpu")))


@pytest.fixture
def studio(tmp_path: Path, loaded_video: LoadedVideo) -> Studio:
    """An empty folder of takes with that model."""
    folder = tmp_path / "takes"
    folder.mkdir()
    return Studio(folder, loaded_video)


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the progress bars of stock libraries from starting a thread."""
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)
