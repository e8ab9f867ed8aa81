"""The control map of a layer as pixels for the canvas: read or detected here where that takes milliseconds.

Everything here blocks; call it in a thread. Maps that need a network are jobs of the engine (`map_desk`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QImage

from engine.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.control_edit import ControlEdit
    from engine.control.quick import QuickMaps

QUICK_KINDS = ("canny",)
"""Kinds whose maps are made here."""


class LayerMap(NamedTuple):
    """What a layer's map looks like before it is painted on or put elsewhere.

    Attributes:
        image: The map, of the result's size; null where it is the engine's to make.
        picture: The layer's picture, framed as the map is.
        background: What the map shows where there is nothing, ARGB.
        is_categorical: Its colours are labels.
    """

    image: QImage
    picture: QImage
    background: int
    is_categorical: bool


class MapSource:
    """Reads the picture of a layer once, and makes its map again as often as the settings change."""

    def __init__(self) -> None:
        self._read: tuple[object, ...] = ()
        self._pixels: NDArray[np.uint8] | None = None
        self._framed: tuple[tuple[object, ...], QImage] = ((), QImage())
        self._quick: QuickMaps | None = None

    def make(self, layer: ControlEdit, size: tuple[int, int], finished: str = "") -> LayerMap:
        """The map of a layer.

        Args:
            layer: The layer; what was painted into its map does not count.
            size: Width and height of the result.
            finished: The file of its map, where the engine has made it.

        Raises:
            BadInputError: Its picture cannot be read, or an option is wrong.
        """
        # Imported here: they load NumPy, and OpenCV with the first map.
        from engine.control.quick import QuickMaps, background_of, frame_map, is_categorical  # noqa: PLC0415

        pixels = self._picture(layer)
        framed = (self._read, size, layer.resize)
        if framed != self._framed[0]:
            self._framed = (framed, image_of(frame_map("", pixels, size, layer.resize)))
        image = QImage()
        if finished:
            image = QImage(finished)
        elif layer.is_map:
            image = image_of(frame_map(layer.kind, pixels, size, layer.resize))
        elif layer.kind in QUICK_KINDS:
            self._quick = self._quick or QuickMaps()
            image = image_of(self._quick.detect(layer.map_request(*size), pixels))
        red, green, blue = background_of(layer.kind)
        argb = 0xFF000000 | red << 16 | green << 8 | blue
        return LayerMap(image, self._framed[1], argb, is_categorical(layer.kind))

    def _picture(self, layer: ControlEdit) -> NDArray[np.uint8]:
        from app.picture_source import read_picture_of  # noqa: PLC0415  # as above
        from engine.control.quick import background_of  # noqa: PLC0415

        # A detector sees a transparent picture on white, a map on its own ground: as engine.control.hints reads them.
        ground = background_of(layer.kind) if layer.is_map else (255, 255, 255)
        try:
            changed = Path(layer.picture).stat().st_mtime_ns
        except (OSError, ValueError) as error:
            raise BadInputError(f"{layer.picture} is not there; choose it again") from error
        read = (layer.picture, layer.frame, changed, ground)
        if self._pixels is None or read != self._read:
            picture, _ = read_picture_of(Path(layer.picture), layer.frame)
            self._pixels, self._read = picture.over(ground), read
        return self._pixels


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """(H, W, 3) uint8 RGB as a picture that Qt paints fast."""
    height, width = pixels.shape[:2]
    borrowed = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)
