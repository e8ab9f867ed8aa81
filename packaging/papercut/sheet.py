"""Owns the contact sheets by which the renderer is looked at: scenes, a moving scene, and the truth maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from papercut.captions import write_caption
from papercut.grammar import parse, sample_scene
from papercut.layout import draw_noise, orbit
from papercut.render import render
from papercut.stage import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray


def tile(pictures: list[NDArray[np.uint8]], across: int) -> Image.Image:
    """Put pictures of one size into a grid."""
    rows = [np.concatenate(pictures[i : i + across], 1) for i in range(0, len(pictures), across)]
    return Image.fromarray(np.concatenate(rows))


def write_sheets(folder: Path, seed: int = 0) -> None:
    """Write scenes.png (64 scenes, with captions.txt), moving.png and maps.png."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    scenes = [sample_scene(rng) for _ in range(64)]
    tile([render(scene, draw_noise(rng)).picture for scene in scenes], 8).save(folder / "scenes.png")
    (folder / "captions.txt").write_text("\n".join(write_caption(scene, rng) for scene in scenes) + "\n")
    moving = [
        parse("two boats on a lake, mountains, red balloon, clouds, a sun on the left, birds"),
        parse("winter night, snow, river, forest, house, moon on the right"),
    ]
    frames = [
        render(scene, orbit(first, second, frame)).picture
        for scene in moving
        for first, second in ((draw_noise(rng), draw_noise(rng)),)
        for frame in (0, 2, 4, 20, 40, 80)
    ]
    tile(frames, 6).save(folder / "moving.png")
    colours = np.random.default_rng(12).integers(40, 255, (len(CLASSES), 3)).astype(np.uint8)
    maps: list[NDArray[np.uint8]] = []
    for scene in scenes[:6]:
        truth = render(scene, draw_noise(rng), maps=True)
        assert truth.depth is not None
        assert truth.segmentation is not None
        assert truth.edges is not None
        grey = np.repeat((truth.depth * 255).astype(np.uint8)[..., None], 3, 2)
        lines = np.repeat((truth.edges * 255).astype(np.uint8)[..., None], 3, 2)
        maps += [truth.picture, grey, colours[truth.segmentation], lines]
    tile(maps, 8).save(folder / "maps.png")
