"""Edits of a plan: what each does to segments, lengths and the selection."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app import timeline_edits as edits
from app.video_edit import SegmentEdit, VideoEdit
from engine.messages import FrameSpan, ModelSpec, VideoSpec


def plan(*frames: int) -> VideoEdit:
    """Segments of these lengths, named by letters."""
    segments = tuple(SegmentEdit(prompt=chr(97 + index), frames=count) for index, count in enumerate(frames))
    return VideoEdit(segments=segments).sound()


def words(edit: VideoEdit) -> str:
    """The prompts in order."""
    return "".join(segment.prompt for segment in edit.segments)


def lengths(edit: VideoEdit) -> list[int]:
    """The lengths in order."""
    return [segment.frames for segment in edit.segments]


def test_the_first_segment_takes_over_prompt_and_length() -> None:
    """Nothing that was typed before there was a timeline is lost."""
    edit = edits.add(VideoEdit(frames=40), "a boat")
    assert edit.segments == (SegmentEdit(prompt="a boat", frames=40),)
    assert (edit.current, edit.selected) == (0, (0,))


def test_a_new_segment_stands_behind_the_current_one_and_comes_over_within_a_second() -> None:
    """It begins with the same words, and is current."""
    edit = edits.add(edits.select(plan(48, 48), 0), "")
    assert words(edit) == "aab"
    assert edit.segments[1].transition == 8
    assert edit.current == 1


def test_a_split_keeps_the_length_of_the_whole() -> None:
    """Both halves keep the words; at a border there is nothing to split."""
    edit = edits.split(plan(10, 20), 16)
    assert (words(edit), lengths(edit), edit.current) == ("abb", [10, 6, 14], 2)
    assert edits.split(edit, 10) == edit


def test_a_split_inside_a_transition_shortens_it() -> None:
    """What is left of the first half can hold no longer transition."""
    edit = edits.set_transition(plan(10, 20), 1, 12)
    halves = edits.split(edit, 15).segments[1:]
    assert [(half.frames, half.transition) for half in halves] == [(5, 5), (15, 0)]


def test_removing_ripples_and_what_comes_first_neither_cuts_nor_comes_over() -> None:
    """The new first segment loses its cut; the neighbour becomes current."""
    edit = edits.toggle_cut(plan(1, 2, 3), [1])
    edit = edits.remove(edit, [0])
    assert (words(edit), edit.segments[0].cut, edit.current) == ("bc", False, 0)
    assert edits.remove(edit, [0, 1]) == VideoEdit()


def test_trimming_moves_what_follows_and_rolling_does_not() -> None:
    """A trim changes the length of the take, a roll only where two segments meet."""
    assert lengths(edits.trim(plan(10, 10, 10), 1, 4)) == [10, 4, 10]
    assert lengths(edits.roll(plan(10, 10, 10), 1, 16)) == [16, 4, 10]
    assert lengths(edits.roll(plan(10, 10), 1, 99)) == [19, 1]


def test_a_trim_ends_at_a_length_that_the_model_can_make() -> None:
    """Wan makes 4 k + 1 frames: the whole take is rounded, not the segment."""
    wan = VideoSpec(family="wan", frame_multiple=4, frame_remainder=1)
    spec = ModelSpec(name="wan", title="Wan", family="", folder="", licence="", video=wan)
    edit = edits.trim(plan(10, 11), 0, 13, edits.fit_of(spec))
    assert edit.length == 25
    assert lengths(edit) == [14, 11]


def test_segments_move_together_and_stay_selected() -> None:
    """They keep their order, and the drop place counts segments as they lay before."""
    edit = edits.select(plan(1, 2, 3, 4), 0, [2])
    moved = edits.move(edit, edit.selected, 4)
    assert (words(moved), moved.selected, moved.current) == ("bdac", (2, 3), 2)
    assert words(edits.move(edit, [3], 0)) == "dabc"


def test_a_cut_and_a_transition_exclude_each_other() -> None:
    """The one that was asked for last wins; the first segment has neither."""
    edit = edits.set_transition(edits.toggle_cut(plan(5, 5), [0, 1]), 1, 3)
    assert (edit.segments[1].cut, edit.segments[1].transition) == (False, 3)
    edit = edits.toggle_cut(edit, [1])
    assert (edit.segments[1].cut, edit.segments[1].transition) == (True, 0)
    assert not edit.segments[0].cut


def test_neighbouring_selected_segments_are_one_span() -> None:
    """A re-roll gets as few spans as there are gaps."""
    edit = edits.select(plan(10, 10, 10, 10), 0, [1, 3])
    assert edit.selected_frames() == (FrameSpan(start=0, stop=20), FrameSpan(start=30, stop=40))


def test_a_shot_reaches_from_cut_to_cut() -> None:
    """The cut belongs to the segment behind it."""
    edit = edits.toggle_cut(plan(1, 2, 3, 4), [2])
    assert edit.shot_of(0) == [0, 1]
    assert edit.shot_of(3) == [2, 3]


STEPS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 60), st.integers(0, 40)), max_size=25)


@given(STEPS)
def test_whatever_is_done_the_plan_stays_sound(steps: list[tuple[int, int, int]]) -> None:
    """Any row of edits leaves a plan that the engine accepts, with a current segment that exists."""
    edit = plan(7, 12, 5)
    for kind, value, other in steps:
        index = value % max(len(edit.segments), 1)
        match kind:
            case 0:
                edit = edits.add(edit, "x")
            case 1:
                edit = edits.split(edit, value)
            case 2 if len(edit.segments) > 1:
                edit = edits.remove(edit, [index])
            case 3 if edit.segments:
                edit = edits.trim(edit, index, other)
            case 4 if index:
                edit = edits.roll(edit, index, other)
            case 5 if edit.segments:
                edit = edits.set_transition(edit, index, other)
            case 6 if edit.segments:
                edit = edits.toggle_cut(edits.move(edit, [index], other % (len(edit.segments) + 1)), [index])
            case _:
                pass
        assert edit == edit.sound()
        assert edit.timeline("x").frames == edit.length
