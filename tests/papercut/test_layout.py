"""How a layout is read from noise: evenly among the arrangements, smoothly within one, in circles over time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from papercut.grammar import Scene
from papercut.layout import (
    ARRANGED,
    ARRANGEMENTS,
    BEAT_EAST,
    BEAT_FRAMES,
    BEAT_NORTH,
    BOAT_MOVE,
    CHANNELS,
    LATENT_CHANNELS,
    ORBIT_FRAMES,
    Floats,
    NoiseField,
    arrangements,
    draw_noise,
    orbit,
    uniform,
)
from papercut.render import render


def noise_of(seed: int, side: int = 128) -> Floats:
    return draw_noise(np.random.default_rng(seed), side, side)


def test_layout_numbers_are_uniform_for_normal_noise() -> None:
    """The smooth map from N(0, 1) covers (-1, 1) evenly."""
    values = uniform(np.random.default_rng(0).standard_normal(20_000))
    counts, _ = np.histogram(values, bins=10, range=(-1, 1))
    assert np.abs(counts / 2000 - 1).max() < 0.1


@pytest.mark.parametrize("side", [64, 256])
def test_arrangements_split_evenly_in_thirds(side: int) -> None:
    """Up to 256x256 each channel takes each of its three arrangements for a third of all noises."""
    noise = np.stack([noise_of(seed, side) for seed in range(1500)])
    chosen = arrangements(noise)
    assert chosen.shape == (1500, len(ARRANGED))
    shares = np.stack([(chosen == which).mean(0) for which in range(ARRANGEMENTS)])
    assert np.abs(shares - 1 / 3).max() < 0.06, "5 standard deviations of a fair choice"


def test_a_channel_chooses_for_itself_alone() -> None:
    """Raising one channel's mean changes that channel's arrangement and no other's."""
    noise = noise_of(0)
    raised = noise.copy()
    raised[ARRANGED[3]] += 10
    before, after = arrangements(noise), arrangements(raised)
    assert after[3] == ARRANGEMENTS - 1
    assert np.array_equal(np.delete(before, 3), np.delete(after, 3))


def test_layout_is_smooth_where_no_arrangement_changes() -> None:
    """A small step in noise is a small step in the picture, or one pass could not learn it."""
    scene = Scene(time="dusk", body="sun", land="hills", water="river", boats=1, trees=True)
    noise, other = noise_of(4), noise_of(5)
    stepped = (noise + 0.01 * other).astype(np.float32)
    assert np.array_equal(arrangements(noise), arrangements(stepped)), "choose noise away from the borders"
    here, near, far = (render(scene, each).picture.astype(float) for each in (noise, stepped, other))
    assert 0 < np.abs(near - here).mean() < 0.1 * np.abs(far - here).mean()


def test_the_layout_jumps_at_the_border_of_an_arrangement() -> None:
    """Two noises a hair apart, on both sides of a border, place the thing of that channel elsewhere."""
    index, border = 6, 0.4307273  # the first channel's mean there, as a share of N(0, 1)
    channel = ARRANGED[index]
    noise = noise_of(1)
    cells = noise[channel].size
    noise[channel] += border / np.sqrt(cells) - noise[channel].mean()
    below, above = noise.copy(), noise.copy()
    below[channel] -= 1e-3
    above[channel] += 1e-3
    assert arrangements(above)[index] == arrangements(below)[index] + 1
    place = [NoiseField.of(each).read(channel, 0.5, 0.5) for each in (below, above)]
    assert abs(place[0] - place[1]) > 0.05


def test_a_larger_picture_is_the_smaller_one_enlarged_and_a_wider_one_goes_on() -> None:
    """What the noise's means and nearest cells say is read alike at any size; the pictures show it."""
    noise = noise_of(9, 256)
    doubled = noise.repeat(2, 1).repeat(2, 2)
    small, large = NoiseField.of(noise), NoiseField.of(doubled)
    assert np.array_equal(small.noise, large.noise)
    assert np.allclose(small.moved, large.moved, atol=1e-5)
    scene = Scene(time="night", body="moon", land="forest", water="river", balloons=2, house=True, stars=True)
    picture = Image.fromarray(render(scene, doubled).picture).reduce(2)
    assert np.abs(np.asarray(picture, float) - render(scene, noise).picture).mean() < 12
    # The same in every channel but the moving ones, whose noise is its own.
    wide = NoiseField.of(np.concatenate([noise, noise], 2))
    fixed = [channel for channel in range(CHANNELS) if channel not in ARRANGED]
    apart = np.abs(wide.noise[fixed, :, :16] - small.noise[fixed])
    assert apart.max() < 0.5, "the noise's own share, VARIETY"


