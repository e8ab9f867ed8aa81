"""What moves in a scene, and how: things travel and beat because their noise goes round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from papercut import layout
from papercut.grammar import Scene, sample_scene
from papercut.layout import BEAT_FRAMES, Floats, draw_noise, orbit
from papercut.render import render
from papercut.stage import ID, set_stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 128


def noise_of(seed: int) -> Floats:
    return draw_noise(np.random.default_rng(seed), SIDE, SIDE)


def where(scene: Scene, noise: Floats, what: str) -> NDArray[np.bool_]:
    """The pixels of one class."""
    segmentation = render(scene, noise, maps=True).segmentation
    assert segmentation is not None
    return segmentation == ID[what]


def middle(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean x and y of a mask, pixels."""
    rows, columns = np.nonzero(mask)
    return float(columns.mean()), float(rows.mean())


def beaten(frame: float, seed: int = 8) -> Floats:
    """A scene's noise in which nothing but the beat has gone on."""
    first = noise_of(seed)
    out = first.copy()
    beat = [layout.BEAT_EAST, layout.BEAT_NORTH]
    out[beat] = orbit(first, first, frame)[beat]
    return out


def test_the_still_picture_is_frame_zero() -> None:
    """A picture is the first frame of its take."""
    scene = Scene(land="hills", water="lake", boats=1, clouds=True, body="sun", balloons=1, snow=True)
    still = render(scene, noise_of(6)).picture
    assert np.array_equal(still, render(scene, orbit(noise_of(6), noise_of(7), 0)).picture)


@pytest.mark.parametrize("seed", range(6))
def test_a_beat_ends_where_it_began(seed: int) -> None:
    """Where nothing travels, frame 12 is frame 0 and frame 15 is frame 3, whatever the scene holds."""
    scene = sample_scene(np.random.default_rng(seed))
    for frame in (0, 3):
        early, late = (render(scene, beaten(at, seed)).picture for at in (frame, frame + BEAT_FRAMES))
        assert np.abs(early.astype(int) - late.astype(int)).max() <= 1, "rounding of the phase alone"


@pytest.mark.parametrize(
    "scene",
    [
        Scene(snow=True),
        Scene(rain=True),
        Scene(birds=True),
        Scene(time="night", stars=True),
        Scene(water="lake"),
        Scene(water="sea"),
        Scene(water="sea", boats=1),
    ],
)
def test_what_beats_moves_with_the_beat_alone(scene: Scene) -> None:
    """Snow, rain, wings, stars, ripples and swell change within a beat in which nothing travels."""
    first, second = (render(scene, beaten(frame)).picture for frame in (0, BEAT_FRAMES / 4))
    assert not np.array_equal(first, second)


def test_nothing_else_moves_with_the_beat() -> None:
    """Without anything that beats, the beat changes nothing."""
    scene = Scene(land="mountains", clouds=True, body="sun", balloons=2, trees=True, house=True, castle=True, fog=True)
    assert np.array_equal(render(scene, beaten(0)).picture, render(scene, beaten(3)).picture)


@pytest.mark.parametrize(
    ("scene", "what", "channels"),
    [
        (Scene(balloons=1), "balloons", (layout.BALLOON_MOVE,)),
        (Scene(water="sea", boats=1), "boats", (layout.BOAT_MOVE,)),
        (Scene(body="sun", position="center"), "sun", (layout.BODY_MOVE,)),
        (Scene(birds=True), "birds", (layout.BIRD_MOVE,)),
        (Scene(clouds=True), "clouds", (layout.CLOUD_MOVE,)),
    ],
)
def test_what_travels_follows_its_own_channels(scene: Scene, what: str, channels: tuple[int, ...]) -> None:
    """Turning round a thing's channels moves it; turning round those of all others but the camera does not."""
    noise = noise_of(2)
    moving = set(range(layout.CHANNELS, layout.LATENT_CHANNELS)) - {layout.BEAT_EAST, layout.BEAT_NORTH}
    own, others = noise.copy(), noise.copy()
    own[list(channels)] *= -1
    others[list(moving - set(channels) - {layout.CAMERA})] *= -1
    still = where(scene, noise, what)
    assert not np.array_equal(still, where(scene, own, what))
    assert np.array_equal(still, where(scene, others, what))


def test_a_moving_scene_moves_little_from_frame_to_frame() -> None:
    """Neighbouring frames are alike, frames of a distant time are not."""
    scene = Scene(land="hills", clouds=True, body="sun", balloons=1)
    first, second = noise_of(6), noise_of(9)
    still, soon, late = (render(scene, orbit(first, second, frame)).picture.astype(float) for frame in (0, 1, 60))
    assert 0 < np.abs(soon - still).mean() < 0.3 * np.abs(late - still).mean()


def test_near_sheets_pan_more_than_far_ones() -> None:
    """When the camera moves, near sheets go further across the picture than far ones, all to the same side."""
    scene = Scene(land="mountains")
    noise = noise_of(2)
    noise[layout.CAMERA] = 0.5
    other = noise.copy()
    other[layout.CAMERA] = -0.5
    one, two = (set_stage(scene, each, maps=False) for each in (noise, other))
    far, mid, near = (float((one.world(p) - two.world(p)).mean()) for p in (0.25, 0.5, 1.0))
    assert 0 < far < mid < near
    assert near == pytest.approx(one.pan - two.pan, abs=1e-6)
    castle = Scene(castle=True)
    assert middle(where(castle, noise, "castle"))[0] < middle(where(castle, other, "castle"))[0]


def test_snow_swirls_about_its_places() -> None:
    """Every flake stays, goes round its place within the beat, and is back when the beat is over."""
    tracks = np.array(
        [
            set_stage(Scene(snow=True), beaten(frame, 4), maps=False).cell_places(0.05, 0.0, 1.0, sway=1.0)
            for frame in range(BEAT_FRAMES + 1)
        ]
    )
    assert tracks.shape[1] > 5
    assert np.allclose(tracks[0], tracks[-1], atol=1e-3)
    middle_of_track = tracks[:-1, :, :2].mean(0)
    reach = np.hypot(*np.moveaxis(tracks[:-1, :, :2] - middle_of_track, -1, 0))
    assert reach.min() > 0.05
    assert reach.max() < 1.5


def test_birds_beat_their_wings() -> None:
    """Half a beat later the wings are where they were not, and a beat later they are back."""
    scene = Scene(birds=True)
    one, other, again = (
        where(scene, beaten(frame, 3), "birds").astype(int) for frame in (0, BEAT_FRAMES / 2, BEAT_FRAMES)
    )
    assert np.abs(one - other).sum() > 0.1 * one.sum()
    assert np.abs(one - again).sum() <= 2


def test_things_stay_in_the_picture_at_any_frame_number() -> None:
    """Frame numbers have no limit: far into a shot everything is still inside the picture."""
    scene = Scene(water="sea", boats=2, balloons=2, body="moon", time="night", position="any")
    noise = orbit(noise_of(1), noise_of(2), 100_003)
    for what in ("boats", "balloons", "moon"):
        x, y = middle(where(scene, noise, what))
        assert 0 < x < SIDE
        assert 0 < y < SIDE
