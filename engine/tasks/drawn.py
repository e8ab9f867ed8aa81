"""Pictures larger than a model can draw: drawn at a size that it was trained at, and enlarged.

Owns where the algorithms' size and the request's differ: what a job hands to its algorithm, and what it takes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np
from PIL import Image

from engine.messages import ImageRequest, VideoRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.messages import ModelSpec

Asked = TypeVar("Asked", ImageRequest, VideoRequest)


def as_drawn(request: Asked, spec: ModelSpec) -> Asked:
    """The request as the model's algorithm gets it: of the size at which the model draws it."""
    width, height = spec.drawn_size(request.width, request.height)
    return msgspec.structs.replace(request, width=width, height=height)


def drawn_notes(request: Asked, spec: ModelSpec) -> tuple[str, ...]:
    """What people are told where the two sizes differ: one line, or none."""
    drawn = drawn_facts(request, spec).get("drawn")
    return (f"{spec.name} draws {request.width}x{request.height} at {drawn} and enlarges it",) if drawn else ()


def drawn_facts(request: Asked, spec: ModelSpec) -> dict[str, str | int | bool]:
    """What a record of the result says of its plan where the two sizes differ."""
    drawn = spec.drawn_size(request.width, request.height)
    return {} if drawn == (request.width, request.height) else {"drawn": f"{drawn[0]}x{drawn[1]}"}


def enlarged(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture, (H, W, 3) RGB, brought to `size` (width, height); itself where it is of that size."""
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
