"""engine.tasks.video: the same take on any number of ranks, however often it was interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.acceleration.plan import plan_for
from engine.errors import JobCancelledError, NotFiniteError
from engine.messages import FramesReady, Progress, Segment, Timeline
from engine.tasks.loading import load_video, video_plan
from tests.engine.tasks.taking import Stop, Studio, furthest_difference, video_request
from tests.tiny_videos import VideoKind, write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.tasks.loading import LoadedVideo
    from tests.engine.tasks.taking import Event


@pytest.mark.parametrize("scope", ["blocks", "dual"])
def test_the_take_does_not_depend_on_the_number_of_ranks(studio: Studio, scope: str) -> None:
    """1 = 2 = 3 = 4 ranks, with unequal runs: latents to 1e-5 behind every step kept, pixels within 1 of 255."""
    request = video_request(scope=scope)
    studio.make("alone", request)
    alone = studio.frames("alone")
    assert alone.std() > 1, "a flat video proves nothing"
    for world_size in (2, 3, 4):
        job = f"on{world_size}"
        studio.make(job, request, world_size)
        for step in (2, 3):
            latents = studio.latents(job, request, step)
            torch.testing.assert_close(latents, studio.latents("alone", request, step), atol=1e-5, rtol=0)
        assert furthest_difference(studio.frames(job), alone) <= 1


def test_a_faster_device_gets_more_frames_of_the_same_take(studio: Studio) -> None:
    """Three devices, one four times as fast: runs by their speeds, and the frames of one rank alone."""
    request = video_request()
    studio.make("alone", request)
    studio.speeds = (4.0, 1.0, 1.0)
    studio.make("uneven", request, 3)
    made = [
        sum(event.stop - event.start for event in events if isinstance(event, FramesReady)) for events in studio.events
    ]
    assert made == [14, 3, 3]
    torch.testing.assert_close(
        studio.latents("uneven", request, 3), studio.latents("alone", request, 3), atol=1e-5, rtol=0
    )
    assert furthest_difference(studio.frames("uneven"), studio.frames("alone")) <= 1


@pytest.mark.parametrize("kind", ["animatediff", "unet3d"])
def test_other_backbones_do_not_depend_on_the_ranks_either(tmp_path: Path, kind: VideoKind) -> None:
    """With guidance, rescheduled noise and ancestors of Papercut; one rank gets fewer frames than the other."""
    spec = write_tiny_video_model(tmp_path / kind, kind)
    studio = Studio(tmp_path, load_video(spec, video_plan(plan_for("cpu"))))
    request = video_request(steps=2, guidance_scale=4.0, negative_prompt="night")
    studio.make("alone", request)
    studio.make("three", request, 3)
    torch.testing.assert_close(
        studio.latents("three", request, 2), studio.latents("alone", request, 2), atol=1e-4, rtol=1e-5
    )
    assert furthest_difference(studio.frames("three"), studio.frames("alone")) <= 1


def test_ranks_without_frames_change_nothing(studio: Studio) -> None:
    """Two frames on four ranks: all ranks end, and the frames are those of one rank."""
    request = video_request(timeline=Timeline(segments=(Segment(prompt="a moon", frames=2),)))
    studio.make("alone", request)
    studio.make("four", request, 4)
    assert furthest_difference(studio.frames("four"), studio.frames("alone")) <= 1


def stop_at(studio: Studio, job: str, world_size: int, when: object, **changes: object) -> list[int]:
    """Make a take that all ranks are told to stop when rank 0 says `when`; the steps that each rank had done."""
    stop = Stop(JobCancelledError("stopped"))

    def on_event(rank: int, event: Event) -> None:
        if rank == 0 and (event.step if isinstance(event, Progress) else type(event)) == when:
            stop.ask()

    with pytest.raises(JobCancelledError):
        studio.make(job, video_request(**changes), world_size, stop.check, on_event)
    return [max(event.step for event in events if isinstance(event, Progress)) for events in studio.events]


def test_a_stop_is_agreed_by_all_ranks(studio: Studio) -> None:
    """All ranks have done the same steps when rank 0 has been told to stop, and nothing is left in the outputs."""
    assert stop_at(studio, "job", 3, 2) == [2, 2, 2]
    assert not studio.movie("job").exists()


@pytest.mark.parametrize("worlds", [(1, 3), (3, 2), (2, 1)])
def test_a_take_goes_on_from_its_checkpoint_on_any_number_of_ranks(studio: Studio, worlds: tuple[int, int]) -> None:
    """Stopped behind its second step and gone on with elsewhere, the video is that of an uninterrupted run."""
    stop_at(studio, "job", worlds[0], 2)
    studio.make("job", video_request(), worlds[1])
    for events in studio.events:
        assert [event.step for event in events if isinstance(event, Progress)] == [2, 3, 4]
    studio.make("whole", video_request())
    assert furthest_difference(studio.frames("job"), studio.frames("whole")) <= 1


def test_frames_that_are_there_are_not_decoded_again(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped while it decoded, a take goes on with the frames that are missing, on another number of ranks."""
    stop_at(studio, "job", 1, FramesReady)
    there = sorted(studio.clip_folder("job").glob("frames-*/*.png"))
    assert 0 < len(there) < 20
    before = {path: path.stat().st_mtime_ns for path in there}
    decoded: list[int] = []
    plain = studio.loaded.model.decode

    def counting(self: object, latents: torch.Tensor, first: int, last: int) -> object:
        decoded.append(last - first)
        return plain(latents, first, last)

    monkeypatch.setattr(type(studio.loaded.model), "decode", counting)
    studio.make("job", video_request(), 2)
    assert sum(decoded) == 20 - len(there)
    assert {path: path.stat().st_mtime_ns for path in there} == before
    ready = {frame for events in studio.events for event in events if isinstance(event, FramesReady)
             for frame in range(event.start, event.stop)}  # fmt: skip
    assert ready == set(range(20))
    monkeypatch.undo()
    studio.make("whole", video_request())
    assert furthest_difference(studio.frames("job"), studio.frames("whole")) <= 1


