"""How a movie is named on the command line, and what it is by its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TypeAlias

from engine.errors import OutputError
from engine.messages import SUFFIX_OF_CODEC

Codec: TypeAlias = Literal["h264", "prores", "gif", "webp", "png"]
CODECS: tuple[Codec, ...] = ("h264", "prores", "gif", "webp", "png")
_BY_SUFFIX: dict[str, Codec] = {SUFFIX_OF_CODEC[codec]: codec for codec in CODECS}


def parse_target(text: str, codec: Codec | None = None) -> tuple[str, Codec]:
    """The absolute path of `-o` and its codec: by the suffix, and "png" for a folder.

    Args:
        text: As typed; empty for the outputs folder. A folder is there already, or ends with a slash.
        codec: As typed, to which the name must fit.

    Raises:
        OutputError: The name is that of no movie, or of one of another codec.
    """
    if not text:
        return "", codec or "h264"
    path = Path(text).expanduser().absolute()
    separators = tuple(mark for mark in (os.sep, os.altsep) if mark)
    is_folder = text.endswith(separators) or path.is_dir()
    found = "png" if is_folder else _BY_SUFFIX.get(path.suffix.lower()) if path.suffix else None
    if found is None:
        raise OutputError(
            f"output {text} is no name of a movie; end it in .mp4, .mov, .gif or .webp, "
            f"or in {os.sep} for a folder of pictures"
        )
    if codec not in (None, found):
        wanted = SUFFIX_OF_CODEC[codec] or os.sep
        raise OutputError(f"output {text} does not suit {codec}; end it in {wanted}, or use --codec {found}")
    return str(path), found
