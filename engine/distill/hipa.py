"""HiPA: one step from a frozen model and a small low-rank adapter that gives back the fine detail one step lacks.

Zhang and Hooi, arXiv:2311.18158. The adapter (engine/distill/lora.py) is trained at the first level alone, towards the
model's own pictures of many steps: with a spatial perceptual loss, and with a loss of what is high in frequency, by
Fourier transform and by edges. The paper's weights and masks are not published; those here are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import torch
from torch.nn.functional import conv2d, l1_loss, mse_loss, pad

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from engine.models.denoiser import Conditioning, Denoiser, StepContext


class _Fourier(Protocol):
    """What we ask of torch.fft, which is untyped in torch 2.15."""

    def rfft2(self, signal: Tensor, /) -> Tensor: ...
    def irfft2(self, spectrum: Tensor, /, s: tuple[int, int]) -> Tensor: ...


def high_pass(signal: Tensor, cutoff: float) -> Tensor:
    """What is left of pictures without their low frequencies.

    Args:
        signal: Pictures or latents, (B, C, h, w).
        cutoff: The lowest frequency kept, in 0..1 of the highest that a row can hold (half a cycle a pixel).

    Returns:
        Of the same shape. A wave at or above the cutoff stays as it is, one below is gone.
    """
    height, width = signal.shape[-2:]
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    # A hair below, so that a wave at the cutoff itself does not hang on rounding.
    kept = torch.as_tensor(np.hypot(rows, columns) >= 0.5 * cutoff - 1e-6, device=signal.device)
    fourier = cast("_Fourier", torch.fft)
    return fourier.irfft2(fourier.rfft2(signal) * kept, s=(height, width))


def edges(signal: Tensor) -> Tensor:
    """How steep pictures are: Sobel's derivatives along both axes, (B, 2 C, h, w) for (B, C, h, w)."""
    across = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]).to(signal) / 8
    kernels = torch.stack([across, across.T])[:, None]
    flat = pad(signal.flatten(0, 1)[:, None], (1, 1, 1, 1), mode="replicate")
    return conv2d(flat, kernels).reshape(len(signal), -1, *signal.shape[-2:])


def detail_loss(signal: Tensor, wanted: Tensor, *, cutoff: float = 0.5) -> Tensor:
    """How far the fine detail of pictures is from what is wanted, a scalar.

    Args:
        signal: Pictures or latents, (B, C, h, w).
        wanted: Those of many steps, likewise.
        cutoff: Where detail begins (`high_pass`).
    """
    return mse_loss(high_pass(signal, cutoff), high_pass(wanted, cutoff)) + l1_loss(edges(signal), edges(wanted))


def hipa_loss(
    student: Denoiser,
    start: Tensor,
    wanted: Tensor,
    step: StepContext,
    conditioning: Conditioning,
    *,
    perceive: Callable[[Tensor], Tensor] | None = None,
    show: Callable[[Tensor], Tensor] | None = None,
    detail_weight: float = 1.0,
    cutoff: float = 0.5,
) -> Tensor:
    """How far one step of the adapted model is from its own pictures of many steps.

    Args:
        student: The frozen model with its adapter.
        start: Latents of noise alone, (B, C, h, w).
        wanted: Latents to which the model's many steps lead from there, likewise.
        step: The one step.
        conditioning: The encoded prompts.
        perceive: Features of latents in which likeness is judged beside the latents themselves, any shape.
        show: Turns latents into pictures, (B, 3, H, W), for whose fine detail is asked; by default that of the latents.
        detail_weight: Of the loss of fine detail.
        cutoff: Where detail begins (`high_pass`).

    Returns:
        A scalar. Gradients reach the adapter.
    """
    clean = student.denoise(start, step, conditioning)
    loss = mse_loss(clean, wanted)
    if show is None:
        loss = loss + detail_weight * detail_loss(clean, wanted, cutoff=cutoff)
    else:
        loss = loss + detail_weight * detail_loss(show(clean), show(wanted), cutoff=cutoff)
    if perceive is not None:
        loss = loss + mse_loss(perceive(clean), perceive(wanted))
    return loss
