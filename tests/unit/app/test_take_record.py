"""What is known of a take while its ranks make it."""

from __future__ import annotations

from app.job_record import JobRecord
from engine.messages import FramesReady, JobInfo, JobState, Preview, Progress
from tests.fake_takes import video_request


def record() -> JobRecord:
    """A take of two ranks that has just begun."""
    devices = ("cpu", "cpu#1")
    info = JobInfo(
        job="a", state=JobState.RUNNING, request=video_request(), outputs=(), created=0.0, attempt=1, devices=devices
    )
    return JobRecord(info)


def test_progress_is_that_of_all_ranks_and_steps_are_those_of_the_slowest() -> None:
    """One rank alone says nothing of the other; both together make the share."""
    take = record()
    take.take_event(Progress(job="a", attempt=1, seq=1, step=4, steps=5, device="cpu"))
    assert (take.step, take.steps, take.progress) == (0, 5, 0.4)
    take.take_event(Progress(job="a", attempt=1, seq=2, step=2, steps=5, device="cpu#1"))
    assert (take.step, take.steps, round(take.progress, 3)) == (2, 5, 0.6)


def test_frames_know_their_device() -> None:
    """Previews and finished frames both say who makes them."""
    take = record()
    take.take_event(Preview(job="a", attempt=1, seq=1, index=30, image=b"x", final=False, device="cpu#1"))
    take.take_event(FramesReady(job="a", attempt=1, seq=2, start=0, stop=3, device="cpu"))
    assert take.take.ready == {0, 1, 2}
    assert (take.take.makers[30], take.take.makers[2]) == ("cpu#1", "cpu")


def test_a_new_attempt_forgets_who_made_what() -> None:
    """Fewer devices may be left, and each says anew what it makes."""
    take = record()
    take.take_event(FramesReady(job="a", attempt=1, seq=1, start=0, stop=3, device="cpu#1"))
    take.take_event(Progress(job="a", attempt=2, seq=2, step=1, steps=5, device="cpu"))
    assert take.take.makers == {}
