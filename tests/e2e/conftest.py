"""The real command line in a home of its own; its service is stopped and seen gone after each test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
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
        return os.environ | {"ONETAKE_HOME": str(self.home), "QT_QPA_PLATFORM": "offscreen"}

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

    def service_pid(self) -> int:
        """Process of the running service."""
        return int(self("engine", "status", "--json").document["pid"])


def finish(process: subprocess.Popen[str]) -> Answer:
    """Wait for a command to end."""
    output, errors = process.communicate(timeout=120)
    return Answer(process.returncode, output, errors)


@pytest.fixture
def onetake(tmp_path: Path) -> Iterator[Onetake]:
    """The command line on a fresh home; nothing of it survives the test."""
    command = Onetake(tmp_path / "home")
    yield command
    status = command("engine", "status", "--json").document
    pids = [status["pid"], *(worker["pid"] for worker in status["workers"])]
    left = [psutil.Process(pid) for pid in pids if pid and psutil.pid_exists(pid)]
    command("engine", "stop")
    gone, alive = psutil.wait_procs(left, timeout=20)
    assert not alive, f"{len(gone)} processes ended, these did not: {alive}"
