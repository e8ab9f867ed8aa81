"""Small clips for tests: flat patches, ramps and something that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.media.clip import Clip

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PATCHES = (
    *(
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 255),
        (0, 0, 0),
        (128, 128, 128),
        (16, 16, 16),
        (235, 235, 235),
    ),
    *((200, 30, 60), (20, 90, 160), (240, 200, 120), (70, 110, 60), (255, 255, 0), (0, 255, 255), (255, 0, 255)),
    (12, 34, 56),
)


def moving_frame(frame: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """A square that moves over a ramp: every frame is another."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, np.full_like(x, 90)], -1).astype(np.uint8)
    left = frame * 2 % (width - 8)
    pixels[8:16, left : left + 8] = (250, 40, 30)
    return pixels


def patch_frame() -> NDArray[np.uint8]:
    """Sixteen flat patches of 32 by 32 pixels."""
    table = np.array(PATCHES, np.uint8).reshape(4, 4, 3)
    return np.kron(table, np.ones((32, 32, 1), np.uint8))


def make_clip(folder: Path, frames: int = 12, *, width: int = 64, height: int = 48, fps: float = 8.0) -> Clip:
    """A whole clip of moving frames."""
    clip = Clip.create(folder, width=width, height=height, fps=fps, frames=frames)
    for frame in clip.frames:
        clip.write(frame, moving_frame(frame, width, height))
    return clip
