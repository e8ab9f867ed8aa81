"""Maps that take milliseconds and no network: finished ones framed, and Canny's edges. For a window that shows them.

Owns nothing but the choice, and the last picture cut to size: the pixels are those that a job would make. The one
module of this folder that the app may import; it must not load torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.control.detect import look, show
from engine.control.hints import look_of, place_map
from engine.messages.detectors import find_detector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.control.framing import Framing, ResizeMode, Size
    from engine.messages import ControlMapRequest

QUICK_KINDS = ("canny",)


class QuickMaps:
    """Makes one map after the other of the same picture, while its settings are dragged."""

    def __init__(self) -> None:
        self._picture: NDArray[np.uint8] | None = None
        self._shown: tuple[object, ...] = ()
        self._seen: tuple[Framing, NDArray[np.uint8]] | None = None

    def detect(self, request: ControlMapRequest, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """What a job of this request would make of its picture.

        Args:
            request: Of one of QUICK_KINDS.
            pixels: The picture, (H, W, 3) uint8 RGB; the very same array for as long as it is the same picture.

        Returns:
            (height, width, 3) uint8 RGB, its own memory.
        """
        from engine.control.plain import load_canny  # noqa: PLC0415 -- OpenCV is loaded with the first map

        assert request.kind in QUICK_KINDS
        spec, detector = find_detector(request.kind), load_canny()
        shown = (request.width, request.height, request.resize, request.resolution)
        if self._seen is None or pixels is not self._picture or shown != self._shown:
            size = (request.width, request.height)
            self._seen = show(spec, pixels, size, detector, resize=request.resize, resolution=request.resolution)
            self._picture, self._shown = pixels, shown
        framing, seen = self._seen
        return look(spec, framing, detector.run(seen, spec.settings(request.options), request.seed))


def frame_map(kind: str, pixels: NDArray[np.uint8], size: Size, resize: ResizeMode) -> NDArray[np.uint8]:
    """A finished map of that kind at the size of a result, (height, width, 3), as engine.control.hints frames it."""
    background, categorical = look_of(kind)
    return place_map(pixels, size, resize, background, categorical=categorical)


def background_of(kind: str) -> tuple[int, int, int]:
    """The colour of a map of that kind where it shows nothing."""
    return look_of(kind)[0]


def is_categorical(kind: str) -> bool:
    """Whether its colours are labels, which must not be mixed."""
    return look_of(kind)[1]
