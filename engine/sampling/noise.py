"""Gaussian noise that depends on a picture's seed alone: not on device, batch, order or other pictures.

Owns the numbering of streams. Noise is drawn on the CPU in fp32 by a counter-based generator keyed by
(seed, stream), which keeps all 2^63 seeds distinct; torch's CPU generator uses only 32 bits of a seed.
Source: Philox, Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import numpy as np
import torch

INITIAL = 0
ORBIT = 2**32
"""The noise that a take's starting noise turns towards; far behind the streams of steps."""
CONTENT = ORBIT + 1
"""What a masked part may hold before it is noised."""


def step_stream(index: int) -> int:
    """The stream of fresh noise at step `index`."""
    return 1 + index


def draw_noise(shape: tuple[int, ...], seed: int, stream: int = INITIAL) -> torch.Tensor:
    """Standard normal noise of one picture, fp32 on the CPU.

    Args:
        shape: Shape of one picture's latents, (C, h, w).
        seed: The picture's own seed, 0 to 2^63 - 1.
        stream: INITIAL, or a step's stream.
    """
    generator = np.random.Generator(np.random.Philox(key=[seed, stream]))
    return torch.from_numpy(generator.standard_normal(shape, dtype=np.float32))  # pyright: ignore[reportUnknownMemberType]
