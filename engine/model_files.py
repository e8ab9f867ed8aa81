"""The list of a model's files: which there must be, with the digests that prove them whole. Never imports torch.

A model folder may carry the list itself, as `onetake-files.json`: an array of objects with path, sha256 and
size_bytes. The embedded model's is written by the export that writes its weights, so the two cannot disagree.
What makes a folder safe to load beyond that is engine.models.folder's.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

import msgspec

from engine.errors import BadModelError
from engine.messages import AdapterSpec, ModelFile, ModelSpec

LIST_NAME = "onetake-files.json"
MAX_LIST_BYTES = 2**20


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
