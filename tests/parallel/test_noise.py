"""Noise by seed, step and frame."""

from __future__ import annotations

import torch

from engine.parallel.noise import INITIAL, frame_noise, noise_of_frames, rescheduled_frames

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
