"""How a client finds the running service of a home: its record, its key and its address.

Owns: service.json, the secret of the handshake, dialling. Does not own: starting a service (launch), or the lock,
whose holder alone writes and removes what lies here.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import secrets
import socket
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import ServiceError
from engine.service.channel import Channel, HandshakeError, WrongKeyError

if TYPE_CHECKING:
    from engine.paths import Paths

KEY_BYTES = 32


class ServiceAbsentError(Exception):
    """No service answers at the address, or it is just going away."""


class ServiceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What service.json says of the running service. `started` is in Unix seconds."""

    address: str
    pid: int
    started: float
    protocol: int
    build: str


def build_id() -> str:
    """The version of the installed package; "source" when run from a checkout."""
    try:
        return importlib.metadata.version("onetake")
    except importlib.metadata.PackageNotFoundError:
        return "source"


def write_record(paths: Paths, record: ServiceRecord) -> None:
    """Write service.json atomically."""
    _write_private(paths.service_record, msgspec.json.encode(record))


def read_record(paths: Paths) -> ServiceRecord | None:
    """The record that the running service, or one that was killed, left behind; None if there is none."""
    try:
        return msgspec.json.decode(paths.service_record.read_bytes(), type=ServiceRecord)
    except (OSError, msgspec.DecodeError):
        return None


def remove_record(paths: Paths) -> None:
    """Take service.json back: it went on purpose. One that crashed or was sent a signal leaves it behind."""
    paths.service_record.unlink(missing_ok=True)


def remove_stale_sockets(paths: Paths) -> None:
    """Remove what a killed service left behind. Only the holder of the lock may: then whoever made it is dead."""
    if sys.platform == "win32":
        return
    record = read_record(paths)
    for address in {paths.address, record.address if record else paths.address}:
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(Path(address).lstat().st_mode):
                Path(address).unlink()


def ensure_key(paths: Paths) -> bytes:
    """The secret of this home, drawn at the first start. Only the holder of the lock calls this.

    Raises:
        OSError: The key cannot be written.
    """
    with contextlib.suppress(FileNotFoundError):
        key = paths.service_key.read_bytes()
        if len(key) == KEY_BYTES:
            paths.service_key.chmod(0o600)
            return key
    key = secrets.token_bytes(KEY_BYTES)
    _write_private(paths.service_key, key)
    return key


def dial(paths: Paths, limit_s: float) -> Channel:
    """Open an authenticated channel to the service of this home.

    Raises:
        ServiceAbsentError: Nobody answers.
        ServiceError: Somebody else sits at our address, or does not know our key.
    """
    # A service started from a login session listens elsewhere than one started without a runtime folder would.
    record = read_record(paths)
    address = record.address if record else paths.address
    try:
        key = paths.service_key.read_bytes()
        _check_owner(address)
        channel = connect(address, limit_s)
    except OSError as error:
        raise ServiceAbsentError(str(error)) from error
    try:
        channel.prove(key, limit_s, first=False)
    except WrongKeyError as error:
        channel.close()
        raise ServiceError(
            f"what answers at {address} does not know the key in {paths.service_key}; stop the process that holds it"
        ) from error
    except HandshakeError as error:
        channel.close()
        raise ServiceAbsentError(str(error)) from error
    return channel


def _check_owner(address: str) -> None:
    if sys.platform == "win32":
        return
    status = Path(address).lstat()
    if not stat.S_ISSOCK(status.st_mode) or status.st_uid != os.getuid():
        raise ServiceError(f"{address} is not a socket of yours; have its owner remove it")


def connect(address: str, limit_s: float) -> Channel:
    """Open a channel that has proved nothing yet.

    Raises:
        OSError: Nobody listens at the address.
    """
    if sys.platform == "win32":
        from multiprocessing.connection import Client  # noqa: PLC0415  the named pipe is the only use of it

        return Channel(Client(address, family="AF_PIPE"))
    from multiprocessing.connection import Connection  # noqa: PLC0415  the name exists at run time here only

    line = socket.socket(socket.AF_UNIX)
    try:
        # A stopped service with a full backlog would block a plain connect for ever.
        line.settimeout(limit_s)
        line.connect(address)
        line.settimeout(None)
        return Channel(Connection(line.detach()))
    finally:
        line.close()


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only the user may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
