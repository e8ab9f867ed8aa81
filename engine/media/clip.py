"""The Clip: the lossless frames of a take on disk, written by many processes at once and read in bounded memory.

Owns the folder of a take's frames: one PNG per (global frame, revision), immutable once whole, and the manifest. Does
not own how a frame is stored (clip_frame) nor what the pictures mean. Never imports torch: the window reads it, too.

A frame can always be decoded again from the take's latents, so a frame is not flushed to the disk when it is written,
which would cost more than making it: what a power cut damages is noticed by its checksums, counts as missing and is
written again. `settle` flushes all frames once, before anybody is told that the take is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError, JobFailedError
from engine.media.clip_frame import (
    decode_frame,
    encode_frame,
    flush_folder,
    is_whole,
    link_or_copy,
    publish,
    read_whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

_FORMAT = 1
_MANIFEST = "manifest.json"
_FRAMES_PER_FOLDER = 500
_FRAME_NAME = re.compile(r"(\d{7,})\.(\d+)\.png")


class ClipManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What all frames of a clip have in common.

    Attributes:
        width: In pixels.
        height: In pixels.
        fps: Frames a second.
        frames: Length of the whole take; the clip may hold fewer.
        note: The request that makes the frames, as JSON.
        format: Version of the folder's layout.
    """

    width: int
    height: int
    fps: float
    frames: int
    note: str = ""
    format: int = _FORMAT


