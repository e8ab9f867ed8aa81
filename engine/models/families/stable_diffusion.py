"""Models of diffusers' StableDiffusionPipeline: CLIP text encoder, conditional U-Net, KL or tiny autoencoder.

Owns what is particular to the family: how the U-Net's output becomes clean latents, and the latents' scale.
Papercut, SD 1.5, SD 2.1 and SD-Turbo are such folders; what sets them apart is in their configurations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.errors import BadModelError
from engine.models.clip_text import ClipTextEncoder
from engine.models.denoiser import Conditioning
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.guidance_embedding import guidance_channels, told_guidance
from engine.models.noise_levels import read_noise_levels
from engine.models.stock import load_placed, read_weights
from engine.models.stock_solver import with_solver
from engine.models.tokenizer import load_tokenizer
from engine.models.weighted_text import encode_weighted

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from engine.messages import ModelSpec, Weighting
    from engine.models.denoiser import StepContext
    from engine.models.folder import Component
    from engine.models.noise_levels import NoiseLevels
    from engine.models.tokenizer import Tokenizer

PIPELINES = ("StableDiffusionPipeline", "StableDiffusionInpaintPipeline", "LatentConsistencyModelPipeline")
AUTOENCODERS = ("AutoencoderKL", "AutoencoderTiny")


class _Posterior(Protocol):
    def mode(self) -> Tensor: ...


class StableDiffusion:
    """A loaded model of this family; implements ImageModel."""

    def __init__(
        self,
        noise_levels: NoiseLevels,
        tokenizer: Tokenizer,
        text_encoder: ClipTextEncoder,
        unet: nn.Module,
        vae: nn.Module,
        *,
        latent_channels: int,
        pixels_per_latent: int,
        scaling_factor: float,
        sees_mask: bool = False,
        guidance_channels: int = 0,
        weighting: Weighting = "tokens",
    ) -> None:
        """`guidance_channels`: of the embedding by which the U-Net is told the guidance; 0 if it is not."""
        self.noise_levels = noise_levels
        self.tokenizer = tokenizer
        self.text_encoder = text_encoder
        self.unet = unet
        self.vae = vae
        self.sees_mask = sees_mask
        self._guidance_channels = guidance_channels
        self._weighting: Weighting = weighting
        self._latent_channels = latent_channels
        self._pixels_per_latent = pixels_per_latent
        self._scaling_factor = scaling_factor

    @staticmethod
    def load(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> StableDiffusion:
        """Check the spec's folder, then load it.

        Raises:
            BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
        """
        folder = check_folder(spec)
        index = folder / "model_index.json"
        class_name_in(read_config(index), "_class_name", index, PIPELINES)
        text = find_network(folder, "text_encoder", ("CLIPTextModel",))
        unet = find_network(folder, "unet", ("UNet2DConditionModel",))
        vae = find_network(folder, "vae", AUTOENCODERS)
        latent_channels, stages, scaling_factor = read_vae_facts(vae)
        noise_levels = with_solver(read_noise_levels(folder), folder)

        text_encoder = ClipTextEncoder(text)
        told_channels = guidance_channels(unet, spec)
        sees_mask = unet.config.get("in_channels") == 2 * latent_channels + 1
        check_fit(unet, text_encoder.config.hidden_size, 2 * latent_channels + 1 if sees_mask else latent_channels)
        text_encoder.load_stock(text, read_weights(text))
        tokenizer = load_tokenizer(folder, text_encoder.config.max_position_embeddings)
        return StableDiffusion(
            noise_levels,
            tokenizer,
            text_encoder.eval().requires_grad_(requires_grad=False).to(device, dtype),
            load_placed(unet, device, dtype, channels_last=channels_last),
            load_placed(vae, device, dtype, channels_last=channels_last),
            latent_channels=latent_channels,
            pixels_per_latent=2 ** (stages - 1),
            scaling_factor=scaling_factor,
            sees_mask=sees_mask,
            guidance_channels=told_channels,
            weighting=spec.weighting,
        )

    def encode_prompt(self, text: str) -> Conditioning:
        return Conditioning(encode_weighted(text, self._weighting, self.tokenizer, self.text_encoder.encode_tokens))

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        return self._latent_channels, height // self._pixels_per_latent, width // self._pixels_per_latent

    def added_conditions(self, latents: Tensor, conditioning: Conditioning) -> dict[str, Tensor] | None:  # noqa: ARG002 -- for SDXL
        """What the U-Net is told beside prompt and timestep; nothing in this family."""
        return None

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        levels, hidden, residuals = self.noise_levels, conditioning.hidden_states, conditioning.residuals
        seen = levels.network_input(latents, step.sigma)
        if conditioning.beside is not None:
            seen = torch.cat([seen, conditioning.beside.expand(latents.shape[0], -1, -1, -1)], dim=1)
        told = told_guidance(conditioning, self._guidance_channels)
        (output,) = cast(
            "tuple[Tensor]",
            self.unet(
                seen.to(hidden.dtype),
                step.timestep,
                hidden.expand(latents.shape[0], -1, -1),
                timestep_cond=None if told is None else told.expand(latents.shape[0], -1),
                down_block_additional_residuals=residuals.down if residuals else None,
                mid_block_additional_residual=residuals.middle if residuals else None,
                added_cond_kwargs=self.added_conditions(latents, conditioning),
                # The network takes them out of the list as it goes.
                down_intrablock_additional_residuals=list(conditioning.features) or None,
                return_dict=False,
            ),
        )
        return levels.clean_estimate(latents, output.float(), step.sigma)

    def encode(self, pictures: Tensor) -> Tensor:
        encode = cast("Callable[..., tuple[Tensor | _Posterior]]", self.vae.encode)
        weight = next(self.vae.parameters())
        encoded = encode(pictures.to(weight.device, weight.dtype), return_dict=False)[0]
        # A KL autoencoder gives a distribution; its likeliest latents need no random number.
        latents = encoded if isinstance(encoded, torch.Tensor) else encoded.mode()
        return latents.float() * self._scaling_factor

    def decode(self, latents: Tensor) -> Tensor:
        decode = cast("Callable[..., tuple[Tensor]]", self.vae.decode)
        weight = next(self.vae.parameters())
        scaled = (latents / self._scaling_factor).to(weight.dtype)
        return decode(scaled, return_dict=False)[0].float()


def read_vae_facts(vae: Component) -> tuple[int, int, float]:
    """Latent channels, stages (each but the last halves the picture) and the latents' scale."""
    file = vae.folder / "config.json"
    tiny = vae.class_name == "AutoencoderTiny"
    blocks = vae.config.get("decoder_block_out_channels" if tiny else "block_out_channels")
    channels = vae.config.get("latent_channels", 4)
    scale = vae.config.get("scaling_factor", 1.0 if tiny else 0.18215)
    stages = len(cast("list[object]", blocks)) if isinstance(blocks, list) else 4 if tiny and blocks is None else 0
    if not 1 <= stages <= 8 or type(channels) is not int or not isinstance(scale, (int, float)) or not scale:
        raise BadModelError(f"{file} is malformed: blocks, latent_channels or scaling_factor; get the model again")
    return channels, stages, float(scale)


def check_fit(unet: Component, text_width: int, in_channels: int) -> None:
    """Raise BadModelError unless the U-Net takes what the text encoder gives, and latents of so many channels."""
    file = unet.folder / "config.json"
    if unet.config.get("in_channels", 4) != in_channels:
        raise BadModelError(f"{file}: in_channels does not fit the autoencoder ({in_channels}); get the model again")
    if unet.config.get("cross_attention_dim", 1280) != text_width:
        raise BadModelError(f"{file}: cross_attention_dim does not fit the text encoder's {text_width}; get it again")
