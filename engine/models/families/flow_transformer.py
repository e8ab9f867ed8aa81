"""Flow-matching transformers that draw pictures: what SD3, FLUX.1, Qwen-Image, Z-Image and their like share.

Owns the seam between such a network and the samplers, and the autoencoder's latents. A family is one file that gives
three things to `FlowTransformer`:

1.  a `VelocityNetwork`: how the transformer is called. It gets latents as (B, C, h, w) whatever the network wants them
    in; `pack` and `unpack` turn them into tokens of 2 x 2 latents and back (FLUX, Qwen-Image), SD3 patches by itself.
    It returns d latents / d sigma, so that x0 = latents - sigma * velocity (a network that predicts the opposite, as
    Z-Image's does, changes the sign), and adds `conditioning.tokens` behind its blocks.
2.  a `PromptEncoder`: prompt to Conditioning. ClipPrompt.load and T5TextEncoder.load are there for it. Networks are
    read one after the other, each moved to its device before the next is opened: the host never holds two.
3.  a `LatentAutoencoder`, by `load_autoencoder`, or anything with its methods.

Guidance needs nothing here: engine.tasks.steering runs the network twice, or, where the spec says `embeds_guidance`,
tells it `conditioning.guidance`. Levels come from engine.models.flow_levels; tasks ask them `for_latents` of a
picture's size. Controls are engine.control.token_controls'. Does not own any one family's facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.errors import BadModelError
from engine.models.families.stable_diffusion import AUTOENCODERS, read_vae_facts
from engine.models.folder import find_network
from engine.models.stock import load_placed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.noise_levels import NoiseLevels


class VelocityNetwork(Protocol):
    """A transformer as its family calls it."""

    @property
    def network(self) -> nn.Module:
        """The stock network."""
        ...

    def velocity(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        """Direction of the noise, (B, C, h, w) like `latents`, which come in the network's dtype."""
        ...


class PromptEncoder(Protocol):
    """The text encoders of a family."""

    def encode(self, text: str) -> Conditioning:
        """One prompt, in the network's dtype and on its device."""
        ...


@dataclass(frozen=True)
class LatentAutoencoder:
    """An autoencoder and what its latents are multiplied by and shifted to.

    Attributes:
        vae: The stock network.
        channels: Of its latents.
        pixels_per_latent: Along a side.
        scale: Latents are (what the network gives - `shift`) * `scale`.
        shift: As above.
    """

    vae: nn.Module
    channels: int
    pixels_per_latent: int
    scale: float
    shift: float

    def encode(self, pictures: Tensor) -> Tensor:
        """As ImageModel.encode."""
        encode = cast("Callable[..., tuple[Tensor | _Posterior]]", self.vae.encode)
        weight = next(self.vae.parameters())
        encoded = encode(pictures.to(weight.device, weight.dtype), return_dict=False)[0]
        # A KL autoencoder gives a distribution; its likeliest latents need no random number.
        latents = encoded if isinstance(encoded, torch.Tensor) else encoded.mode()
        return (latents.float() - self.shift) * self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """As ImageModel.decode."""
        decode = cast("Callable[..., tuple[Tensor]]", self.vae.decode)
        weight = next(self.vae.parameters())
        return decode((latents / self.scale + self.shift).to(weight.dtype), return_dict=False)[0].float()


class FlowTransformer:
    """A loaded model of such a family; implements ImageModel."""

    sees_mask = False
    keeps_length = False
    """Guidance turns the velocity of each token of 2 x 2 latents, and keeps its length."""

    def __init__(
        self, noise_levels: NoiseLevels, prompts: PromptEncoder, network: VelocityNetwork, latents: LatentAutoencoder
    ) -> None:
        self.noise_levels = noise_levels
        self.prompts = prompts
        self.network = network
        self.latents = latents
        self.vae = latents.vae

    def encode_prompt(self, text: str) -> Conditioning:
        return self.prompts.encode(text)

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        cell = self.latents.pixels_per_latent
        return self.latents.channels, height // cell, width // cell

    def encode(self, pictures: Tensor) -> Tensor:
        return self.latents.encode(pictures)

    def decode(self, latents: Tensor) -> Tensor:
        return self.latents.decode(latents)

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        velocity = self.network.velocity(latents.to(conditioning.hidden_states.dtype), step, conditioning)
        return self.noise_levels.clean_estimate(latents, velocity.float(), step.sigma)


def pack(latents: Tensor) -> Tensor:
    """Latents (B, C, h, w) as tokens of 2 x 2, (B, h/2 * w/2, 4 C): row by row, channels outermost in each."""
    batch, channels, height, width = latents.shape
    cells = latents.view(batch, channels, height // 2, 2, width // 2, 2).permute(0, 2, 4, 1, 3, 5)
    return cells.reshape(batch, (height // 2) * (width // 2), channels * 4)


def unpack(tokens: Tensor, height: int, width: int) -> Tensor:
    """The latents (B, C, height, width) of which `pack` makes `tokens`."""
    batch, _, channels = tokens.shape
    cells = tokens.view(batch, height // 2, width // 2, channels // 4, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return cells.reshape(batch, channels // 4, height, width)


def load_autoencoder(
    folder: Path, device: torch.device, dtype: torch.dtype, *, channels_last: bool
) -> LatentAutoencoder:
    """The AutoencoderKL or AutoencoderTiny in `folder`/vae.

    Raises:
        BadModelError: A file is missing, damaged, unsafe or malformed.
    """
    component = find_network(folder, "vae", AUTOENCODERS)
    channels, stages, scale = read_vae_facts(component)
    shift = component.config.get("shift_factor", 0.0)
    shift = 0.0 if shift is None else shift
    if not isinstance(shift, (int, float)):
        raise BadModelError(f"{component.folder / 'config.json'}: shift_factor is no number; get the model again")
    vae = load_placed(component, device, dtype, channels_last=channels_last)
    return LatentAutoencoder(vae, channels, 2 ** (stages - 1), scale, float(shift))


class _Posterior(Protocol):
    def mode(self) -> Tensor: ...
