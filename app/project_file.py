"""A project on disk: one folder `NAME.onetake`, read whole and saved so that a crash leaves the old or the new. No Qt.

    project.json        the manifest: version, the edit, which results belong to it, the digest of timeline.otio
    project.before.json the manifest of the save before
    timeline.otio       the plan for editing programs; what counts for us is the plan in the manifest
    media/              copies of masks and maps, named by their content and never changed or removed
    .lock               held by the window that may save (project_lock)

The manifest is written last, and nothing that an older one names is ever changed but timeline.otio, whose digest tells
that. Paths are relative where the file lies in the folder. What another version wrote and we do not know is carried
along; a project of a newer version is read as far as it can be, and never written.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from app.edit_files import Document, change_paths, document_of
from app.image_edit import ImageEdit
from app.partial_reading import read_partially
from app.place_looks import is_file, is_there
from app.project_media import absolute_path, relative_path, take_in
from app.project_timeline import timeline_document
from app.unknown_fields import carry_unknown
from engine.errors import BadInputError, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.edit_files import EditFile

FORMAT = 1
SUFFIX = ".onetake"
MANIFEST, BEFORE, TIMELINE = "project.json", "project.before.json", "timeline.otio"
_MAX_BYTES = 64 * 2**20
_MAX_LEVELS = 100
_MAX_NUMBER, _MAX_SEED = 2**31, 2**63
_KEY = "onetake_project"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was sent from the project, and the absolute paths of its pictures or its take once it is done."""

    job: str
    paths: tuple[str, ...] = ()


