"""A tiny model, written once for the tests of this folder and copied by those that break it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
import tqdm

from tests.tiny_models import write_tiny_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec


@pytest.fixture(scope="session")
def tiny_spec(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    """A whole tiny model; leave its folder as it is."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def own_spec(tiny_spec: ModelSpec, tmp_path: Path) -> ModelSpec:
    """A copy of the tiny model that the test may break."""
    shutil.copytree(tiny_spec.folder, tmp_path / "model")
    return msgspec.structs.replace(tiny_spec, folder=str(tmp_path / "model"))


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the progress bars of stock libraries from starting a thread."""
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)
