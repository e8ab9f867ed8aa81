"""LTX-Video text to video: LTXPipeline folders.

Owns what such a folder is made of, and how its noise levels follow the size of a clip. Latents are
1 + (frames - 1) / 8 in time. Does not own: how the transformer is called (ltx_transformer.py) or spread over a take
(windowed.py), the decoder's stream (ltx_decoder.py), or the text encoder.

As the stock pipeline does it, with these exceptions: everything stays on the device; the transformer is told the
frame rate of the model's specification, whatever the take is played at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadModelError
from engine.messages.text_lengths import LTX_TOKENS
from engine.models.families.causal_frames import frames_of, latent_frames
from engine.models.families.linear_look import LinearLook, alone
from engine.models.families.ltx_decoder import LtxDecoder
from engine.models.families.ltx_transformer import LtxTransformer
from engine.models.families.windowed import WindowedDenoiser
from engine.models.flow_levels import read_flow_levels
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.stock import load_network
from engine.models.t5_text import T5TextEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import torch
    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.noise_levels import NoiseLevels
    from engine.parallel.mesh import Mesh
    from engine.parallel.partition import Partition
    from engine.parallel.scopes import Scope

PIPELINES = ("LTXPipeline",)


class Ltx:
    """A loaded model of this family; implements VideoModel."""

    def __init__(
        self,
        spec: ModelSpec,
        *,
        base_levels: NoiseLevels,
        text_encoder: T5TextEncoder,
        transformer: nn.Module,
        decoder: LtxDecoder,
        latent_channels: int,
    ) -> None:
        assert spec.video is not None
        self.text_encoder = text_encoder
        self.transformer = LtxTransformer(
            transformer, decoder.stride / spec.video.default_fps, decoder.pixels_per_latent
        )
        self.decoder = decoder
        self.decode_halo = decoder.halo
        self.latent_channels = latent_channels
        self._base_levels = base_levels
        self._windowed = WindowedDenoiser(base_levels, self.transformer)
        self._look = LinearLook(alone(decoder.decode))

    @staticmethod
    def load(spec: ModelSpec, device: torch.device, dtype: torch.dtype) -> Ltx:
        """Check the spec's folder, then load it.

        Raises:
            BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
        """
        folder = check_folder(spec)
        index = folder / "model_index.json"
        class_name_in(read_config(index), "_class_name", index, PIPELINES)
        vae = find_network(folder, "vae", ("AutoencoderKLLTXVideo",))
        transformer = find_network(folder, "transformer", ("LTXVideoTransformer3DModel",))
        channels, scaling_factor = vae.config.get("latent_channels", 128), vae.config.get("scaling_factor", 1.0)
        if type(channels) is not int or not isinstance(scaling_factor, (int, float)) or not scaling_factor:
            raise BadModelError(f"{vae.folder / 'config.json'}: latent_channels or scaling_factor; get the model again")
        _check_fit(transformer.config, transformer.folder / "config.json", channels)
        if vae.config.get("patch_size_t", 1) != 1:
            raise BadModelError(f"{vae.folder / 'config.json'}: patch_size_t is not 1; get the model again")
        levels = read_flow_levels(folder, "fractions", patch=1)
        text = T5TextEncoder.load(folder, "T5EncoderModel", LTX_TOKENS, device, dtype, sees_padding=True)
        return Ltx(
            spec,
            base_levels=levels,
            text_encoder=text,
            transformer=load_network(transformer, dtype).to(device),
            decoder=LtxDecoder(load_network(vae, dtype).to(device), float(scaling_factor)),
            latent_channels=channels,
        )

    def noise_levels_of(self, width: int, height: int, clip_frames: int) -> NoiseLevels:
        """As VideoModel.noise_levels_of: a clip has the tokens of a picture of all its frames, one above the other."""
        _, h, w = self.latent_shape(width, height)
        return self._base_levels.for_latents(clip_frames * h, w)

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        cell = self.decoder.pixels_per_latent
        return self.latent_channels, height // cell, width // cell

    def latent_frames(self, frames: int) -> int:
        return latent_frames(frames, self.decoder.stride)

    def frames_of(self, latent_frame: int) -> range:
        return frames_of(latent_frame, self.decoder.stride)

    def encode_prompts(self, prompts: Sequence[str]) -> Tensor:
        return self.text_encoder.encode(prompts)

    def spread(self, mesh: Mesh, partition: Partition, scope: Scope) -> AbstractContextManager[None]:
        return self._windowed.spread(mesh, partition, scope)

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        return self._windowed.denoise(latents, step, conditioning)

    def decode(self, latents: Tensor, first: int, last: int) -> Iterator[Tensor]:
        return self.decoder.decode(latents, first, last)

    def preview(self, clean: Tensor) -> Tensor:
        return self._look.at(clean)


def _check_fit(config: Mapping[str, object], file: Path, channels: int) -> None:
    if config.get("in_channels", 128) != channels:
        raise BadModelError(f"{file}: in_channels does not fit the autoencoder's {channels}; get the model again")
    if config.get("patch_size", 1) != 1 or config.get("patch_size_t", 1) != 1:
        raise BadModelError(f"{file}: patch_size and patch_size_t are not 1, as Onetake needs; get the model again")
