"""`onetake bench`: how fast and how large, measured on this machine in processes of their own.

`image`, `video` and `control` hand over to the engine's own benchmark; `start` times the window and the first picture.
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
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.errors import EngineError, JobFailedError, error_from_kind
from engine.paths import Paths

RUNS = 5
TIMEOUT_S = 600.0
VIDEO_TIMEOUT_S = 4 * 3600.0
"""Thousands of frames on a core take their time."""

# The engine's own command checks them and knows their defaults.
VIDEO_OPTIONS = {
    "device": "of every rank: cpu, or cuda:0 and so on",
    "frames": "of each rank, for weak scaling (default: 48)",
    "ranks": "how many are compared with one (default: 2)",
    "rounds": "measurements of each kind; the median counts (default: 3)",
    "stock-frames": "length of the take beside FreeNoise's (default: 96)",
    "memory-frames": "lengths whose peak memory is measured, like 48,480,2304 (default: 16,48)",
    "quality-frames": "length of the take of --quality (default: 480)",
    "steps": "denoising steps (default: the model's)",
    "side": "width and height in pixels (default: the model's)",
}
CONTROL_OPTIONS = {
    "pictures": "a folder of pictures to follow: NAME.png, NAME.txt with its prompt, KIND/NAME.png with its map",
    "sources": "how many pictures are followed (default: 4)",
    "seeds": "pictures of each, with and without control (default: 4)",
    "rounds": "measurements of the cost; the median counts (default: 9)",
    "steps": "denoising steps (default: the model's)",
    "side": "width and height in pixels (default: the model's)",
    "device": "cpu, or cuda:0 and so on",
}

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
    video = add_command(verbs, "video", "scaling over ranks, memory and speed beside diffusers' FreeNoise", run_video)
    video.add_argument("--model", default="papercut")
    for option, meaning in VIDEO_OPTIONS.items():
        video.add_argument(f"--{option}", help=meaning)
    video.add_argument("--quality", action="store_true", help="measure drift and seams of one long take instead")
    control = add_command(verbs, "control", "how closely controls are followed beside none, and the cost", run_control)
    control.add_argument("--model", default="papercut")
    control.add_argument(
        "--adapter", action="append", default=[], metavar="KIND=FOLDER", help="once for each kind (default: all)"
    )
    for option, meaning in CONTROL_OPTIONS.items():
        control.add_argument(f"--{option}", help=meaning)


def run_image(arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Run the engine's image benchmark and pass on what it says."""
    command = [sys.executable, "-m", "engine.bench", "image", "--json", "--model", arguments.model]
    return _relay(_run(command, os.environ.copy()), console)


def run_video(arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Run the engine's video benchmark with the options that were given, and pass on what it says."""
    command = [sys.executable, "-m", "engine.bench", "video", "--json", "--model", arguments.model]
    command += _given(arguments, VIDEO_OPTIONS)
    if arguments.quality:
        command.append("--quality")
    return _relay(_run(command, os.environ.copy(), VIDEO_TIMEOUT_S), console)


def run_control(arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Run the engine's control benchmark with the options that were given, and pass on what it says."""
    command = [sys.executable, "-m", "engine.bench", "control", "--json", "--model", arguments.model]
    for adapter in arguments.adapter:
        command += ["--adapter", adapter]
    command += _given(arguments, CONTROL_OPTIONS)
    return _relay(_run(command, os.environ.copy(), VIDEO_TIMEOUT_S), console)


def _given(arguments: argparse.Namespace, options: Iterable[str]) -> list[str]:
    """Those of the options that were given, as they were."""
    words: list[str] = []
    for option in options:
        value: str | None = getattr(arguments, option.replace("-", "_"))
        if value is not None:
            words += [f"--{option}", value]
    return words


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


def _run(command: list[str], environment: dict[str, str], timeout_s: float = TIMEOUT_S) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=timeout_s)
    if done.returncode:
        raise _reason(done.stdout) or _failed(command, done)
    return done.stdout


def _reason(said: str) -> EngineError | None:
    """What the engine says of its failure, as JSON in its last line."""
    try:
        document = cast("dict[str, dict[str, str]]", json.loads((said.strip().splitlines() or [""])[-1]))
        return error_from_kind(document["error"]["kind"], document["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return None


def _failed(command: list[str], done: subprocess.CompletedProcess[str]) -> JobFailedError:
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return JobFailedError(f"{' '.join(command[1:4])} ended with status {done.returncode}: {last}")


def _relay(said: str, console: Console) -> int:
    document = cast("dict[str, object]", json.loads(said.strip().splitlines()[-1]))
    console.result(document, "\n".join(f"{name}: {value}" for name, value in document.items()))
    return 0
