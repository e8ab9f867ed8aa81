"""The detectors that a worker keeps loaded, and the table of how each is loaded.

Owns how many are kept. A detector's packages are imported when it is first fetched, never before.
"""

from __future__ import annotations

import importlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from engine.messages.detectors import find_detector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue

    Look: TypeAlias = Callable[[NDArray[np.uint8], Mapping[str, OptionValue], int], NDArray[np.uint8]]

# Module and function; a function takes the spec, the store of weights and the device.
LOADERS = {
    "canny": "engine.control.plain:load_canny",
    "shuffle": "engine.control.plain:load_shuffle",
    "lineart_standard": "engine.control.plain:load_lineart_standard",
    "hed": "engine.control.edges:load_hed",
    "pidinet": "engine.control.edges:load_pidinet",
    "mlsd": "engine.control.edges:load_mlsd",
    "teed": "engine.control.edges:load_teed",
    "anyline": "engine.control.edges:load_anyline",
    "lineart": "engine.control.lineart:load_lineart",
    "lineart_anime": "engine.control.lineart:load_lineart_anime",
    "normal": "engine.control.geometry:load_normal",
    "midas": "engine.control.geometry:load_midas",
    "leres": "engine.control.geometry:load_leres",
    "zoe": "engine.control.geometry:load_zoe",
    "depth": "engine.control.depth:load_depth",
    "depth_papercut": "engine.control.depth:load_depth_papercut",
    "openpose": "engine.control.figures:load_openpose",
    "segment": "engine.control.segments:load_segformer",
    "segment_ade": "engine.control.segments:load_segformer",
    "sam": "engine.control.figures:load_sam",
    "sam_mobile": "engine.control.figures:load_sam_mobile",
}


@dataclass(frozen=True)
class Detector:
    """A detector made ready.

    Attributes:
        run: Takes (H, W, 3) uint8 RGB, every option's value and a seed; gives (H', W', 3) uint8 RGB.
        multiple: Sides of the picture it takes are multiples of this, in pixels.
    """

    run: Look
    multiple: int = 64


class DetectorShelf:
    """The last detectors used, for one device."""

    def __init__(self, weights: WeightStore, device: str, capacity: int = 2) -> None:
        """`device` is torch's name of it, e.g. "cpu" or "cuda:0"."""
        self._weights = weights
        self.device = device
        self._capacity = capacity
        self._loaded: OrderedDict[str, Detector] = OrderedDict()

    def maker(self, spec: DetectorSpec) -> DetectorSpec:
        """What makes the maps of `spec` here: itself, or what stands in for it where its weights are missing."""
        return find_detector(spec.stand_in) if spec.stand_in and not self.is_ready(spec) else spec

    def is_ready(self, spec: DetectorSpec) -> bool:
        """Whether all weights that it cannot do without are there."""
        return all(self._weights.has(file, spec.kind) for file in spec.weights)

    def fetch(self, spec: DetectorSpec) -> Detector:
        """The loaded detector of `spec`.

        Raises:
            BadModelError: Its weights are missing or cannot be used.
        """
        found = self._loaded.pop(spec.kind, None)
        if found is None:
            # Before a network of a gigabyte is built.
            for file in spec.weights:
                self._weights.find(file, spec.kind)
            while len(self._loaded) >= self._capacity:
                self._loaded.popitem(last=False)
            module, _, name = LOADERS[spec.kind].partition(":")
            load = cast(
                "Callable[[DetectorSpec, WeightStore, str], Detector]", getattr(importlib.import_module(module), name)
            )
            found = load(spec, self._weights, self.device)
        self._loaded[spec.kind] = found
        return found

    def clear(self) -> None:
        """Drop all detectors, to give their memory back."""
        self._loaded.clear()
