"""PixArt text to image: PixArtAlphaPipeline and PixArtSigmaPipeline folders.

Owns what such a folder is made of. PixArt-alpha, -sigma and, with LCMScheduler, -delta are such folders. Does not own
how the transformer is asked (pixart_transformer.py).

As the stock pipelines do it, with these exceptions: a picture is drawn at the very size that is asked for, instead of
at the nearest of a list and then resized; prompts are put in lower case, but web addresses and tags stay in them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from engine.errors import BadModelError
from engine.messages.prompt_weights import read_runs
from engine.messages.text_lengths import PIXART_TOKENS
from engine.models.denoiser import Conditioning
from engine.models.families.flow_transformer import load_autoencoder
from engine.models.families.pixart_transformer import PixArtTransformer
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.noise_levels import read_noise_levels
from engine.models.stock import load_network
from engine.models.stock_solver import with_solver
from engine.models.t5_text import T5TextEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.models.denoiser import StepContext
    from engine.models.families.flow_transformer import LatentAutoencoder
    from engine.models.folder import Component
    from engine.models.noise_levels import NoiseLevels

# Folders published before diffusers 0.30 name the class that its own came out of.
TRANSFORMERS = ("PixArtTransformer2DModel", "Transformer2DModel")


class PixArt:
    """A loaded model of this family; implements ImageModel."""

    sees_mask = False

    def __init__(
        self,
        noise_levels: NoiseLevels,
        text_encoder: T5TextEncoder,
        transformer: PixArtTransformer,
        latents: LatentAutoencoder,
    ) -> None:
        self.noise_levels = noise_levels
        self.text_encoder = text_encoder
        self.transformer = transformer
        self.latents = latents
        self.vae = latents.vae

    @staticmethod
    def load(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> PixArt:
        """Check the spec's folder, then load it.

        Raises:
            BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
        """
        folder = check_folder(spec)
        index = folder / "model_index.json"
        pipeline = class_name_in(read_config(index), "_class_name", index, tuple(PIXART_TOKENS))
        transformer = find_transformer(folder)
        noise_levels = with_solver(read_noise_levels(folder), folder)
        if noise_levels.parametrisation != "variance":
            raise BadModelError(f"{folder / 'scheduler'}: PixArt was trained on no flow; get the model again")
        text = T5TextEncoder.load(folder, "T5EncoderModel", PIXART_TOKENS[pipeline], device, dtype, sees_padding=False)
        latents = load_autoencoder(folder, device, dtype, channels_last=channels_last)
        _check_fit(transformer, latents.channels)
        return PixArt(noise_levels, text, _load_transformer(transformer, latents, device, dtype), latents)

    def encode_prompt(self, text: str) -> Conditioning:
        runs = [run._replace(text=run.text.lower()) for run in read_runs(text.strip())]
        return Conditioning(self.text_encoder.encode_weighted(runs))

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        cell = self.latents.pixels_per_latent
        return self.latents.channels, height // cell, width // cell

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        hidden = conditioning.hidden_states
        seen = self.noise_levels.network_input(latents, step.sigma).to(hidden.dtype)
        output = self.transformer.predict(seen, step.timestep, hidden, conditioning.tokens)
        return self.noise_levels.clean_estimate(latents, output.float(), step.sigma)

    def encode(self, pictures: Tensor) -> Tensor:
        return self.latents.encode(pictures)

    def decode(self, latents: Tensor) -> Tensor:
        return self.latents.decode(latents)


def find_transformer(folder: Path) -> Component:
    """The transformer of a model folder, under the name of today's class.

    Raises:
        BadModelError: A file is missing, damaged or unsafe, or the network is another.
    """
    component = find_network(folder, "transformer", TRANSFORMERS)
    if component.config.get("norm_type") != "ada_norm_single":
        raise BadModelError(
            f"{component.folder / 'config.json'}: norm_type is not ada_norm_single, as PixArt's is; get the model again"
        )
    return replace(component, class_name=TRANSFORMERS[0])


def _check_fit(transformer: Component, channels: int) -> None:
    config, file = transformer.config, transformer.folder / "config.json"
    if config.get("in_channels", 4) != channels:
        raise BadModelError(f"{file}: in_channels does not fit the autoencoder's {channels}; get the model again")
    if config.get("out_channels", 8) not in (None, channels, 2 * channels):
        raise BadModelError(f"{file}: out_channels is neither {channels} nor {2 * channels}; get the model again")


def _load_transformer(
    component: Component, latents: LatentAutoencoder, device: torch.device, dtype: torch.dtype
) -> PixArtTransformer:
    network = load_network(component, dtype).to(device)
    return PixArtTransformer(
        network,
        latents.pixels_per_latent,
        is_told_size=cast("bool", network.use_additional_conditions),
        patch=cast("int", cast("Mapping[str, object]", network.config)["patch_size"]),
        channels=latents.channels,
    )
