"""A folder of pictures, PNG or OpenEXR: the frames of a take, numbered, and what they are.

Owns the names in the folder. Never imports torch.
"""

from __future__ import annotations

import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from engine.media.clip_frame import encode_frame, flush_folder, is_whole, publish
from engine.media.encoding import check_same
from engine.media.exr import encode_exr, read_exr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.media.encoding import Movie

TEXTS_FILE = "take.json"


def write_sequence(movie: Movie, folder: Path) -> None:
    """Write the frames to `folder` with take.json beside, and check all.

    Frames shown once are numbered by their global frame ids, frame_000000.png and so on; where some are repeated or
    left out, all are numbered from 0. PNGs of the take's own size are the Clip's files, byte for byte.

    Raises:
        FileExistsError: The folder is there already.
        DiskFullError: No room.
        OutputError: The place cannot be written.
        JobFailedError: What was read back differs.
    """
    folder.mkdir()
    numbers = movie.frames if _is_a_run(movie.frames) else range(len(movie.frames))
    paths = [folder / picture_name(number, movie.codec) for number in numbers]
    checksums: list[int] = []
    for path, document in zip(paths, _documents(movie), strict=True):
        publish(path, document)
        checksums.append(zlib.crc32(document))
        movie.after_frame(len(checksums))
    publish(folder / TEXTS_FILE, msgspec.json.format(msgspec.json.encode({"fps": movie.fps, **movie.texts})))
    flush_folder(folder, files=True)
    same = sum(_is_written(path, movie, checksum) for path, checksum in zip(paths, checksums, strict=True))
    check_same(folder, "number of frames", same, len(movie.frames))
    check_same(folder, "text", read_sequence_texts(folder), dict(movie.texts))


def picture_name(number: int, codec: str = "png") -> str:
    """The file of a frame."""
    return f"frame_{number:06d}.{codec}"


def read_sequence_texts(folder: Path) -> dict[str, str]:
    """What a folder of pictures says about itself, by key.

    Raises:
        OSError: It cannot be read.
    """
    document = msgspec.json.decode((folder / TEXTS_FILE).read_bytes(), type=dict[str, str | float])
    return {key: value for key, value in document.items() if isinstance(value, str)}


def _is_a_run(frames: Sequence[int]) -> bool:
    return all(after == before + 1 for before, after in pairwise(frames))


def _documents(movie: Movie) -> Iterator[bytes]:
    if movie.codec == "png" and not movie.is_scaled:
        yield from map(movie.clip.document, movie.frames)
        return
    encode = encode_exr if movie.codec == "exr" else encode_frame
    for pixels in movie.pictures():
        yield encode(pixels)


def _is_written(path: Path, movie: Movie, checksum: int) -> bool:
    """Whether the file on the disk is the one that was written, and a picture of the movie's size."""
    document = path.read_bytes()
    if zlib.crc32(document) != checksum:
        return False
    if movie.codec == "png":
        return is_whole(path, movie.size)
    return read_exr(document).shape[1::-1] == movie.size
