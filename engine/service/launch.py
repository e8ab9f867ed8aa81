"""How a service is started so that it outlives whoever needed it.

Owns: the command line, the session, the log of a new service. Does not own: which of several starters wins; the
service itself finds that out by the lock.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

import engine
from engine.errors import ServiceError

if TYPE_CHECKING:
    from engine.paths import Paths

LOG_LIMIT_BYTES = 4 * 2**20

EXIT_READY = 0
EXIT_FAILED = 1
EXIT_ALREADY_RUNNING = 75


def code_root() -> Path:
    """The folder that holds the `engine` package: the working folder of processes started with `-m`."""
    return Path(engine.__file__ or "").resolve().parent.parent


def service_command(paths: Paths) -> list[str]:
    """The command line of a service for this home."""
    home = str(paths.home)
    if getattr(sys, "frozen", False):
        # A frozen program has no interpreter; its entry point sends this first argument to engine.service.
        return [sys.executable, "engine.service", "--home", home, "--detach"]
    return [sys.executable, "-m", "engine.service", "--home", home, "--detach"]


def launch_service(paths: Paths, timeout_s: float) -> bool:
    """Start a service in a session of its own and wait until it listens.

    Returns:
        True when it listens; False when that is yet to be seen by dialling, because another one holds the lock.

    Raises:
        ServiceError: It did not start, with the reason it gave and where its log is.
    """
    rotate_log(paths.log)
    logged_before = paths.log.stat().st_size if paths.log.exists() else 0
    with paths.log.open("ab") as log:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        process = subprocess.Popen(
            service_command(paths),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=code_root(),
            start_new_session=True,
            creationflags=flags,
        )
    if sys.platform == "win32":
        # Without fork the started process is the service itself; the caller finds out by dialling.
        return False
    # The started process forks the service and ends once that listens, so that no zombie is left to us.
    try:
        status = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise ServiceError(
            f"the engine service did not come up within {timeout_s:.0f} s; look at {paths.log}"
        ) from None
    if status not in (EXIT_READY, EXIT_ALREADY_RUNNING):
        reason = _last_line(paths.log, logged_before) or f"exit status {status}"
        raise ServiceError(f"the engine service did not start: {reason.removesuffix('.')}; look at {paths.log}")
    return status == EXIT_READY


def wait_gone(pid: int, timeout_s: float) -> None:
    """Wait until the service with this process number has ended.

    Raises:
        ServiceError: It is still there after `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    try:
        process = psutil.Process(pid)
        # A zombie is gone as far as we are concerned: nobody may ever reap it where process 1 is no init.
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > deadline:
                raise ServiceError(
                    f"the engine service (process {pid}) is still there after {timeout_s:.0f} s; end that process"
                )
            time.sleep(0.02)
    except psutil.NoSuchProcess:
        return


def rotate_log(log: Path) -> None:
    """Move a log that has grown long aside; one older log is kept."""
    try:
        if log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_name(log.name + ".1"))
    except FileNotFoundError:
        pass  # Nothing was logged yet, or another starter has just moved it.


def _last_line(log: Path, offset: int) -> str:
    with log.open("rb") as stream:
        stream.seek(offset)
        lines = stream.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
