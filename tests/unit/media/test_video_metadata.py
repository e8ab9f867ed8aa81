"""engine.media.video_metadata: a movie restores the request that makes it, and tells people what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError
from engine.media.av_movie import read_av_texts
from engine.media.movie import write_movie
from engine.media.video_metadata import COMMENT, DESCRIPTION, VideoRecord, record_from_texts, video_texts
from engine.messages import Segment, Timeline, VideoRequest
from tests.unit.media.clips import make_clip

DAY = Timeline(
    segments=(
        Segment(prompt="dawn over hills", frames=4),
        Segment(prompt="day 🏔️", frames=5, transition=2, strength=0.25, seed=2**63 - 1),
        Segment(prompt="night", frames=3, cut=True),
    )
)


def record(request: VideoRequest, first: int = 0, frames: int = 0) -> VideoRecord:
    return VideoRecord(request=request, first=first, frames=frames or request.frames, fps=request.fps)


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).filter(lambda t: t.strip()),
    st.integers(0, 2**63 - 1),
    st.floats(0.1, 240, allow_nan=False),
)
def test_any_request_is_restored_exactly(prompt: str, seed: int, fps: float) -> None:
    """Request and segments come back to the last bit, whatever a prompt holds."""
    request = VideoRequest(timeline=Timeline(segments=(Segment(prompt=prompt, frames=3),)), seed=seed, fps=fps)
    assert record_from_texts(video_texts(record(request))) == record(request)


@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_the_request_survives_the_file(tmp_path: Path, codec: str) -> None:
    """What was written into a movie is found in it."""
    written = record(VideoRequest(timeline=DAY, seed=7), first=2, frames=8)
    clip = make_clip(tmp_path / "clip", 8)
    write_movie(clip, tmp_path / "out", codec=codec, fps=8, texts=video_texts(written), after_frame=lambda _: None)
    assert record_from_texts(read_av_texts(tmp_path / "out")) == written


def test_people_read_the_prompts_with_the_frames_they_fill() -> None:
    """Frames are counted in the movie, which may be a part of the take; a lone prompt stands alone."""
    request = VideoRequest(timeline=DAY, seed=7)
    assert video_texts(record(request))[DESCRIPTION] == "0-3: dawn over hills\n4-8: day 🏔️\n9-11: cut to night"
    assert video_texts(record(request, 6, 4))[DESCRIPTION] == "0-2: day 🏔️\n3-3: cut to night"
    assert video_texts(record(request, 1, 2))[DESCRIPTION] == "dawn over hills"


def test_prompts_of_a_retimed_movie_are_counted_in_its_own_frames() -> None:
    """Twice the rate, twice the numbers; at half of it a short shot keeps its one frame."""
    request = VideoRequest(timeline=DAY, seed=7, fps=8.0)
    faster = VideoRecord(request=request, fps=16.0, retimed=True)
    assert video_texts(faster)[DESCRIPTION] == "0-7: dawn over hills\n8-17: day 🏔️\n18-23: cut to night"
    slower = VideoRecord(request=request, fps=4.0, retimed=True)
    assert video_texts(slower)[DESCRIPTION] == "0-1: dawn over hills\n2-4: day 🏔️\n5-5: cut to night"


def test_a_newer_or_damaged_record_is_a_clear_error() -> None:
    """Settings that are ours but unreadable are said to be so, in one line; others are none of ours."""
    document = video_texts(record(VideoRequest(timeline=DAY, seed=7)))[COMMENT]
    for damaged in (document[:-2], document.replace('"seed":7', '"seed":-7', 1)):
        with pytest.raises(BadInputError, match="update Onetake"):
            record_from_texts({COMMENT: damaged})
    assert record_from_texts({COMMENT: "shot on a telephone"}) is None
    assert record_from_texts({}) is None
