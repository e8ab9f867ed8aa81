"""engine.tasks.video_job: a take's folder is one request's, its events are honest, and its movie is whole."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError, JobCancelledError, OutputError, WorkerLostError
from engine.media.video_metadata import record_from_texts
from engine.messages import FramesReady, Preview, Progress
from engine.protocol import Group, Run
from engine.tasks.previews import SIDE
from engine.tasks.video_job import run_video_job
from tests.engine.tasks.taking import Stop, Studio, furthest_difference, never, video_request

if TYPE_CHECKING:
    from tests.engine.tasks.taking import Event


def test_the_movie_has_all_frames_and_the_request(studio: Studio) -> None:
    """Rank 0 encodes the frames of all ranks; the movie's metadata give the request back."""
    request = video_request()
    studio.make("job", request, 2)
    with av.open(str(studio.movie("job"))) as movie:
        pictures = [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]
        comment = movie.metadata["comment"]
    assert len(pictures) == 20
    assert float(np.abs(np.stack(pictures).astype(float) - studio.frames("job")).mean()) < 8  # H.264 loses little
    record = record_from_texts({"comment": comment})
    assert record is not None
    assert record.request == request
    assert record.plan["dtype"] == "float32"
    assert record.model["name"] == "tiny video"


def test_every_rank_counts_its_own_steps_and_decoding_as_one_more(studio: Studio) -> None:
    """Three steps and the decoding are four, on each device by its own name."""
    studio.make("job", video_request(), 2)
    for device, events in zip(("cpu", "cpu#1"), studio.events, strict=True):
        progress = [event for event in events if isinstance(event, Progress)]
        assert [event.step for event in progress] == [0, 1, 2, 3, 4]
        assert {(event.steps, event.device) for event in progress} == {(4, device)}


def test_frames_are_announced_by_the_rank_that_made_them_once_they_are_there(studio: Studio) -> None:
    """Each rank announces its own run, when the files are whole."""
    absent: list[int] = []

    def on_event(rank: int, event: Event) -> None:
        if isinstance(event, FramesReady):
            from engine.media.clip import Clip

            absent.extend(Clip.open(studio.clip_folder("job")).missing(range(event.start, event.stop)))

    studio.make("job", video_request(), 2, on_event=on_event)
    assert absent == []
    runs = [
        {frame for event in events if isinstance(event, FramesReady) for frame in range(event.start, event.stop)}
        for events in studio.events
    ]
    assert runs == [set(range(10)), set(range(10, 20))]


def test_previews_are_small_and_show_a_ranks_own_frames(studio: Studio) -> None:
    """While it denoises a rank shows estimates of its run; a final preview is the very frame."""
    studio.make("job", video_request(width=256, height=128), 2)
    frames = studio.frames("job")
    for rank, events in enumerate(studio.events):
        previews = [event for event in events if isinstance(event, Preview)]
        assert previews
        assert {event.index for event in previews} <= set(range(10 * rank, 10 * rank + 10))
        assert not previews[0].final
        for event in previews:
            with Image.open(io.BytesIO(event.image)) as image:
                assert image.size == (SIDE, SIDE // 2)
                if event.final:
                    small = Image.fromarray(frames[event.index]).resize(image.size, Image.Resampling.BOX)
                    assert furthest_difference(np.asarray(image), np.asarray(small)) < 100
                    assert float(np.abs(np.asarray(image).astype(float) - np.asarray(small)).mean()) < 10


def test_a_take_stopped_while_it_decodes_ends_as_stopped_on_every_rank(studio: Studio) -> None:
    """Whoever hears of the stop first: nobody reports a lost rank."""
    stop = Stop(JobCancelledError("stopped"))

    def on_event(rank: int, event: Event) -> None:
        if rank == 1 and isinstance(event, FramesReady):
            stop.ask()

    with pytest.raises(JobCancelledError):
        studio.make("job", video_request(), 2, stop.check, on_event)
    assert not studio.movie("job").exists()


def test_a_rank_that_is_lost_is_told_as_such(studio: Studio) -> None:
    """One rank fails in the middle: the other one ends with the error that lets the service start the group again."""

    def on_event(rank: int, event: Event) -> None:
        if rank == 1 and isinstance(event, Progress) and event.step == 1:
            raise RuntimeError("rank 1 fell over")

    with pytest.raises(RuntimeError, match="rank 1 fell over"):
        studio.make("job", video_request(), 2, on_event=on_event)
    assert isinstance(studio.errors[0], WorkerLostError)
    assert "goes on from its last checkpoint" in str(studio.errors[0])
    studio.make("job", video_request())
    assert next(event.step for event in studio.events[0] if isinstance(event, Progress)) == 1


def test_a_folder_of_another_request_is_refused(studio: Studio) -> None:
    """Frames of two requests never get into one Clip; only the devices may differ."""
    studio.make("job", video_request())
    studio.make("job", video_request(devices=("cpu:2",)), 2)
    with pytest.raises(BadInputError, match="submit this one as a new job"):
        studio.make("job", video_request(seed=8))


def test_a_request_that_the_model_cannot_do_is_refused(studio: Studio) -> None:
    """The model's limits are checked once more where the work is done."""
    with pytest.raises(BadInputError, match="multiples of 16"):
        studio.make("job", video_request(width=100))


def test_a_movie_that_cannot_be_written_keeps_the_frames(studio: Studio) -> None:
    """The error names the folder; frames and latents stay, so a retry only encodes."""
    request = video_request()
    group = Group(
        rank=0, devices=("cpu",), meeting=str(studio.folder), take=str(studio.folder / "job"),
    )  # fmt: skip
    part = studio.folder / "nowhere" / "x.tmp"
    run = Run(job="job", attempt=1, request=request, spec=studio.loaded.spec, parts=(str(part),), group=group)
    with pytest.raises(OutputError, match="nowhere"):
        run_video_job(run, studio.loaded, lambda event: None, never)
    assert len(studio.frames("job")) == 20
    studio.make("job", request)
    assert [event.step for event in studio.events[0] if isinstance(event, Progress)] == [3, 4]
