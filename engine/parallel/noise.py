"""Noise as a function of (seed, step, global frame): the same for every number and kind of devices.

Owns: which random numbers a frame gets. Does not own: how a sampler scales them.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import torch
from torch import Tensor

INITIAL = -1
"""The step of the noise that a take starts from."""


def frame_noise(seed: int, step: int, frame: int, shape: Sequence[int]) -> Tensor:
    """Standard normal noise of one frame, fp32 on the CPU.

    Args:
        seed: Of the take or the segment, 0 to 2^63 - 1.
        step: Index of the denoising step, or INITIAL.
        frame: Global id.
        shape: Of the frame's latents, (C, H, W).
    """
    # manual_seed(seed + frame) would give frame 1 of seed 0 the noise of frame 0 of seed 1.
    digest = hashlib.blake2b(f"{seed}/{step}/{frame}".encode(), digest_size=8).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)
    return torch.randn(tuple(shape), generator=generator)


def noise_of_frames(seed: int, step: int, frames: Sequence[int], shape: Sequence[int]) -> Tensor:
    """The noise of several frames as latents of a video.

    Args:
        seed: As in `frame_noise`.
        step: As in `frame_noise`.
        frames: Global ids; may be empty or repeat.
        shape: Of one frame, (C, H, W).

    Returns:
        fp32 on the CPU, (1, C, T, H, W).
    """
    channels, height, width = shape
    noise = torch.empty(1, channels, len(frames), height, width)
    for index, frame in enumerate(frames):
        noise[0, :, index] = frame_noise(seed, step, frame, shape)
    return noise


def rescheduled_frames(seed: int, shot: range, length: int, stride: int) -> tuple[int, ...]:
    """For each frame of a shot, the frame among its first `length` whose initial noise it shares.

    Each run of `stride` frames is a permutation, drawn from seed and place, of the run `length` frames before it:
    windows then start from the same noise in changing order, which holds a long take together.

    Source: FreeNoise, arXiv:2310.15169, section 3.2 (diffusers' "shuffle_context").
    """
    sources = list(shot[:length])
    for start in range(length, len(shot), stride):
        generator = torch.Generator().manual_seed(
            int.from_bytes(hashlib.blake2b(f"{seed}/order/{shot[start]}".encode(), digest_size=8).digest(), "big") >> 1
        )
        earlier = sources[start - length : start - length + stride]
        order = torch.randperm(len(earlier), generator=generator)
        sources.extend(earlier[int(index)] for index in order)
    return tuple(sources[: len(shot)])


def orbit(first: Tensor, second: Tensor, places: Sequence[int], periods: Sequence[int]) -> Tensor:
    """Noise that goes round a circle as a shot goes on: N(0, 1) in every frame, alike in neighbours, without an end.

    Args:
        first: Noise of the shot's first frame, (C, H, W).
        second: Independent noise, reached after a quarter of a turn.
        places: Frames, counted from the start of the shot; may be empty.
        periods: For each channel the frames of a full turn; 0 for a channel that keeps its first noise.

    Returns:
        (1, C, T, H, W), T the number of places, like `first`.
    """
    if len(periods) != first.shape[0]:
        raise ValueError(f"{len(periods)} orbits for {first.shape[0]} channels; give one for each")
    # The remainder makes a channel's noise the very same after a turn, however far the shot has gone.
    angles = torch.tensor(
        [[2 * math.pi * (place % period) / period if period else 0.0 for place in places] for period in periods],
        dtype=torch.float64,
    ).reshape(len(periods), len(places), 1, 1)
    cosine, sine = angles.cos().to(first), angles.sin().to(first)
    return (cosine * first[:, None] + sine * second[:, None])[None]