def test_what_the_request_says_changes_the_take(studio: Studio) -> None:
    """Seed, prompts, steps, guidance, scope and negative prompt each matter; the devices do not."""
    variants = [
        video_request(),
        video_request(seed=4),
        video_request(steps=2),
        video_request(scope="dual"),
        video_request(guidance_scale=5.0),
        video_request(guidance_scale=5.0, negative_prompt="moon"),
        video_request(timeline=Timeline(segments=(Segment(prompt="a forest", frames=20),))),
    ]
    seen: set[bytes] = set()
    for index, variant in enumerate(variants):
        studio.make(f"take{index}", variant)
        seen.add(studio.frames(f"take{index}").tobytes())
    assert len(seen) == len(variants)
    studio.make("devices", video_request(devices=("cpu:2",)))
    assert studio.frames("devices").tobytes() in seen


@pytest.mark.parametrize("where", ["unet", "vae"])
def test_nan_is_found_and_named(tmp_path: Path, loaded_video: LoadedVideo, where: str) -> None:
    """NaN in the network or in the decoder ends the job with a NotFiniteError, never as black frames."""
    loaded = load_video(loaded_video.spec, loaded_video.plan)
    model = loaded.model
    network: torch.nn.Module = getattr(model, "unet") if where == "unet" else getattr(model, "autoencoder").vae  # noqa: B009
    *_, last = (weight for name, weight in network.named_parameters() if not name.startswith("encoder"))
    last.data.fill_(float("nan"))
    studio = Studio(tmp_path, loaded)
    with pytest.raises(NotFiniteError, match="step 1 of 3" if where == "unet" else "when decoded"):
        studio.make("job", video_request())
    assert not studio.movie("job").exists()


def test_videos_on_the_cpu_are_made_in_fp32() -> None:
    """Whatever pictures are made in there."""
    plan = msgspec.structs.replace(plan_for("cpu"), dtype="bfloat16", fused_decoder=True)
    assert video_plan(plan).dtype == "float32"
