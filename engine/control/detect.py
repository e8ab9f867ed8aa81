"""Pictures into control maps: `detect`, the one way in.

Owns the order: frame the picture, let the detector look, place what it saw. Which detectors there are is data
(engine.messages.detectors); how each is loaded is engine.control.shelf's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.control.framing import frame_picture, looked_at
from engine.messages.detectors import find_detector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.control.framing import Framing, ResizeMode, Size
    from engine.control.shelf import Detector
    from engine.messages.detectors import DetectorSpec, OptionValue


class Shelf(Protocol):
    """Where detectors come from: engine.control.shelf, or one that knows fewer."""

    def maker(self, spec: DetectorSpec) -> DetectorSpec: ...
    def fetch(self, spec: DetectorSpec) -> Detector: ...


def detect(
    kind: str,
    picture: NDArray[np.uint8],
    size: Size,
    seed: int,
    *,
    shelf: Shelf,
    resize: ResizeMode = "crop",
    resolution: int = 0,
    options: tuple[tuple[str, OptionValue], ...] = (),
    shape: Size | None = None,
) -> NDArray[np.uint8]:
    """The control map of a picture. The same arguments and weights give the same map.

    Args:
        kind: A detector's name. Where its weights are missing, one that ships may stand in for it (`stand_in_note`).
        picture: (H, W, 3) uint8 RGB of any size.
        size: Width and height of the map, in pixels: exactly what comes out.
        seed: For detectors that draw something (shuffle, the colours of segments).
        shelf: Where detectors are loaded and kept.
        resize: How the picture meets the map's shape. With "fit" the detector sees no border, so that it finds none.
        resolution: Shorter side of what the detector looks at, in pixels; 0 for its own default.
        options: Its settings, by name.
        shape: As for engine.control.framing.frame_picture.

    Returns:
        (height, width, 3) uint8 RGB, its own memory.

    Raises:
        BadInputError: Unknown kind or option.
        BadModelError: Its weights are missing or cannot be used; the message names the file and where it belongs.
    """
    spec = find_detector(kind)
    spec.check_options(options)
    spec = shelf.maker(spec)
    detector = shelf.fetch(spec)
    framing, seen = show(spec, picture, size, detector, resize=resize, resolution=resolution, shape=shape)
    return look(spec, framing, detector.run(seen, spec.settings(options), seed))


def stand_in_note(kind: str, shelf: Shelf) -> str:
    """What people should know when another detector makes the maps of a kind; empty when its own does."""
    spec = find_detector(kind)
    maker = shelf.maker(spec)
    if maker is spec:
        return ""
    wanted = ", ".join(file.name for file in spec.weights)
    return f"{spec.kind}: made by {maker.kind}, which ships and is small; for better maps get {wanted}"


def show(
    spec: DetectorSpec,
    picture: NDArray[np.uint8],
    size: Size,
    detector: Detector,
    *,
    resize: ResizeMode,
    resolution: int,
    shape: Size | None = None,
) -> tuple[Framing, NDArray[np.uint8]]:
    """What a detector looks at, and where that lies in the map. Arguments as for `detect`."""
    height, width = picture.shape[:2]
    framing = frame_picture((width, height), size, resize, shape)
    seen = framing.cut(picture, looked_at(framing.size, resolution or spec.resolution, detector.multiple))
    return framing, np.ascontiguousarray(seen)


def look(spec: DetectorSpec, framing: Framing, found: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The map of what a detector found."""
    return np.array(framing.place(found, spec.background, categorical=spec.categorical))
