"""Tests of the service as a process: election, what it leaves behind, what it loads."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.client import EngineClient
from engine.errors import ServiceError
from engine.service import home as home_module
from engine.service.discovery import ensure_key, read_record
from engine.service.home import network_file_system, prepare_home
from engine.service.launch import EXIT_ALREADY_RUNNING, LOG_LIMIT_BYTES, rotate_log

if TYPE_CHECKING:
    from engine.paths import Paths

ROOT = Path(__file__).parents[3]


def run_service(engine_home: Paths, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a service in the foreground until it ends by itself."""
    command = [sys.executable, "-m", "engine.service", "--home", str(engine_home.home)]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_second_service_gives_up(engine_home: Paths, client: EngineClient) -> None:
    """The lock elects one service; another says so and leaves the socket of the first alone."""
    second = run_service(engine_home)
    assert second.returncode == EXIT_ALREADY_RUNNING
    assert "already running" in second.stderr
    assert client.status().pid


def test_an_idle_service_cleans_up_after_itself(engine_home: Paths) -> None:
    """A service that ends by itself leaves no socket and no record."""
    ended = run_service(engine_home, ONETAKE_IDLE_S="0")
    assert ended.returncode == 0, ended.stderr
    assert not Path(engine_home.address).exists()
    assert read_record(engine_home) is None


def test_a_bad_variable_is_named(engine_home: Paths) -> None:
    """A variable that is no number is one line, not a traceback."""
    ended = run_service(engine_home, ONETAKE_IDLE_S="soon")
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1] == "ONETAKE_IDLE_S is 'soon'; give a number of seconds"


def test_a_stale_socket_is_replaced(engine_home: Paths) -> None:
    """A socket that a killed service left behind does not keep the next one from starting."""
    with EngineClient.connect(engine_home) as first:
        killed = first.status().pid
        os.kill(killed, signal.SIGKILL)
    assert Path(engine_home.address).exists()
    with EngineClient.connect(engine_home) as second:
        assert second.status().pid != killed


def test_workers_do_not_outlive_a_killed_service(engine_home: Paths) -> None:
    """A worker ends when its standard input closes; the fixture fails if one is left."""
    with EngineClient.connect(engine_home) as client:
        while not client.status().workers[0].name:
            client.next_message(0.01)
        os.kill(client.status().pid, signal.SIGKILL)


def test_secrets_are_for_the_user_alone(engine_home: Paths, client: EngineClient) -> None:
    """Key, socket and home are closed to others."""
    for path in (engine_home.service_key, Path(engine_home.address)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(engine_home.home.stat().st_mode) == 0o700


def test_a_stranger_at_the_address_is_not_trusted(engine_home: Paths) -> None:
    """What is no socket of ours is refused before anything is said to it."""
    prepare_home(engine_home)
    ensure_key(engine_home)
    Path(engine_home.address).touch()
    with pytest.raises(ServiceError, match="not a socket of yours"):
        EngineClient.connect(engine_home, start=False)


def test_an_impostor_without_the_key_is_not_trusted(engine_home: Paths) -> None:
    """A socket that hangs up during the handshake is as good as no service."""
    prepare_home(engine_home)
    ensure_key(engine_home)
    with socket.socket(socket.AF_UNIX) as impostor:
        impostor.bind(engine_home.address)
        impostor.listen()
        with pytest.raises(ServiceError, match="no engine service answers"):
            EngineClient.connect(engine_home, start=False, timeout_s=0.2)


def test_a_damaged_key_is_drawn_anew(engine_home: Paths) -> None:
    """A key that was cut short is replaced; a whole one is kept."""
    prepare_home(engine_home)
    engine_home.service_key.write_bytes(b"short")
    key = ensure_key(engine_home)
    assert len(key) == 32
    assert ensure_key(engine_home) == key


def test_a_long_log_is_moved_aside(engine_home: Paths) -> None:
    """A new service starts a new log when the old one has grown long."""
    prepare_home(engine_home)
    rotate_log(engine_home.log)
    engine_home.log.write_bytes(b"x" * LOG_LIMIT_BYTES)
    rotate_log(engine_home.log)
    assert engine_home.log.exists()
    engine_home.log.write_bytes(b"x" * (LOG_LIMIT_BYTES + 1))
    rotate_log(engine_home.log)
    assert not engine_home.log.exists()
    assert engine_home.log.with_name("service.log.1").stat().st_size == LOG_LIMIT_BYTES + 1


def test_a_network_home_is_refused(engine_home: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue is not kept on a network file system; the longest mount point decides."""
    from psutil._ntuples import sdiskpart

    mounts = [sdiskpart("/", "/", "ext4", "rw"), sdiskpart("host:/x", str(engine_home.home.parent), "nfs4", "rw")]

    def disk_partitions(*, all: bool) -> list[sdiskpart]:  # noqa: A002  psutil's name
        assert all
        return mounts

    monkeypatch.setattr(home_module.psutil, "disk_partitions", disk_partitions)
    assert network_file_system(engine_home.home.parent.parent) is None
    with pytest.raises(ServiceError, match=r"network file system .nfs4.*local disk"):
        prepare_home(engine_home)


@pytest.mark.parametrize("module", ["engine.client", "engine.service.__main__"])
def test_no_torch_and_no_qt_are_loaded(module: str) -> None:
    """A fresh interpreter with the client or the service in it holds neither torch nor Qt nor diffusers."""
    check = (
        f"import sys, {module}; print(sorted({{'torch', 'diffusers', 'transformers', 'PySide6'}} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
