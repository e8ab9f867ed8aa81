"""Decoded pictures for painting: asked for by the views, decoded in the background, kept within a bound.

It holds pixels, never the truth: what pictures a job has is in `jobs`, the files are the service's.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader

from engine.errors import EngineError
from engine.messages import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background, Problem
    from app.job_record import JobRecord

KEPT_BYTES = 40 * 2**20
TRIM_EVERY_MS = 250
# Decoded sides: few sizes, so that resizing a grid decodes nothing anew.
SIDES = (192, 384, 768, 1536, 4096)
# Foreign files have one size for all uses: each reading of one costs a process.
FOREIGN_SIDE = 768


class Picture(msgspec.Struct, frozen=True):
    """One picture of a job: a file, the encoded bytes of a candidate that is not on disk yet, or a frame of a take."""

    path: str = ""
    encoded: bytes = b""
    is_final: bool = True
    take: str = ""
    frame: int = 0
    is_foreign: bool = False
    """The file is not one of ours: it is decoded in a limited process of its own."""
    changed_ns: int = 0
    """When a foreign file was changed last: one that is written anew is decoded anew. 0 while it is not there."""

    @property
    def is_there(self) -> bool:
        """Of a foreign one: whether there was a file when it was looked for."""
        return bool(self.changed_ns)

    @property
    def key(self) -> object:
        if self.is_foreign:
            return (self.path, self.frame, self.changed_ns)
        return self.path or ((self.take, self.frame) if self.take else hash(self.encoded))


def foreign_picture(path: str, frame: int) -> Picture:
    """A picture that is not one of ours, as its file is now."""
    try:
        changed_ns = Path(path).stat().st_mtime_ns
    except (OSError, ValueError):
        changed_ns = 0
    return Picture(path=path, frame=frame, is_foreign=True, changed_ns=changed_ns)


def poster_of(record: JobRecord) -> Picture | None:
    """What stands for a take in lists: its first frame, or the first that a device has shown."""
    if record.state is JobState.DONE:
        return Picture(take=record.info.job)
    if not record.candidates:
        return None
    preview = record.candidates[min(record.candidates)]
    return Picture(encoded=preview.image, is_final=preview.final)


def picture_of(record: JobRecord, index: int) -> Picture | None:
    """Picture `index` of a job's batch, or the poster of its take, if there is one yet."""
    if record.video is not None:
        return poster_of(record)
    if index < len(record.info.outputs):
        return Picture(path=record.info.outputs[index])
    preview = record.candidates.get(index)
    return Picture(encoded=preview.image, is_final=preview.final) if preview else None


def decode(picture: Picture, side: int, takes: Path) -> QImage:
    """The picture, no longer than `side` pixels on its longer side and never enlarged; null if it cannot be read.

    Args:
        picture: What to read.
        side: In pixels.
        takes: Where the takes' folders lie.
    """
    if picture.is_foreign:
        return _read_foreign(picture, side)
    if picture.path:
        return _read(QImageReader(picture.path), side)
    return decode_bytes(_frame_document(picture, takes) if picture.take else picture.encoded, side)


def load_decoders() -> None:
    """Load what previews are read with, for a thread that nobody waits for: the first preview would wait for it."""
    buffer = QBuffer()
    buffer.setData(QByteArray(b"\xff\xd8\xff"))  # as every JPEG begins
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    QImageReader(buffer).canRead()


def decode_bytes(document: bytes, side: int = 4096) -> QImage:
    """An encoded picture, no longer than `side` pixels on its longer side; null if it cannot be read."""
    buffer = QBuffer()
    buffer.setData(QByteArray(document))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return _read(QImageReader(buffer), side)


def _read_foreign(picture: Picture, side: int) -> QImage:
    # Imported here: only a window with control layers needs it.
    from app.picture_source import read_source  # noqa: PLC0415

    try:
        image = read_source(Path(picture.path), picture.frame or None).image
    except (OSError, EngineError):
        return QImage()
    if max(image.width(), image.height()) <= side:
        return image
    size = QSize(side, side)
    return image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _frame_document(picture: Picture, takes: Path) -> bytes:
    # Imported here: it loads NumPy and Pillow, which a window without takes does without.
    from engine.media.clip import Clip  # noqa: PLC0415

    try:
        return Clip.open(takes / picture.take / "clip").document(picture.frame)
    except (EngineError, ValueError):
        return b""


def _read(reader: QImageReader, side: int) -> QImage:
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class PictureCache(QObject):
    """Least recently used pictures, at a few sizes: KEPT_BYTES of them, or what is on the screen if that is more.

    What was asked for a moment ago stays. Each picture that is ready has all views ask again: if one of two that are
    seen together gave way to the other, both would be decoded for ever.
    """

    loaded = Signal()
    """One or more pictures that were asked for are ready."""

    def __init__(self, background: Background, takes: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._takes = takes
        self._images: OrderedDict[tuple[object, int], QImage] = OrderedDict()
        self._asked: set[tuple[object, int]] = set()
        """Since the last trim."""
        self._trim = QTimer(self)
        self._trim.setSingleShot(True)
        self._trim.setInterval(TRIM_EVERY_MS)
        self._trim.timeout.connect(self._forget_unseen)
        self._wanted: set[tuple[object, int]] = set()
        self._foreign: deque[Callable[[], None]] = deque()
        self._looks: deque[Callable[[], None]] = deque()
        self._held_bytes = 0

    def get(self, picture: Picture, side: int) -> QImage | None:
        """The picture for painting about `side` device pixels large, or None and a `loaded` signal later."""
        side = FOREIGN_SIDE if picture.is_foreign else next((size for size in SIDES if size >= side), SIDES[-1])
        key = (picture.key, side)
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
            self._asked.add(key)
            return image
        if key not in self._wanted:
            self._wanted.add(key)
            read = partial(self._read, picture, key)
            if not picture.is_foreign:
                read()
                return None
            # One after the other, so that our own need not wait for them; the first of the row is under way.
            self._foreign.append(read)
            if len(self._foreign) == 1:
                read()
        return None

    def look(self, path: str, frame: int, then: Callable[[Picture], None]) -> None:
        """Tell `then`, soon, of a picture that is not one of ours, as its file is now."""

        def take(result: Picture | Problem) -> None:
            self._looks.popleft()
            if self._looks:
                self._looks[0]()
            if isinstance(result, Picture):
                then(result)

        # One after the other, too: a disk that does not answer holds one thread up, not all.
        self._looks.append(lambda: self._background.run(partial(foreign_picture, path, frame), take))
        if len(self._looks) == 1:
            self._looks[0]()

    def _read(self, picture: Picture, key: tuple[object, int]) -> None:
        def take(result: QImage | Problem) -> None:
            if picture.is_foreign:
                self._foreign.popleft()
                if self._foreign:
                    self._foreign[0]()
            self._keep(key, result)

        self._background.run(lambda: decode(picture, key[1], self._takes), take)

    def _keep(self, key: tuple[object, int], result: QImage | Problem) -> None:
        self._wanted.discard(key)
        image = result if isinstance(result, QImage) else QImage()
        self._images[key] = image
        self._held_bytes += image.sizeInBytes()
        self.loaded.emit()
        if self._held_bytes > KEPT_BYTES and not self._trim.isActive():
            self._trim.start()

    def _forget_unseen(self) -> None:
        for key in [key for key in self._images if key not in self._asked]:
            if self._held_bytes <= KEPT_BYTES:
                break
            self._held_bytes -= self._images.pop(key).sizeInBytes()
        self._asked.clear()
