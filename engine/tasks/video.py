"""A take: from a frozen request to frames in its Clip, as the algorithm runs on one of its ranks.

Owns the order of the stages and the agreement of the ranks on each step. What happens around it (events, the finished
file) is engine.tasks.video_job's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from engine.control.controlled import ControlledDenoiser
from engine.errors import JobCancelledError
from engine.media.pixels import to_uint8
from engine.models.denoiser import Conditioning
from engine.parallel.agreement import decide
from engine.parallel.scopes import Blocks, Dual
from engine.sampling.guidance import GuidedDenoiser
from engine.sampling.schedule import make_schedule
from engine.sampling.solvers import sample
from engine.tasks.decoding import parts_to_decode, with_context
from engine.tasks.drawn import enlarged
from engine.tasks.finite import check_finite
from engine.tasks.reroll import NOTHING_KEPT
from engine.tasks.travel import TakeNoise, travel_prompts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from engine.control.frame_controls import FrameControls
    from engine.media.clip import Clip
    from engine.messages import VideoRequest, VideoSpec
    from engine.models.denoiser import Denoiser, StepContext
    from engine.models.noise_levels import NoiseLevels
    from engine.parallel.mesh import Mesh
    from engine.parallel.scopes import Scope
    from engine.tasks.checkpoint import Checkpoints
    from engine.tasks.loading import LoadedVideo
    from engine.tasks.reel import Reel
    from engine.tasks.reroll import BaseTake

CHECKPOINTS_OF_A_TAKE = 10
"""About so many generations are written over the steps of a take."""


class Watch(Protocol):
    """Who follows a rank's work."""

    def check_stop(self) -> None:
        """Raise JobCancelledError if this rank was told to stop."""
        ...

    def steps_done(self, steps: int) -> None:
        """So many denoising steps are done and checkpointed or not, over all attempts."""
        ...

    def estimated(self, frames: Sequence[int], clean: Tensor) -> None:
        """What a step made of this rank's latent frames: x0, (1, C, T, h, w), and for each a frame that it shows."""
        ...

    def decoded(self, frame: int, pixels: NDArray[np.uint8]) -> None:
        """A frame was written to the Clip: (H, W, 3) uint8 RGB."""
        ...

    def frames_ready(self, start: int, stop: int) -> None:
        """These frames are in the Clip."""
        ...


@dataclass(frozen=True)
class Take:
    """A take in the making: the request as the model draws it, and where its frames and latents are kept."""

    request: VideoRequest
    clip: Clip
    """Of the size that was asked for."""
    checkpoints: Checkpoints
    base: BaseTake | None = None
    control_frames: Callable[[Sequence[int]], FrameControls] | None = None
    """Makes the request's controls ready for some frames (engine.tasks.frame_controls), if it has any."""


@torch.inference_mode()
def make_take(take: Take, reel: Reel, loaded: LoadedVideo, mesh: Mesh, watch: Watch) -> None:
    """Make this rank's frames of a take and write them to its Clip; every rank of the mesh calls it alike.

    The frames do not depend on the number of ranks, nor on how often the take was interrupted and gone on with.

    Args:
        take: A request that the model's spec has checked.
        reel: The numbering of its frames for this model.
        loaded: The model.
        mesh: The ranks of this attempt.
        watch: Told what is done; its `check_stop` counts on rank 0 while frames depend on each other.

    Raises:
        JobCancelledError: Rank 0 was told to stop; all ranks raise it before the same step.
        NotFiniteError: Latents or pixels became NaN or infinite.
        WorkerLostError: Another rank died.
    """
    if take.base:
        for frame in take.base.share_of_kept(reel, mesh):
            watch.check_stop()
            take.clip.link(frame, take.base.clip)
            watch.frames_ready(frame, frame + 1)
    clean = _denoise(take, reel, loaded, mesh, watch)
    _decode(take, reel, loaded, mesh, clean, watch=watch)


