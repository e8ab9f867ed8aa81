"""controlnet-aux, imported and called without its side effects.

Owns the guarded import (one detector, no mediapipe, no change of the environment, no chatter), the seeded, quiet
call, and the way from our options to the library's arguments. Knows no detector. The library is unmaintained since
0.0.10 (2025-05), hence what is worked around here stays.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import os
import sys
import warnings
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from engine.control.shelf import Detector

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import ModuleType

    from numpy.typing import NDArray

    from engine.messages.detectors import OptionValue

_PACKAGE = "controlnet_aux"
_KMP = "KMP_DUPLICATE_LIB_OK"


class Annotator(Protocol):
    """A detector of controlnet-aux: takes (H, W, 3) uint8 RGB and its own keyword arguments."""

    def __call__(self, input_image: NDArray[np.uint8], **settings: object) -> NDArray[np.uint8]: ...


def import_annotators(module: str) -> ModuleType:
    """`controlnet_aux.<module>` alone.

    The package's own `__init__` is not run: it would import every detector, which takes seconds, and with them
    mediapipe, of whose versions none that is to be had still has the interface it wants; it survives only its absence
    (google-ai-edge/mediapipe#6200).
    """
    with _kept_environment(), quiet():
        if _PACKAGE not in sys.modules:
            spec = importlib.util.find_spec(_PACKAGE)
            assert spec is not None, "controlnet-aux is among our dependencies"
            sys.modules[_PACKAGE] = importlib.util.module_from_spec(spec)
        return importlib.import_module(f"{_PACKAGE}.{module}")


@contextlib.contextmanager
def quiet() -> Generator[None]:
    """Swallow what the library prints and warns: deprecations of torch, timm and NumPy that only it could heed."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def annotate(annotator: Annotator, pixels: NDArray[np.uint8], seed: int, **settings: object) -> NDArray[np.uint8]:
    """Call a detector on a picture whose sides are multiples of 64, so that it resizes nothing.

    Some draw from NumPy's global generator: it is seeded for the call and put back behind it.

    Args:
        annotator: The detector.
        pixels: (H, W, 3) uint8 RGB.
        seed: 0 to 2^63-1.
        settings: Its keyword arguments.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    side = min(pixels.shape[:2])
    # The legacy generator is the one the library draws from.
    state = cast("dict[str, object]", np.random.get_state(legacy=False))
    np.random.seed([seed & 0xFFFFFFFF, seed >> 32])
    try:
        with quiet():
            found = annotator(pixels, detect_resolution=side, output_type="np", **settings)
    finally:
        np.random.set_state(state)
    assert found.dtype == np.uint8, found.dtype
    return np.ascontiguousarray(found)


def library_detector(annotator: Annotator, *, resizes: bool = True, **options: str) -> Detector:
    """A detector of the library as ours.

    Args:
        annotator: The library's detector.
        resizes: Whether it asks for the size of its map, which is then the picture's.
        options: For each of its keyword arguments, the option of ours whose value it takes.
    """

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        values: dict[str, object] = {argument: settings[option] for argument, option in options.items()}
        if resizes:
            values["image_resolution"] = min(pixels.shape[:2])
        return annotate(annotator, pixels, seed, **values)

    return Detector(run)


@contextlib.contextmanager
def _kept_environment() -> Generator[None]:
    """One of its modules sets a switch of Intel's OpenMP that hides real faults; take it back."""
    before = os.environ.get(_KMP)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_KMP, None)
        else:
            os.environ[_KMP] = before
