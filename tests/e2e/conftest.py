"""The real command line, in a home of its own or in one that tests share; its service is stopped and seen gone."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What a finished command left behind."""

    status: int
    output: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object on the last line of output."""
        return cast("dict[str, Any]", json.loads(self.output.splitlines()[-1]))


@dataclass(frozen=True)
class Onetake:
    """Runs `onetake` commands against one home folder."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        # Whatever this machine's user has downloaded.
        hub = str(self.home / "hub")
        return os.environ | {"ONETAKE_HOME": str(self.home), "HF_HUB_CACHE": hub, "QT_QPA_PLATFORM": "offscreen"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and return its process."""
        return subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> Answer:
        """Run a command to its end."""
        return finish(self.start(*words))

    def add_to_catalogue(self, tables: str) -> None:
        """Have the home know more models."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "models.toml").open("a") as catalogue:
            catalogue.write(tables)

    def service_pid(self) -> int:
        """Process of the running service."""
        return int(self("engine", "status", "--json").document["pid"])


def finish(process: subprocess.Popen[str]) -> Answer:
    """Wait for a command to end."""
    output, errors = process.communicate(timeout=240)
    return Answer(process.returncode, output, errors)


@contextlib.contextmanager
def fresh_home(folder: Path) -> Generator[Onetake]:
    """The command line on a home below a folder; no process of it survives."""
    command = Onetake(folder / "home")
    yield command
    status = command("engine", "status", "--json").document
    pids = [status["pid"], *(worker["pid"] for worker in status["workers"])]
    left = [psutil.Process(pid) for pid in pids if pid and psutil.pid_exists(pid)]
    command("engine", "stop")
    gone, alive = psutil.wait_procs(left, timeout=60)
    assert not alive, f"{len(gone)} processes ended, these did not: {alive}"


@pytest.fixture
def onetake(tmp_path: Path) -> Iterator[Onetake]:
    """The command line on a fresh home."""
    with fresh_home(tmp_path) as command:
        yield command


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Onetake]:
    """The command line on a home with jobs and models of other tests: what starts and loads takes far longer than they.

    Leave the queue running and the service alive.
    """
    with fresh_home(tmp_path_factory.mktemp("shared")) as command:
        yield command
