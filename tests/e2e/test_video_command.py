"""`onetake video` and `onetake export` against the real service and workers, with a tiny model of random weights."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from engine.media.av_movie import read_av_texts
from engine.media.clip import Clip
from engine.media.timeline_file import read_timeline, write_timeline
from engine.media.video_metadata import record_from_texts
from engine.messages import Segment, Timeline
from tests.tiny_videos import write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.e2e.conftest import Onetake

CATALOGUE = """
[model.tiny]
title = "Tiny"
family = "stable_diffusion"
folder = "tiny"
licence = "none"
default_width = 64
default_height = 64
max_steps = 50
schedule = "student_then_teacher"
[model.tiny.video]
family = "motion_unet"
adapter = "motion_adapter"
window = 6
stride = 3
anchors = 6
default_frames = 12
default_steps = 2
"""
DAY = Timeline(
    segments=(
        Segment(prompt="winter mountains", frames=5),
        Segment(prompt="a lake at dusk", frames=5, transition=3, strength=0.5),
        Segment(prompt="a forest at night", frames=4, cut=True, seed=8),
    )
)


@pytest.fixture(scope="module")
def tiny(shared: Onetake) -> Onetake:
    """The command line in a home that knows a tiny model for videos."""
    write_tiny_video_model(shared.home / "models" / "tiny")
    shared.add_to_catalogue(CATALOGUE)
    return shared


def frames_of(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


@pytest.mark.timeout(600)
def test_a_take_is_a_movie_that_knows_how_to_be_made_again(tiny: Onetake, tmp_path: Path) -> None:
    """The JSON, the file, its frames and its request agree; the same words give the same frames; exports are parts."""
    timeline, out = tmp_path / "day.otio", tmp_path / "out.mp4"
    write_timeline(timeline, DAY, 12.0)
    words = ("video", "--timeline", str(timeline), "--model", "tiny", "--seed", "3", "--json")
    answer = tiny(*words, "-o", str(out))
    assert answer.status == 0, answer.errors
    document = answer.document
    assert set(document) == {"job", "outputs", "seed", "model", "devices", "seconds", "restarts"}
    assert (document["outputs"], document["seed"], document["model"]) == ([str(out)], 3, "tiny")
    record = record_from_texts(read_av_texts(out))
    assert record is not None
    assert (record.request.timeline, record.request.fps, record.request.seed) == (DAY, 12.0, 3)
    frames = frames_of(out)
    assert len(frames) == DAY.frames
    assert np.std(frames[0]) > 1

    clip = Clip.open(tiny.home / "takes" / document["job"] / "clip")
    assert clip.missing(clip.frames) == []
    _check_exports(tiny, document["job"], clip, tmp_path)

    again = tiny(*words, "-o", str(tmp_path / "again.gif"))
    assert again.status == 0, again.errors
    other = Clip.open(tiny.home / "takes" / again.document["job"] / "clip")
    assert all(np.array_equal(clip.read(frame), other.read(frame)) for frame in clip.frames)
    with Image.open(tmp_path / "again.gif") as image:
        assert getattr(image, "n_frames", 1) == DAY.frames


def _check_exports(tiny: Onetake, job: str, clip: Clip, folder: Path) -> None:
    answer = tiny("export", job, "-o", str(folder / "part.mov"), "--in", "4", "--out", "6", "--json")
    assert answer.status == 0, answer.errors
    part = frames_of(folder / "part.mov")
    assert len(part) == 3
    assert all(np.abs(pixels.astype(int) - clip.read(4 + place)).mean() < 6 for place, pixels in enumerate(part))
    answer = tiny("export", job, "-o", f"{folder / 'pictures'}/")
    assert answer.status == 0, answer.errors
    assert len(list((folder / "pictures").glob("frame_*.png"))) == len(clip.frames)
    assert (folder / "pictures" / "frame_000013.png").read_bytes() == clip.document(13)
    _check_formats(tiny, job, folder)
    for words, said in (
        (["--out", "14"], "has 14 frames"),
        (["-o", str(folder / "pictures")], "is not empty"),
    ):
        answer = tiny("export", job, *words)
        assert (answer.status, answer.output) == (2, "")
        assert said in answer.errors
        assert answer.errors.count("\n") == 1


def _check_formats(tiny: Onetake, job: str, folder: Path) -> None:
    """Another size, rate and quality in another codec; a folder for compositing; the cuts, which lead to a movie."""
    words = ["--codec", "h265", "--scale", "50%", "--fps", "6", "--quality", "balanced"]
    answer = tiny("export", job, "-o", str(folder / "small.mp4"), *words, "--json")
    assert answer.status == 0, answer.errors
    with av.open(str(folder / "small.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.codec.name, stream.width, stream.height) == ("hevc", 32, 32)
        assert (stream.average_rate, sum(1 for _ in container.decode(stream))) == (6, 7)
    answer = tiny("export", job, "-o", f"{folder / 'light'}/", "--codec", "exr", "--out", "1")
    assert answer.status == 0, answer.errors
    assert sorted(path.name for path in (folder / "light").glob("*.exr")) == ["frame_000000.exr", "frame_000001.exr"]
    answer = tiny("export", job, "-o", str(folder / "cut.otio"), "--json")
    assert answer.status == 0, answer.errors
    assert answer.document == {"outputs": [str(folder / "cut.otio")], "movie": str(folder / "out.mp4")}
    assert read_timeline(folder / "cut.otio")[:2] == (DAY, 12.0)
    assert (folder / "out.mp4").as_uri() in (folder / "cut.otio").read_text()


def test_bad_input_is_one_line_and_leaves_no_job(tiny: Onetake, tmp_path: Path) -> None:
    """What cannot be made is refused with status 2 before anything is stored, in words and as JSON."""
    gap = tmp_path / "gap.json"
    segments = [{"prompt": "a", "frames": 4}, {"prompt": "b", "start": 6, "end": 9}]
    gap.write_text(json.dumps({"onetake_timeline": 1, "segments": segments}))
    words = ["video", "hills", "--model", "tiny"]
    before = tiny("queue", "list", "--json").document
    for wrong, said in (
        ([*words, "--frames", "10000000"], "of memory and"),
        ([*words, "--devices", "cuda:99"], "'cuda:99' is not in this machine"),
        ([*words, "-o", str(tmp_path / "gone" / "a.mp4")], "does not exist"),
        (["video", "--model", "tiny", "--timeline", str(gap)], "nothing fills the 2 frames from 4 to 5"),
        (["export", "nothing", "-o", "a.mp4"], "job 'nothing' is not known"),
    ):
        answer = tiny(*wrong, "--json")
        assert answer.status == 2, (wrong, answer)
        assert said in answer.document["error"]["message"]
        assert answer.errors.count("\n") == 1
    assert tiny("queue", "list", "--json").document == before
