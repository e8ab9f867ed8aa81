"""Noise by seed, step and frame."""

from __future__ import annotations

import pytest
import torch

from engine.parallel.noise import INITIAL, frame_noise, noise_of_frames, orbit, rescheduled_frames

SHAPE = (4, 3, 2)


def test_a_frames_noise_does_not_depend_on_who_draws_it() -> None:
    """The runs of any partition, laid side by side, are the whole take."""
    whole = noise_of_frames(7, INITIAL, range(5), SHAPE)
    assert whole.shape == (1, 4, 5, 3, 2)
    parts = [noise_of_frames(7, INITIAL, run, SHAPE) for run in (range(1), range(1, 1), range(1, 5))]
    assert torch.equal(torch.cat(parts, dim=2), whole)


def test_seed_step_and_frame_each_change_the_noise() -> None:
    """Neither neighbouring frames of neighbouring seeds nor steps share noise."""
    drawn = [frame_noise(seed, step, frame, SHAPE) for seed in (0, 1) for step in (INITIAL, 0, 1) for frame in (0, 1)]
    assert not any(torch.equal(a, b) for i, a in enumerate(drawn) for b in drawn[:i])


def test_drawing_noise_leaves_the_global_generator_alone() -> None:
    """Nothing else of the process changes."""
    before = torch.get_rng_state()
    noise_of_frames(2**63 - 1, 3, range(2), SHAPE)
    assert torch.equal(torch.get_rng_state(), before)


def test_rescheduled_noise_permutes_the_run_one_window_before() -> None:
    """As in FreeNoise, each stride of frames has the noise of the stride a window earlier, in another order."""
    sources = rescheduled_frames(3, range(100, 130), length=8, stride=4)
    assert sources[:8] == tuple(range(100, 108))
    for start in range(8, 28, 4):
        assert sorted(sources[start : start + 4]) == sorted(sources[start - 8 : start - 4])
    assert len(sources) == 30
    assert sources[8:] != sources[:22]
    assert rescheduled_frames(4, range(100, 130), length=8, stride=4) != sources


def test_orbiting_noise_starts_at_the_first_and_returns_after_each_channels_period() -> None:
    """Frame 0 is the first noise, a full turn later it is so again to the bit, and a still channel never changes."""
    first, second = frame_noise(1, INITIAL, 0, SHAPE), frame_noise(2, INITIAL, 0, SHAPE)
    noise = orbit(first, second, [0, 2, 8, 12, 24_000_008], (0, 8, 12, 24))[0]
    assert torch.equal(noise[:, 0], first)
    assert torch.equal(noise[0], first[0].expand(5, -1, -1))
    torch.testing.assert_close(noise[1, 1], second[1])  # a quarter of a turn
    assert torch.equal(noise[1, 2], first[1])
    assert torch.equal(noise[1, 4], first[1])
    assert torch.equal(noise[2, 3], first[2])


def test_orbiting_noise_keeps_its_variance() -> None:
    """Every frame's noise is standard normal, and neighbours are alike."""
    shape = (2, 100, 100)
    first, second = frame_noise(1, INITIAL, 0, shape), frame_noise(2, INITIAL, 0, shape)
    noise = orbit(first, second, range(40), (40, 96))[0]
    deviations = noise.flatten(2).std(dim=2)
    assert float((deviations - 1).abs().max()) < 0.03
    correlation = (noise[1, 0] * noise[1, 1]).mean()
    assert float(correlation) > 0.99 * float(noise[1, 0].square().mean())


def test_orbits_for_other_channels_are_refused() -> None:
    """The message counts both."""
    noise = frame_noise(1, INITIAL, 0, SHAPE)
    with pytest.raises(ValueError, match="2 orbits for 4 channels"):
        orbit(noise, noise, [0], (0, 8))
