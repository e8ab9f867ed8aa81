"""FLUX.1: FluxPipeline folders, [dev] with guidance embedded, [schnell] without, and others of the same shape.

Owns what such a folder is made of, how its two encoders make one prompt, and how its transformer is called. What it
shares with other flow-matching transformers is flow_transformer.py's. As the stock pipeline does it, with this
exception: [schnell] reads 256 tokens of a prompt, as its authors do, and not 512.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.errors import BadModelError
from engine.messages.prompt_weights import read_runs
from engine.messages.text_lengths import FLUX_TOKENS, SCHNELL_TOKENS
from engine.models.clip_prompt import ClipPrompt
from engine.models.denoiser import Conditioning
from engine.models.families.flow_transformer import (
    FlowTransformer,
    load_autoencoder,
    pack,
    unpack,
)
from engine.models.flow_levels import read_flow_levels
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.guidance_embedding import check_guidance
from engine.models.stock import load_network
from engine.models.t5_text import T5TextEncoder

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import StepContext
    from engine.models.folder import Component

PIPELINES = ("FluxPipeline",)


@dataclass(frozen=True)
class FluxText:
    """T5 for the words, CLIP for the prompt as one vector; a PromptEncoder."""

    clip: ClipPrompt
    t5: T5TextEncoder

    def encode(self, text: str) -> Conditioning:
        return Conditioning(self.t5.encode_weighted(read_runs(text)), pooled=self.clip.encode(text).pooled)


@dataclass(frozen=True)
class FluxNetwork:
    """A loaded FluxTransformer2DModel; a VelocityNetwork.

    Attributes:
        network: The stock network.
        embeds_guidance: It is told `conditioning.guidance`.
    """

    network: nn.Module
    embeds_guidance: bool

    def velocity(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        added = conditioning.tokens
        (output,) = cast(
            "tuple[Tensor]",
            self.network(
                **flux_inputs(latents, step, conditioning, embeds_guidance=self.embeds_guidance),
                # The network takes an empty list for one to be spread over its blocks.
                controlnet_block_samples=(added and added.blocks) or None,
                controlnet_single_block_samples=(added and added.single_blocks) or None,
                return_dict=False,
            ),
        )
        return unpack(output, *latents.shape[-2:])


def flux_inputs(
    latents: Tensor, step: StepContext, conditioning: Conditioning, *, embeds_guidance: bool
) -> dict[str, Tensor | None]:
    """What FLUX's networks, its ControlNets among them, are given in a step.

    Args:
        latents: (B, C, h, w), in the network's dtype.
        step: The step.
        conditioning: The encoded prompt.
        embeds_guidance: Whether the network is told how closely to follow it.
    """
    count, device = latents.shape[0], latents.device
    rows, columns = (side // 2 for side in latents.shape[-2:])
    assert conditioning.pooled is not None
    hidden = conditioning.hidden_states
    places = torch.zeros(rows, columns, 3, device=device)
    places[..., 1] += torch.arange(rows, device=device)[:, None]
    places[..., 2] += torch.arange(columns, device=device)[None, :]
    guidance = torch.tensor([conditioning.guidance], device=device).expand(count) if embeds_guidance else None
    return {
        "hidden_states": pack(latents),
        # In thousandths whatever the scheduler counts in: the network multiplies by 1000.
        "timestep": torch.tensor([step.timestep / 1000.0], device=device).expand(count),
        "guidance": guidance,
        "pooled_projections": conditioning.pooled.expand(count, -1),
        "encoder_hidden_states": hidden.expand(count, -1, -1),
        "txt_ids": torch.zeros(hidden.shape[1], 3, device=device),
        "img_ids": places.flatten(0, 1),
    }


def load_flux(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> FlowTransformer:
    """Check the spec's folder, then load it.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, the components do not fit together, or the
            catalogue is wrong about guidance.
    """
    folder = check_folder(spec)
    index = folder / "model_index.json"
    class_name_in(read_config(index), "_class_name", index, PIPELINES)
    transformer = find_network(folder, "transformer", ("FluxTransformer2DModel",))
    embeds_guidance = transformer.config.get("guidance_embeds") is True
    check_guidance(spec, embeds_guidance=embeds_guidance)
    levels = read_flow_levels(folder, "fractions")
    is_schnell = not embeds_guidance and levels.token_shift is None
    latents = load_autoencoder(folder, device, dtype, channels_last=channels_last)
    clip = ClipPrompt.load(folder, "", "CLIPTextModel", device, dtype)
    tokens = SCHNELL_TOKENS if is_schnell else FLUX_TOKENS
    t5 = T5TextEncoder.load(
        folder, "T5EncoderModel", tokens, device, dtype, sees_padding=True, keeps_padding=True, place="_2"
    )
    _check_fit(transformer, latents.channels, clip, t5)
    network = FluxNetwork(load_network(transformer, dtype).to(device), embeds_guidance)
    return FlowTransformer(levels, FluxText(clip, t5), network, latents)


def _check_fit(transformer: Component, channels: int, clip: ClipPrompt, t5: T5TextEncoder) -> None:
    """Raise BadModelError unless the transformer takes what the others give."""
    config, file = transformer.config, transformer.folder / "config.json"
    pooled = clip.encoder.config.hidden_size
    if config.get("in_channels", 64) != 4 * channels or config.get("out_channels") not in (None, 4 * channels):
        raise BadModelError(
            f"{file}: in_channels does not fit the autoencoder's {channels}, packed by 4; use a text-to-image model"
        )
    if config.get("pooled_projection_dim", 768) != pooled:
        raise BadModelError(f"{file}: pooled_projection_dim does not fit the text encoder's {pooled}; get it again")
    if config.get("joint_attention_dim", 4096) != t5.width:
        raise BadModelError(f"{file}: joint_attention_dim does not fit text_encoder_2's {t5.width}; get it again")
