"""Files as the artist meets them: settings of pictures read back, timelines opened and saved, results copied."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.media.timeline_checks import Plan
    from engine.media.timeline_file import TakeMovie
    from engine.messages import ControlLayer, ImageRequest, Timeline


def read_request(file: Path) -> ImageRequest | None:
    """The request that made the picture; None when it holds none.

    Raises:
        BadInputError: It cannot be read, or is from a newer version.
    """
    # Imported here: reading a dropped picture is rare, and its decoder need not be loaded at every start.
    from engine.media.metadata import read_settings  # noqa: PLC0415

    return read_settings(file)


def read_plan(file: Path) -> Plan:
    """The timeline in a file, with its controls, and its frames a second where it says so.

    Raises:
        BadInputError: It cannot be read; the message names the place and the remedy.
    """
    from engine.media.timeline_file import read_timeline  # noqa: PLC0415  # rare, as above

    return read_timeline(file)


def save_plan(
    target: Path,
    timeline: Timeline,
    fps: float,
    movie: TakeMovie | None = None,
    controls: Sequence[ControlLayer] = (),
) -> Path:
    """Write a timeline, as OpenTimelineIO to `.otio`, which leads to `movie`, else as our JSON; return the target.

    Raises:
        DiskFullError: No room.
        OutputError: The target cannot be written.
    """
    from engine.media.timeline_file import write_timeline  # noqa: PLC0415  # rare, as above

    write_timeline(target, timeline, fps, movie, controls)
    return target


def save_copy(source: Path, target: Path) -> Path:
    """Copy a result with its settings to `target`, whole or not at all; returns the target, with the result's suffix.

    Raises:
        OSError: The target cannot be written.
    """
    if target.suffix.lower() != source.suffix.lower():
        target = target.with_name(f"{target.name}{source.suffix}")
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as part:
        staged = Path(part.name)
    try:
        shutil.copyfile(source, staged)
        staged.chmod(0o644)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    return target


def file_name(prompt: str, seed: int, suffix: str = ".png") -> str:
    """A name for a saved copy that says what it is; `suffix` with its dot."""
    words = "".join(letter if letter.isalnum() else " " for letter in prompt[:80]).split()
    return "-".join([*words[:8], str(seed)]) + suffix