class PlanFile(Enum):
    """What became of timeline.otio since the manifest was written."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"


class ProjectFile(NamedTuple):
    """A project as it is on disk. Paths in `edit` and `made` are absolute."""

    folder: Path
    edit: ImageEdit
    raw: Document
    """The manifest as it was read."""
    made: tuple[Made, ...] = ()
    plan: PlanFile = PlanFile.SAME
    is_newer: bool = False
    unread: tuple[str, ...] = ()
    """Fields of the edit that this version cannot read; it must not write then."""
    copies: Mapping[str, str] = MappingProxyType({})
    """Where the masks and maps of the last save lie in the folder, by the paths that the edit has for them."""

    @property
    def name(self) -> str:
        return name_of(self.folder)


def name_of(folder: Path) -> str:
    """What a project is called."""
    return folder.name.removesuffix(SUFFIX)


def read_project(place: Path) -> ProjectFile:
    """Read the project in a folder, or the one whose manifest this is. Reading changes nothing in it.

    Raises:
        BadInputError: There is none, or it is damaged; the message names file and remedy.
    """
    folder = place.parent if place.name == MANIFEST else place
    manifest = folder / MANIFEST
    raw = _parse(manifest, _read_manifest(manifest))
    version, edit = raw.get(_KEY), raw.get("edit")
    if not isinstance(version, int) or version < 1:
        raise BadInputError(
            f"“{folder.name}” is no project: {MANIFEST} does not say its version; choose another folder"
        )
    if not isinstance(edit, dict):
        raise _damaged(manifest, "it holds no edit")
    read, unread = _read_edit(cast("Document", edit), folder)
    if large := _too_large(document_of(read)):
        raise _damaged(manifest, f"{large} is too large a number")
    return ProjectFile(
        folder=folder,
        edit=read,
        raw=raw,
        made=_read_made(raw.get("made"), folder),
        plan=_compare_plan(folder, raw.get("timeline")),
        is_newer=version > FORMAT,
        unread=unread,
    )


def write_project(folder: Path, edit: ImageEdit, made: Iterable[Made], before: ProjectFile | None) -> ProjectFile:
    """Save a project, whole or not at all; what `before` held that we do not know is carried along.

    Args:
        folder: Where to; made if it is not there.
        edit: The work, with absolute paths.
        made: The results that belong to it.
        before: The project as it was read or last saved, wherever that was.

    Returns:
        The project as it is on disk now, with the edit as it was given.

    Raises:
        DiskFullError: No room; the old project stands.
        OutputError: The folder cannot be written, or a mask or map cannot be copied; the old project stands.
    """
    # Loaded only now: it brings the libraries for pictures along, which a window without a project does not need.
    from engine.media.clip_frame import write_error  # noqa: PLC0415

    made, is_new = tuple(made), True
    try:
        # Not its parents: a disk that was taken away must not be written to where it was.
        folder.mkdir()
    except FileExistsError:
        is_new = False
    except OSError as error:
        raise write_error(folder, error) from error
    try:
        return _write_files(folder, edit, made, before)
    except BaseException:
        if is_new:
            # Nothing but what was begun here is in it.
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_files(folder: Path, edit: ImageEdit, made: tuple[Made, ...], before: ProjectFile | None) -> ProjectFile:
    from engine.media.clip_frame import flush_folder, publish  # noqa: PLC0415  # as above

    copies = dict(before.copies) if before is not None else {}

    def take(file: EditFile) -> str:
        written = take_in(file, folder, copies)
        if file.is_copied and written:
            copies[file.path] = absolute_path(written, folder)
        return written

    plan = timeline_document(edit)
    raw: Document = {
        _KEY: FORMAT,
        "edit": change_paths(document_of(edit), take),
        "made": [{"job": one.job, "paths": [relative_path(Path(path), folder) for path in one.paths]} for one in made],
        "timeline": hashlib.sha256(plan).hexdigest() if plan is not None else None,
    }
    if before is not None:
        raw = cast("Document", carry_unknown(before.raw, _known_part(before), raw))
    manifest = folder / MANIFEST
    if plan is not None:
        publish(folder / TIMELINE, plan, flush=True)
    if manifest.exists():
        publish(folder / BEFORE, _read_manifest(manifest), flush=True)
    flush_folder(folder)
    publish(manifest, msgspec.json.format(msgspec.json.encode(raw)) + b"\n", flush=True)
    flush_folder(folder)
    if plan is None:
        with contextlib.suppress(OSError):
            # Of an older plan; the manifest no longer speaks of it.
            (folder / TIMELINE).unlink(missing_ok=True)
    return ProjectFile(folder=folder, edit=edit, raw=raw, made=made, copies=copies)


def _read_manifest(manifest: Path) -> bytes:
    if is_there(str(manifest)) and not is_file(str(manifest)):
        raise BadInputError(f"{manifest} is no file; choose another project, or take its folder from a backup")
    try:
        with manifest.open("rb") as stream:
            document = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        what = "it holds no project.json" if manifest.parent.is_dir() else "it is not there"
        raise BadInputError(
            f"“{manifest.parent}” is no project: {what}; choose a folder whose name ends in {SUFFIX}"
        ) from error
    except OSError as error:
        raise BadInputError(f"{manifest} cannot be read ({error.strerror or error}); check its permissions") from error
    if len(document) > _MAX_BYTES:
        raise _damaged(manifest, f"it is longer than {_MAX_BYTES // 2**20} MiB")
    return document


def _parse(manifest: Path, document: bytes) -> Document:
    try:
        raw = msgspec.json.decode(document, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError) as error:
        raise _damaged(manifest, str(error)) from error
    if _is_deep(raw, _MAX_LEVELS):
        raise _damaged(manifest, f"it is nested deeper than {_MAX_LEVELS} levels")
    return raw


def _is_deep(value: object, levels: int) -> bool:
    """Whether JSON has more levels than this: what can just be read could then not be copied or written."""
    if isinstance(value, dict):
        inner = list(cast("Document", value).values())
    else:
        inner = cast("list[object]", value) if isinstance(value, list) else []
    return bool(inner) and (not levels or any(_is_deep(each, levels - 1) for each in inner))


def _too_large(value: object, name: str = "") -> str:
    """The name of a field of an edit whose number no field of the window takes; empty if there is none."""
    if isinstance(value, int):
        return name if abs(value) >= (_MAX_SEED if name == "seed" else _MAX_NUMBER) else ""
    if isinstance(value, dict):
        fields = cast("Document", value).items()
    else:
        fields = [(name, each) for each in cast("list[object]", value)] if isinstance(value, list) else []
    return next((large for own, each in fields if (large := _too_large(each, own))), "")


def _damaged(manifest: Path, why: str) -> EngineError:
    folder = manifest.parent
    if (folder / BEFORE).exists():
        remedy = f"rename {BEFORE} beside it to {MANIFEST} to go back to the save before"
    else:
        remedy = "take the folder from a backup"
    return BadInputError(f"“{name_of(folder)}” cannot be read: its {MANIFEST} is damaged ({why}); {remedy}")


def _read_edit(portable: Document, folder: Path) -> tuple[ImageEdit, tuple[str, ...]]:
    document = change_paths(portable, lambda file: absolute_path(file.path, folder))
    edit, unread = read_partially(document, ImageEdit)
    return edit.sound(), unread


def _read_made(value: object, folder: Path) -> tuple[Made, ...]:
    found: list[Made] = []
    for entry in cast("list[object]", value) if isinstance(value, list) else []:
        try:
            one = msgspec.convert(entry, type=Made)
        except msgspec.ValidationError:
            # Carried along as it is, like everything that we do not know.
            continue
        found.append(Made(job=one.job, paths=tuple(absolute_path(path, folder) for path in one.paths)))
    return tuple(found)


def _known_part(before: ProjectFile) -> Document:
    """What we read of a manifest, in the form in which we write it."""
    edit, made = before.raw.get("edit"), before.raw.get("made")
    known: Document = {_KEY: before.raw.get(_KEY), "timeline": before.raw.get("timeline")}
    if isinstance(edit, dict):
        read, _ = read_partially(cast("Document", edit), ImageEdit)
        known["edit"] = document_of(read)
    if isinstance(made, list):
        entries = cast("list[object]", made)
        known["made"] = [msgspec.to_builtins(_as_made(entry)) for entry in entries]
    return known


def _as_made(entry: object) -> object:
    try:
        return msgspec.json.decode(msgspec.json.encode(msgspec.convert(entry, type=Made)))
    except msgspec.ValidationError:
        return entry


def _compare_plan(folder: Path, digest: object) -> PlanFile:
    if not isinstance(digest, str):
        return PlanFile.SAME
    file = folder / TIMELINE
    if not is_file(str(file)):
        return PlanFile.MISSING
    try:
        document = file.read_bytes()
    except OSError:
        return PlanFile.MISSING
    return PlanFile.SAME if hashlib.sha256(document).hexdigest() == digest else PlanFile.CHANGED
