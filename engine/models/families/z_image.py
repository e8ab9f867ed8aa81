"""Z-Image: ZImagePipeline folders, Turbo and the model that it was distilled from. arXiv:2511.22699.

Owns what such a folder is made of, how a prompt is put to its language model, and how its transformer is called. What
it shares with others of its kind is flow_transformer.py's. As the stock pipeline does it, but that guidance is counted
as everywhere else: 1 is none, where diffusers says 0, and each number is larger by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast

import torch

from engine.errors import BadModelError
from engine.messages.text_lengths import Z_IMAGE_TOKENS
from engine.models.denoiser import Conditioning
from engine.models.families.flow_transformer import FlowTransformer, load_autoencoder
from engine.models.flow_levels import read_flow_levels
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.qwen_text import QwenTextEncoder
from engine.models.stock import load_network

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import StepContext

PIPELINES = ("ZImagePipeline",)
# Published folders name the class with the head that writes, which nobody asks here.
TEXT_CLASSES = ("Qwen3Model", "Qwen3ForCausalLM")


@dataclass(frozen=True)
class ZImageText:
    """Its language model; a PromptEncoder."""

    encoder: QwenTextEncoder

    def encode(self, text: str) -> Conditioning:
        return Conditioning(self.encoder.encode(self.encoder.converse(text), Z_IMAGE_TOKENS))


@dataclass(frozen=True)
class ZImageNetwork:
    """A loaded ZImageTransformer2DModel; a VelocityNetwork."""

    network: nn.Module

    def velocity(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        added = conditioning.tokens.blocks if conditioning.tokens is not None else ()
        (pictures,) = cast(
            "tuple[list[Tensor]]",
            self.network(
                **z_inputs(latents, step, conditioning),
                # Blocks that a control leaves alone have a place holder of one token.
                controlnet_block_samples={place: each for place, each in enumerate(added) if each.shape[1] > 1} or None,
                return_dict=False,
            ),
        )
        # It gives the way to the clean picture, the opposite of the noise's direction.
        return -torch.stack(pictures)[:, :, 0]


class ZInputs(TypedDict):
    """What the model and its ControlNets are both told: for each picture (C, 1, h, w) and its prompt's tokens."""

    x: list[Tensor]
    t: Tensor
    cap_feats: list[Tensor]


def z_inputs(latents: Tensor, step: StepContext, conditioning: Conditioning) -> ZInputs:
    """These for latents (B, C, h, w)."""
    count = latents.shape[0]
    times = torch.tensor([(1000.0 - step.timestep) / 1000.0], device=latents.device).expand(count)
    prompt = conditioning.hidden_states.expand(count, -1, -1)
    return {"x": list(latents[:, :, None].unbind()), "t": times, "cap_feats": list(prompt.unbind())}


def load_z_image(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> FlowTransformer:
    """Check the spec's folder, then load it.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
    """
    folder = check_folder(spec)
    index = folder / "model_index.json"
    class_name_in(read_config(index), "_class_name", index, PIPELINES)
    transformer = find_network(folder, "transformer", ("ZImageTransformer2DModel",))
    file = transformer.folder / "config.json"
    if transformer.config.get("siglip_feat_dim") is not None:
        raise BadModelError(f"{file}: siglip_feat_dim is not supported; Onetake runs Z-Image, not its omni model")
    sizes = transformer.config.get("all_patch_size", [2])
    if not isinstance(sizes, list) or 2 not in cast("list[object]", sizes):
        raise BadModelError(f"{file}: all_patch_size does not hold 2; get the model again")
    latents = load_autoencoder(folder, device, dtype, channels_last=channels_last)
    if transformer.config.get("in_channels", 16) != latents.channels:
        raise BadModelError(
            f"{file}: in_channels does not fit the autoencoder's {latents.channels}; get the model again"
        )
    levels = read_flow_levels(folder, "fractions")
    text = QwenTextEncoder.load(folder, TEXT_CLASSES, device, dtype, layer=-2)
    network = ZImageNetwork(load_network(transformer, dtype).to(device))
    return FlowTransformer(levels, ZImageText(text), network, latents)
