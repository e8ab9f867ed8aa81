"""Plain diffusers with FreeNoise on the same weights: what ours is compared with.

Owns the stock pipeline, used as its documentation shows it, in fp32 on the CPU and in the plan's dtype elsewhere.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.bench.video_commands import MakeStock, StockMeasured
from engine.bench.video_memory import Memory
from engine.bench.video_weights import ADAPTER

if TYPE_CHECKING:
    from engine.acceleration.plan import ExecutionPlan
    from engine.messages import ModelSpec


class StockPipeline(Protocol):
    """What we use of AnimateDiffPipeline."""

    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def enable_free_noise(self, context_length: int, context_stride: int) -> None: ...
    def disable_free_noise(self) -> None: ...
    def to(self, device: str) -> StockPipeline: ...
    def __call__(self, prompt: str, **options: object) -> object: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> StockPipeline: ...


class _AdapterClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> object: ...


def load_stock(spec: ModelSpec, plan: ExecutionPlan) -> StockPipeline:
    """The stock pipeline of a picture model with a motion adapter beside it."""
    # Whoever measures waits for these imports; whoever makes videos must not.
    from diffusers.models.unets.unet_motion_model import MotionAdapter  # noqa: PLC0415
    from diffusers.pipelines.animatediff.pipeline_animatediff import AnimateDiffPipeline  # noqa: PLC0415

    assert spec.video is not None
    folder = Path(spec.folder) / (spec.video.adapter or ADAPTER)
    adapter = cast("_AdapterClass", MotionAdapter).from_pretrained(
        str(folder), dtype=plan.torch_dtype, local_files_only=True
    )
    pipeline = cast("_PipelineClass", AnimateDiffPipeline).from_pretrained(
        spec.folder, motion_adapter=adapter, dtype=plan.torch_dtype, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(plan.device)


def measure_stock(command: MakeStock, pipeline: StockPipeline, plan: ExecutionPlan) -> StockMeasured:
    """Make the request's video with windows of our length, one every `stride` frames.

    Args:
        command: A request of one prompt.
        pipeline: From `load_stock`.
        plan: What it was loaded for.
    """
    request, video = command.request, command.spec.video
    assert video is not None
    # Not within the time: who makes videos enables it once.
    pipeline.enable_free_noise(context_length=video.window, context_stride=command.stride)
    memory = Memory(plan.device)
    started = time.perf_counter()
    try:
        pipeline(
            request.prompt,
            num_frames=request.frames,
            num_inference_steps=request.steps,
            guidance_scale=request.guidance_scale,
            width=request.width,
            height=request.height,
            generator=torch.Generator().manual_seed(request.seed),
        )
        seconds = time.perf_counter() - started
    finally:
        pipeline.disable_free_noise()
    return StockMeasured(
        frames=request.frames,
        seconds=seconds,
        rest_bytes=memory.rest_bytes,
        peak_bytes=memory.peak_bytes(),
        dtype=plan.dtype,
        threads=torch.get_num_threads(),
    )
