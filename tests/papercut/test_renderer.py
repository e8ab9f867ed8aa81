"""What the scene renderer promises to training and control: one picture and its truth, from scene and noise alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from papercut.grammar import LANDS, STYLES, WATERS, Scene, sample_scene
from papercut.layout import draw_noise
from papercut.render import render
from papercut.stage import CLASSES, ID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from papercut.layout import Floats


def small_noise(seed: int) -> Floats:
    return draw_noise(np.random.default_rng(seed), 128, 128)


def segment(scene: Scene, noise: Floats) -> NDArray[np.uint8]:
    """The class of every pixel."""
    segmentation = render(scene, noise, maps=True).segmentation
    assert segmentation is not None
    return segmentation


def classes_in(segmentation: NDArray[np.uint8]) -> set[str]:
    return {CLASSES[index] for index in np.unique(segmentation)}


def test_one_seed_gives_the_same_bytes() -> None:
    """Scene and noise decide every byte of the picture."""
    scene = sample_scene(np.random.default_rng(3))
    first, second = (render(scene, small_noise(3)).picture for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_layout_depends_on_noise_and_on_nothing_else() -> None:
    """Other noise moves things; the global random state does not."""
    scene = Scene(land="mountains", boats=1, water="lake")
    np.random.seed(1)
    first = render(scene, small_noise(1)).picture
    np.random.seed(2)
    assert np.array_equal(first, render(scene, small_noise(1)).picture)
    assert not np.array_equal(first, render(scene, small_noise(2)).picture)


def test_maps_do_not_change_the_picture() -> None:
    """The truth is taken down beside the picture, which stays as it is."""
    scene = Scene(land="hills", water="river", fog=True, trees=True, balloons=1)
    assert np.array_equal(
        render(scene, small_noise(1)).picture,
        render(scene, small_noise(1), maps=True).picture,
    )


@pytest.mark.parametrize("seed", range(12))
def test_what_is_unnamed_is_absent(seed: int) -> None:
    """The segmentation holds no class that the scene does not name."""
    scene = sample_scene(np.random.default_rng(seed))
    allowed = {"sky", "meadow", scene.land, scene.water, scene.body}
    allowed |= {name for name in CLASSES if getattr(scene, name, False)}
    assert classes_in(segment(scene, small_noise(seed))) <= allowed


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
    named = {name for name in CLASSES if getattr(scene, name, False)} | ({scene.body, scene.water} - {"none"})
    assert named <= classes_in(segment(scene, draw_noise(np.random.default_rng(8))))


@pytest.mark.parametrize(("position", "low", "high"), [("left", 0.0, 0.4), ("center", 0.35, 0.65), ("right", 0.6, 1.0)])
def test_the_body_stands_where_the_caption_says(position: str, low: float, high: float) -> None:
    """Left, center and right are where they should be for any noise."""
    for seed in range(5):
        segmentation = segment(Scene(body="sun", position=position), small_noise(seed))
        columns = np.nonzero(segmentation == ID["sun"])[1] / segmentation.shape[1]
        assert low < columns.mean() < high


@pytest.mark.parametrize(("height", "width"), [(256, 256), (256, 384), (384, 256), (64, 64), (256, 512)])
def test_maps_have_the_pictures_size_and_range(height: int, width: int) -> None:
    """Depth is in 0..1 with the near at 1; segmentation holds class ids; any multiple of 16 works."""
    scene = Scene(land="mountains", water="sea", boats=1, clouds=True)
    truth = render(scene, draw_noise(np.random.default_rng(1), height, width), maps=True)
    assert truth.depth is not None
    assert truth.segmentation is not None
    assert truth.edges is not None
    assert truth.picture.shape == (height, width, 3)
    assert truth.picture.dtype == np.uint8
    assert truth.depth.shape == truth.segmentation.shape == truth.edges.shape == (height, width)
    assert truth.depth.min() >= 0
    assert truth.depth.max() <= 1
    assert truth.depth[-8:].mean() > truth.depth[:8].mean()
    assert truth.segmentation.max() < len(CLASSES)
    assert 0 < truth.edges.mean() < 0.3


@pytest.mark.parametrize("style", STYLES)
def test_styles_differ(style: str) -> None:
    """Each style changes the look of one and the same layout."""
    scene = Scene(land="mountains", house=True)
    others = [other for other in STYLES if other != style]
    picture = render(replace(scene, style=style), small_noise(7)).picture.astype(float)
    for other in others:
        assert np.abs(picture - render(replace(scene, style=other), small_noise(7)).picture).mean() > 4


def test_all_lands_and_waters_render() -> None:
    """Every land with every water is drawn."""
    for land in LANDS:
        for water in WATERS:
            segmentation = segment(Scene(land=land, water=water), small_noise(9))
            assert water == "none" or (segmentation == ID[water]).mean() > 0.03
