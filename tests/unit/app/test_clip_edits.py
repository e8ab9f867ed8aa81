"""app.clip_edits and the lengths of shots: places in time stay sound whatever is dragged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app import clip_edits
from app import timeline_edits as edits
from app.control_edit import ControlEdit
from app.video_edit import SegmentEdit, VideoEdit

LENGTH = 100


@st.composite
def layers(draw: st.DrawFn) -> tuple[ControlEdit, ...]:
    count = draw(st.integers(1, 5))
    return tuple(
        ControlEdit(
            kind="canny",
            picture="/a.mp4",
            first=draw(st.integers(0, 90)),
            frames=draw(st.integers(0, 40)),
            skip=draw(st.integers(0, 5)),
        )
        for _ in range(count)
    )


@given(controls=layers(), by=st.integers(-200, 200))
def test_clips_move_together_and_never_before_the_take(controls: tuple[ControlEdit, ...], by: int) -> None:
    """All by the same way, with their lengths; the first one stops at frame 0."""
    moved = clip_edits.move(controls, range(len(controls)), by, LENGTH)
    ways = {after.first - before.first for before, after in zip(controls, moved, strict=True)}
    assert len(ways) == 1
    assert min(after.first for after in moved) >= 0
    assert [len(each.span(LENGTH)) for each in moved] == [len(each.span(LENGTH)) for each in controls]


@given(controls=layers(), frame=st.integers(-50, 200), held=st.integers(60, 80))
def test_trimming_keeps_the_pictures_where_they_are_in_time(
    controls: tuple[ControlEdit, ...], frame: int, held: int
) -> None:
    """Of footage: no picture moves, none is needed that is not there, and one frame at least is left."""
    before = controls[0]
    start = clip_edits.trim_start(controls, 0, frame, held, LENGTH)[0]
    assert start.first - start.skip == before.first - before.skip
    assert start.skip >= 0
    assert start.span(LENGTH).stop == before.span(LENGTH).stop
    end = clip_edits.trim_end(controls, 0, frame, held, LENGTH)[0]
    assert (end.first, end.skip) == (before.first, before.skip)
    assert 1 <= len(end.span(LENGTH)) <= held - end.skip


def test_a_movie_that_is_not_counted_yet_is_trimmed_as_one() -> None:
    """Its pictures stay where they are in time; a still simply begins later."""
    movie = ControlEdit(kind="canny", picture="/nowhere/walk.mp4", first=10, frames=20, skip=5)
    still = ControlEdit(kind="canny", picture="/nowhere/walk.png", first=10, frames=20, skip=0)
    trimmed = clip_edits.trim_start((movie, still), 0, 14, None, LENGTH)
    trimmed = clip_edits.trim_start(trimmed, 1, 14, None, LENGTH)
    assert [(clip.first, clip.skip, clip.frames) for clip in trimmed] == [(14, 9, 16), (14, 0, 16)]
    assert clip_edits.trim_start((movie,), 0, 0, None, LENGTH)[0].first == 5


@given(controls=layers())
def test_clips_of_one_row_never_meet(controls: tuple[ControlEdit, ...]) -> None:
    """Each lies in the first row that has room."""
    rows = clip_edits.rows_of(controls, LENGTH)
    for index, row in enumerate(rows):
        mine = set(controls[index].span(LENGTH))
        others = [set(controls[place].span(LENGTH)) for place in range(index) if rows[place] == row]
        assert not any(mine & other for other in others)


def test_edges_snap_to_lengths_of_shots_that_the_model_can_make() -> None:
    """A model of 4 n + 1 frames: the shot that is trimmed gets such a length, and a cut moves where both shots have."""

    def fit(frames: int) -> int:
        return max(0, round((frames - 1) / 4)) * 4 + 1

    video = VideoEdit(segments=(SegmentEdit(frames=9), SegmentEdit(frames=4, cut=True), SegmentEdit(frames=9)))
    trimmed = edits.trim(video, 2, 12, fit)
    assert edits.shot_frames(trimmed, 2) == 17
    assert trimmed.segments[0].frames == 9
    rolled = edits.roll(video, 1, 8, fit)
    assert [edits.shot_frames(rolled, index) for index in (0, 1)] == [9, 13]
