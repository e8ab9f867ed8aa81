"""Files of finished pictures as the artist meets them: settings read back, copies saved."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.messages import ImageRequest


def read_request(file: Path) -> ImageRequest | None:
    """The request that made the picture; None when it holds none.

    Raises:
        BadInputError: It cannot be read, or is from a newer version.
    """
    # Imported here: reading a dropped picture is rare, and its decoder need not be loaded at every start.
    from engine.media.metadata import read_settings  # noqa: PLC0415

    return read_settings(file)


def save_copy(source: Path, target: Path) -> Path:
    """Copy a picture with its settings to `target`, whole or not at all, and return the target.

    Raises:
        OSError: The target cannot be written.
    """
    if target.suffix.lower() != ".png":
        target = target.with_name(f"{target.name}.png")
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as part:
        staged = Path(part.name)
    try:
        shutil.copyfile(source, staged)
        staged.chmod(0o644)
        staged.replace(target)
    finally:
        staged.unlink(missing_ok=True)
    return target


def file_name(prompt: str, seed: int) -> str:
    """A name for a saved copy that says what it is."""
    words = "".join(letter if letter.isalnum() else " " for letter in prompt[:80]).split()
    return "-".join([*words[:8], str(seed)]) + ".png"
