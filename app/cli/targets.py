"""How a movie is named on the command line, and what it is by its name."""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import OutputError
from engine.messages import SUFFIX_OF_CODEC, Codec

BY_SUFFIX: dict[str, Codec] = {
    ".mp4": "h264",
    ".webm": "vp9",
    ".mov": "prores",
    ".mkv": "ffv1",
    ".gif": "gif",
    ".webp": "webp",
}
"""What a name stands for where no codec is given."""


def parse_target(text: str, codec: Codec | None = None) -> tuple[str, Codec]:
    """The absolute path of `-o` and its codec: by the suffix, "png" for a folder, or another that fits and is given.

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
    found = "png" if is_folder else BY_SUFFIX.get(path.suffix.lower()) if path.suffix else None
    if found is None:
        raise OutputError(
            f"output {text} is no name of a movie; end it in {', '.join(BY_SUFFIX)}, "
            f"or in {os.sep} for a folder of pictures"
        )
    if codec is not None and SUFFIX_OF_CODEC[codec] != SUFFIX_OF_CODEC[found]:
        wanted = SUFFIX_OF_CODEC[codec] or os.sep
        raise OutputError(f"output {text} does not suit {codec}; end it in {wanted}, or use --codec {found}")
    return str(path), codec or found
