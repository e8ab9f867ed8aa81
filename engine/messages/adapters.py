"""Adapter specifications: data about a network that turns control maps into steering of a model.

Owns the description. The catalogue of them is engine.adapters', the networks are engine.control's.
"""

from __future__ import annotations

import msgspec

from engine.messages.models import ModelFile


class AdapterSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Data about an adapter.

    Attributes:
        name: The name in requests; the folder's path for one that is in no catalogue.
        title: The name for people.
        folder: Where it lies, absolute.
        licence: What it may be used for.
        kinds: Controls that it was made for, e.g. ("canny",); empty for any, which is for the user to know.
        files: Its files with their digests, where they are known.
    """

    name: str
    title: str
    folder: str
    licence: str = "unknown"
    kinds: tuple[str, ...] = ()
    files: tuple[ModelFile, ...] = ()
