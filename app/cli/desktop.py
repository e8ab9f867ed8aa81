"""`onetake desktop`: Onetake in the menus of a Linux desktop, with its icon; for this user alone.

Owns the two files that it writes below the user's data folder, by the freedesktop.org specifications for desktop
entries and icon themes. Projects are folders, and desktops know no types of folders: shared-mime-info's `treemagic`
tells those of whole media alone, and a launcher inside a project would be a program that comes with a document. They
are opened in the window, or by `onetake NAME.onetake`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.errors import BadInputError, OutputError
from engine.paths import Paths, resources_folder

PLACES = {
    "desktop/onetake.desktop": "applications/onetake.desktop",
    "icons/onetake.svg": "icons/hicolor/scalable/apps/onetake.svg",
}
"""Where each of our files goes, below the user's data folder."""
REFRESH = "update-desktop-database"
REFRESH_TIMEOUT_S = 60.0


def add_to(commands: Commands) -> None:
    """Add `desktop` and its verbs to the command line."""
    words = "Put Onetake into the menus of a Linux desktop, for this user alone, or take it out again."
    parser = commands.add_parser("desktop", help="Onetake in the desktop's menus", description=words)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add_command(verbs, "install", "add the menu entry and the icon", run_install)
    add_command(verbs, "remove", "take them away again", run_remove)


def run_install(_arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Write the files, those of an earlier version anew, and let the desktop know."""
    folder, command = _data_folder(), _command()
    documents = {place: _read(resources_folder() / source) for source, place in PLACES.items()}
    written: list[str] = []
    for place, resource in documents.items():
        document = resource
        if place.endswith(".desktop"):
            document = resource.replace(b"Exec=onetake", b"Exec=" + os.fsencode(quoted(command)))
        target = folder / place
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(document)
        except OSError as error:
            raise OutputError(f"{target} cannot be written ({error.strerror}); make the folder writable") from error
        written.append(str(target))
    _refresh(folder, console)
    console.result({"installed": written, "command": str(command)}, "\n".join(written))
    return 0


def run_remove(_arguments: argparse.Namespace, _paths: Paths, console: Console) -> int:
    """Take the files away that are there."""
    folder = _data_folder()
    removed: list[str] = []
    for target in (folder / place for place in PLACES.values()):
        try:
            target.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise OutputError(f"{target} cannot be removed ({error.strerror}); make the folder writable") from error
        removed.append(str(target))
    if removed:
        _refresh(folder, console)
    console.result({"removed": removed}, "\n".join(removed) or "nothing was installed")
    return 0


def quoted(command: Path) -> str:
    """A program's path as the Exec line of a desktop entry has it: in quotes, with what is special there escaped."""
    # First by the rules of quoting, then by those of strings in desktop entries, then the field codes.
    inside = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in str(command))
    return f'"{inside}"'.replace("\\", "\\\\").replace("%", "%%")


def _read(resource: Path) -> bytes:
    try:
        return resource.read_bytes()
    except OSError as error:
        raise BadInputError(f"{resource} cannot be read ({error.strerror}); install Onetake again") from error


def _data_folder() -> Path:
    if not sys.platform.startswith(("linux", "freebsd")):
        raise BadInputError(f"menu entries of this kind are of Linux desktops, not of {sys.platform}; use a shortcut")
    chosen = os.environ.get("XDG_DATA_HOME", "")
    # As the specification says: a path that is not absolute counts as none.
    return Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".local" / "share"


def _command() -> Path:
    beside = Path(sys.executable).with_name("onetake")
    found = str(beside) if beside.is_file() else shutil.which("onetake")
    if found is None:
        raise BadInputError("the command onetake is not installed; install the package, then try again")
    return Path(found).absolute()


def _refresh(folder: Path, console: Console) -> None:
    """Have the desktop's caches written anew; without the tool the desktop does so itself, sooner or later."""
    place = folder / "applications"
    if shutil.which(REFRESH) is None or not place.is_dir():
        return
    try:
        subprocess.run([REFRESH, str(place)], check=True, capture_output=True, timeout=REFRESH_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError) as error:
        console.note(f"{REFRESH} failed ({error}); log out and in again to see the change")
