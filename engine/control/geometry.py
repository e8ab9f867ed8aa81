"""Detectors of depth and surface normals from controlnet-aux: normals (BAE), MiDaS, LeReS, ZoeDepth.

Owns how each network is built and filled; the library's own loading would unpickle, and LeReS's would read our command
line. Near is bright in every depth map.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from engine.control.annotators import import_annotators, library_detector, quiet
from engine.control.shelf import Detector

if TYPE_CHECKING:
    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec


def load_normal(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Surface normals. Source: Bae et al., arXiv:2109.09881."""
    module = import_annotators("normalbae")
    shape = types.SimpleNamespace(
        mode="client", architecture="BN", pretrained="scannet", sampling_ratio=0.4, importance_ratio=0.7
    )
    with quiet():
        network = module.NNET(shape)
    weights.load_into(network, spec.weights[0], spec.kind, under="model")
    annotator = module.NormalBaeDetector(network).to(device)
    return library_detector(annotator)


def load_midas(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Relative depth by the hybrid dense prediction transformer. Source: Ranftl et al., arXiv:2103.13413."""
    detectors = import_annotators("midas")
    with quiet():
        network = import_annotators("midas.midas.dpt_depth").DPTDepthModel(
            path=None, backbone="vitb_rn50_384", non_negative=True
        )
    weights.load_into(network, spec.weights[0], spec.kind, under="model")
    annotator = detectors.MidasDetector(network).to(device)
    return library_detector(annotator)


def load_leres(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Relative depth. Source: Yin et al., arXiv:2012.09365. Its merging of two passes (LeReS++) is not offered."""
    module = import_annotators("leres")
    with quiet():
        network = module.RelDepthModel(backbone="resnext101")
    weights.load_into(network, spec.weights[0], spec.kind, under="depth_model")
    annotator = module.LeresDetector(network, None).to(device)
    return library_detector(annotator, thr_a="near", thr_b="far")


def load_zoe(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Metric depth, shown relative. Source: Bhat et al., arXiv:2302.12288."""
    module = import_annotators("zoe")
    with quiet():
        network = module.ZoeDepth.build_from_config(module.get_config("zoedepth", "infer"))
    weights.load_into(network, spec.weights[0], spec.kind, under="model")
    annotator = module.ZoeDetector(network).to(device)
    return library_detector(annotator, gamma_corrected="gamma")
