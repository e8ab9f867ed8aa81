"""Which files an edit names."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, get_args, get_origin

import msgspec
from msgspec.structs import fields, replace

from app.control_edit import ControlEdit
from app.edit_files import EACH, PLACES, edit_files, with_paths
from app.image_edit import ImageEdit

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES_OF_PATHS = {"picture", "mask", "map", "path", "file", "folder", "adapter", "source", "video", "image"}


def paths_in(kind: type[msgspec.Struct], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Places of text fields that are called as paths are."""
    for field in fields(kind):
        kinds = [field.type, *get_args(field.type)]
        for inner in kinds:
            if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
                is_list = get_origin(field.type) not in (None, types.UnionType)
                yield from paths_in(inner, (*place, field.name, *([EACH] if is_list else [])))
        if field.name in NAMES_OF_PATHS and str in kinds:
            yield (*place, field.name)


def test_every_path_of_the_edit_has_its_place() -> None:
    """A new field for a path must be made known, else a project would not take its file along."""
    found = set(paths_in(ImageEdit))
    assert ("controls", EACH, "mask") in found
    assert found <= {place.steps for place in PLACES}


def test_masks_and_maps_are_copied_and_pictures_are_not() -> None:
    """What belongs to the work goes into the project; an adapter by name is no file."""
    edit = ImageEdit(
        controls=(
            ControlEdit(kind="depth", picture="/p/room.png", mask="/m/left.png"),
            ControlEdit(kind="depth", picture="/p/map.png", is_map=True, adapter="house/depth"),
        )
    )
    edit = replace(edit, canvas=replace(edit.canvas, picture="/p/lake.png", mask="/m/sky.png"))
    assert {(file.path, file.is_copied) for file in edit_files(edit)} == {
        ("/p/room.png", False),
        ("/m/left.png", True),
        ("/p/map.png", True),
        ("/p/lake.png", False),
        ("/m/sky.png", True),
    }
    assert [file.path for file in edit_files(edit) if file.may_be_absent] == ["/m/sky.png"]


def test_paths_are_changed_and_nothing_else() -> None:
    """Everything but the path that was asked for stays as it was."""
    edit = ImageEdit(prompt="a", controls=(ControlEdit(kind="depth", picture="/a.png", weight=0.5),))
    moved = with_paths(edit, lambda path: path.replace("/a", "/b"))
    assert moved == replace(edit, controls=(replace(edit.controls[0], picture="/b.png"),))
