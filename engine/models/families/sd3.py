"""Stable Diffusion 3 and 3.5: StableDiffusion3Pipeline folders. Esser et al., arXiv:2403.03206.

Owns what such a folder is made of, how its three encoders make one prompt, and how its transformer is called. What it
shares with other flow-matching transformers is flow_transformer.py's. As the stock pipeline, with T5 or without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch.nn.functional import pad

from engine.errors import BadModelError
from engine.messages.prompt_weights import read_runs
from engine.messages.text_lengths import SD3_TOKENS
from engine.models.clip_prompt import ClipPrompt
from engine.models.clip_text import WITH_PROJECTION
from engine.models.denoiser import Conditioning
from engine.models.families.flow_transformer import FlowTransformer, load_autoencoder
from engine.models.flow_levels import read_flow_levels
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.stock import load_network
from engine.models.t5_text import T5TextEncoder

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import StepContext
    from engine.models.folder import Component

PIPELINES = ("StableDiffusion3Pipeline",)


@dataclass(frozen=True)
class Sd3Text:
    """Two CLIPs and T5; a PromptEncoder.

    Attributes:
        clips: The two.
        t5: None for folders without it; zeros stand in its place, as the model was trained to bear.
        width: Channels of a token.
    """

    clips: tuple[ClipPrompt, ClipPrompt]
    t5: T5TextEncoder | None
    width: int

    def encode(self, text: str) -> Conditioning:
        states = [clip.encode(text) for clip in self.clips]
        words = torch.cat([each.penultimate for each in states], dim=-1)
        words = pad(words, (0, self.width - words.shape[-1]))
        more = (
            words.new_zeros(1, SD3_TOKENS, self.width) if self.t5 is None else self.t5.encode_weighted(read_runs(text))
        )
        pooled = torch.cat([each.pooled for each in states], dim=-1)
        return Conditioning(torch.cat([words, more], dim=1), pooled=pooled)


@dataclass(frozen=True)
class Sd3Network:
    """A loaded SD3Transformer2DModel; a VelocityNetwork."""

    network: nn.Module

    def velocity(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        count = latents.shape[0]
        assert conditioning.pooled is not None
        added = conditioning.tokens
        (output,) = cast(
            "tuple[Tensor]",
            self.network(
                hidden_states=latents,
                timestep=torch.tensor([step.timestep], device=latents.device).expand(count),
                encoder_hidden_states=conditioning.hidden_states.expand(count, -1, -1),
                pooled_projections=conditioning.pooled.expand(count, -1),
                block_controlnet_hidden_states=list(added.blocks) if added is not None else None,
                return_dict=False,
            ),
        )
        return output


def load_sd3(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> FlowTransformer:
    """Check the spec's folder, then load it.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
    """
    folder = check_folder(spec)
    file = folder / "model_index.json"
    index = read_config(file)
    class_name_in(index, "_class_name", file, PIPELINES)
    transformer = find_network(folder, "transformer", ("SD3Transformer2DModel",))
    patch = transformer.config.get("patch_size", 2)
    if type(patch) is not int or patch < 1:
        raise BadModelError(f"{transformer.folder / 'config.json'}: patch_size is {str(patch)[:80]}; get it again")
    levels = read_flow_levels(folder, "euler", patch=patch)
    latents = load_autoencoder(folder, device, dtype, channels_last=channels_last)
    clips = (
        ClipPrompt.load(folder, "", WITH_PROJECTION, device, dtype),
        ClipPrompt.load(folder, "_2", WITH_PROJECTION, device, dtype),
    )
    t5 = None
    if _names_t5(index.get("text_encoder_3")):
        t5 = T5TextEncoder.load(
            folder, "T5EncoderModel", SD3_TOKENS, device, dtype, sees_padding=True, keeps_padding=True, place="_3"
        )
    width = _check_fit(transformer, latents.channels, clips, t5)
    network = Sd3Network(load_network(transformer, dtype).to(device))
    return FlowTransformer(levels, Sd3Text(clips, t5, width), network, latents)


def _names_t5(entry: object) -> bool:
    """Whether the folder's index names T5; a folder without says null for its library and class."""
    return isinstance(entry, list) and any(part is not None for part in cast("list[object]", entry))


def _check_fit(
    transformer: Component, channels: int, clips: tuple[ClipPrompt, ClipPrompt], t5: T5TextEncoder | None
) -> int:
    """Channels of a token of the prompt; raises BadModelError unless the transformer takes what the others give."""
    config, file = transformer.config, transformer.folder / "config.json"
    width = config.get("joint_attention_dim", 4096)
    pooled = sum(clip.encoder.config.projection_dim for clip in clips)
    words = sum(clip.encoder.config.hidden_size for clip in clips)
    if config.get("in_channels", 16) != channels:
        raise BadModelError(f"{file}: in_channels does not fit the autoencoder's {channels}; get the model again")
    if config.get("pooled_projection_dim", 2048) != pooled:
        raise BadModelError(f"{file}: pooled_projection_dim does not fit the text encoders' {pooled}; get it again")
    if type(width) is not int or width < words or (t5 is not None and t5.width != width):
        raise BadModelError(f"{file}: joint_attention_dim does not fit the text encoders; get the model again")
    return width
