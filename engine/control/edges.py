"""Detectors of edges and straight lines with weights: HED, PidiNet, M-LSD, TEED, Anyline.

Owns how each network of controlnet-aux is built and filled; the library's own loading would unpickle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.control.annotators import annotate, import_annotators, quiet
from engine.control.shelf import Detector

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue


def load_hed(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Holistically-nested edges. Source: Xie and Tu, arXiv:1504.06375."""
    module = import_annotators("hed")
    network = module.ControlNetHED_Apache2()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.HEDdetector(network.float()).to(device)

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        return annotate(
            annotator,
            pixels,
            seed,
            image_resolution=min(pixels.shape[:2]),
            safe=settings["safe"],
            scribble=settings["scribble"],
        )

    return Detector(run)


def load_pidinet(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Pixel-difference edges. Source: Su et al., arXiv:2108.07009."""
    module = import_annotators("pidi")
    with quiet():
        network = module.pidinet()
    weights.load_into(network, spec.weights[0], spec.kind, under="state_dict")
    annotator = module.PidiNetDetector(network).to(device)

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        return annotate(
            annotator,
            pixels,
            seed,
            image_resolution=min(pixels.shape[:2]),
            safe=settings["safe"],
            scribble=settings["scribble"],
        )

    return Detector(run)


def load_mlsd(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Straight line segments. Source: Gu et al., arXiv:2106.00186."""
    module = import_annotators("mlsd")
    network = module.MobileV2_MLSD_Large()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.MLSDdetector(network).to(device)

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        return annotate(
            annotator,
            pixels,
            seed,
            image_resolution=min(pixels.shape[:2]),
            thr_v=settings["score"],
            thr_d=settings["distance"],
        )

    return Detector(run)


def load_teed(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Tiny edges. Source: Soria et al., arXiv:2308.06468."""
    module = import_annotators("teed")
    network = module.TED()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.TEEDdetector(network).to(device)

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        return annotate(annotator, pixels, seed, safe_steps=settings["levels"])

    return Detector(run)


def load_anyline(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """TEED's edges with the darkest lines of the picture. Source: TheMistoAI/ComfyUI-Anyline."""
    module = import_annotators("anyline")
    network = module.TED()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.AnylineDetector(network).to(device)

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        return annotate(
            annotator,
            pixels,
            seed,
            guassian_sigma=settings["sigma"],  # as the library spells it
            intensity_threshold=settings["threshold"],
        )

    return Detector(run)
