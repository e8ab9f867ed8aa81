"""`onetake doctor`: is this machine ready, and if not, what to do about it. Changes nothing."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.catalogue import find_model
from engine.client import EngineClient
from engine.errors import EngineError
from engine.model_files import check_files
from engine.paths import Paths

LIBRARIES = ("torch", "diffusers", "transformers", "PySide6", "controlnet-aux", "pillow", "imageio", "av")
FREE_BYTES_WANTED = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, whether it is well, what was seen and, if not well, the remedy."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def add_to(commands: Commands) -> None:
    """Add `doctor` to the command line."""
    add_command(commands, "doctor", "check this machine and say what to mend", run)


def run(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Print all findings; exit status 1 if any is not well."""
    checks: tuple[Callable[[Paths], Finding], ...] = (
        _python,
        _libraries,
        _home,
        _embedded_model,
        _devices,
        _window,
        _service,
    )
    findings = [check(paths) for check in checks]
    text = "\n".join(
        f"{'ok  ' if found.ok else 'BAD '} {found.name}: {found.detail}" + (f"; {found.remedy}" if found.remedy else "")
        for found in findings
    )
    well = all(found.ok for found in findings)
    console.result({"ok": well, "checks": [vars(found) for found in findings]}, text)
    return 0 if well else 1


def _python(_paths: Paths) -> Finding:
    ok = sys.version_info >= (3, 11)
    detail = f"{platform.python_version()} on {platform.platform()}"
    return Finding("python", ok, detail, "" if ok else "use Python 3.11 or newer")


def _libraries(_paths: Paths) -> Finding:
    versions: list[str] = []
    missing: list[str] = []
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("libraries", ok=False, detail=f"missing: {', '.join(missing)}", remedy="install Onetake again")
    return Finding("libraries", ok=True, detail=", ".join(versions))


def _home(paths: Paths) -> Finding:
    try:
        paths.create()
        probe = paths.home / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        remedy = "make it writable, or set ONETAKE_HOME to a folder that is"
        return Finding("home", ok=False, detail=f"{paths.home} cannot be written ({error.strerror})", remedy=remedy)
    free = shutil.disk_usage(paths.home).free
    ok = free >= FREE_BYTES_WANTED
    return Finding("home", ok, f"{paths.home}, {free / 2**30:.0f} GiB free", "" if ok else "free some disk space")


def _embedded_model(paths: Paths) -> Finding:
    try:
        spec = find_model("papercut", paths)
        check_files(spec)
    except EngineError as error:
        return Finding("papercut", ok=False, detail=error.message, remedy="install Onetake again")
    if not (spec.vocabulary and spec.files):
        return Finding("papercut", ok=False, detail=f"{spec.folder} is incomplete", remedy="install Onetake again")
    return Finding(
        "papercut", ok=True, detail=f"{spec.folder}, {len(spec.files)} files whole, knows {len(spec.vocabulary)} words"
    )


def _devices(_paths: Paths) -> Finding:
    query = ["nvidia-smi", "--query-gpu=index,name,memory.total,driver_version", "--format=csv,noheader"]
    program = shutil.which(query[0])
    if not program:
        return Finding("devices", ok=True, detail="no NVIDIA driver; pictures are made on the CPU")
    try:
        done = subprocess.run([program, *query[1:]], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("devices", ok=False, detail=f"nvidia-smi fails ({error})", remedy="reinstall the driver")
    return Finding("devices", ok=True, detail="; ".join(done.stdout.strip().splitlines()) or "no GPU")


def _window(_paths: Paths) -> Finding:
    # In a process of its own: the command line loads no Qt.
    try:
        done = subprocess.run(
            [sys.executable, "-c", "import PySide6.QtWidgets"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("window", ok=False, detail=f"Qt cannot be tried ({error})", remedy="install Onetake again")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Finding("window", ok=False, detail=f"Qt cannot be loaded ({last})", remedy="install that library")
    return Finding("window", ok=True, detail="Qt loads")


def _service(paths: Paths) -> Finding:
    try:
        with EngineClient.connect(paths, previews=False) as client:
            status = client.status()
    except EngineError as error:
        return Finding("engine", ok=False, detail=error.message, remedy=f"look at {paths.log}")
    names = ", ".join(f"{worker.device} ({worker.name})" for worker in status.workers) or "workers are starting"
    return Finding("engine", ok=True, detail=f"answers, process {status.pid}, {names}")
