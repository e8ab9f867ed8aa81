"""Depth by transformers: Depth Anything V2 and other depth models of the hub, near is bright.

Owns loading through named stock classes from a checked local folder; no code of the folder ever runs.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PIL import Image

from engine.control.annotators import quiet
from engine.control.shelf import Detector
from engine.errors import BadModelError
from engine.models.folder import find_network

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue

# All of them give inverse depth, so that near is bright, and take pictures prepared by the DPT processor.
_CLASSES = ("DepthAnythingForDepthEstimation", "DPTForDepthEstimation")


def load_depth(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """transformers' depth-estimation pipeline over a local folder. Source: Yang et al., arXiv:2406.09414."""
    folder = weights.find(spec.weights[0], spec.kind)
    component = find_network(folder.parent, folder.name, _CLASSES)
    import transformers  # noqa: PLC0415 -- packages are imported when a detector is used

    try:
        with quiet(), _no_progress_bars():
            network = getattr(transformers, component.class_name).from_pretrained(
                folder, local_files_only=True, use_safetensors=True
            )
            processor = transformers.DPTImageProcessor.from_pretrained(folder, local_files_only=True)  # pyright: ignore[reportUnknownMemberType]  # its mixin's keywords are untyped
            # Any: the pipeline's overloads know no task by a class of ours.
            estimate = cast("Any", transformers).pipeline(
                "depth-estimation", model=network, image_processor=processor, device=device
            )
    except (OSError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise BadModelError(f"{folder} cannot be loaded ({reason}); get {spec.weights[0].repository} again") from error

    def run(pixels: NDArray[np.uint8], _settings: Mapping[str, OptionValue], _seed: int) -> NDArray[np.uint8]:
        with quiet():
            depth = np.asarray(estimate(Image.fromarray(pixels))["depth"], np.uint8)
        return np.repeat(depth[..., None], 3, axis=2)

    return Detector(run, multiple=14)


@contextlib.contextmanager
def _no_progress_bars() -> Generator[None]:
    """A bar starts a thread of tqdm's that never ends."""
    from transformers.utils import logging  # noqa: PLC0415 -- as above

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
