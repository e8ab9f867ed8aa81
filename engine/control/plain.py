"""Detectors that need no weights: Canny edges, content shuffle, standard line art."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.control.annotators import import_annotators, library_detector
from engine.control.shelf import Detector

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue


def load_canny(
    _spec: DetectorSpec | None = None, _weights: WeightStore | None = None, _device: str = "cpu"
) -> Detector:
    """Canny's edges, at the very size of the map.

    Straight from OpenCV: controlnet-aux calls the same function, but forces sides to multiples of 64.
    Source: Canny, A Computational Approach to Edge Detection, 1986.
    """
    import cv2  # noqa: PLC0415 -- packages are imported when a detector is used

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], _seed: int) -> NDArray[np.uint8]:
        edges = cv2.Canny(pixels, settings["low"], settings["high"])
        return cv2.cvtColor(edges, cv2.COLOR_GRAY2RGB).astype("uint8", copy=False)

    return Detector(run, multiple=1)


def load_shuffle(_spec: DetectorSpec, _weights: WeightStore, _device: str) -> Detector:
    """The picture's colours in another place each: content without form."""
    shuffle = import_annotators("shuffle").ContentShuffleDetector()
    return library_detector(shuffle, f="grain")


def load_lineart_standard(_spec: DetectorSpec, _weights: WeightStore, _device: str) -> Detector:
    """What is darker than its surroundings."""
    lineart = import_annotators("lineart_standard").LineartStandardDetector()
    # One argument is as the library spells it.
    return library_detector(lineart, resizes=False, guassian_sigma="sigma", intensity_threshold="threshold")
