"""Line art with weights: realistic (fine and coarse) and anime.

Owns how the networks of controlnet-aux are built and filled; the library's own loading would unpickle.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import torch

from engine.control.annotators import import_annotators, library_detector
from engine.control.shelf import Detector

if TYPE_CHECKING:
    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec


def load_lineart(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Line drawings of photographs. Source: Chan et al., arXiv:2203.12691."""
    module = import_annotators("lineart")
    fine, coarse = module.Generator(3, 1, 3), module.Generator(3, 1, 3)
    weights.load_into(fine, spec.weights[0], spec.kind)
    weights.load_into(coarse, spec.weights[1], spec.kind)
    annotator = module.LineartDetector(fine, coarse).to(device)
    return library_detector(annotator, coarse="coarse")


def load_lineart_anime(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Line drawings of anime. Source: Mukosame/Anime2Sketch."""
    module = import_annotators("lineart_anime")
    norm = functools.partial(torch.nn.InstanceNorm2d, affine=False, track_running_stats=False)
    network = module.UnetGenerator(3, 1, 8, 64, norm_layer=norm, use_dropout=False)
    weights.load_into(network, spec.weights[0], spec.kind)
    annotator = module.LineartAnimeDetector(network).to(device)
    return library_detector(annotator)
