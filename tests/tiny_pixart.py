"""A tiny PixArt with random weights, and ControlNets for it, written to folders within a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import torch

from engine.catalogue import find_model
from engine.control.pixart_controlnet import PixArtControlNet
from engine.paths import Paths
from tests.tiny_flow_models import save_t5
from tests.tiny_models import VARIANCE, randomise, save_network, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec

BLOCKS = 4
HEADS = {"num_attention_heads": 2, "attention_head_dim": 12, "cross_attention_dim": 24}


def write_tiny_pixart(
    folder: Path, *, sigma: bool = False, learns_variance: bool = True, scheduler: str = "EulerDiscreteScheduler"
) -> ModelSpec:
    """Write a PixArtAlphaPipeline or PixArtSigmaPipeline folder; its spec, as the catalogue reads the folder.

    Args:
        folder: Where to write; made if absent.
        sigma: PixArt-sigma, which is not told the picture's size.
        learns_variance: The network says something of the noise's variance, too, as the published ones do.
        scheduler: Class of the scheduler.
    """
    generator = torch.Generator().manual_seed(0)
    transformer: dict[str, object] = {
        **HEADS, "in_channels": 4, "out_channels": 8 if learns_variance else 4, "num_layers": BLOCKS,
        "sample_size": 128, "caption_channels": 64, "use_additional_conditions": not sigma,
    }  # fmt: skip
    save_network(folder / "transformer", "PixArtTransformer2DModel", transformer, generator)
    save_network(folder / "vae", "AutoencoderKL", _VAE, generator)
    save_t5(folder, "", generator)
    (folder / "scheduler").mkdir()
    settings = {"_class_name": scheduler, **VARIANCE, "prediction_type": "epsilon"}
    if scheduler == "LCMScheduler":
        settings["timestep_spacing"] = "leading"
    write_json(folder / "scheduler" / "scheduler_config.json", settings)
    write_json(
        folder / "model_index.json",
        {
            "_class_name": "PixArtSigmaPipeline" if sigma else "PixArtAlphaPipeline",
            "_diffusers_version": "0.42.1",
            "scheduler": ["diffusers", scheduler],
            "text_encoder": ["transformers", "T5EncoderModel"],
            "tokenizer": ["transformers", "T5Tokenizer"],
            "transformer": ["diffusers", "PixArtTransformer2DModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
    )
    return msgspec.structs.replace(find_model(str(folder), Paths(folder.parent)), max_steps=50)


def write_pixart_controlnet(folder: Path, seed: int = 1, layers: int = 2, *, trained: bool = True) -> Path:
    """A ControlNet for that model; one that is not trained changes nothing."""
    network = PixArtControlNet(num_layers=layers, **HEADS)
    joints = {name: weight.clone() for name, weight in network.state_dict().items() if "_proj" in name}
    randomise(network, torch.Generator().manual_seed(seed))
    if not trained:
        network.load_state_dict({**network.state_dict(), **joints})
    network.save(folder)
    return folder


_VAE: dict[str, object] = {
    "block_out_channels": (8,) * 4, "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4, "latent_channels": 4, "norm_num_groups": 4, "sample_size": 64,
}  # fmt: skip
