"""The list of a model's files: which there must be, with the digests that prove them whole. Never imports torch.

A model folder may carry the list itself, as `onetake-files.json`: an array of objects with path, sha256 and
size_bytes. The embedded model's is written by the export that writes its weights, so the two cannot disagree.
What makes a folder safe to load beyond that is engine.models.folder's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import TypeAlias

import msgspec

from engine.errors import BadModelError
from engine.messages import AdapterSpec, ModelFile, ModelSpec

LIST_NAME = "onetake-files.json"
MAX_LIST_BYTES = 2**20
MAX_FILES = 1000
"""A folder with more is not that of one model."""
Fingerprint: TypeAlias = tuple[tuple[str, int, int, int], ...]


def read_file_list(folder: Path) -> tuple[ModelFile, ...]:
    """What the folder's own list names; empty where the folder has none.

    Raises:
        BadModelError: The list is there, but cannot be read.
    """
    file = folder / LIST_NAME
    try:
        if file.stat().st_size > MAX_LIST_BYTES:
            raise BadModelError(f"{file} is larger than {MAX_LIST_BYTES:,} bytes; get the model again")
        listed = msgspec.json.decode(file.read_bytes(), type=tuple[ModelFile, ...])
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadModelError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadModelError(f"{file} is no list of files ({error}); get the model again") from error
    for entry in listed:
        path = PurePosixPath(entry.path)
        if path.is_absolute() or ".." in path.parts:
            raise BadModelError(f"{file} names {entry.path!r}, which is not in this folder; get the model again")
    return listed


def fingerprint(folder: Path) -> Fingerprint:
    """What identifies a folder's content cheaply: path, size and times of change of each file, in order of paths.

    The times are that of the content and, where the system has one, that of the entry, which copying and unpacking do
    not set back. A linked component is another model's, and counts; what is linked deeper does not. Empty for a folder
    that is not there. Ends with one file more than a model has.
    """
    found: list[tuple[str, int, int, int]] = []
    places, root = [str(folder)], len(str(folder)) + 1
    # Not by pathlib: a picture of live mode waits for this, and it would take five times as long.
    while places and len(found) <= MAX_FILES:
        place = places.pop()
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                # One that cannot be looked at, such as a link to itself, hides none behind it.
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        places.append(entry.path)
                    elif entry.is_dir():
                        if len(place) < root:
                            places.insert(0, entry.path)  # last: it may be anything, and the model's own come first
                    elif len(found) <= MAX_FILES and entry.is_file():
                        stat = entry.stat()
                        found.append((entry.path[root:], stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return tuple(sorted(found))


def check_files(spec: ModelSpec | AdapterSpec) -> None:
    """Prove that every listed file is there, unaltered.

    Raises:
        BadModelError: Naming the file and what to do.
    """
    check_listed(Path(spec.folder), spec.files)


def check_listed(folder: Path, files: tuple[ModelFile, ...] = ()) -> None:
    """Prove that the folder holds these files, or those of its own list, unaltered.

    Raises:
        BadModelError: Naming the file and what to do.
    """
    for listed in files or read_file_list(folder):
        _check_digest(folder / listed.path, listed)


def _check_digest(file: Path, listed: ModelFile) -> None:
    try:
        found_bytes = file.stat().st_size
        if found_bytes != listed.size_bytes:
            raise BadModelError(
                f"{file} has {found_bytes:,} bytes instead of {listed.size_bytes:,}; get the model again"
            )
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        raise BadModelError(f"{file} is missing; get the model again") from None
    except OSError as error:
        raise BadModelError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    if digest != listed.sha256:
        raise BadModelError(f"{file} was altered: its sha256 is not the listed one; get the model again")
