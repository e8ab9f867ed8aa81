"""Segments by class: SegFormer, in the colours in which control adapters know the classes.

Owns the colours: the folder's own, or those of ADE20K.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from engine.control.annotators import import_annotators
from engine.control.shelf import Detector
from engine.control.stock_networks import load_network
from engine.errors import BadModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue

_ADE_CLASSES = 150


def load_segformer(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Each pixel in the colour of its class. Source: Xie et al., SegFormer, arXiv:2105.15203.

    The colours are those of `palette` in the folder's config.json, one [red, green, blue] for each class; a folder of
    150 classes without one gets ADE20K's, as ControlNet's adapters for segments were trained with.
    """
    network, processor = load_network(spec, weights, ("SegformerForSemanticSegmentation",), "SegformerImageProcessor")
    network.to(device)
    palette = _palette(network.config, spec, weights)

    @torch.inference_mode()
    def run(pixels: NDArray[np.uint8], _settings: Mapping[str, OptionValue], _seed: int) -> NDArray[np.uint8]:
        seen = processor(Image.fromarray(pixels), do_resize=False, return_tensors="pt")["pixel_values"]
        logits = cast("torch.Tensor", network(seen.to(device)).logits)
        # The network answers at a quarter of the sides.
        full = functional.interpolate(logits, size=pixels.shape[:2], mode="bilinear")
        return palette[full[0].argmax(0).cpu().numpy()]

    return Detector(run, multiple=32)


def _palette(config: Any, spec: DetectorSpec, weights: WeightStore) -> NDArray[np.uint8]:
    """The colour of each class, (classes, 3)."""
    count, given = int(config.num_labels), getattr(config, "palette", None)
    if given is None and count == _ADE_CLASSES:
        given = import_annotators("util").ade_palette()
    try:
        palette = np.array(given)
        if palette.shape == (count, 3) and palette.dtype.kind == "i" and palette.min() >= 0 and palette.max() <= 255:
            return palette.astype(np.uint8)
    except ValueError:  # rows of different lengths
        pass
    folder = weights.find(spec.weights[0], spec.kind)
    raise BadModelError(
        f'{folder / "config.json"} has no "palette" of {count} colours, one [red, green, blue] for each class; add it'
    )
