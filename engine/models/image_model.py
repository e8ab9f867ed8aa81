"""What every text-to-image family offers to the task that runs it, and how a family is found for a spec.

Owns the interface. Owns no network: families/ has one file per family.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.catalogue import VIDEO_ONLY
from engine.errors import BadModelError
from engine.models.denoiser import Denoiser
from engine.models.families.flux import load_flux
from engine.models.families.pixart import PixArt
from engine.models.families.qwen_image import load_qwen_image
from engine.models.families.sd3 import load_sd3
from engine.models.families.sdxl import StableDiffusionXL
from engine.models.families.stable_diffusion import StableDiffusion
from engine.models.families.z_image import load_z_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import Conditioning
    from engine.models.noise_levels import NoiseLevels


class ImageModel(Denoiser, Protocol):
    """A loaded model: a Denoiser with its text encoder and its decoder."""

    noise_levels: NoiseLevels
    vae: nn.Module
    sees_mask: bool
    """An inpainting network: it wants Conditioning.beside at every call."""

    def encode_prompt(self, text: str) -> Conditioning:
        """Encode one prompt, (1, tokens, channels)."""
        ...

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        """Shape (C, h, w) of the latents of one picture of that size in pixels."""
        ...

    def encode(self, pictures: Tensor) -> Tensor:
        """Latents of pictures (B, 3, H, W) in [-1, 1], as `denoise` takes them, fp32; the same for the same picture."""
        ...

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures of clean latents, (B, 3, H, W), fp32, about [-1, 1]."""
        ...


def load_image_model(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> ImageModel:
    """Check the spec's folder and load its networks.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, or the family is unknown.
    """
    if spec.family == VIDEO_ONLY:
        raise BadModelError(f"{spec.name} makes videos only; choose a model that makes pictures")
    load = _LOADERS.get(spec.family)
    if load is None:
        raise BadModelError(
            f"{spec.name} is of the family {spec.family!r}, which this version cannot run; update Onetake"
        )
    return load(spec, device, dtype, channels_last=channels_last)


class _Load(Protocol):
    def __call__(
        self, spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool
    ) -> ImageModel: ...


_LOADERS: Mapping[str, _Load] = {
    "stable_diffusion": StableDiffusion.load,
    "sdxl": StableDiffusionXL.load,
    "pixart": PixArt.load,
    "qwen_image": load_qwen_image,
    "z_image": load_z_image,
    "sd3": load_sd3,
    "flux": load_flux,
}
