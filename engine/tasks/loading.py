"""A model made ready for jobs: loaded, accelerated as its plan says, and described for the metadata.

Owns the step from specification to something that tasks can run. Keeps nothing: workers keep models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.acceleration.apply import accelerate
from engine.models.image_model import load_image_model
from engine.tasks.prompts import PromptCache

if TYPE_CHECKING:
    from engine.acceleration.plan import ExecutionPlan
    from engine.messages import ModelSpec
    from engine.models.image_model import ImageModel


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
    model = load_image_model(spec, plan.torch_device, plan.torch_dtype, channels_last=plan.channels_last)
    accelerate(model, plan)
    return LoadedModel(spec, plan, model, PromptCache(model))
