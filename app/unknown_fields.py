"""Fields that another version of the program wrote: carried along when read, changed and written again. No Qt."""

from __future__ import annotations

from typing import cast

Object = dict[str, object]


def carry_unknown(raw: object, known: object, changed: object) -> object:
    """What to write in place of `raw`, so that nothing of it is lost that this version does not know.

    Args:
        raw: JSON as it was read.
        known: What this version wrote of it, unchanged: a field of `raw` that is not here is unknown.
        changed: What this version wants to write now, of the same form as `known`.

    Returns:
        `changed` with the unknown fields. Those of a list's element go along with it when the list is reordered,
        as long as the element itself has not changed; those of a changed one stay in its place.
    """
    if isinstance(raw, dict) and isinstance(known, dict) and isinstance(changed, dict):
        return _carry_fields(cast("Object", raw), cast("Object", known), cast("Object", changed))
    if isinstance(raw, list) and isinstance(known, list) and isinstance(changed, list):
        return _carry_elements(cast("list[object]", raw), cast("list[object]", known), cast("list[object]", changed))
    return changed


def _carry_fields(raw: Object, known: Object, changed: Object) -> Object:
    unknown = {name: value for name, value in raw.items() if name not in known and name not in changed}
    both = raw.keys() & known.keys()
    written = {
        name: carry_unknown(raw[name], known[name], value) if name in both else value for name, value in changed.items()
    }
    return written | unknown


def _carry_elements(raw: list[object], known: list[object], changed: list[object]) -> list[object]:
    if len(raw) != len(known):
        return changed
    free = list(range(len(raw)))
    origins: dict[int, int] = {}
    for index, element in enumerate(changed):
        same = next((origin for origin in free if known[origin] == element), None)
        if same is not None:
            origins[index] = same
            free.remove(same)
    if len(changed) == len(raw):
        origins |= {index: index for index in range(len(changed)) if index not in origins and index in free}
    return [
        carry_unknown(raw[origins[index]], known[origins[index]], element) if index in origins else element
        for index, element in enumerate(changed)
    ]
