"""Models of diffusers' StableDiffusionXLPipeline: two CLIP text encoders, and a U-Net that is told the picture's size.

Owns what differs from engine.models.families.stable_diffusion: the prompt as two encoders' states and a pooled vector,
and the conditions on size. SDXL, SDXL-Turbo, SDXL-Lightning and its inpainting network are such folders; the refiner,
which has one text encoder and is told of aesthetics, is not.
Source: Podell et al., SDXL, arXiv:2307.01952, section 2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.errors import BadModelError
from engine.models.clip_prompt import ClipPrompt
from engine.models.clip_text import WITH_PROJECTION
from engine.models.denoiser import Conditioning
from engine.models.families.stable_diffusion import AUTOENCODERS, StableDiffusion, check_fit, read_vae_facts
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.guidance_embedding import guidance_channels
from engine.models.noise_levels import read_noise_levels
from engine.models.stock import load_placed
from engine.models.stock_solver import with_solver

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.folder import Component
    from engine.models.noise_levels import NoiseLevels

PIPELINES = ("StableDiffusionXLPipeline", "StableDiffusionXLInpaintPipeline")
_SIZE_NUMBERS = 6
"""Of the original picture, of its crop's corner and of the result: a height and a width each."""


class StableDiffusionXL(StableDiffusion):
    """A loaded model of this family; implements ImageModel."""

    def __init__(
        self,
        noise_levels: NoiseLevels,
        texts: tuple[ClipPrompt, ClipPrompt],
        unet: nn.Module,
        vae: nn.Module,
        *,
        latent_channels: int,
        pixels_per_latent: int,
        scaling_factor: float,
        sees_mask: bool,
        guidance_channels: int,
        zeros_when_empty: bool,
    ) -> None:
        """`zeros_when_empty`: the network was trained with zeros where there was no prompt, not with an empty one."""
        super().__init__(
            noise_levels,
            texts[0].tokenizer,
            texts[0].encoder,
            unet,
            vae,
            latent_channels=latent_channels,
            pixels_per_latent=pixels_per_latent,
            scaling_factor=scaling_factor,
            sees_mask=sees_mask,
            guidance_channels=guidance_channels,
        )
        self._texts = texts
        self._zeros_when_empty = zeros_when_empty

    @staticmethod
    def load(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> StableDiffusionXL:
        """Check the spec's folder, then load it.

        Raises:
            BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
        """
        folder = check_folder(spec)
        index = folder / "model_index.json"
        document = read_config(index)
        class_name_in(document, "_class_name", index, PIPELINES)
        unet = find_network(folder, "unet", ("UNet2DConditionModel",))
        vae = find_network(folder, "vae", AUTOENCODERS)
        latent_channels, stages, scaling_factor = read_vae_facts(vae)
        noise_levels = with_solver(read_noise_levels(folder), folder)
        first = ClipPrompt.load(folder, "", "CLIPTextModel", device, dtype)
        second = ClipPrompt.load(folder, "_2", WITH_PROJECTION, device, dtype)
        widths = [text.encoder.config.hidden_size for text in (first, second)]
        told_channels = guidance_channels(unet, spec)
        sees_mask = unet.config.get("in_channels") == 2 * latent_channels + 1
        check_fit(unet, sum(widths), 2 * latent_channels + 1 if sees_mask else latent_channels)
        _check_additions(unet, second.encoder.config.projection_dim)
        # In half precision the published autoencoder overflows; its configuration says so.
        upcast = dtype == torch.float16 and vae.config.get("force_upcast", True) is True
        vae_dtype = torch.float32 if upcast and vae.class_name == "AutoencoderKL" else dtype
        return StableDiffusionXL(
            noise_levels,
            (first, second),
            load_placed(unet, device, dtype, channels_last=channels_last),
            load_placed(vae, device, vae_dtype, channels_last=channels_last),
            latent_channels=latent_channels,
            pixels_per_latent=2 ** (stages - 1),
            scaling_factor=scaling_factor,
            sees_mask=sees_mask,
            guidance_channels=told_channels,
            zeros_when_empty=document.get("force_zeros_for_empty_prompt", True) is True,
        )

    def encode_prompt(self, text: str) -> Conditioning:
        first, second = (each.encode(text, chunked=True) for each in self._texts)
        hidden, pooled = torch.cat([first.penultimate, second.penultimate], dim=-1), second.pooled
        if not text and self._zeros_when_empty:
            return Conditioning(torch.zeros_like(hidden), pooled=torch.zeros_like(pooled))
        return Conditioning(hidden, pooled=pooled)

    def added_conditions(self, latents: Tensor, conditioning: Conditioning) -> dict[str, Tensor]:
        assert conditioning.pooled is not None, "prompts of this family are pooled"
        height, width = (side * self._pixels_per_latent for side in latents.shape[-2:])
        return added_conditions(conditioning.pooled, (width, height), latents.shape[0])


def added_conditions(pooled: Tensor, size: tuple[int, int], count: int) -> dict[str, Tensor]:
    """What a network of the kind "text_time" is told beside prompt and timestep.

    Args:
        pooled: The prompt's, (1 or B, channels).
        size: Width and height of the picture in pixels: uncropped, and as large as it will be.
        count: Pictures in the batch, B.
    """
    width, height = size
    numbers = torch.tensor([[height, width, 0, 0, height, width]], device=pooled.device, dtype=pooled.dtype)
    return {"text_embeds": pooled.expand(count, -1), "time_ids": numbers.expand(count, -1)}


def _check_additions(unet: Component, pooled_width: int) -> None:
    """Raise BadModelError unless the U-Net takes the pooled prompt and the sizes, and nothing else."""
    file = unet.folder / "config.json"
    if unet.config.get("addition_embed_type") != "text_time":
        raise BadModelError(f"{file}: addition_embed_type is not text_time, as SDXL's is; get the model again")
    channels = unet.config.get("addition_time_embed_dim")
    wanted = pooled_width + _SIZE_NUMBERS * channels if type(channels) is int else 0
    if unet.config.get("projection_class_embeddings_input_dim") != wanted:
        raise BadModelError(
            f"{file}: projection_class_embeddings_input_dim does not fit the text encoder's {pooled_width} channels "
            f"and {_SIZE_NUMBERS} numbers of sizes; a refiner is not supported"
        )
