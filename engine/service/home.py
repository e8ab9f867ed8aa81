"""Whether a home folder can hold the state of a service.

Owns: the refusal of folders where a queue would not be safe. Does not own: what lies in the folder.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from engine.errors import ServiceError

if TYPE_CHECKING:
    from engine.paths import Paths

# SQLite's write-ahead log needs shared memory and locks that these file systems do not give.
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.ceph",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "sshfs",
        "webdav",
    }
)


def prepare_home(paths: Paths) -> None:
    """Make the home folder if need be and make sure that a service can keep its state there.

    Raises:
        ServiceError: The folder cannot be made or written, or lies on a network file system.
    """
    try:
        paths.create()
        probe = paths.home / f".{secrets.token_hex(8)}.probe"
        probe.touch(mode=0o600, exist_ok=False)
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ServiceError(
            f"{paths.home} cannot hold Onetake's state ({reason}); set ONETAKE_HOME to a folder you can write"
        ) from error
    kind = network_file_system(paths.home)
    if kind is not None:
        raise ServiceError(
            f"{paths.home} lies on a network file system ({kind}), where the queue is not safe; "
            "set ONETAKE_HOME to a folder on a local disk"
        )


def network_file_system(folder: Path) -> str | None:
    """The type of the network file system that `folder` lies on; None on a local one."""
    resolved = folder.resolve()
    if str(resolved).startswith("\\\\"):
        return "network share"
    mounted: Path | None = None
    found: str | None = None
    for partition in psutil.disk_partitions(all=True):
        point = Path(partition.mountpoint)
        if not resolved.is_relative_to(point) or (mounted and len(point.parts) < len(mounted.parts)):
            continue
        mounted = point
        remote = partition.fstype.lower() in NETWORK_FILE_SYSTEMS
        remote = remote or (os.name == "nt" and "remote" in partition.opts.split(","))
        found = partition.fstype or "remote drive" if remote else None
    return found
