"""Where state, pictures, models, sockets and the embedded resources live. Imports nothing heavy."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple


def resources_folder() -> Path:
    """The folder of the catalogue, the embedded model, icons and style that ship with the program."""
    return Path(__file__).resolve().parent.parent / "resources"


class Paths(NamedTuple):
    """All places of one installation's state, below one home folder."""

    home: Path

    @staticmethod
    def from_environment() -> Paths:
        """`ONETAKE_HOME` if set, else the platform's folder for user data."""
        chosen = os.environ.get("ONETAKE_HOME")
        if chosen:
            return Paths(Path(chosen).expanduser().absolute())
        # Only here: it costs the window's start ten milliseconds.
        import platformdirs  # noqa: PLC0415

        return Paths(platformdirs.user_data_path("onetake", appauthor=False))

    @property
    def database(self) -> Path:
        return self.home / "jobs.sqlite3"

    @property
    def lock(self) -> Path:
        """Held by the running service; its holder alone removes the socket."""
        return self.home / "service.lock"

    @property
    def service_record(self) -> Path:
        """service.json: address, pid, start time, protocol and build of the running service."""
        return self.home / "service.json"

    @property
    def service_key(self) -> Path:
        """The secret of the socket's handshake, readable by the user alone."""
        return self.home / "service.key"

    @property
    def log(self) -> Path:
        return self.home / "service.log"

    @property
    def outputs(self) -> Path:
        """Results of jobs that named no target of their own."""
        return self.home / "outputs"

    @property
    def models(self) -> Path:
        """Models that the user added or downloaded."""
        return self.home / "models"

    @property
    def takes(self) -> Path:
        """Frames and latents of videos: one folder per job, named by its id."""
        return self.home / "takes"

    @property
    def masks(self) -> Path:
        """What was painted over pictures that are being edited."""
        return self.home / "masks"

    @property
    def live(self) -> Path:
        """Pictures of live mode on their way to the window; empty when the service starts."""
        return self.home / "live"

    @property
    def pictures(self) -> Path:
        """What was given to the window without a file: frames of takes, and pictures out of other programs."""
        return self.home / "pictures"

    @property
    def settings(self) -> Path:
        return self.home / "settings.toml"

    @property
    def address(self) -> str:
        """Address of the service's local socket: short, because a Unix socket path has about 107 bytes."""
        # Only here: the window is painted before it needs the address, and this costs its start five milliseconds.
        import hashlib  # noqa: PLC0415

        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        if sys.platform == "win32":
            return rf"\\.\pipe\onetake-{digest}"
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        if runtime and Path(runtime).is_dir():
            return str(Path(runtime) / f"onetake-{digest}")
        import tempfile  # noqa: PLC0415  # rarely needed, and slow to import

        return str(Path(tempfile.gettempdir()) / f"onetake-{os.getuid()}-{digest}")

    def create(self) -> None:
        """Make the home folder, private to the user."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.outputs.mkdir(exist_ok=True)
