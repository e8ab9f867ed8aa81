"""The plan of a take, its file, and the request made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from app.image_edit import ImageEdit, read_edit
from app.video_edit import SegmentEdit, VideoEdit
from engine.errors import BadInputError
from engine.messages import Segment, Timeline, VideoRequest
from tests.fake_takes import MOVING
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from pathlib import Path

TIMELINE = Timeline(
    segments=(
        Segment(prompt="a lake", frames=20),
        Segment(prompt="a boat", frames=30, transition=8, strength=0.5, seed=4),
        Segment(prompt="a moon", frames=10, cut=True),
    )
)


def test_a_request_and_its_edit_say_the_same() -> None:
    """Taking over a take's settings and asking for a request again gives it back."""
    request = VideoRequest(timeline=TIMELINE, seed=5, width=384, fps=12.0, steps=2, devices=("cpu:2",))
    assert ImageEdit().of_video(request).video_request(MOVING) == request


def test_without_segments_the_prompt_fills_the_whole_take() -> None:
    """A take needs no timeline, and one of a single bare segment makes none."""
    edit = ImageEdit(prompt=" a boat ", video=VideoEdit(frames=24))
    request = edit.video_request(MOVING)
    assert request.timeline == Timeline(segments=(Segment(prompt="a boat", frames=24),))
    assert ImageEdit().of_video(request).video.segments == ()


def test_an_empty_segment_is_named() -> None:
    """The message says which prompt is missing, and a model that makes pictures only says so."""
    edit = ImageEdit(video=VideoEdit(segments=(SegmentEdit(prompt="a boat"), SegmentEdit(prompt=" "))))
    with pytest.raises(BadInputError, match="segment 2 is empty"):
        edit.video_request(MOVING)
    with pytest.raises(BadInputError, match="makes pictures only"):
        ImageEdit(prompt="a boat").video_request(FREE_TEXT)


def test_a_file_of_before_there_were_videos_is_read(tmp_path: Path) -> None:
    """Its settings come back, with the plan of a first start."""
    (tmp_path / "edit.json").write_text('{"prompt": "a boat", "count": 3}')
    edit = read_edit(tmp_path / "edit.json")
    assert edit is not None
    assert (edit.prompt, edit.count, edit.video) == ("a boat", 3, VideoEdit())


def test_a_selection_that_cannot_be_is_set_right(tmp_path: Path) -> None:
    """Whatever a file says is current or selected, the window gets segments that exist."""
    video = VideoEdit(segments=(SegmentEdit(prompt="a"), SegmentEdit(prompt="b")), current=9, selected=(-1, 5))
    (tmp_path / "edit.json").write_bytes(msgspec.json.encode(ImageEdit(video=video)))
    edit = read_edit(tmp_path / "edit.json")
    assert edit is not None
    assert (edit.video.current, edit.video.selected) == (1, (1,))
    assert replace(video, segments=()).sound().selected == ()
