"""Detectors of figures: poses (OpenPose) and segments (Segment Anything, MobileSAM).

Owns how each network of controlnet-aux is built and filled; the library's own loading would unpickle, and put segments
on the first GPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.control.annotators import annotate, import_annotators, quiet
from engine.control.shelf import Detector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import torch
    from numpy.typing import NDArray

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec, OptionValue, WeightFile


def load_openpose(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Skeletons of all people; hands and faces, whose weights are fetched when first asked for.

    Source: Cao et al., arXiv:1812.08008.
    """
    module, networks = import_annotators("open_pose"), import_annotators("open_pose.model")

    def estimator(kind: type[object], network: torch.nn.Module, wanted: WeightFile, *, flat: bool = True) -> object:
        """An estimator of the library around our network: its constructor would unpickle."""
        found: Any = object.__new__(kind)
        found.model = network
        weights.load_into(network, wanted, spec.kind, flat=flat)
        return found.to(device)

    hand_file, face_file = spec.extra_weights
    annotator = module.OpenposeDetector(estimator(module.Body, networks.bodypose_model(), spec.weights[0]))

    def run(pixels: NDArray[np.uint8], settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        if settings["hands"] and annotator.hand_estimation is None:
            annotator.hand_estimation = estimator(module.Hand, networks.handpose_model(), hand_file)
        if settings["face"] and annotator.face_estimation is None:
            faces = import_annotators("open_pose.face")
            annotator.face_estimation = estimator(faces.Face, faces.FaceNet(), face_file, flat=False)
        return annotate(
            annotator,
            pixels,
            seed,
            image_resolution=min(pixels.shape[:2]),
            include_body=settings["body"],
            include_hand=settings["hands"],
            include_face=settings["face"],
        )

    return Detector(run)


def load_sam(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """Every segment in a colour of its own. Source: Kirillov et al., arXiv:2304.02643 (ViT-H)."""
    return _load_segments("build_sam_vit_h", spec, weights, device)


def load_sam_mobile(spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    """The same with a small encoder. Source: Zhang et al., arXiv:2306.14289 (ViT-t)."""
    return _load_segments("build_sam_vit_t", spec, weights, device)


def _load_segments(builder: str, spec: DetectorSpec, weights: WeightStore, device: str) -> Detector:
    module, build = import_annotators("segment_anything"), import_annotators("segment_anything.build_sam")
    with quiet():
        network: torch.nn.Module = getattr(build, builder)()
    weights.load_into(network, spec.weights[0], spec.kind)
    generator = module.SamAutomaticMaskGenerator(network.to(device))
    generate: Callable[[NDArray[np.uint8]], Sequence[Mapping[str, Any]]] = generator.generate

    def run(pixels: NDArray[np.uint8], _settings: Mapping[str, OptionValue], seed: int) -> NDArray[np.uint8]:
        with quiet():
            segments = generate(pixels)
        return paint_segments([segment["segmentation"] for segment in segments], pixels.shape[:2], seed)

    return Detector(run)


def paint_segments(masks: Sequence[NDArray[np.bool_]], shape: tuple[int, int], seed: int) -> NDArray[np.uint8]:
    """Each mask in a colour drawn from the seed, small ones over large ones, on black.

    Args:
        masks: (H, W) each.
        shape: H and W.
        seed: For the colours.

    Returns:
        (H, W, 3) uint8; black alone when there are no masks.
    """
    painted = np.zeros((*shape, 3), np.uint8)
    colours = np.random.default_rng(seed).integers(32, 256, (len(masks), 3), dtype=np.uint8)
    for mask, colour in zip(sorted(masks, key=lambda mask: -int(mask.sum())), colours, strict=True):
        painted[mask] = colour
    return painted
