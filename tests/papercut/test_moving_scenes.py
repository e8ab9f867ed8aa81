"""What moves in a scene, and how: things travel because their noise orbits, and beat with the frame's number."""

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


def where(scene: Scene, noise: Floats, what: str, frame: float = 0.0) -> NDArray[np.bool_]:
    """The pixels of one class."""
    segmentation = render(scene, noise, frame=frame, maps=True).segmentation
    assert segmentation is not None
    return segmentation == ID[what]


def middle(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean x and y of a mask, pixels."""
    rows, columns = np.nonzero(mask)
    return float(columns.mean()), float(rows.mean())


def test_the_still_picture_is_frame_zero() -> None:
    """A picture is the first frame of its take: same noise, frame 0."""
    scene = Scene(land="hills", water="lake", boats=1, clouds=True, body="sun", balloons=1, snow=True)
    still = render(scene, noise_of(6)).picture
    assert np.array_equal(still, render(scene, orbit(noise_of(6), noise_of(7), 0), frame=0).picture)


@pytest.mark.parametrize("seed", range(6))
def test_a_beat_ends_where_it_began(seed: int) -> None:
    """With the noise held still, frame 8 is frame 0 and frame 11 is frame 3, whatever the scene holds."""
    scene = sample_scene(np.random.default_rng(seed))
    for frame in (0, 3):
        early, late = (render(scene, noise_of(seed), frame=at).picture for at in (frame, frame + BEAT_FRAMES))
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
def test_what_beats_moves_while_its_noise_rests(scene: Scene) -> None:
    """Snow, rain, wings, stars, ripples and swell change within a beat, by the frame's number alone."""
    first, second = (render(scene, noise_of(8), frame=frame).picture for frame in (0, BEAT_FRAMES / 4))
    assert not np.array_equal(first, second)


def test_nothing_else_moves_while_the_noise_rests() -> None:
    """Without anything that beats, the frame's number changes nothing: travelling is the noise's."""
    scene = Scene(land="mountains", clouds=True, body="sun", balloons=2, trees=True, house=True, castle=True, fog=True)
    assert np.array_equal(render(scene, noise_of(8)).picture, render(scene, noise_of(8), frame=3).picture)


@pytest.mark.parametrize(
    ("scene", "what", "channels"),
    [
        (Scene(balloons=1), "balloons", (layout.BALLOON_X, layout.BALLOON_Y)),
        (Scene(water="sea", boats=1), "boats", (layout.BOAT_MOVE,)),
        (Scene(body="sun", position="center"), "sun", (layout.BODY_MOVE,)),
        (Scene(birds=True), "birds", (layout.BIRD_X, layout.BIRD_Y)),
        (Scene(clouds=True), "clouds", (layout.CLOUD_MOVE,)),
    ],
)
def test_what_travels_follows_its_own_channels(scene: Scene, what: str, channels: tuple[int, ...]) -> None:
    """Turning round a thing's channels moves it; turning round all other moving channels but the camera does not."""
    noise = noise_of(2)
    moving = set(range(layout.CHANNELS, layout.LATENT_CHANNELS))
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
    still, soon, late = (
        render(scene, orbit(first, second, frame), frame=frame).picture.astype(float) for frame in (0, 1, 60)
    )
    assert 0 < np.abs(soon - still).mean() < 0.3 * np.abs(late - still).mean()


def test_near_sheets_pan_more_than_far_ones() -> None:
    """When the camera moves, near sheets go further across the picture than far ones, all to the same side."""
    scene = Scene(land="mountains")
    noise = noise_of(2)
    noise[layout.CAMERA] = 0.5
    other = noise.copy()
    other[layout.CAMERA] = -0.5
    one, two = (set_stage(scene, each, frame=0, maps=False) for each in (noise, other))
    far, mid, near = (float((one.world(p) - two.world(p)).mean()) for p in (0.25, 0.5, 1.0))
    assert 0 < far < mid < near
    assert near == pytest.approx(one.pan - two.pan, abs=1e-6)
    castle = Scene(castle=True)
    assert middle(where(castle, noise, "castle"))[0] < middle(where(castle, other, "castle"))[0]


def test_snow_falls_within_its_cell() -> None:
    """Every flake goes down by its share of the beat and comes back in at the top of its own cell."""
    cell = layout.CELL
    before, after = (
        set_stage(Scene(snow=True), noise_of(4), frame=frame, maps=False).cell_places(0.05, 0.0, 1.0, fall=1)
        for frame in (0, 2)
    )
    assert len(before) == len(after) > 5
    for (x, y, size), (new_x, new_y, new_size) in zip(before, after, strict=True):
        assert (x, size) == (new_x, new_size)
        assert int(y // cell) == int(new_y // cell)
        assert (new_y - y) % cell == pytest.approx(cell * 2 / BEAT_FRAMES, abs=1e-3)


def test_birds_beat_their_wings() -> None:
    """Half a beat later the wings are down: the flock's pixels lie lower, and a beat later they are up again."""
    scene = Scene(birds=True)
    up, down, again = (
        middle(where(scene, noise_of(3), "birds", frame))[1] for frame in (0, BEAT_FRAMES / 2, BEAT_FRAMES)
    )
    assert down > up + 1
    assert again == pytest.approx(up)


def test_things_stay_in_the_picture_at_any_frame_number() -> None:
    """Frame numbers have no limit: far into a shot everything is still inside the picture."""
    scene = Scene(water="sea", boats=2, balloons=2, body="moon", time="night", position="any")
    noise = orbit(noise_of(1), noise_of(2), 100_003)
    for what in ("boats", "balloons", "moon"):
        x, y = middle(where(scene, noise, what, 100_003))
        assert 0 < x < SIDE
        assert 0 < y < SIDE
