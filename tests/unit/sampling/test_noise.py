"""engine.sampling.noise: noise is a function of seed, stream and shape."""

from __future__ import annotations

import itertools

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.messages import MAX_SEED
from engine.sampling.noise import INITIAL, draw_noise, step_stream

SHAPE = (4, 8, 8)


@given(st.integers(0, MAX_SEED), st.integers(0, 1000))
def test_the_same_key_gives_the_same_noise(seed: int, stream: int) -> None:
    """Whatever was drawn before, and on whatever state of the global generator."""
    first = draw_noise(SHAPE, seed, stream)
    torch.rand(3)
    assert torch.equal(first, draw_noise(SHAPE, seed, stream))


def test_no_two_keys_share_noise() -> None:
    """Seeds that agree in their lower 32 bits, and streams of one seed, are all different."""
    seeds = (0, 1, 2**32, 2**32 + 1, MAX_SEED)
    streams = (INITIAL, step_stream(0), step_stream(1))
    draws = [draw_noise(SHAPE, seed, stream) for seed in seeds for stream in streams]
    assert not any(torch.equal(a, b) for a, b in itertools.combinations(draws, 2))


def test_noise_is_standard_normal() -> None:
    """Mean 0, variance 1, in fp32 on the CPU."""
    noise = draw_noise((16, 64, 64), 5)
    assert noise.dtype == torch.float32
    assert noise.device.type == "cpu"
    assert abs(float(noise.mean())) < 0.01
    assert abs(float(noise.std()) - 1) < 0.01


def test_noise_stays_what_it_is() -> None:
    """Pictures of old files can be made again: the numbers themselves are pinned."""
    assert np.array_equal(
        draw_noise((3,), 7).numpy(), np.array([-0.2933390140533447, 1.703830599784851, 1.5391918420791626], np.float32)
    )