@pytest.mark.parametrize(("height", "width"), [(512, 512), (288, 512), (512, 288), (256, 384)])
def test_a_layout_keeps_unit_variance_at_any_size(height: int, width: int) -> None:
    """Sixteen parts from top to bottom, as many more across as the picture is wider than high, each N(0, 1)."""
    rng = np.random.default_rng(3)
    fields = [NoiseField.of(draw_noise(rng, height, width)) for _ in range(20)]
    assert fields[0].noise.shape == (LATENT_CHANNELS, 16, max(16, 16 * width // height))
    assert (fields[0].height, fields[0].width) == (height, width)
    # Two thousand cells of the fixed arrangements alone: 5 standard deviations.
    assert abs(np.stack([field.noise for field in fields]).std() - 1) < 0.05


def test_a_layout_keeps_unit_variance() -> None:
    """What layouts are read from is N(0, 1) like the noise, so every place is as likely as intended."""
    fields = np.stack([NoiseField.of(noise_of(seed, 256)).noise for seed in range(60)])
    assert abs(fields.std() - 1) < 0.02
    assert abs(fields.mean()) < 0.02


def test_an_orbit_returns_after_its_period() -> None:
    """Each moving channel is back after its own period, opposite after half of it, and the others never move."""
    first, second = noise_of(1), noise_of(2)
    for channel, period in enumerate(ORBIT_FRAMES):
        if period:
            assert np.allclose(orbit(first, second, period)[channel], first[channel], atol=1e-5)
            assert np.allclose(orbit(first, second, period / 2)[channel], -first[channel], atol=1e-5)
            if channel not in (BEAT_EAST, BEAT_NORTH):
                assert np.allclose(orbit(first, second, period / 4)[channel], second[channel], atol=1e-5)
        else:
            assert np.array_equal(orbit(first, second, 33)[channel], first[channel])
    assert all(period == 0 for period in ORBIT_FRAMES[:CHANNELS])
    assert len(ORBIT_FRAMES) == LATENT_CHANNELS


def test_every_frame_of_an_orbit_is_noise() -> None:
    """A circle through two independent noises keeps variance 1, however far a shot goes; frame 0 is the first."""
    first, second = noise_of(3, 512), noise_of(4, 512)
    assert np.array_equal(orbit(first, second, 0), first)
    for frame in (1, 17, 1000):
        assert abs(orbit(first, second, frame).std() - 1) < 0.02


def test_neighbouring_frames_are_alike() -> None:
    """Noise turns slowly: from one frame to the next no channel loses much of itself."""
    first, second = noise_of(5, 512), noise_of(6, 512)
    later = orbit(first, second, 1)
    for channel in range(LATENT_CHANNELS):
        assert np.corrcoef(first[channel].ravel(), later[channel].ravel())[0, 1] > 0.8


def test_the_beat_tells_the_time_the_same_way_round_in_every_cell() -> None:
    """From frame to frame every cell's phase grows by one part of the beat, and comes round after the last."""
    first, second = noise_of(5), noise_of(6)
    phases = [NoiseField.of(orbit(first, second, frame)).phases() for frame in range(BEAT_FRAMES + 1)]
    for earlier, later in pairwise(phases):
        grown = (later - earlier) % 1.0
        assert np.allclose(grown, 1 / BEAT_FRAMES, atol=1e-4)
    assert min(phase.min() for phase in phases) >= 0.0
    assert max(phase.max() for phase in phases) < 1.0


def test_a_move_is_uniform_over_seeds() -> None:
    """How far a thing is out of its middle depends on its channel's mean, and every value is as likely."""
    found = np.sort([NoiseField.of(noise_of(seed)).move(BOAT_MOVE) for seed in range(300)])
    assert np.abs(found - np.linspace(-1, 1, 300)).max() < 0.15


def test_a_size_off_the_grid_is_refused() -> None:
    """Sizes are multiples of 16."""
    with pytest.raises(ValueError, match="multiple of 16"):
        draw_noise(np.random.default_rng(0), 100, 100)
