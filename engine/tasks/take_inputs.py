"""What a take was begun with: its control files and networks by digest, so that no attempt goes on with others.

Owns `inputs.json` in the take's folder. The request itself is compared where the clip is opened (video_job).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError
from engine.media.clip_frame import publish

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NAME = "inputs.json"


def hold_to_inputs(take: Path, inputs: Mapping[str, str]) -> None:
    """Note what a take is begun with, or see that it goes on with the same.

    Args:
        take: The take's folder, with what earlier attempts left.
        inputs: The digests of the files that it is made from, by path.

    Raises:
        BadInputError: A file is another one than that which some of the take was made with.
        OutputError: The folder cannot be written.
    """
    file, latents = take / _NAME, take / "latents"
    if latents.is_dir() and any(latents.iterdir()):
        before = _read(file)
        changed = sorted(path for path in before if before[path] != inputs.get(path))
        if changed:
            raise BadInputError(
                f"{changed[0]} has changed since this take was begun with it; put the old file back and retry, "
                "or submit the take as a new job"
            )
    publish(file, msgspec.json.encode(dict(inputs)), flush=True)


def _read(file: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        # Of an edition that did not note it, or lost with the disk: nothing is known to have changed.
        return {}
