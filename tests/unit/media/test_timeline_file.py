"""engine.media.timeline_file: timelines survive their files, and a wrong one is told where and what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInputError, OutputError
from engine.media.timeline_checks import Plan
from engine.media.timeline_file import read_timeline, write_timeline
from engine.messages import ControlLayer, Segment, Timeline

if TYPE_CHECKING:
    from pathlib import Path

PROMPTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: bool(text.strip())
)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    segments: list[Segment] = []
    for number in range(draw(st.integers(1, 4))):
        frames = draw(st.integers(1, 200_000))
        transition = draw(st.integers(0, frames)) if number else 0
        segments.append(
            Segment(
                prompt=draw(PROMPTS),
                frames=frames,
                seed=draw(st.none() | st.integers(0, 2**63 - 1)),
                transition=transition,
                strength=round(draw(st.floats(0, 1)), 9),
                cut=not transition and draw(st.booleans()),
            )
        )
    return Timeline(segments=tuple(segments))


@pytest.mark.parametrize("name", ["take.json", "take.OTIO"])
@given(timeline=timelines(), fps=st.integers(1, 240) | st.sampled_from((0.5, 12.5, 23.976, 29.97, 59.94)))
@settings(max_examples=40, deadline=None)
def test_any_timeline_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, timeline: Timeline, fps: float
) -> None:
    """Prompts, lengths, seeds, transitions, strengths, cuts and the rate, in both forms.

    OpenTimelineIO writes 16 digits of a number, so strengths have no more than people give them.
    """
    path = tmp_path_factory.mktemp("timeline") / name
    write_timeline(path, timeline, fps)
    assert read_timeline(path) == Plan(timeline, fps)


def read(tmp_path: Path, *segments: dict[str, object], **fields: object) -> Plan:
    path = tmp_path / "take.json"
    path.write_text(json.dumps({"onetake_timeline": 1, "segments": segments, **fields}))
    return read_timeline(path)


def test_a_timeline_may_be_written_by_hand(tmp_path: Path) -> None:
    """Lengths or places of segments, whichever is at hand; what is left out has its default."""
    timeline, fps, _ = read(
        tmp_path,
        {"prompt": "dawn", "frames": 48, "seed": 7},
        {"prompt": "day", "end": 96, "transition": 12, "strength": 0.5},
        {"prompt": "night", "start": 96, "end": 100, "cut": True},
    )
    assert timeline.segments == (
        Segment(prompt="dawn", frames=48, seed=7),
        Segment(prompt="day", frames=48, transition=12, strength=0.5),
        Segment(prompt="night", frames=4, cut=True),
    )
    assert fps is None


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Some editors put one in front of every file."""
    document = {"onetake_timeline": 1, "fps": 12, "segments": [{"prompt": "雪", "frames": 2}]}
    (tmp_path / "take.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8-sig")
    assert read_timeline(tmp_path / "take.json") == Plan(Timeline(segments=(Segment(prompt="雪", frames=2),)), 12)


WRONG_SEGMENTS: list[tuple[list[dict[str, object]], str]] = [
    (
        [{"frames": 8}, {"start": 12, "end": 20}],
        r'segment 2 \("b"\): nothing fills the 4 frames from 8 to 11; start',
    ),
    ([{"start": 3, "frames": 8}], r"segment 1 .* the 3 frames from 0 to 2; start it at 0$"),
    (
        [{"frames": 8}, {"start": 6, "end": 20}],
        r"segment 2 .* starts at 6, but segment 1 lasts to frame 7; start it",
    ),
    ([{}], "either its number of frames or its end"),
    ([{"frames": 8, "end": 8}], "either its number of frames or its end"),
    ([{"end": 0}], "ends before it starts, with 0 frames"),
    ([{"frames": 0}], "ends before it starts, with 0 frames"),
    ([{"frames": 8}, {"frames": 8, "transition": 9}], "segment 2 .* a transition of 9 frames does not fit"),
    ([{"frames": 8, "strength": 2}], "segment 1 .* transition strength 2 is out of range"),
    ([{"frames": 8, "seed": -1}], "segment 1 .* segment seed -1"),
    ([{"frames": 8, "transition": 2}], "first segment has nothing to come over from"),
    ([{"frames": 8, "speed": 2}], "unknown field `speed`"),
    ([{"frames": "8"}], "Expected `int | null`, got `str`"),
    ([{"frames": 60_000_000}, {"frames": 60_000_000}], "frames 120000000 is out of range"),
    ([], "timeline is empty"),
]


