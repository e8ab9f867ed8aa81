"""engine.tasks.export_job: frames of a take leave as a file that knows its request, with progress and cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError, JobCancelledError
from engine.media.av_movie import read_av_texts
from engine.media.clip import Clip
from engine.media.video_metadata import record_from_texts
from engine.messages import ExportRequest, Progress, Segment, Timeline, VideoRequest, encode_request
from engine.protocol import Group, Run
from engine.tasks.export_job import run_export_job
from tests.unit.media.clips import moving_frame

if TYPE_CHECKING:
    from pathlib import Path

DAY = VideoRequest(
    timeline=Timeline(segments=(Segment(prompt="day", frames=6), Segment(prompt="night", frames=6, cut=True))),
    seed=4,
    width=64,
    height=64,
)


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """The folder of a finished take of DAY."""
    note = encode_request(DAY).decode()
    clip = Clip.create(tmp_path / "take" / "clip", width=64, height=64, fps=8, frames=12, note=note)
    for frame in clip.frames:
        clip.write(frame, moving_frame(frame, 64, 64))
    return tmp_path / "take"


def run_of(take: Path, **fields: object) -> Run:
    request = ExportRequest(take="take", **fields)  # pyright: ignore[reportArgumentType]  # checked at construction
    group = Group(rank=0, devices=("cpu",), meeting="", take=str(take))
    return Run(job="j", attempt=1, request=request, spec=None, parts=(str(take.parent / ".j.1.tmp"),), group=group)


def test_the_exported_part_knows_its_place_in_the_take(take: Path) -> None:
    """In and out points, rate and the take's own request are in the file, and progress ends at its last frame."""
    told: list[Progress] = []
    run = run_of(take, codec="prores", fps=12.0, first=2, end=9)
    run_export_job(run, told.append, lambda: None)
    record = record_from_texts(read_av_texts(take.parent / ".j.1.tmp"))
    assert record is not None
    assert (record.request, record.first, record.frames, record.fps) == (DAY, 2, 7, 12.0)
    assert [(event.step, event.steps) for event in told] == [(step, 7) for step in range(1, 8)]
    assert {event.device for event in told} == {"cpu"}


def test_another_rate_keeps_the_speed_and_progress_counts_what_is_written(take: Path) -> None:
    """Twelve frames at 8 fps are six at 4; the file is half as large and says what it shows of the take."""
    told: list[Progress] = []
    run_export_job(run_of(take, codec="ffv1", fps=4.0, width=32, height=32, retimed=True), told.append, lambda: None)
    part = take.parent / ".j.1.tmp"
    with av.open(str(part)) as container:
        frames = [np.asarray(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    record = record_from_texts(read_av_texts(part))
    assert record is not None
    assert (record.first, record.frames, record.fps, record.retimed) == (0, 12, 4.0, True)
    assert [event.steps for event in told] == [6] * 6
    assert [frame.shape for frame in frames] == [(32, 32, 3)] * 6
    shown = Clip.open(take / "clip").read(4)
    wanted = np.asarray(Image.fromarray(shown).resize((32, 32), Image.Resampling.LANCZOS))
    assert np.array_equal(frames[2], wanted)


def test_no_end_means_the_end_of_the_take(take: Path) -> None:
    """Without points the whole take leaves."""
    run_export_job(run_of(take, codec="gif"), lambda _: None, lambda: None)
    assert (take.parent / ".j.1.tmp").read_bytes().startswith(b"GIF89a")


@pytest.mark.parametrize("codec", ["h264", "vp9", "ffv1", "gif", "png", "exr"])
def test_a_stopped_export_leaves_nothing(take: Path, codec: str) -> None:
    """Stopped at its fifth question, it is gone with all its parts."""
    questions = iter([False] * 5 + [True])

    def check_stop() -> None:
        if next(questions):
            raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        run_export_job(run_of(take, codec=codec), lambda _: None, check_stop)
    assert sorted(path.name for path in take.parent.iterdir() if path.name != "home") == ["take"]


def test_frames_that_are_not_there_are_named(take: Path) -> None:
    """An unfinished take, or points beyond its end, are one line."""
    next((take / "clip").glob("frames-*/0000003*")).unlink()
    with pytest.raises(BadInputError, match="1 of 12 frames are not there, the first is 3"):
        run_export_job(run_of(take), lambda _: None, lambda: None)
    run_export_job(run_of(take, first=4), lambda _: None, lambda: None)
    with pytest.raises(BadInputError, match="not in a take of 12"):
        run_export_job(run_of(take, first=4, end=13), lambda _: None, lambda: None)
