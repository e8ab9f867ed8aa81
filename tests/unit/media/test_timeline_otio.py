"""engine.media.timeline_otio: cuts of editing programs become takes, or are told where they cannot."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportAttributeAccessIssue=false, reportUntypedFunctionDecorator=false
# OpenTimelineIO 0.18 has no type stubs.

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from engine.errors import BadInputError
from engine.media.timeline_checks import Plan
from engine.media.timeline_file import TakeMovie, read_timeline, write_timeline
from engine.messages import ControlLayer, Segment, Timeline


def clip(name: str, frames: float, rate: float = 24.0, **fields: object) -> otio.schema.Clip:
    span = TimeRange(RationalTime(0, rate), RationalTime(frames, rate))
    return otio.schema.Clip(name=name, source_range=span, **fields)


def dissolve(before: float, after: float) -> otio.schema.Transition:
    offsets = (RationalTime(before, 24), RationalTime(after, 24))
    return otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=offsets[0], out_offset=offsets[1])


def gap(frames: float) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=TimeRange(RationalTime(0, 24), RationalTime(frames, 24)))


def read_tracks(tmp_path: Path, *tracks: list[object], kind: str = "Video") -> Plan:
    document = otio.schema.Timeline("from an editor")
    for number, items in enumerate(tracks, 1):
        track = otio.schema.Track(f"V{number}", children=items, kind=kind)
        document.tracks.append(track)
    (tmp_path / "cut.otio").write_text(document.to_json_string())
    return read_timeline(tmp_path / "cut.otio")


def test_a_cut_of_an_editing_program_becomes_shots(tmp_path: Path) -> None:
    """Touching clips are cuts; a dissolve over a cut keeps its place and length in time."""
    marker = otio.schema.Marker(name="m", comment="a lake by day")
    timeline, fps, _ = read_tracks(
        tmp_path, [clip("dawn", 48), clip("x.mov", 48, markers=[marker]), dissolve(4, 8), clip("night", 24)]
    )
    assert fps == 24
    assert timeline.segments == (
        Segment(prompt="dawn", frames=48),
        Segment(prompt="a lake by day", frames=44, cut=True),
        Segment(prompt="night", frames=28, transition=12),
    )


def test_clips_of_another_rate_count_in_frames_of_the_first(tmp_path: Path) -> None:
    """Two seconds stay two seconds."""
    timeline, fps, _ = read_tracks(tmp_path, [clip("a", 24), clip("b", 100, rate=50.0)])
    assert (timeline.segments[1].frames, fps) == (48, 24)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([clip("a", 24), gap(6), clip("b", 24)], 'a gap of 6 frames at frame 24 after "a"; close it'),
        ([gap(6), clip("a", 24)], "a gap of 6 frames at frame 0; close it"),
        ([clip("a", 24.5)], 'the clip "a" lasts 24.5 frames at 24 a second; trim it'),
        ([clip("a", 24), clip("b", 10, rate=25.0)], 'the clip "b" lasts 9.6 frames'),
        ([clip("a", 24), dissolve(24, 2), clip("b", 24)], 'leaves nothing of "a" before it; shorten it'),
        ([clip("a", 24), dissolve(0, 25), clip("b", 24)], r'clip 2 \("b"\): a transition of 25 frames does not fit'),
        ([dissolve(0, 2), clip("a", 24)], "a transition at frame 0 joins nothing"),
        ([clip("a", 24), dissolve(0, 2)], "transition at the end leads nowhere"),
        ([clip("", 24)], "the prompt is empty"),
        ([clip("a", 0)], "segment frames 0 is out of range"),
        ([clip("a", 24, rate=0.0)], "fps 0 is out of range"),
        ([otio.schema.Clip("a")], 'the clip "a" has no length'),
        ([clip("a", 24), otio.schema.Stack("s")], 'a Stack is nested at frame 24 after "a"'),
        ([clip("a", 24, metadata={"onetake": {"seed": "x"}})], 'the clip "a" has wrong onetake metadata'),
        ([clip("a", 24, metadata={"onetake": 5})], 'the clip "a" has wrong onetake metadata'),
        ([], "no clips on a video track"),
    ],
)
def test_a_cut_that_is_no_take_is_told_where_and_why(tmp_path: Path, items: list[object], said: str) -> None:
    """Gaps, fractions and nests are named by their place, with the remedy."""
    # A thing of this library can be in one track only.
    with pytest.raises(BadInputError, match=said) as caught:
        read_tracks(tmp_path, [item.clone() for item in items])
    assert caught.value.message.startswith("cut.otio: ")
    assert "\n" not in caught.value.message


def test_clips_over_each_other_are_refused(tmp_path: Path) -> None:
    """A take has one picture at a time; sound is none of its business."""
    with pytest.raises(BadInputError, match=r"several video tracks \(V1 and V2, .*\"b\""):
        read_tracks(tmp_path, [clip("a", 24)], [clip("b", 24)])
    with pytest.raises(BadInputError, match="no clips on a video track"):
        read_tracks(tmp_path, [clip("a", 24)], kind="Audio")


def test_other_documents_of_the_library_are_refused(tmp_path: Path) -> None:
    """A lone clip and schemas that nobody knows are no timelines."""
    lone = clip("a", 24).to_json_string()
    for text in (lone, '{"OTIO_SCHEMA": "Bogus.1"}', '{"OTIO_SCHEMA": "Timeline.99"}', "5"):
        (tmp_path / "a.otio").write_text(text)
        with pytest.raises(BadInputError, match=r"as \.otio"):
            read_timeline(tmp_path / "a.otio")


DAY = Timeline(
    segments=(
        Segment(prompt="dawn", frames=10),
        Segment(prompt="day", frames=8, transition=4, strength=0.5),
        Segment(prompt="night", frames=6, cut=True, seed=3),
    )
)


def clips_of(path: Path) -> list[otio.schema.Clip]:
    return list(otio.adapters.read_from_file(str(path)).find_clips())


def test_planned_shots_are_placeholders_with_their_prompt(tmp_path: Path) -> None:
    """A generator of the shot's length stands for what is not made yet."""
    write_timeline(tmp_path / "plan.otio", DAY, 8.0)
    for clip, segment in zip(clips_of(tmp_path / "plan.otio"), DAY.segments, strict=True):
        reference = clip.media_reference
        assert isinstance(reference, otio.schema.GeneratorReference)
        assert (reference.generator_kind, reference.parameters["prompt"]) == ("onetake", segment.prompt)
        assert reference.available_range == clip.source_range
        assert clip.source_range.duration == RationalTime(segment.frames, 8)


