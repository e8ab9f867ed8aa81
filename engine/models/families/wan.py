"""Wan 2.x text to video: WanPipeline folders with one transformer, or two for high and low noise.

Owns what such a folder is made of. Latents are 1 + (frames - 1) / 4 in time.
Does not own: how the transformers are called (wan_transformer.py) or spread over a take (windowed.py), the decoder's
stream (wan_decoder.py), or the text encoder.

As the stock pipeline does it, with these exceptions: text encoder, transformers and autoencoder stay on the device;
the autoencoder computes in fp32, as its makers advise; Wan 2.2's timestep for each token is one for all, which is the
same where no picture is given.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.errors import BadModelError
from engine.messages.text_lengths import WAN_TOKENS
from engine.models.families.causal_frames import frames_of, latent_frames
from engine.models.families.linear_look import LinearLook, alone
from engine.models.families.wan_decoder import WanDecoder
from engine.models.families.wan_transformer import WanTransformers
from engine.models.families.windowed import WindowedDenoiser
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.noise_levels import read_noise_levels
from engine.models.stock import load_network
from engine.models.t5_text import T5TextEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.folder import Component
    from engine.models.noise_levels import NoiseLevels
    from engine.parallel.mesh import Mesh
    from engine.parallel.partition import Partition
    from engine.parallel.scopes import Scope

PIPELINES = ("WanPipeline",)


class Wan:
    """A loaded model of this family; implements VideoModel."""

    def __init__(
        self,
        noise_levels: NoiseLevels,
        text_encoder: T5TextEncoder,
        transformers: WanTransformers,
        decoder: WanDecoder,
        autoencoder: AutoencoderFacts,
    ) -> None:
        self.noise_levels = noise_levels
        self.text_encoder = text_encoder
        self.transformers = transformers
        self.decoder = decoder
        self.decode_halo = (decoder.latents_before, 0)
        self._autoencoder = autoencoder
        self._windowed = WindowedDenoiser(noise_levels, transformers)
        self._look = LinearLook(alone(decoder.decode))

    @staticmethod
    def load(spec: ModelSpec, device: torch.device, dtype: torch.dtype) -> Wan:
        """Check the spec's folder, then load it.

        Raises:
            BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
        """
        folder = check_folder(spec)
        vae = find_network(folder, "vae", ("AutoencoderKLWan",))
        facts = read_autoencoder_facts(vae)
        noise_levels = read_noise_levels(folder)
        if noise_levels.parametrisation != "flow":
            raise BadModelError(f"{folder / 'scheduler'} describes no flow model, as Wan is; get the model again")
        transformers = _load_transformers(folder, facts.channels, noise_levels.train_steps, device, dtype)
        text = T5TextEncoder.load(folder, "UMT5EncoderModel", WAN_TOKENS, device, dtype, sees_padding=False)
        decoder = WanDecoder(
            load_network(vae, torch.float32).to(device),
            mean=facts.mean,
            std=facts.std,
            patch=facts.patch,
            stride=facts.stride,
        )
        return Wan(noise_levels, text, transformers, decoder, facts)

    @property
    def latent_channels(self) -> int:
        return self._autoencoder.channels

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        cell = self._autoencoder.pixels_per_latent
        return self.latent_channels, height // cell, width // cell

    def noise_levels_of(self, width: int, height: int, clip_frames: int) -> NoiseLevels:  # noqa: ARG002 -- of any size
        return self.noise_levels

    def latent_frames(self, frames: int) -> int:
        return latent_frames(frames, self._autoencoder.stride)

    def frames_of(self, latent_frame: int) -> range:
        return frames_of(latent_frame, self._autoencoder.stride)

    def encode_prompts(self, prompts: Sequence[str]) -> Tensor:
        return self.text_encoder.encode([clean_prompt(prompt) for prompt in prompts])

    def spread(self, mesh: Mesh, partition: Partition, scope: Scope) -> AbstractContextManager[None]:
        return self._windowed.spread(mesh, partition, scope)

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        return self._windowed.denoise(latents, step, conditioning)

    def decode(self, latents: Tensor, first: int, last: int) -> Iterator[Tensor]:
        return self.decoder.decode(latents, first, last)

    def preview(self, clean: Tensor) -> Tensor:
        return self._look.at(clean)


@dataclass(frozen=True)
class AutoencoderFacts:
    """What an AutoencoderKLWan's configuration says of its latents."""

    channels: int
    stride: int
    """Frames that a latent frame, other than the first of a shot, decodes to."""
    pixels_per_latent: int
    patch: int
    mean: list[float]
    std: list[float]


def clean_prompt(prompt: str) -> str:
    """The prompt as the stock pipeline's text encoder gets it: entities resolved, white space made single."""
    return " ".join(html.unescape(html.unescape(prompt)).split())


def read_autoencoder_facts(vae: Component) -> AutoencoderFacts:
    """The facts of an AutoencoderKLWan; defaults are its class's.

    Raises:
        BadModelError: They make no sense.
    """
    config, file = vae.config, vae.folder / "config.json"
    channels, mean, std = config.get("z_dim", 16), config.get("latents_mean"), config.get("latents_std")
    halvings = config.get("temperal_downsample", [False, True, True])
    cell, patch = config.get("scale_factor_spatial", 8), config.get("patch_size") or 1
    stride = 2 ** cast("list[object]", halvings).count(True) if isinstance(halvings, list) else None
    numbers = [channels, cell, patch, stride]
    if any(type(number) is not int or number < 1 for number in numbers) or not all(
        isinstance(each, list) and len(cast("list[object]", each)) == channels for each in (mean, std)
    ):
        raise BadModelError(
            f"{file} is malformed: z_dim, latents_mean, latents_std or its strides; get the model again"
        )
    channels, cell, patch, stride = cast("list[int]", numbers)
    return AutoencoderFacts(channels, stride, cell, patch, cast("list[float]", mean), cast("list[float]", std))


def _load_transformers(
    folder: Path, channels: int, train_steps: int, device: torch.device, dtype: torch.dtype
) -> WanTransformers:
    index = read_config(folder / "model_index.json")
    class_name_in(index, "_class_name", folder / "model_index.json", PIPELINES)
    ratio = index.get("boundary_ratio")
    if ratio is not None and not (isinstance(ratio, float) and 0 < ratio < 1):
        raise BadModelError(f"{folder / 'model_index.json'}: boundary_ratio is {str(ratio)[:80]}; get the model again")

    def load(name: str) -> nn.Module:
        component = find_network(folder, name, ("WanTransformer3DModel",))
        _check_fit(component.config, component.folder / "config.json", channels)
        return load_network(component, dtype).to(device)

    if ratio is None:
        return WanTransformers(load("transformer"))
    return WanTransformers(load("transformer"), load("transformer_2"), ratio * train_steps)


def _check_fit(config: Mapping[str, object], file: Path, channels: int) -> None:
    if config.get("in_channels", 16) != channels:
        raise BadModelError(f"{file}: in_channels does not fit the autoencoder's {channels}; use a text-to-video model")