@dataclass(frozen=True)
class Clip:
    """A sparse store of frames, each (H, W, 3) uint8 RGB. Open one with `create` or `open`.

    Every method may be called from any number of processes at once. The newest revision of a frame is the one with the
    highest number; methods that take no revision mean that one.
    """

    folder: Path
    manifest: ClipManifest

    @staticmethod
    def create(folder: Path, *, width: int, height: int, fps: float, frames: int, note: str = "") -> Clip:
        """Make the clip, or open it if it is there: every rank and every attempt may call this.

        Raises:
            JobFailedError: The folder holds a clip of another size, speed or length.
            DiskFullError: No room.
            OutputError: The folder cannot be written.
        """
        wanted = ClipManifest(width=width, height=height, fps=fps, frames=frames, note=note)
        found = _read_manifest(folder / _MANIFEST)
        if found is None:
            publish(folder / _MANIFEST, msgspec.json.encode(wanted), flush=True)
            flush_folder(folder)
            return Clip(folder, wanted)
        if (found.width, found.height, found.fps, found.frames) != (width, height, fps, frames):
            raise JobFailedError(
                f"{folder} holds {found.frames} frames of {found.width}x{found.height}, not {frames} of "
                f"{width}x{height}; move that folder away"
            )
        return Clip(folder, found)

    @staticmethod
    def open(folder: Path) -> Clip:
        """Open a clip to read it.

        Raises:
            BadInputError: There is none, or its manifest is damaged or from a newer version.
        """
        found = _read_manifest(folder / _MANIFEST)
        if found is None:
            raise BadInputError(f"{folder} holds no clip that this version can read; make the take again")
        return Clip(folder, found)

    @property
    def frames(self) -> range:
        """The global frame ids of the whole take, there or not."""
        return range(self.manifest.frames)

    def write(self, frame: int, pixels: NDArray[np.uint8], revision: int = 0) -> None:
        """Store a frame, whole or not at all. One that is there and whole stays as it is: the first writer wins.

        Args:
            frame: Global frame id.
            pixels: (H, W, 3) uint8 RGB of the clip's size.
            revision: Number of this version of the frame; a frame is never changed, only revised.

        Raises:
            ValueError: The pixels do not suit the clip.
            DiskFullError: No room.
            OutputError: The folder cannot be written.
        """
        if pixels.shape != (self.manifest.height, self.manifest.width, 3) or pixels.dtype != "uint8":
            raise ValueError(f"frame {frame} is {pixels.shape} {pixels.dtype}, not {self._shape} uint8")
        path = self._path(frame, revision)
        if not self._is_whole(path):
            publish(path, encode_frame(pixels))

    def link(self, frame: int, other: Clip) -> None:
        """Take over `other`'s newest revision of a frame, byte for byte, without a second copy where the disk can.

        Raises:
            JobFailedError: It is missing, damaged or of another size there.
            DiskFullError: No room.
            OutputError: The folder cannot be written.
        """
        if other.size != self.size:
            raise JobFailedError(f"the frames of {other.folder} are of another size than those of {self.folder}")
        found = other._newest(frame)
        if found is None or not self._is_whole(found[1]):
            raise JobFailedError(f"frame {frame} in {other.folder} is missing or damaged; make that take again")
        path = self._path(frame, found[0])
        if not self._is_whole(path):
            link_or_copy(found[1], path)

    def read(self, frame: int, revision: int | None = None) -> NDArray[np.uint8]:
        """A frame's pixels, (H, W, 3) uint8 RGB.

        Raises:
            JobFailedError: It is missing or damaged.
        """
        return decode_frame(self.document(frame, revision))

    def find(self, frame: int) -> NDArray[np.uint8] | None:
        """A frame's pixels for a player, which shows what is there; None for one that is missing or damaged."""
        found = self._newest(frame)
        document = None if found is None else read_whole(found[1], self.size)
        return None if document is None else decode_frame(document)

    def document(self, frame: int, revision: int | None = None) -> bytes:
        """A frame as the PNG that is stored.

        Raises:
            JobFailedError: It is missing or damaged.
        """
        found = self._newest(frame) if revision is None else (revision, self._path(frame, revision))
        document = None if found is None else read_whole(found[1], self.size)
        if document is None:
            raise JobFailedError(f"frame {frame} in {self.folder} is missing or damaged; run the take again")
        return document

    def stream(self, frames: Iterable[int]) -> Iterator[NDArray[np.uint8]]:
        """Frames in the given order, one in memory at a time.

        Raises:
            JobFailedError: The next one is missing or damaged.
        """
        for frame in frames:
            yield self.read(frame)

    def missing(self, frames: range) -> list[int]:
        """Which of `frames` are not there whole. Reads and checks every file."""
        return [frame for frame, path in self._newest_of(frames) if path is None or not self._is_whole(path)]

    def settle(self) -> None:
        """Flush all frames to the disk and remove what killed writers left: called once all frames are there.

        Raises:
            DiskFullError: No room.
            OutputError: The disk refuses them.
        """
        for shelf in sorted(path for path in self.folder.glob("frames-*") if path.is_dir()):
            for path in shelf.glob(".*.tmp"):
                path.unlink(missing_ok=True)
            flush_folder(shelf, files=True)
        flush_folder(self.folder)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its frames, in pixels."""
        return self.manifest.width, self.manifest.height

    @property
    def _shape(self) -> tuple[int, int, int]:
        return self.manifest.height, self.manifest.width, 3

    def _is_whole(self, path: Path) -> bool:
        return is_whole(path, self.size)

    def _shelf(self, frame: int) -> Path:
        return self.folder / f"frames-{frame // _FRAMES_PER_FOLDER:05d}"

    def _path(self, frame: int, revision: int) -> Path:
        if frame not in self.frames or revision < 0:
            raise ValueError(f"frame {frame}, revision {revision} is not in a clip of {self.manifest.frames} frames")
        return self._shelf(frame) / f"{frame:07d}.{revision}.png"

    def _newest(self, frame: int) -> tuple[int, Path] | None:
        path = self._path(frame, 0)
        revisions = _revisions(path.parent).get(frame)
        return None if revisions is None else (revisions, self._path(frame, revisions))

    def _newest_of(self, frames: range) -> Iterator[tuple[int, Path | None]]:
        """Each frame with its newest file; a folder is listed once."""
        shelf, revisions = None, dict[int, int]()
        for frame in frames:
            if self._shelf(frame) != shelf:
                shelf = self._shelf(frame)
                revisions = _revisions(shelf)
            yield frame, self._path(frame, revisions[frame]) if frame in revisions else None


def _revisions(shelf: Path) -> dict[int, int]:
    """The highest revision of each frame in a folder."""
    newest: dict[int, int] = {}
    try:
        names = [path.name for path in shelf.iterdir()]
    except FileNotFoundError:
        return newest
    for name in names:
        match = _FRAME_NAME.fullmatch(name)
        if match:
            frame, revision = int(match[1]), int(match[2])
            newest[frame] = max(revision, newest.get(frame, 0))
    return newest


def _read_manifest(file: Path) -> ClipManifest | None:
    """The manifest; None where there is none, or one that is damaged or newer."""
    try:
        manifest = msgspec.json.decode(file.read_bytes(), type=ClipManifest)
    except (OSError, msgspec.DecodeError):
        return None
    return manifest if manifest.format == _FORMAT else None
