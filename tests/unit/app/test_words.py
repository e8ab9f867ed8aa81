"""How time is said."""

from __future__ import annotations

import pytest

from app.words import length_text, timecode


@pytest.mark.parametrize(
    ("frame", "fps", "said"),
    [(0, 8, "0:00:00"), (7, 8, "0:00:07"), (8, 8, "0:01:00"), (1441, 24, "1:00:01"), (30, 29.97, "0:01:00")],
)
def test_a_timecode_counts_frames_within_the_second(frame: int, fps: float, said: str) -> None:
    """Minutes, seconds, and the frame, also for speeds that are no whole number."""
    assert timecode(frame, fps) == said


def test_short_takes_are_told_in_seconds() -> None:
    """Below a minute with a tenth, above as a clock."""
    assert (length_text(48, 8.0), length_text(960, 8.0)) == ("6.0 s", "2:00")
