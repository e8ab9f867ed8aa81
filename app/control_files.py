"""The files that the controls of a request are made with: that they are there, and which adapters. No Qt.

Owns what the window asks of the disk before a request is sent, as the command line does of its own arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from app.place_looks import is_there
from engine.adapters import name_adapters
from engine.errors import BadInputError
from engine.messages import ImageRequest, VideoRequest

if TYPE_CHECKING:
    from engine.messages import ModelSpec
    from engine.paths import Paths

Controlled = TypeVar("Controlled", ImageRequest, VideoRequest)


def with_adapters(request: Controlled, spec: ModelSpec, paths: Paths) -> Controlled:
    """The request with its adapters named, so that it says all that its pictures depend on.

    Raises:
        BadInputError: A picture or a mask is not there, or an adapter is missing or made for another model.
    """
    for layer in request.controls:
        for file in (layer.picture, layer.mask):
            if layer.enabled and file and not is_there(file):
                raise BadInputError(f"control picture {file} is not there; choose it again, or remove its layer")
    return replace(request, controls=name_adapters(request.controls, spec, paths))
