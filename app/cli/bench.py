"""`onetake bench`: how fast and how large, measured on this machine in processes of their own.

`image` hands over to the engine's own benchmark; `start` times the window and the first picture.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.errors import JobFailedError
from engine.paths import Paths

RUNS = 5

# What "a bare PySide6 QMainWindow" is. It tells when it was painted in the way our own window does (app.start_report).
BARE_WINDOW = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
def tell():
    print(f'{{"visible_at": {time.time()}}}')
    QApplication.quit()
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, tell)
application = QApplication(sys.argv)
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""


def add_to(commands: Commands) -> None:
    """Add `bench` and its verbs to the command line."""
    parser = commands.add_parser("bench", help="measure speed and memory", description="Measure speed and memory.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add_command(verbs, "start", "the window beside a bare Qt window; the first picture from cold", run_start)
    image = add_command(verbs, "image", "one-step pictures beside plain diffusers, in one run", run_image)
    image.add_argument("--model", default="papercut")


def run_image(arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Run the engine's image benchmark and pass on what it says."""
    command = [sys.executable, "-m", "engine.bench", "image", "--json", "--model", arguments.model]
    return _relay(_run(command, os.environ.copy()), console)


def run_start(_arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Measure the window's start against a bare one, in turn, and the first picture from a stopped engine."""
    bare: list[float] = []
    visible: list[float] = []
    complete: list[float] = []
    report: dict[str, float] = {}
    environment = os.environ.copy()
    # With it, every run would compile our modules anew, but not those of Qt.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if sys.platform == "linux" and not environment.keys() & {"DISPLAY", "WAYLAND_DISPLAY"}:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        environment["ONETAKE_HOME"] = folder
        first_picture = _first_picture_s(environment, Path(folder))
        # The first run of each only warms the disk cache.
        for turn in range(RUNS + 1):
            started, said = _started([sys.executable, "-c", BARE_WINDOW], environment)
            bare_s = said["visible_at"] - started
            started, report = _started([sys.executable, "-m", "app"], environment | {"ONETAKE_REPORT_START": "1"})
            if turn:
                bare.append(bare_s)
                visible.append(report["visible_at"] - started)
                complete.append(report["complete_at"] - started)
        _run([sys.executable, "-m", "app", "engine", "stop"], environment)
    window_s, bare_window_s = statistics.median(visible), statistics.median(bare)
    document: dict[str, object] = {
        "window_seconds": round(window_s, 3),
        "bare_window_seconds": round(bare_window_s, 3),
        "ratio_to_bare_window": round(window_s / bare_window_s, 3),
        "window_complete_seconds": round(statistics.median(complete), 3),
        "window_rss_bytes": report["rss_bytes"],
        "torch_in_window": report["torch_loaded"],
        "cold_first_picture_seconds": round(first_picture, 3),
        "runs": RUNS,
    }
    console.result(document, "\n".join(f"{name}: {value}" for name, value in document.items()))
    return 0


def _first_picture_s(environment: dict[str, str], folder: Path) -> float:
    started = time.perf_counter()
    picture = folder / "first.png"
    _run([sys.executable, "-m", "app", "image", "a castle by the sea", "--seed", "1", "-o", str(picture)], environment)
    return time.perf_counter() - started


def _started(command: list[str], environment: dict[str, str]) -> tuple[float, dict[str, float]]:
    """When a window's process was started, in Unix seconds, and what it said of itself before it ended."""
    started = time.time()
    said = _run(command, environment)
    return started, cast("dict[str, float]", json.loads(said.strip().splitlines()[-1]))


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise JobFailedError(f"{' '.join(command[1:4])} ended with status {done.returncode}: {last}")
    return done.stdout


def _relay(said: str, console: Console) -> int:
    document = cast("dict[str, object]", json.loads(said.strip().splitlines()[-1]))
    console.result(document, "\n".join(f"{name}: {value}" for name, value in document.items()))
    return 0
