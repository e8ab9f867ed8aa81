"""A folder of pictures: the frames of a Clip as they are stored, numbered as in the take, and what they are.

Owns the names in the folder. Never imports torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.media.clip_frame import flush_folder, is_whole, publish
from engine.media.encoding import check_same

if TYPE_CHECKING:
    from pathlib import Path

    from engine.media.encoding import Movie

TEXTS_FILE = "take.json"


def write_sequence(movie: Movie, folder: Path) -> None:
    """Copy the frames to `folder` as frame_000000.png and so on by global frame id, with take.json beside; check all.

    Raises:
        FileExistsError: The folder is there already.
        DiskFullError: No room.
        OutputError: The place cannot be written.
        JobFailedError: What was read back differs.
    """
    folder.mkdir()
    for index, frame in enumerate(movie.frames):
        publish(folder / picture_name(frame), movie.clip.document(frame))
        movie.after_frame(index + 1)
    publish(folder / TEXTS_FILE, msgspec.json.format(msgspec.json.encode({"fps": movie.fps, **movie.texts})))
    flush_folder(folder, files=True)
    manifest = movie.clip.manifest
    size = (manifest.width, manifest.height)
    whole = sum(is_whole(folder / picture_name(frame), size) for frame in movie.frames)
    check_same(folder, "number of frames", whole, len(movie.frames))
    check_same(folder, "text", read_sequence_texts(folder), dict(movie.texts))


def picture_name(frame: int) -> str:
    """The file of a frame, by its global id."""
    return f"frame_{frame:06d}.png"


def read_sequence_texts(folder: Path) -> dict[str, str]:
    """What a folder of pictures says about itself, by key.

    Raises:
        OSError: It cannot be read.
    """
    document = msgspec.json.decode((folder / TEXTS_FILE).read_bytes(), type=dict[str, str | float])
    return {key: value for key, value in document.items() if isinstance(value, str)}
