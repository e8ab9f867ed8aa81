"""U-Nets that are told how closely to follow the prompt, instead of being run twice: students of guided teachers.

Owns the embedding of that number, and that catalogue and network agree about it.
Source: Meng et al., arXiv:2210.03142, section 3; Luo et al., LCM, arXiv:2310.04378, section 4.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import pad

from engine.errors import BadModelError

if TYPE_CHECKING:
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.models.denoiser import Conditioning
    from engine.models.folder import Component


def embed_guidance(guidance: float, channels: int) -> Tensor:
    """Sines and cosines of a guidance that counts none as 0, (1, channels); as diffusers' pipelines give it."""
    half = channels // 2
    # All in fp32, as there: angles are thousands, so that the last bits of a frequency show.
    spread = torch.log(torch.tensor(10_000.0)) / max(1, half - 1)
    angles = torch.tensor(guidance) * 1000.0 * torch.exp(torch.arange(half, dtype=torch.float32) * -spread)
    return pad(torch.cat([angles.sin(), angles.cos()]), (0, channels % 2))[None]


def told_guidance(conditioning: Conditioning, channels: int) -> Tensor | None:
    """What a U-Net that takes `channels` of it is told of the guidance, (1, channels); None where it takes none."""
    if not channels:
        return None
    # Models that are run twice mean nothing by a guidance of 1, and their students were told it as 0.
    return embed_guidance(conditioning.guidance - 1.0, channels).to(conditioning.hidden_states)


def guidance_channels(unet: Component, spec: ModelSpec) -> int:
    """Channels of the embedding that the U-Net takes; 0 if it takes none.

    Raises:
        BadModelError: The configuration is malformed, or the catalogue says something else.
    """
    file = unet.folder / "config.json"
    channels = unet.config.get("time_cond_proj_dim")
    if channels is not None and (type(channels) is not int or not 2 <= channels <= 100_000):
        raise BadModelError(f"{file}: time_cond_proj_dim is {str(channels)[:80]}; get the model again")
    check_guidance(spec, embeds_guidance=bool(channels))
    return channels or 0


def check_guidance(spec: ModelSpec, *, embeds_guidance: bool) -> None:
    """Raise BadModelError unless the catalogue knows whether the network is told its guidance."""
    if spec.embeds_guidance != embeds_guidance:
        told = "is told its guidance" if embeds_guidance else "is not told its guidance"
        wanted = str(embeds_guidance).lower()
        raise BadModelError(f"{spec.name} {told}; say so in models.toml (embeds_guidance = {wanted})")
