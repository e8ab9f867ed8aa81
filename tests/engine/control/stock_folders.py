"""Tiny networks of transformers in folders, as detectors find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import transformers
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from transformers import (
    DPTImageProcessor,
    GLPNConfig,
    GLPNForDepthEstimation,
    SegformerConfig,
    SegformerForSemanticSegmentation,
    SegformerImageProcessor,
)

if TYPE_CHECKING:
    from pathlib import Path

_ENCODER: dict[str, Any] = {
    "depths": [1, 1, 1, 1],
    "hidden_sizes": [8, 8, 16, 16],
    "num_attention_heads": [1, 1, 2, 2],
    "mlp_ratios": [2, 2, 2, 2],
    "drop_path_rate": 0.0,
}


def write_segformer(
    folder: Path, classes: int, palette: object = None, *, pickled: bool = False
) -> SegformerForSemanticSegmentation:
    """A SegFormer with random weights, the same ones each time; returns the network."""
    torch.manual_seed(5)  # pyright: ignore[reportUnknownMemberType]
    config: Any = SegformerConfig(**_ENCODER, decoder_hidden_size=16)
    config.num_labels = classes
    if palette is not None:
        config.palette = palette
    network = SegformerForSemanticSegmentation(config).eval()
    with torch.no_grad():
        # Far apart, so that the picture decides the class.
        network.decode_head.classifier.weight.mul_(200)
    _save(folder, network, SegformerImageProcessor())
    if pickled:
        weights = folder / "model.safetensors"
        torch.save(load_file(weights), folder / "pytorch_model.bin")
        weights.unlink()
    return network


def write_glpn(folder: Path) -> GLPNForDepthEstimation:
    """A GLPN with random weights; returns the network."""
    torch.manual_seed(6)  # pyright: ignore[reportUnknownMemberType]
    network = GLPNForDepthEstimation(GLPNConfig(**_ENCODER, decoder_hidden_size=8, max_depth=1)).eval()
    _save(folder, network, DPTImageProcessor())
    return network


def save_network(part: Any, folder: Path, **options: object) -> None:
    """Save a network, or what prepares pictures for it, as the library does."""
    told: Any = transformers.utils.logging
    shown = told._tqdm_active
    # A bar's thread would outlive the test.
    told._tqdm_active = False
    try:
        part.save_pretrained(folder, **options)
    finally:
        told._tqdm_active = shown


def _save(folder: Path, network: Any, processor: Any) -> None:
    for part in (network, processor):
        save_network(part, folder)
