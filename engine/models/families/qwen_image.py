"""Qwen-Image: QwenImagePipeline folders. Wu et al., arXiv:2508.02324.

Owns what such a folder is made of, what is said around a prompt, how its transformer is called, and its autoencoder,
which is one for videos of a single frame. What it shares with others of its kind is flow_transformer.py's.
As the stock pipeline does it, guidance included: each token's velocity keeps the length that it has without guidance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.errors import BadModelError
from engine.messages.text_lengths import QWEN_IMAGE_TOKENS
from engine.models.denoiser import Conditioning
from engine.models.families.flow_transformer import FlowTransformer, LatentAutoencoder, pack, unpack
from engine.models.flow_levels import read_flow_levels
from engine.models.folder import check_folder, class_name_in, find_network, read_config
from engine.models.qwen_text import QwenTextEncoder
from engine.models.stock import load_network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor, nn

    from engine.messages import ModelSpec
    from engine.models.denoiser import StepContext
    from engine.models.folder import Component

PIPELINES = ("QwenImagePipeline",)
TEXT_CLASSES = ("Qwen2_5_VLForConditionalGeneration",)
# The instruction that the model was trained with, and how many tokens of it lie before the prompt.
_INSTRUCTION = (
    "<|im_start|>system\nDescribe the image by detailing the color, shape, size, texture, quantity, text, "
    "spatial relationships of the objects and background:<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
_BEFORE = 34


class QwenImage(FlowTransformer):
    """A loaded model of this family; implements ImageModel."""

    keeps_length = True


@dataclass(frozen=True)
class QwenImageText:
    """Its language model; a PromptEncoder."""

    encoder: QwenTextEncoder

    def encode(self, text: str) -> Conditioning:
        states = self.encoder.encode(_INSTRUCTION.replace("{}", text), QWEN_IMAGE_TOKENS + _BEFORE)
        return Conditioning(states[:, _BEFORE:])


@dataclass(frozen=True)
class QwenImageNetwork:
    """A loaded QwenImageTransformer2DModel; a VelocityNetwork."""

    network: nn.Module

    def velocity(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        added = conditioning.tokens
        (output,) = cast(
            "tuple[Tensor]",
            self.network(
                **qwen_inputs(latents, step, conditioning),
                controlnet_block_samples=list(added.blocks) if added is not None else None,
                return_dict=False,
            ),
        )
        return unpack(output, *latents.shape[-2:])


def qwen_inputs(latents: Tensor, step: StepContext, conditioning: Conditioning) -> Mapping[str, object]:
    """What the model and its ControlNets are both told; latents are (B, C, h, w)."""
    count, _, height, width = latents.shape
    return {
        "hidden_states": pack(latents),
        "timestep": torch.tensor([step.timestep], device=latents.device, dtype=latents.dtype).expand(count) / 1000,
        "encoder_hidden_states": conditioning.hidden_states.expand(count, -1, -1),
        "encoder_hidden_states_mask": None,
        "img_shapes": [[(1, height // 2, width // 2)]] * count,
    }


@dataclass(frozen=True)
class QwenAutoencoder(LatentAutoencoder):
    """An AutoencoderKLQwenImage, which sees a picture as a video's only frame, and whose channels differ in size.

    `scale` and `shift` are not used: `mean` and `deviation` of each channel are, (1, C, 1, 1).
    """

    mean: Tensor
    deviation: Tensor

    def encode(self, pictures: Tensor) -> Tensor:
        encode = cast("Callable[..., tuple[_Posterior]]", self.vae.encode)
        weight = next(self.vae.parameters())
        (posterior,) = encode(pictures.to(weight.device, weight.dtype)[:, :, None], return_dict=False)
        return (posterior.mode()[:, :, 0].float() - self.mean) / self.deviation

    def decode(self, latents: Tensor) -> Tensor:
        decode = cast("Callable[..., tuple[Tensor]]", self.vae.decode)
        whole = (latents * self.deviation + self.mean).to(next(self.vae.parameters()).dtype)
        return decode(whole[:, :, None], return_dict=False)[0][:, :, 0].float()


def load_qwen_image(
    spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool
) -> FlowTransformer:
    """Check the spec's folder, then load it. `channels_last` means nothing to convolutions over time.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, or the components do not fit together.
    """
    del channels_last
    folder = check_folder(spec)
    index = folder / "model_index.json"
    class_name_in(read_config(index), "_class_name", index, PIPELINES)
    transformer = find_network(folder, "transformer", ("QwenImageTransformer2DModel",))
    latents = _load_autoencoder(folder, device, dtype)
    _check_fit(transformer, latents.channels)
    levels = read_flow_levels(folder, "fractions")
    text = QwenTextEncoder.load(folder, TEXT_CLASSES, device, dtype, layer=-1)
    network = QwenImageNetwork(load_network(transformer, dtype).to(device))
    return QwenImage(levels, QwenImageText(text), network, latents)


def _load_autoencoder(folder: Path, device: torch.device, dtype: torch.dtype) -> QwenAutoencoder:
    component = find_network(folder, "vae", ("AutoencoderKLQwenImage",))
    vae = load_network(component, dtype).to(device)
    config = cast("Mapping[str, object]", vae.config)
    channels = cast("int", config["z_dim"])
    means, deviations = _numbers(config["latents_mean"]), _numbers(config["latents_std"])
    if not len(means) == len(deviations) == channels or 0 in deviations:
        raise BadModelError(
            f"{component.folder / 'config.json'}: latents_mean and latents_std are not {channels} numbers each; "
            "get the model again"
        )
    stages = len(cast("list[bool]", config["temperal_downsample"]))
    mean, deviation = (torch.tensor(each, device=device).view(1, -1, 1, 1) for each in (means, deviations))
    return QwenAutoencoder(vae, channels, 2**stages, 1.0, 0.0, mean, deviation)


def _numbers(value: object) -> list[float]:
    """The numbers of a list; none of anything else."""
    listed = cast("list[object]", value) if isinstance(value, (list, tuple)) else []
    return [each for each in listed if isinstance(each, (int, float))]


def _check_fit(transformer: Component, channels: int) -> None:
    config, file = transformer.config, transformer.folder / "config.json"
    if config.get("in_channels", 64) != 4 * channels or config.get("out_channels", 16) != channels:
        raise BadModelError(
            f"{file}: in_channels and out_channels do not fit the autoencoder's {channels}; get the model again"
        )
    for key in ("guidance_embeds", "zero_cond_t", "use_additional_t_cond", "use_layer3d_rope"):
        if config.get(key):
            raise BadModelError(f"{file}: {key} is not supported; Onetake runs Qwen-Image, not its editing models")


class _Posterior(Protocol):
    def mode(self) -> Tensor: ...
