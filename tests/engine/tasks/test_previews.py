"""engine.tasks.previews: enough to look at, and never a queue."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.tasks.previews import PER_SECOND, SIDE, PreviewBudget, encode_preview, spread_evenly


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("world_size", [1, 3, 40])
def test_all_ranks_together_send_no_more_than_the_rate(world_size: int) -> None:
    """Asked all the time for ten seconds, the ranks send about fifteen a second in all, beside one burst."""
    clock, sent = Clock(), 0
    budgets = [PreviewBudget(world_size, clock) for _ in range(world_size)]
    for _ in range(1000):
        clock.now += 0.01
        sent += sum(budget.take(20) for budget in budgets)
    assert 0.8 * 10 * PER_SECOND <= sent <= 10 * PER_SECOND + max(PER_SECOND, world_size)


def test_what_was_not_spent_does_not_pile_up() -> None:
    """After an hour of silence there is no more than one second's worth, and no more than is asked for."""
    clock = Clock()
    budget = PreviewBudget(1, clock)
    clock.now += 3600
    assert budget.take(2) == 2
    assert budget.take(1000) == PER_SECOND - 2
    assert budget.take(1000) == 0


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 20))
def test_chosen_frames_are_distinct_and_in_order(count: int, among: int, turn: int) -> None:
    """As many as asked for, all of them where they are few."""
    chosen = list(spread_evenly(count, among, turn))
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(count, among)
    assert all(0 <= index < among for index in chosen)


def test_every_frame_is_seen_in_time() -> None:
    """Turn by turn other frames are shown, so that a filmstrip fills."""
    seen = {index for turn in range(20) for index in spread_evenly(5, 50, turn)}
    assert len(seen) == 50


@pytest.mark.parametrize(("height", "width"), [(256, 512), (64, 32), (1000, 10)])
def test_a_preview_is_a_small_jpeg_of_the_frames_shape(height: int, width: int) -> None:
    """Its longer side is at most 128 pixels, and small pictures stay as they are."""
    pixels = np.full((height, width, 3), (200, 30, 30), np.uint8)
    with Image.open(io.BytesIO(encode_preview(pixels))) as image:
        assert image.format == "JPEG"
        assert max(image.size) == min(SIDE, max(height, width))
        shrink = max(height, width) / max(image.size)
        assert image.size == (max(1, round(width / shrink)), max(1, round(height / shrink)))
        red, green, _ = np.asarray(image).mean((0, 1))
        assert red > green + 100
