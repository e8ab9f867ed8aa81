"""Depth by transformers: Depth Anything V2 and other depth models of the hub, and the small one of our own.

Owns what the networks' answers mean: near is bright in every map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from PIL import Image

from engine.control.annotators import quiet
from engine.control.shelf import Detector
from engine.control.stock_networks import load_network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue

# All of them give inverse depth, so that near is bright, and take pictures prepared by the DPT processor.
_CLASSES = ("DepthAnythingForDepthEstimation", "DPTForDepthEstimation")
_PROCESSOR = "DPTImageProcessor"


def load_depth(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """transformers' depth-estimation pipeline over a local folder. Source: Yang et al., arXiv:2406.09414."""
    network, processor = load_network(spec, weights, _CLASSES, _PROCESSOR)
    import transformers  # noqa: PLC0415 -- packages are imported when a detector is used

    with quiet():
        # Any: the pipeline's overloads know no task by a class of ours.
        estimate = cast("Any", transformers).pipeline(
            "depth-estimation", model=network, image_processor=processor, device=device
        )

    def run(pixels: NDArray[np.uint8], _settings: Mapping[str, OptionValue], _seed: int) -> NDArray[np.uint8]:
        with quiet():
            depth = np.asarray(estimate(Image.fromarray(pixels))["depth"], np.uint8)
        return np.repeat(depth[..., None], 3, axis=2)

    return Detector(run, multiple=14)


def load_depth_papercut(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Papercut's own (packaging/papercut/detectors.py): nearness from 0 to 1, as its control adapter learnt it.

    Not stretched to the picture's range, as a pipeline would do: a lone far mountain range stays far.
    Source of the network: Kim et al., GLPN, arXiv:2201.07436.
    """
    network, processor = load_network(spec, weights, ("GLPNForDepthEstimation",), _PROCESSOR)
    network.to(device)

    @torch.inference_mode()
    def run(pixels: NDArray[np.uint8], _settings: Mapping[str, OptionValue], _seed: int) -> NDArray[np.uint8]:
        seen = processor(Image.fromarray(pixels), do_resize=False, return_tensors="pt")["pixel_values"]
        nearness = cast("torch.Tensor", network(seen.to(device)).predicted_depth)[0]
        depth = (nearness.clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy()
        return np.repeat(depth[..., None], 3, axis=2)

    return Detector(run, multiple=32)
