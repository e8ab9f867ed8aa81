"""Controls of a take as timeline files hold them: the fields of a ControlLayer, without those that are as usual.

Owns these fields. Where they stand in a file is timeline_file's and timeline_otio's. Never imports torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError
from engine.messages import ControlLayer

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACES = ("picture", "mask")
_USUAL = ControlLayer(kind="any", picture="any", is_map=True)


def control_fields(layer: ControlLayer) -> dict[str, object]:
    """What a file says of a control."""
    usual: dict[str, object] = msgspec.to_builtins(_USUAL) | {"is_map": False}
    fields: dict[str, object] = msgspec.to_builtins(layer)
    return {name: value for name, value in fields.items() if value != usual[name]}


def control_from(fields: Mapping[str, object], folder: Path, place: str) -> ControlLayer:
    """The control of such fields.

    Args:
        fields: As `control_fields` gives them; paths may be relative.
        folder: From where relative paths lead.
        place: What an error calls it.

    Raises:
        BadInputError: They make no control; the message names the place.
    """
    found = dict(fields)
    for name in _PLACES:
        path = found.get(name)
        if isinstance(path, str) and path:
            found[name] = str(folder / path)
    try:
        return msgspec.convert(found, type=ControlLayer)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise BadInputError(f"{place} is none ({error}); it needs a kind and a picture at least") from error
    except BadInputError as error:
        raise BadInputError(f"{place}: {error.message}") from error
