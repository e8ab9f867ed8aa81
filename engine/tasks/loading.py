"""A model made ready for jobs: loaded, accelerated as its plan says, and described for the metadata.

Owns the step from specification to something that tasks can run. Keeps nothing: workers keep models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from engine.acceleration.apply import accelerate
from engine.acceleration.plan import computes_bfloat16
from engine.models.image_model import load_image_model
from engine.models.video_loading import is_video_unet, load_video_model
from engine.tasks.prompts import PromptCache

if TYPE_CHECKING:
    from engine.acceleration.plan import ExecutionPlan
    from engine.messages import ModelSpec, VideoSpec
    from engine.models.image_model import ImageModel
    from engine.models.video_model import VideoModel


_WIDE_FAMILIES = ("qwen_image", "z_image")
"""Families with activations beyond what float16 holds: latents of NaN, as their users report.

https://github.com/Tongyi-MAI/Z-Image/issues/14, https://github.com/Comfy-Org/ComfyUI/issues/10751
"""


@dataclass(frozen=True)
class LoadedModel:
    """A model on its device, with the plan it was made ready for."""

    spec: ModelSpec
    plan: ExecutionPlan
    model: ImageModel
    prompts: PromptCache


def load(spec: ModelSpec, plan: ExecutionPlan) -> LoadedModel:
    """Load the spec's model for `plan`.

    Raises:
        BadModelError: Its folder cannot be used; the message names the file.
    """
    plan = picture_plan(plan, spec)
    model = load_image_model(spec, plan.torch_device, plan.torch_dtype, channels_last=plan.channels_last)
    accelerate(model, plan)
    return LoadedModel(spec, plan, model, PromptCache(model))


def picture_plan(plan: ExecutionPlan, spec: ModelSpec) -> ExecutionPlan:
    """The plan of a device for a model's pictures: in a number format that holds what its networks compute.

    GPUs that lack bfloat16 have torch compute it by way of float32, which is slow, but needs no more memory than
    float16 does.
    """
    if plan.dtype != "float16" or spec.family not in _WIDE_FAMILIES:
        return plan
    return msgspec.structs.replace(plan, dtype="bfloat16" if computes_bfloat16() else "float32")


@dataclass(frozen=True)
class LoadedVideo:
    """A video model on its device, with the plan it was made ready for."""

    spec: ModelSpec
    plan: ExecutionPlan
    model: VideoModel

    @property
    def video(self) -> VideoSpec:
        """What the model can do with time."""
        assert self.spec.video is not None, "only specs with a video part are loaded for video"
        return self.spec.video


def video_plan(plan: ExecutionPlan) -> ExecutionPlan:
    """The plan of a device for videos. On the CPU they are made in fp32: the same on any number of ranks."""
    if plan.torch_device.type != "cpu":
        return plan
    return msgspec.structs.replace(plan, dtype="float32")


def load_video(spec: ModelSpec, plan: ExecutionPlan) -> LoadedVideo:
    """Load the spec's video model for `plan`, which comes from `video_plan`.

    Raises:
        BadModelError: Its folder cannot be used; the message names the file.
    """
    model = load_video_model(spec, plan.torch_device, plan.torch_dtype, channels_last=plan.channels_last)
    if is_video_unet(model, spec):
        accelerate(model.autoencoder, plan)
    return LoadedVideo(spec, plan, model)