@pytest.mark.parametrize(("segments", "said"), WRONG_SEGMENTS)
def test_a_wrong_segment_is_named_with_the_remedy(tmp_path: Path, segments: list[dict[str, object]], said: str) -> None:
    """One line with the file, the segment and what to do."""
    with pytest.raises(BadInputError, match=said) as caught:
        read(tmp_path, *({"prompt": name, **segment} for name, segment in zip("abc", segments, strict=False)))
    assert caught.value.message.startswith("take.json: ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"prompt: dawn", "is not JSON"),
        (b"\xff\xfe{}", "is no text in UTF-8"),
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[1]", "this is no timeline"),
        (b'{"segments": []}', "this is no timeline .*onetake_timeline"),
        (b'{"onetake_timeline": 2, "tracks": []}', "newer version; update Onetake"),
        (b'{"onetake_timeline": 1, "fps": 0, "segments": [{"prompt": "a", "frames": 1}]}', "fps 0 is out of range"),
    ],
)
def test_what_is_no_timeline_is_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    """Whatever the file holds, nobody gets a traceback."""
    for name in ("take.json", "take.otio"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInputError, match=said) as caught:
        read_timeline(tmp_path / "take.json")
    assert "\n" not in caught.value.message
    with pytest.raises(BadInputError):
        read_timeline(tmp_path / "take.otio")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """Neither reading nor writing fails with a traceback."""
    with pytest.raises(BadInputError, match=r"gone\.json cannot be read"):
        read_timeline(tmp_path / "gone.json")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_timeline(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write to"):
        write_timeline(tmp_path / "file" / "take.json", Timeline(segments=(Segment(prompt="a", frames=1),)), 8)


@pytest.mark.parametrize("name", ["take.json", "take.otio"])
def test_controls_come_back_with_their_place_in_time(tmp_path: Path, name: str) -> None:
    """All that a control says, those that overlap too; one that lasts to the end lasts to the end of another length."""
    walk, sketch = str(tmp_path / "walk me.mp4"), str(tmp_path / "skizze ä.png")
    controls = (
        ControlLayer(kind="canny", picture=walk, first=12, frames=20, skip=5, weight=0.75, end=0.5, mode="prompt"),
        ControlLayer(kind="canny", picture=sketch, first=30, options=(("low", 80), ("high", 160))),
        ControlLayer(kind="depth", picture=sketch, is_map=True, enabled=False, mask=str(tmp_path / "mask.png")),
    )
    timeline = Timeline(segments=(Segment(prompt="a lake", frames=40),))
    write_timeline(tmp_path / name, timeline, 23.976, controls=controls)
    assert read_timeline(tmp_path / name) == Plan(timeline, 23.976, controls)


def test_a_controls_file_is_named_from_the_timelines_folder(tmp_path: Path) -> None:
    """As people write them by hand; a control that is none is told by its number."""
    plan = read(tmp_path, {"prompt": "a", "frames": 4}, controls=[{"kind": "canny", "picture": "maps/walk"}])
    assert plan.controls == (ControlLayer(kind="canny", picture=str(tmp_path / "maps" / "walk")),)
    for wrong, said in (
        ({"kind": "canny"}, "control 1 is none"),
        ({"kind": "canny", "picture": "a.png", "first": -1}, "control 1: first frame"),
    ):
        with pytest.raises(BadInputError, match=said):
            read(tmp_path, {"prompt": "a", "frames": 4}, controls=[wrong])


def test_our_json_loads_neither_torch_nor_the_editors_library() -> None:
    """The window and the command line start without them."""
    code = "import engine.media.timeline_file, sys; sys.exit(bool({'torch', 'opentimelineio', 'av'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
