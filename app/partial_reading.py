"""Reading what can be read of a document that another version of the program wrote. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

Read = TypeVar("Read", bound=msgspec.Struct)


def read_partially(document: Mapping[str, object], kind: type[Read]) -> tuple[Read, tuple[str, ...]]:
    """As much of `document` as fits `kind`; the other fields keep their defaults.

    Returns:
        The struct, and the names of the fields that could not be read, as `outer.inner`.

    Raises:
        TypeError: A field that has no default is missing or cannot be read.
    """
    unread: list[str] = []
    values: dict[str, object] = {}
    for field in fields(kind):
        if field.encode_name in document:
            _read_field(document[field.encode_name], field, values, unread)
    try:
        return kind(**values), tuple(unread)
    except BadInputError:
        # Each field can be read, yet together they are refused.
        return kind(), ("*",)


def _read_field(value: object, field: FieldInfo, values: dict[str, object], unread: list[str]) -> None:
    try:
        values[field.name] = msgspec.convert(value, type=field.type)
    except (msgspec.ValidationError, BadInputError):
        if isinstance(value, dict) and _is_struct(field.type):
            inner, missed = read_partially(cast("dict[str, object]", value), field.type)
            values[field.name] = inner
            unread.extend(f"{field.name}.{name}" for name in missed)
        elif isinstance(value, list) and (kind := _element_kind(field.type)) is not None:
            values[field.name] = _read_elements(cast("list[object]", value), kind, field.name, unread)
        else:
            unread.append(field.name)


def _read_elements(
    elements: list[object], kind: type[msgspec.Struct], name: str, unread: list[str]
) -> tuple[msgspec.Struct, ...]:
    """The elements that can be read, wholly or in part; a place is lost only where an element is no object at all."""
    found: list[msgspec.Struct] = []
    for number, element in enumerate(elements, 1):
        if not isinstance(element, dict):
            unread.append(f"{name}.{number}")
            continue
        try:
            inner, missed = read_partially(cast("dict[str, object]", element), kind)
        except TypeError:
            # It lacks what the struct cannot do without.
            unread.append(f"{name}.{number}")
            continue
        found.append(inner)
        unread.extend(f"{name}.{number}.{missing}" for missing in missed)
    return tuple(found)


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _element_kind(kind: object) -> type[msgspec.Struct] | None:
    """The struct that a tuple or a list of structs holds."""
    inner = get_args(kind)
    is_sequence = get_origin(kind) in (tuple, list) and bool(inner)
    return inner[0] if is_sequence and _is_struct(inner[0]) else None
