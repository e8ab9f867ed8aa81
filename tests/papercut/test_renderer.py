"""What the scene renderer promises to training, control and video."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from papercut.grammar import LANDS, STYLES, WATERS, Scene, sample_scene
from papercut.layout import draw_noise, uniform
from papercut.render import CLASSES, ID, render

SMALL = (128, 128)


def _noise(seed: int, height: int = 128, width: int = 128) -> np.ndarray:
    return draw_noise(np.random.default_rng(seed), height, width)


def test_one_seed_gives_the_same_bytes() -> None:
    """Scene, noise and time decide every byte of the picture."""
    scene = sample_scene(np.random.default_rng(3))
    first, second = (render(scene, _noise(3), time_s=1.5).picture for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_layout_depends_on_noise_and_on_nothing_else() -> None:
    """Other noise moves things; the global random state does not."""
    scene = Scene(land="mountains", boats=1, water="lake")
    np.random.seed(1)
    first = render(scene, _noise(1)).picture
    np.random.seed(2)
    assert np.array_equal(first, render(scene, _noise(1)).picture)
    assert not np.array_equal(first, render(scene, _noise(2)).picture)


def test_layout_moves_smoothly_with_the_noise() -> None:
    """A small step in noise is a small step in the picture, or one pass could not learn it."""
    scene = Scene(time="dusk", body="sun", land="hills", water="river", boats=1, trees=True)
    noise, other = _noise(4), _noise(5)
    near = render(scene, (noise + 0.01 * other).astype(np.float32)).picture.astype(float)
    here = render(scene, noise).picture.astype(float)
    far = render(scene, other).picture.astype(float)
    assert np.abs(near - here).mean() < 0.1 * np.abs(far - here).mean()


def test_layout_numbers_are_uniform_for_normal_noise() -> None:
    """The smooth map from N(0, 1) covers (-1, 1) evenly."""
    values = uniform(np.random.default_rng(0).standard_normal(20_000))
    counts, _ = np.histogram(values, bins=10, range=(-1, 1))
    assert abs(counts / 2000 - 1).max() < 0.1


@pytest.mark.parametrize("seed", range(12))
def test_what_is_unnamed_is_absent(seed: int) -> None:
    """The segmentation holds no class that the scene does not name."""
    scene = sample_scene(np.random.default_rng(seed))
    segmentation = render(scene, _noise(seed), maps=True).segmentation
    assert segmentation is not None
    allowed = {"sky", "meadow", scene.land, scene.water, scene.body}
    allowed |= {name for name in CLASSES if getattr(scene, name, False)}
    assert {CLASSES[index] for index in np.unique(segmentation)} <= allowed


@pytest.mark.parametrize(
    "scene",
    [
        Scene(body="sun", position="left", castle=True),
        Scene(time="night", body="moon", position="right", house=True, stars=True),
        Scene(balloons=2, colour="blue", boats=2, water="sea", clouds=True),
        Scene(snow=True, trees=True, birds=True),
        Scene(rain=True, fog=True, water="lake", land="forest"),
    ],
)
def test_what_is_named_is_there(scene: Scene) -> None:
    """Every named thing covers some pixels."""
    segmentation = render(scene, _noise(8, 256, 256), maps=True).segmentation
    assert segmentation is not None
    present = {CLASSES[index] for index in np.unique(segmentation)}
    named = {name for name in CLASSES if getattr(scene, name, False)} | {scene.body, scene.water} - {"none"}
    assert named <= present | {"none"}


@pytest.mark.parametrize(("position", "low", "high"), [("left", 0.0, 0.4), ("center", 0.35, 0.65), ("right", 0.6, 1.0)])
def test_the_body_stands_where_the_caption_says(position: str, low: float, high: float) -> None:
    """Left, center and right are where they should be for any noise."""
    for seed in range(5):
        segmentation = render(Scene(body="sun", position=position), _noise(seed), maps=True).segmentation
        assert segmentation is not None
        columns = np.nonzero(segmentation == ID["sun"])[1] / segmentation.shape[1]
        assert low < columns.mean() < high


@pytest.mark.parametrize(("height", "width"), [(256, 256), (256, 384), (384, 256), (64, 64), (256, 512)])
def test_maps_have_the_pictures_size_and_range(height: int, width: int) -> None:
    """Depth is in 0..1 with the near at 1; segmentation holds class ids; any multiple of 16 works."""
    scene = Scene(land="mountains", water="sea", boats=1, clouds=True)
    truth = render(scene, _noise(1, height, width), maps=True)
    assert truth.depth is not None and truth.segmentation is not None and truth.edges is not None  # noqa: PT018
    assert truth.picture.shape == (height, width, 3)
    assert truth.picture.dtype == np.uint8
    assert truth.depth.shape == truth.segmentation.shape == truth.edges.shape == (height, width)
    assert truth.depth.min() >= 0
    assert truth.depth.max() <= 1
    assert truth.depth[-8:].mean() > truth.depth[:8].mean()
    assert truth.segmentation.max() < len(CLASSES)
    assert 0 < truth.edges.mean() < 0.3


def test_a_size_off_the_grid_is_refused() -> None:
    """Sizes are multiples of 16."""
    with pytest.raises(ValueError, match="multiple of 16"):
        draw_noise(np.random.default_rng(0), 100, 100)


def test_a_moving_scene_moves_and_begins_at_rest() -> None:
    """Pictures change with time, more with more time, and time zero is the still picture."""
    scene = Scene(land="hills", water="lake", boats=1, clouds=True, body="sun", balloons=1, colour="red")
    still = render(scene, _noise(6)).picture.astype(float)
    soon, late = (render(scene, _noise(6), time_s=t).picture.astype(float) for t in (0.5, 6.0))
    assert np.array_equal(still, render(scene, _noise(6), time_s=0.0).picture)
    assert 0 < np.abs(soon - still).mean() < np.abs(late - still).mean()


def test_near_sheets_pan_faster_than_far_ones() -> None:
    """The camera pans in parallax: the ground moves more than the far ridge."""
    from papercut import layout as at
    from papercut.render import PAN

    assert PAN > 0
    field = at.NoiseField(_noise(2))
    x = ((np.arange(128) + 0.5) / 128).astype(np.float32)
    ridge = at.bumps(field, at.FAR, 3, 0.6, 0.2, x)
    moved = at.bumps(field, at.FAR, 3, 0.6, 0.2, (x + 8 / 128).astype(np.float32))
    assert np.allclose(moved[:-8], ridge[8:], atol=1e-4)


@pytest.mark.parametrize("style", STYLES)
def test_styles_differ(style: str) -> None:
    """Each style changes the look of one and the same layout."""
    scene = Scene(land="mountains", house=True)
    others = [other for other in STYLES if other != style]
    picture = render(replace(scene, style=style), _noise(7)).picture.astype(float)
    for other in others:
        assert np.abs(picture - render(replace(scene, style=other), _noise(7)).picture).mean() > 4


def test_all_lands_and_waters_render() -> None:
    """Every land with every water is drawn."""
    for land in LANDS:
        for water in WATERS:
            truth = render(Scene(land=land, water=water), _noise(9), maps=True)
            assert truth.segmentation is not None
            assert water == "none" or (truth.segmentation == ID[water]).mean() > 0.03
