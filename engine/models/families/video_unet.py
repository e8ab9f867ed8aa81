"""U-Nets over frames with an image autoencoder: UNetMotionModel and UNet3DConditionModel as a VideoModel.

Owns what both share: prompts, latents' shape, from the network's output to clean latents. Which of their layers cross
frames is motion_unet.py's and unet3d.py's; loading is video_unet_loading.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.models.families import motion_unet, unet3d
from engine.models.guidance_embedding import told_guidance
from engine.models.weighted_text import encode_weighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
    from torch import Tensor

    from engine.messages import Weighting
    from engine.models.clip_text import ClipTextEncoder
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.families.frame_autoencoder import FrameAutoencoder
    from engine.models.noise_levels import NoiseLevels
    from engine.models.tokenizer import Tokenizer
    from engine.parallel.mesh import Mesh
    from engine.parallel.partition import Partition
    from engine.parallel.scopes import Scope


class VideoUNet:
    """A loaded model of these families; implements VideoModel. Latent frame and frame are the same."""

    decode_halo = (0, 0)

    def __init__(
        self,
        noise_levels: NoiseLevels,
        tokenizer: Tokenizer,
        text_encoder: ClipTextEncoder,
        unet: UNetMotionModel | UNet3DConditionModel,
        autoencoder: FrameAutoencoder,
        *,
        guidance_channels: int = 0,
        weighting: Weighting = "tokens",
    ) -> None:
        """`guidance_channels`: of the embedding by which the U-Net is told the guidance; 0 if it is not."""
        self.noise_levels = noise_levels
        self.tokenizer = tokenizer
        self.text_encoder = text_encoder
        self.unet = unet
        self.autoencoder = autoencoder
        self._guidance_channels = guidance_channels
        self._weighting: Weighting = weighting

    @property
    def latent_channels(self) -> int:
        return self.autoencoder.latent_channels

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        cell = self.autoencoder.pixels_per_latent
        return self.latent_channels, height // cell, width // cell

    def noise_levels_of(self, width: int, height: int, clip_frames: int) -> NoiseLevels:  # noqa: ARG002 -- of any size
        return self.noise_levels

    def latent_frames(self, frames: int) -> int:
        return frames

    def frames_of(self, latent_frame: int) -> range:
        return range(latent_frame, latent_frame + 1)

    def encode_prompts(self, prompts: Sequence[str]) -> Tensor:
        # One by one: a prompt's numbers must not depend on its company. Of one length: prompts of a take are mixed.
        encode = self.text_encoder.encode_tokens
        return torch.cat(
            [encode_weighted(prompt, self._weighting, self.tokenizer, encode, chunked=False) for prompt in prompts]
        )

    def spread(self, mesh: Mesh, partition: Partition, scope: Scope) -> AbstractContextManager[None]:
        if isinstance(self.unet, UNetMotionModel):
            return motion_unet.spread(self.unet, mesh, partition, scope)
        return unet3d.spread(self.unet, mesh, partition, scope)

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        prompts, residuals = conditioning.hidden_states, conditioning.residuals
        told = told_guidance(conditioning, self._guidance_channels)
        scaled = self.noise_levels.network_input(latents, step.sigma).to(prompts.dtype)
        if isinstance(self.unet, UNetMotionModel):
            output = motion_unet.predict(self.unet, scaled, step.timestep, prompts, residuals, told=told)
        else:
            output = unet3d.predict(self.unet, scaled, step.timestep, prompts, residuals, told=told)
        return self.noise_levels.clean_estimate(latents, output.float(), step.sigma)

    def decode(self, latents: Tensor, first: int, last: int) -> Iterator[Tensor]:
        return self.autoencoder.decode(latents[0, :, first:last].transpose(0, 1))

    def preview(self, clean: Tensor) -> Tensor:
        return self.autoencoder.preview(clean)