def test_finished_shots_lead_to_their_place_in_the_movie(tmp_path: Path) -> None:
    """The URL is absolute, the rate the movie's, and frames beyond the clip are there for its transition."""
    movie = tmp_path / "höhe 1.mov"
    write_timeline(tmp_path / "cut.otio", DAY, 8.0, TakeMovie(movie, 0, 24, 23.976))
    clips = clips_of(tmp_path / "cut.otio")
    rate = 24000 / 1001
    assert [clip.media_reference.target_url for clip in clips] == [movie.as_uri()] * 3
    assert {clip.media_reference.name for clip in clips} == {movie.name}
    for clip, start, frames in zip(clips, (0, 10, 18), (10, 8, 6), strict=True):
        assert clip.source_range == TimeRange(RationalTime(start, rate), RationalTime(frames, rate))
        assert clip.media_reference.available_range == TimeRange(RationalTime(0, rate), RationalTime(24, rate))


def test_shots_outside_of_an_exported_part_stay_placeholders(tmp_path: Path) -> None:
    """Only what the movie shows whole refers to it, counted from its first frame."""
    write_timeline(tmp_path / "cut.otio", DAY, 8.0, TakeMovie(tmp_path / "part.mov", 10, 10, 8.0))
    clips = clips_of(tmp_path / "cut.otio")
    kinds = [type(clip.media_reference).__name__ for clip in clips]
    assert kinds == ["GeneratorReference", "ExternalReference", "GeneratorReference"]
    assert clips[1].source_range.start_time == RationalTime(0, 8)


@pytest.mark.parametrize("movie", [None, TakeMovie(Path("/films/a.mov"), 0, 24, 8.0)])
def test_what_is_written_for_editors_is_still_the_take(tmp_path: Path, movie: TakeMovie | None) -> None:
    """Read back, it is the same timeline, references or not."""
    write_timeline(tmp_path / "cut.otio", DAY, 8.0, movie)
    assert read_timeline(tmp_path / "cut.otio") == Plan(DAY, 8.0)


def test_controls_are_never_in_the_picture_of_an_editing_program(tmp_path: Path) -> None:
    """Their tracks lie below the take and are switched off; a clip that is moved there acts on other frames."""
    layers = tuple(ControlLayer(kind="canny", picture=str(tmp_path / name), frames=6) for name in ("a.png", "b.png"))
    write_timeline(tmp_path / "plan.otio", DAY, 8.0, controls=layers)
    document = otio.adapters.read_from_file(str(tmp_path / "plan.otio"))
    lower, upper, shots = document.video_tracks()
    assert (lower[0].name, upper[0].name, len(shots.find_clips())) == ("b.png", "a.png", len(DAY.segments))
    assert not lower[0].enabled
    lower.insert(0, otio.schema.Gap(duration=otio.opentime.RationalTime(9, 8)))
    otio.adapters.write_to_file(document, str(tmp_path / "moved.otio"))
    moved = read_timeline(tmp_path / "moved.otio").controls
    assert [(layer.picture, layer.first, layer.frames) for layer in moved] == [
        (layers[0].picture, 0, 6), (layers[1].picture, 9, 6),
    ]  # fmt: skip
