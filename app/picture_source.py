"""The picture that is edited, as the canvas needs it: upright pixels, and its transparent parts as a mask.

Reading is the engine's child process, with its limits: the picture may be anyone's. It blocks; call it in a thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from engine.errors import BadInputError

if TYPE_CHECKING:
    from engine.media.reading import Picture
    from engine.messages import ImageRequest, PictureEdit

MAX_PIXELS = 50_000_000
"""What the engine edits at most."""


class PictureSource(NamedTuple):
    """A picture that can be edited.

    Attributes:
        image: Laid on white, as the model sees it.
        erased: Format_Grayscale8, 255 where it is transparent; null where it nowhere is.
        frame: Which frame of an animation it is; None for a file of one picture.
    """

    image: QImage
    erased: QImage
    frame: int | None


def read_source(file: Path, frame: int | None) -> PictureSource:
    """Read a picture; of an animation, the first frame unless one is named.

    Raises:
        BadInputError: It cannot be edited; one line names it and the remedy.
    """
    picture, frame = read_picture_of(file, frame)
    height, width = picture.pixels.shape[:2]
    pixels = picture.over().tobytes()
    rgb = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888)
    # The format that Qt paints fastest; a copy, since the other one only borrows its bytes.
    image = rgb.convertToFormat(QImage.Format.Format_RGB32)
    erased = QImage()
    if picture.alpha is not None and bool((picture.alpha < 255).any()):
        alpha = (255 - picture.alpha).tobytes()
        erased = QImage(alpha, width, height, width, QImage.Format.Format_Grayscale8).copy()
    return PictureSource(image, erased, frame)


def read_picture_of(file: Path, frame: int | None) -> tuple[Picture, int | None]:
    """The pixels of a picture, and which frame of an animation they are: the first unless one is named.

    Raises:
        BadInputError: It cannot be read.
    """
    # Imported here: they load NumPy, which a window that edits nothing does without.
    from engine.media.reading import ReadingLimits, inspect_picture, read_picture  # noqa: PLC0415

    limits = ReadingLimits(pixels=MAX_PIXELS)
    try:
        return read_picture(file, frame=frame, limits=limits), frame
    except BadInputError:
        # Asked only now: each look at a file starts a process.
        if frame is not None or inspect_picture(file).frames == 1:
            raise
        return read_picture(file, frame=0, limits=limits), 0


def read_before(request: ImageRequest, result: str) -> QImage:
    """What an edit was made from, laid out as its result in the file `result` is, so that the two can be compared.

    Raises:
        BadInputError: The picture is no longer there, or cannot be read.
    """
    edit = request.edit
    assert edit is not None
    return lay_out(read_source(Path(edit.picture), edit.frame).image, edit, QImageReader(result).size())


def lay_out(source: QImage, edit: PictureEdit, size: QSize) -> QImage:
    """The picture where it lies in the result of its edit; transparent where the result has more."""
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    place = QRectF(QPointF(edit.margins.left, edit.margins.top), QSizeF(source.size()))
    if edit.method in ("img2img", "cycle"):
        modes = {
            "stretch": Qt.AspectRatioMode.IgnoreAspectRatio,
            "crop": Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            "fit": Qt.AspectRatioMode.KeepAspectRatio,
        }
        place.setSize(place.size().scaled(QSizeF(size), modes[edit.resize]))
        place.moveCenter(QRectF(image.rect()).center())
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(place, source)
    painter.end()
    return image
