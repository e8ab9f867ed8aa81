"""Owns the shipped folder as the evaluation runs it: each component by its stock class, one step or many."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Generic, Protocol, TypeVar, cast

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from torch import Tensor
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from papercut.autoencoder import decode, encode
from papercut.text import encode_captions
from papercut.training import channels_last, half_precision, in_parts
from papercut.unet import TEACHER_LIMIT, predict

Component_co = TypeVar("Component_co", covariant=True)


class _Stock(Protocol, Generic[Component_co]):
    """What we ask of a diffusers or transformers class; their own signatures are partly untyped."""

    def from_pretrained(self, folder: Path, **options: object) -> Component_co: ...


class _Features(Protocol):
    last_hidden_state: Tensor


class _Scheduler(Protocol):
    timesteps: Tensor
    init_noise_sigma: float

    def set_timesteps(self, num_inference_steps: int) -> None: ...
    def step(self, model_output: Tensor, timestep: Tensor, sample: Tensor, *, return_dict: bool) -> tuple[Tensor]: ...


@dataclass(frozen=True)
class ShippedModel:
    """The shipped components, in the precision they are judged in."""

    tokenizer: PreTrainedTokenizerFast
    text_encoder: CLIPTextModel
    unet: UNet2DConditionModel
    autoencoder: AutoencoderTiny
    make_scheduler: Callable[[], _Scheduler]
    """A fresh one as the folder configures it; schedulers remember the steps of a run."""
    scale: float
    """By what latents are multiplied before the denoiser sees them."""

    @classmethod
    def load(cls, folder: Path) -> ShippedModel:
        """Load each component with its stock class."""
        tokenizer = cast("_Stock[PreTrainedTokenizerFast]", PreTrainedTokenizerFast)
        text_encoder = cast("_Stock[CLIPTextModel]", CLIPTextModel)
        unet = cast("_Stock[UNet2DConditionModel]", UNet2DConditionModel)
        autoencoder = cast("_Stock[AutoencoderTiny]", AutoencoderTiny)
        networks = (
            text_encoder.from_pretrained(folder / "text_encoder", dtype=torch.float32),
            channels_last(unet.from_pretrained(folder / "unet", dtype=torch.float32), torch.device("cpu")),
            channels_last(autoencoder.from_pretrained(folder / "vae", dtype=torch.float32), torch.device("cpu")),
        )
        for network in networks:
            network.eval()
        config = cast("Mapping[str, float]", networks[2].config)
        scheduler = cast("_Stock[_Scheduler]", DPMSolverMultistepScheduler)
        return cls(
            tokenizer.from_pretrained(folder / "tokenizer"), *networks,
            make_scheduler=lambda: scheduler.from_pretrained(folder / "scheduler"),
            scale=float(config["scaling_factor"]),
        )  # fmt: skip

    def read(self, captions: list[str]) -> Tensor:
        """Text features of captions, (B, tokens, width)."""
        ids = encode_captions(self.tokenizer, captions)
        return cast("_Features", self.text_encoder(input_ids=ids)).last_hidden_state

    def one_step(self, noise: Tensor, features: Tensor) -> Tensor:
        """The student: one pass from noise to latents."""
        with half_precision(torch.device("cpu")):
            latents = predict(self.unet, noise, torch.full((len(noise),), 999.0), features)
        return latents.float()

    def scheduled(self, noise: Tensor, features: Tensor, steps: int) -> Tensor:
        """As a plain pipeline samples: the folder's own scheduler, without guidance.

        Its first timestep is the student's, 999, and the others are the teacher's.
        """
        scheduler = self.make_scheduler()
        scheduler.set_timesteps(steps)
        x = noise * scheduler.init_noise_sigma
        for timestep in scheduler.timesteps:
            with half_precision(torch.device("cpu")):
                clean = predict(self.unet, x, timestep.float().expand(len(x)), features).float()
            x = scheduler.step(clean, timestep, x, return_dict=False)[0]
        return x

    def many_steps(self, noise: Tensor, features: Tensor, empty: Tensor, steps: int, guidance_scale: float) -> Tensor:
        """The teacher: Euler steps from its noisiest time on, with classifier-free guidance."""
        times = np.linspace(TEACHER_LIMIT, 0.0, steps + 1)
        x = noise
        for start, end in pairwise(times):
            t = torch.full((len(x),), 1000 * start, dtype=torch.float32)
            with half_precision(torch.device("cpu")):
                clean = predict(self.unet, x, t, features).float()
                if guidance_scale != 1:
                    free = predict(self.unet, x, t, empty.expand_as(features)).float()
                    clean = free + guidance_scale * (clean - free)
            x = x + float((end - start) / start) * (x - clean)
        return x

    def show(self, latents: Tensor) -> Tensor:
        """Decode latents to pictures in [-1, 1]."""
        with half_precision(torch.device("cpu")):
            return decode(self.autoencoder, latents / self.scale).float().clamp(-1, 1)

    def keep(self, pictures: Tensor) -> Tensor:
        """Encode pictures in [-1, 1] to latents as `show` takes them."""
        return torch.cat([encode(self.autoencoder, part) for part in in_parts(pictures, 20)]) * self.scale

    def with_shuffled_weights(self) -> ShippedModel:
        """The same with the numbers of each of the denoiser's tensors in random order: a model that knows nothing."""
        generator = torch.Generator().manual_seed(0)
        unet = copy.deepcopy(self.unet)
        unet.load_state_dict(
            {
                name: value.flatten()[torch.randperm(value.numel(), generator=generator)].reshape(value.shape)
                for name, value in unet.state_dict().items()
            }
        )
        return replace(self, unet=unet)
