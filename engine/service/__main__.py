"""The engine service's process: `python -m engine.service --home DIR [--detach]`.

Owns: the election, the order of start-up and its undoing, signals, the environment. Does not own: serving (server).

Environment:
    ONETAKE_IDLE_S: Seconds without a client and without an unfinished job after which the service exits (600).
    ONETAKE_CANCEL_GRACE_S: Seconds that a cancelled job's worker has to stop before it is killed (5).
    ONETAKE_SILENCE_S: Seconds without a heartbeat after which a worker counts as hung and is killed (10).
    ONETAKE_EXTRA_IDLE_S: Seconds after which an idle worker that was started for one job is ended (60).
    ONETAKE_DEVICES: Devices to start workers for, separated by commas, instead of those that are found.
    ONETAKE_WORKER: A Python file that is run as the worker instead of engine.worker; for tests.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from engine import protocol
from engine.errors import ServiceError
from engine.executor.devices import find_devices
from engine.executor.local import LocalExecutor, worker_command
from engine.paths import Paths
from engine.service.crew import Patience
from engine.service.discovery import (
    ServiceRecord,
    build_id,
    ensure_key,
    remove_stale_sockets,
    write_record,
)
from engine.service.home import prepare_home
from engine.service.launch import EXIT_ALREADY_RUNNING, EXIT_FAILED, EXIT_READY
from engine.service.server import Server, ServerOptions
from engine.service.store import JobStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a service for a home until it is stopped; with `--detach` return once it listens. Returns an exit status."""
    parser = argparse.ArgumentParser(prog="engine.service", description="The Onetake engine service.")
    parser.add_argument("--home", type=Path, required=True, help="folder of the state")
    parser.add_argument("--detach", action="store_true", help="return once the service listens in the background")
    options = parser.parse_args(arguments)
    paths = Paths(options.home.expanduser().absolute())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if options.detach and sys.platform != "win32":
        return _detach(paths)
    return serve(paths, lambda: None)


def serve(paths: Paths, announce: Callable[[], None]) -> int:
    """Win the election, serve, clean up. `announce` is called once the service listens. Returns an exit status."""
    try:
        prepare_home(paths)
        lock = FileLock(paths.lock, timeout=0, thread_local=False, fallback_to_soft=False)
        with lock:
            _serve_as_holder(paths, announce)
    except Timeout:
        print(f"an engine service is already running for {paths.home}", file=sys.stderr)  # noqa: T201
        return EXIT_ALREADY_RUNNING
    except ServiceError as error:
        print(error.message, file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    except OSError as error:
        print(f"{paths.home} cannot be used ({error}); check its permissions and room", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    return EXIT_READY


def options_from_environment() -> ServerOptions:
    """The service's options.

    Raises:
        ServiceError: A variable holds no number.
    """
    patience = Patience(
        silence_s=_seconds("ONETAKE_SILENCE_S", 10.0), extra_idle_s=_seconds("ONETAKE_EXTRA_IDLE_S", 60.0)
    )
    return ServerOptions(
        idle_s=_seconds("ONETAKE_IDLE_S", 600.0),
        cancel_grace_s=_seconds("ONETAKE_CANCEL_GRACE_S", 5.0),
        patience=patience,
    )


def _serve_as_holder(paths: Paths, announce: Callable[[], None]) -> None:
    options = options_from_environment()
    stand_in = os.environ.get("ONETAKE_WORKER")
    executor = LocalExecutor((sys.executable, stand_in) if stand_in else worker_command())
    chosen = os.environ.get("ONETAKE_DEVICES")
    devices = tuple(name.strip() for name in chosen.split(",")) if chosen else find_devices()
    key = ensure_key(paths)
    remove_stale_sockets(paths)
    with contextlib.ExitStack() as cleanup:
        store = cleanup.enter_context(JobStore(paths.database))
        server = Server(paths, store, executor, devices, key=key, options=options)
        record = ServiceRecord(
            address=paths.address,
            pid=os.getpid(),
            started=time.time(),
            protocol=protocol.PROTOCOL_VERSION,
            build=build_id(),
        )
        write_record(paths, record)

        def stop(_number: int, _frame: FrameType | None) -> None:
            server.ask_to_stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        log.info("serving %s as process %d on %s", paths.home, os.getpid(), ", ".join(devices))
        announce()
        server.run()


def _detach(paths: Paths) -> int:
    """Serve in a child of a process that ends once the child listens or has failed: nobody is left to reap it."""
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            status = pipe.read()
        return status[0] if status else EXIT_FAILED
    os.close(reader)

    def announce() -> None:
        os.write(writer, bytes([EXIT_READY]))
        os.close(writer)

    status = serve(paths, announce)
    if status != EXIT_READY:
        with contextlib.suppress(OSError):
            os.write(writer, bytes([status]))
    return status


def _seconds(name: str, default: float) -> float:
    text = os.environ.get(name)
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not 0.0 <= value < float("inf"):
        raise ServiceError(f"{name} is {text!r}; give a number of seconds")
    return value


if __name__ == "__main__":
    sys.exit(main())