def _denoise(take: Take, reel: Reel, loaded: LoadedVideo, mesh: Mesh, watch: Watch) -> Tensor:
    """The clean latents of this rank's run, (1, C, T, h, w) fp32."""
    request, model, device = take.request, loaded.model, loaded.plan.torch_device
    partition = reel.partition(mesh.world_size)
    levels = model.noise_levels_of(request.width, request.height, min(loaded.video.window, reel.longest_shot))
    run = reel.latents_of(partition.runs[mesh.rank])
    frames = [reel.frame_of(latent) for latent in run]
    shape = model.latent_shape(request.width, request.height)
    schedule = make_schedule(levels, request.steps, loaded.spec.schedule)
    noise = TakeNoise(request, loaded.video, reel, shape)
    kept = take.base.kept_of(run, reel, loaded, shape) if take.base else NOTHING_KEPT

    done = decide(mesh, take.checkpoints.newest(reel.made_latents) if mesh.rank == 0 else 0)
    if done and run:
        latents = take.checkpoints.load(done, run).to(device)
    else:
        latents = (noise.initial(run) * levels.initial_scale(schedule[0].sigma)).to(device)
        latents = kept.put_back(latents, levels, schedule[0].sigma)
    watch.steps_done(done)

    def after(step: StepContext, clean: Tensor) -> None:
        check_finite(clean, f"step {step.index + 1} of {step.count}", loaded)
        watch.estimated(frames, clean)

    controls = take.control_frames(frames) if take.control_frames else None
    denoiser, conditioning = _steered(request, loaded, frames, levels, controls)
    with model.spread(mesh, partition, scope_of(request, loaded.video)):
        for step in schedule[done:]:
            _agree_to_go_on(mesh, watch)
            if mesh.rank == 0:
                take.checkpoints.prune()
            latents = sample(
                denoiser,
                latents,
                (step,),
                conditioning,
                signal_scale=levels.signal_scale,
                fresh_noise=lambda step: noise.fresh(step.index, run).to(device),
                after_step=after,
            )
            latents = kept.put_back(latents, levels, step.next_sigma)
            if (step.index + 1) % max(1, step.count // CHECKPOINTS_OF_A_TAKE) == 0 and step.index + 1 < step.count:
                take.checkpoints.save(step.index + 1, run, latents, mesh.rank, mesh.world_size)
            watch.steps_done(step.index + 1)
    if done < len(schedule) or take.base:
        ids, clean = take.base.with_untouched(run, latents, reel, mesh) if take.base else (run, latents)
        take.checkpoints.save(request.steps, ids, clean, mesh.rank, mesh.world_size)
    return latents


def _decode(take: Take, reel: Reel, loaded: LoadedVideo, mesh: Mesh, clean: Tensor, *, watch: Watch) -> None:
    """Write those frames of this rank's run to the Clip that are not there yet."""
    for part in with_context(clean, reel, mesh, loaded.model.decode_halo):
        wanted, spans = parts_to_decode(part, reel, take.clip, watch.frames_ready)
        for span in spans:
            latents, first, last = part.cut(span)
            frame = reel.frames_of(part.latents[span.start]).start
            for pictures in loaded.model.decode(latents, first, last):
                watch.check_stop()
                check_finite(pictures, f"frame {frame}, when decoded,", loaded)
                start = frame
                for drawn in to_uint8(pictures).numpy():
                    if frame in wanted:
                        pixels = enlarged(drawn, take.clip.size)
                        take.clip.write(frame, pixels)
                        watch.decoded(frame, pixels)
                    frame += 1
                watch.frames_ready(start, frame)


def _agree_to_go_on(mesh: Mesh, watch: Watch) -> None:
    """Rank 0 decides for all whether there is a next step. All have done the last one when this returns."""
    stop = False
    if mesh.rank == 0:
        try:
            watch.check_stop()
        except JobCancelledError:
            stop = True
    if decide(mesh, int(stop)):
        raise JobCancelledError("the take was cancelled")


def scope_of(request: VideoRequest, spec: VideoSpec) -> Scope:
    """What a frame's temporal attention sees."""
    if (request.scope or spec.scope) == "dual":
        return Dual(spec.window, spec.anchors)
    # Motion modules over noise that orbits were trained on windows that start at multiples of the stride.
    return Blocks(spec.window, spec.stride, aligned=spec.noise == "orbit")


def _steered(
    request: VideoRequest,
    loaded: LoadedVideo,
    frames: Sequence[int],
    levels: NoiseLevels,
    controls: FrameControls | None,
) -> tuple[Denoiser, Conditioning]:
    """The model with controls and guidance, and the prompts of some frames."""
    prompts = travel_prompts(request.timeline, frames, lambda text: loaded.model.encode_prompts([text]))
    denoiser: Denoiser = loaded.model
    if controls is not None:
        denoiser = ControlledDenoiser(denoiser, levels, [controls])
    if loaded.spec.takes_guidance and not loaded.spec.embeds_guidance and request.guidance_scale > 1.0:
        negative = loaded.model.encode_prompts([request.negative_prompt]).expand(len(frames), -1, -1)
        denoiser = GuidedDenoiser(denoiser, Conditioning(negative), request.guidance_scale)
    return denoiser, Conditioning(prompts, guidance=request.guidance_scale)
