"""Detectors of edges and straight lines with weights: HED, PidiNet, M-LSD, TEED, Anyline.

Owns how each network of controlnet-aux is built and filled; the library's own loading would unpickle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.control.annotators import import_annotators, library_detector, quiet
from engine.control.shelf import Detector

if TYPE_CHECKING:
    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec


def load_hed(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Holistically-nested edges. Source: Xie and Tu, arXiv:1504.06375."""
    module = import_annotators("hed")
    network = module.ControlNetHED_Apache2()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.HEDdetector(network.float()).to(device)
    return library_detector(annotator, safe="safe", scribble="scribble")


def load_pidinet(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Pixel-difference edges. Source: Su et al., arXiv:2108.07009."""
    module = import_annotators("pidi")
    with quiet():
        network = module.pidinet()
    weights.load_into(network, spec.weights[0], spec.kind, under="state_dict")
    annotator = module.PidiNetDetector(network).to(device)
    return library_detector(annotator, safe="safe", scribble="scribble")


def load_mlsd(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Straight line segments. Source: Gu et al., arXiv:2106.00186."""
    module = import_annotators("mlsd")
    network = module.MobileV2_MLSD_Large()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.MLSDdetector(network).to(device)
    return library_detector(annotator, thr_v="score", thr_d="distance")


def load_teed(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Tiny edges. Source: Soria et al., arXiv:2308.06468."""
    module = import_annotators("teed")
    network = module.TED()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.TEEDdetector(network).to(device)
    return library_detector(annotator, resizes=False, safe_steps="levels")


def load_anyline(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """TEED's edges with the darkest lines of the picture. Source: TheMistoAI/ComfyUI-Anyline."""
    module = import_annotators("anyline")
    network = module.TED()
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.AnylineDetector(network).to(device)
    # One argument is as the library spells it.
    return library_detector(annotator, resizes=False, guassian_sigma="sigma", intensity_threshold="threshold")
