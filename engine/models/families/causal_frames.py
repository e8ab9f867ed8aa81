"""Frames and latent frames of autoencoders that are causal in time: the first frame of a shot has its own latent frame.

Owns this arithmetic. Frames and latent frames are counted from the start of their shot.
"""

from __future__ import annotations

from engine.errors import BadInputError


def latent_frames(frames: int, stride: int) -> int:
    """Latent frames of a shot in a causal autoencoder of this temporal stride.

    Raises:
        BadInputError: No whole number of latent frames decodes to a shot of this length.
    """
    if frames % stride != 1 % stride:
        below = max(1, (frames - 1) // stride * stride + 1)
        raise BadInputError(
            f"the model cannot make a shot of {frames} frames; use {below} or {below + stride}, or any 1 + {stride} n"
        )
    return (frames - 1) // stride + 1


def frames_of(latent_frame: int, stride: int) -> range:
    """The frames of a shot that a latent frame decodes to: the first one to one, all others to `stride`."""
    return range(max(0, (latent_frame - 1) * stride + 1), latent_frame * stride + 1)
