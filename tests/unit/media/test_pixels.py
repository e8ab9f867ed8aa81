"""engine.media.pixels: floats become the nearest byte, in the one place where they do."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.media.pixels import to_uint8


def test_the_ends_and_the_middle_are_right() -> None:
    """-1 is black, 1 is white, what lies beyond is clipped; rows and columns stay in place."""
    picture = torch.tensor([-5.0, -1.0, 0.0, 1.0, 5.0, 0.5]).reshape(1, 1, 2, 3).expand(1, 3, 2, 3)
    bytes_ = to_uint8(picture)
    assert bytes_.shape == (1, 2, 3, 3)
    assert np.array_equal(bytes_[0, :, :, 0].numpy(), [[0, 0, 128], [255, 255, 191]])


@given(st.integers(0, 255))
def test_every_level_comes_back(level: int) -> None:
    """Each of the 256 levels is hit by its own float."""
    picture = torch.full((1, 3, 1, 1), level / 127.5 - 1)
    assert to_uint8(picture).eq(level).all()
