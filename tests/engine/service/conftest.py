"""Homes for real service processes with the fake worker, and proof that nothing of them is left running."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from engine.client import EngineClient
from engine.paths import Paths
from engine.service.discovery import read_record
from tests.engine.service.staging import Stage, video_model

if TYPE_CHECKING:
    from collections.abc import Generator

FAKE_WORKER = Path(__file__).parent.parent / "fake_worker.py"
MARK = "ONETAKE_TEST_MARK"


def _marked(mark: str) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
    return found


@contextlib.contextmanager
def temporary_home(environment: pytest.MonkeyPatch) -> Generator[Paths]:
    """A home whose services run the fake worker; on leaving, its service is stopped and nothing of it may be left."""
    mark = secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="ot-") as folder:
        environment.setenv("XDG_RUNTIME_DIR", folder)
        environment.setenv("ONETAKE_WORKER", str(FAKE_WORKER))
        environment.setenv("ONETAKE_DEVICES", "cpu")
        environment.setenv("ONETAKE_IDLE_S", "100")
        environment.setenv("ONETAKE_CANCEL_GRACE_S", "0.3")
        environment.setenv("ONETAKE_EXTRA_IDLE_S", "0.5")
        environment.setenv(MARK, mark)
        paths = Paths(Path(folder) / "home")
        try:
            yield paths
            record = read_record(paths)
            if record is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(record.pid, signal.SIGTERM)
            deadline = time.monotonic() + 60
            while (left := _marked(mark)) and time.monotonic() < deadline:
                psutil.wait_procs(left, timeout=0.05)
            assert not left, left
        finally:
            for process in _marked(mark):
                process.kill()


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage]:
    """A scheduler by hand, on a home of its own."""
    made = Stage(Paths(tmp_path))
    yield made
    made.close()


@pytest.fixture
def gpus(tmp_path: Path) -> Generator[Stage]:
    """A scheduler by hand on a machine with two GPUs and a model that makes videos."""
    video_model(Paths(tmp_path))
    made = Stage(Paths(tmp_path), devices=("cuda:0", "cuda:1"))
    yield made
    made.close()


@pytest.fixture
def engine_home(monkeypatch: pytest.MonkeyPatch) -> Generator[Paths]:
    """A home of its own, without a running service."""
    with temporary_home(monkeypatch) as paths:
        yield paths


@pytest.fixture
def client(engine_home: Paths) -> Generator[EngineClient]:
    """A client of a service of its own."""
    with EngineClient.connect(engine_home) as connected:
        yield connected


@pytest.fixture(scope="module")
def shared_home() -> Generator[Paths]:
    """A home for all tests of a module that leave its service in order."""
    with pytest.MonkeyPatch.context() as environment, temporary_home(environment) as paths:
        yield paths


@pytest.fixture
def shared_client(shared_home: Paths) -> Generator[EngineClient]:
    """A client of the module's service."""
    with EngineClient.connect(shared_home) as connected:
        yield connected
