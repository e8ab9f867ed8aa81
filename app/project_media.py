"""The files that a project holds or refers to: their paths in the manifest, and the copies of masks and maps. No Qt."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from app.edit_files import edit_files
from app.place_looks import is_file, is_there
from engine.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.edit_files import EditFile
    from app.image_edit import ImageEdit

MEDIA = "media"
_HERE = "./"
_DIGITS = 24

Stamp = tuple[str, int, int]


def relative_path(path: Path, folder: Path) -> str:
    """How the manifest writes a path: from the project's folder, with ./, where the file lies in it; else as it is."""
    return f"{_HERE}{path.relative_to(folder).as_posix()}" if path.is_relative_to(folder) else str(path)


def absolute_path(written: str, folder: Path) -> str:
    """The path that the manifest means. One that would leave the folder stays as it is written, and leads nowhere."""
    relative = PurePosixPath(written.removeprefix(_HERE))
    # Without ./ it is none of ours: an adapter's name may have a slash, too.
    if not written.startswith(_HERE) or relative.is_absolute() or ".." in relative.parts:
        return written
    return str(folder / relative)


def take_in(file: EditFile, folder: Path, copies: Mapping[str, str]) -> str:
    """The path of an edit's file as the manifest has it; what belongs to the work is copied first.

    A file that is not there any more is taken from `copies`, by its path the one that was made last. Else it keeps its
    path, so that it is asked for when the project is opened; a mask on which nothing is painted has none.

    Raises:
        DiskFullError: No room.
        OutputError: It cannot be read or copied.
    """
    path = Path(file.path)
    if not path.is_absolute() or not file.is_copied or path.is_relative_to(folder / MEDIA):
        return relative_path(path, folder) if path.is_absolute() else file.path
    if not is_there(file.path) and file.path in copies:
        path = Path(copies[file.path])
    if is_there(str(path)) and not is_file(str(path)):
        # A folder of maps stays where it is; a pipe or a device would never end.
        return relative_path(path, folder)
    try:
        document = path.read_bytes()
    except (FileNotFoundError, ValueError):
        # Not there, or a path that no system takes.
        return "" if file.may_be_absent else file.path
    except OSError as error:
        raise OutputError(
            f"{path} cannot be read ({error.strerror or error}) and so not saved with the project; check the file"
        ) from error
    return relative_path(_copy(document, path.suffix, folder / MEDIA), folder)


def _copy(document: bytes, suffix: str, media: Path) -> Path:
    from engine.media.clip_frame import flush_folder, publish  # noqa: PLC0415  # heavy, and only saving needs it

    copy = media / f"{hashlib.sha256(document).hexdigest()[:_DIGITS]}{suffix.lower()}"
    try:
        is_there = copy.stat().st_size == len(document)
    except OSError:
        is_there = False
    if not is_there:
        publish(copy, document, flush=True)
        flush_folder(media)
    return copy


def stamps_of(edit: ImageEdit) -> list[Stamp]:
    """Path, time in nanoseconds and size of what is copied: masks change with every stroke, while the edit does not."""
    stamps: list[Stamp] = []
    for file in edit_files(edit):
        if file.is_copied:
            try:
                found = Path(file.path).stat()
            except (OSError, ValueError):
                # Not there, or a path that no system takes.
                continue
            stamps.append((file.path, found.st_mtime_ns, found.st_size))
    return stamps


def missing_files(paths: list[str]) -> list[str]:
    """Those that are not there, each once, in order."""
    return [path for path in dict.fromkeys(paths) if not is_there(path)]


def found_beside(missing: list[str], chosen: str, found: Path) -> dict[str, str]:
    """Where missing files are now: the chosen one at `found`, others beside it under the names that they had."""
    beside = {path: found.parent / Path(path).name for path in missing}
    others = {path: str(place) for path, place in beside.items() if path != chosen and is_there(str(place))}
    return others | {chosen: str(found)}
