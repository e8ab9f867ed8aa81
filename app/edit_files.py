"""Which files an edit names, and which of them a project takes in. No Qt, nothing is read or written.

This is where a new field of the edit that holds a path is made known: add its place to PLACES. Places that the edit
does not have are skipped, so the order in which field and place are added does not matter.
"""

from __future__ import annotations

from copy import deepcopy
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import msgspec

from app.control_edit import PICTURES
from app.image_edit import ImageEdit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Document = dict[str, object]
"""An edit as JSON has it."""

EACH = "*"
"""Stands in a place for every element of a list."""


class Keeping(Enum):
    """What a project does with a file that the edit names."""

    REFERRED = "referred"
    """Pictures and takes stay where they are."""
    COPIED = "copied"
    """Masks and maps are part of the work: the project holds a copy."""
    COPIED_IF_MAP = "copied if map"
    """Copied where `is_map` beside it is true."""
    PAINTED = "painted"
    """Copied, and not there as long as nothing is painted."""


class Place(NamedTuple):
    """Names of fields from the edit inwards, EACH for the elements of a list; the last one holds a path."""

    steps: tuple[str, ...]
    keeping: Keeping


PLACES = (
    Place(("controls", EACH, "picture"), Keeping.COPIED_IF_MAP),
    Place(("controls", EACH, "mask"), Keeping.COPIED),
    Place(("controls", EACH, "painted"), Keeping.COPIED),
    Place(("controls", EACH, "adapter"), Keeping.REFERRED),
    Place(("canvas", "picture"), Keeping.REFERRED),
    Place(("canvas", "mask"), Keeping.PAINTED),
)


class EditFile(NamedTuple):
    """One path that an edit names."""

    path: str
    is_copied: bool
    may_be_absent: bool


def document_of(edit: ImageEdit) -> Document:
    """The edit as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(edit), type=dict[str, object])


def edit_files(edit: ImageEdit) -> list[EditFile]:
    """The files that an edit names by absolute paths, in the order of the places."""
    return [file for _, _, file in _found(document_of(edit), PLACES) if Path(file.path).is_absolute()]


def with_paths(edit: ImageEdit, change: Callable[[str], str]) -> ImageEdit:
    """The edit with what `change` makes of each of its paths."""
    return msgspec.convert(change_paths(document_of(edit), lambda file: change(file.path)), type=ImageEdit)


def change_paths(document: Document, change: Callable[[EditFile], str]) -> Document:
    """A copy of an edit's document with what `change` makes of each path that is not empty."""
    after = deepcopy(document)
    for holder, field, file in _found(after, PLACES):
        holder[field] = change(file)
    return after


def _found(document: Document, places: tuple[Place, ...]) -> Iterator[tuple[Document, str, EditFile]]:
    """The objects that hold a path, the field that it is in, and what it says; empty ones are left out."""
    for place in places:
        *inwards, field = place.steps
        for holder in _holders(document, inwards):
            path = holder.get(field)
            if isinstance(path, str) and path:
                yield holder, field, _file(path, place.keeping, is_map=holder.get("is_map") is True)


def _file(path: str, keeping: Keeping, *, is_map: bool) -> EditFile:
    is_copied = keeping in (Keeping.COPIED, Keeping.PAINTED) or (keeping is Keeping.COPIED_IF_MAP and is_map)
    # Nothing but pictures: a movie may be too large, and what else a stranger's project names stays where it is.
    is_copied = is_copied and Path(path).suffix.lower() in PICTURES
    return EditFile(path, is_copied, may_be_absent=keeping is Keeping.PAINTED)


def _holders(value: object, steps: list[str]) -> Iterator[Document]:
    """The objects that the steps lead to, as far as they are there."""
    if not steps:
        if isinstance(value, dict):
            yield cast("Document", value)
        return
    step, *rest = steps
    if step == EACH and isinstance(value, list):
        for element in cast("list[object]", value):
            yield from _holders(element, rest)
    elif isinstance(value, dict) and step in value:
        yield from _holders(cast("Document", value)[step], rest)
