"""Every method on a stock diffusers U-Net, as the SD family runs it: losses fall, and only the student changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from engine.distill.boot import Bootstrap
from engine.distill.hipa import hipa_loss
from engine.distill.lora import LowRankAdapter
from engine.distill.mmd import mmd_loss
from engine.distill.paths import add_noise, step_at, steps_down
from engine.distill.reflow import Pairs, distil_loss, make_pairs, reflow_loss
from engine.distill.slam import subpath_loss
from engine.sampling.guidance import GuidedDenoiser
from tests.engine.distill.descent import descend
from tests.engine.distill.unets import learner_of, load_tiny

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from engine.models.denoiser import Conditioning
    from engine.models.families.stable_diffusion import StableDiffusion
    from tests.tiny_models import Kind


def losses_of(model: StableDiffusion, captions: Conditioning) -> dict[str, Callable[[StableDiffusion], Tensor]]:
    """Each method's loss on a fixed batch, as a function of the student."""
    levels = model.noise_levels
    first = 0.95 if levels.parametrisation == "flow" else 12.0
    teacher = GuidedDenoiser(model, model.encode_prompt(""), 2.0)
    generator = torch.Generator().manual_seed(1)
    noise, pictures = (torch.randn(4, 4, 8, 8, generator=generator) for _ in range(2))
    start = noise * levels.initial_scale(first)
    pairs = make_pairs(teacher, start, steps_down(levels, [first, first / 2]), captions)
    boot = Bootstrap(teacher, levels, first)
    upper = add_noise(levels, pictures, noise, 0.6)

    def slam(student: StableDiffusion) -> Tensor:
        return subpath_loss(
            student, model, teacher, upper=upper, sigmas=(0.6, 0.3), gamma=0.5, levels=levels, conditioning=captions
        )

    def mmd(student: StableDiffusion) -> Tensor:
        schedule = steps_down(levels, [first, first / 2])
        return mmd_loss(
            student, start, schedule, captions, real=pictures.flatten(1), features=lambda latents: latents.flatten(1)
        )

    return {
        "reflow": lambda student: reflow_loss(student, pairs, step_at(levels, 0.5), captions),
        "distil": lambda student: distil_loss(student, pairs, step_at(levels, first), captions),
        "hipa": lambda student: hipa_loss(student, start, pairs.clean, step_at(levels, first), captions),
        "boot": lambda student: boot.loss(student, noise, (0.6, 0.4), captions),
        "boundary": lambda student: boot.boundary_loss(student, noise, captions),
        "slam": slam,
        "mmd": mmd,
    }


@pytest.mark.parametrize("kind", ["epsilon", "flow"])
@pytest.mark.parametrize("method", ["reflow", "distil", "hipa", "boot", "boundary", "slam", "mmd"])
def test_a_student_learns_and_nobody_else_changes(kind: Kind, method: str, tmp_path: Path) -> None:
    """A few steps of descent lower the loss; the teacher's weights stay, and get no gradients."""
    model = load_tiny(tmp_path, kind)
    before = {name: weight.clone() for name, weight in model.unet.state_dict().items()}
    captions = model.encode_prompt("a moon at night")
    loss_of, student = losses_of(model, captions)[method], learner_of(model, apart=0.5)
    weights = list(student.unet.parameters())
    if method == "hipa":
        weights = LowRankAdapter(student.unet, 2, generator=torch.Generator().manual_seed(0)).parameters()
    optimizer = torch.optim.Adam(weights, lr=1e-2 if method == "hipa" else 1e-3)
    losses = [descend(loss_of(student), optimizer) for _ in range(10)]
    # That of MMD may be negative.
    assert min(losses[-3:]) < losses[0] - 0.02 * abs(losses[0])
    assert all(torch.equal(weight, before[name]) for name, weight in model.unet.state_dict().items())
    assert all(weight.grad is None for weight in model.unet.parameters())


def test_pairs_hold_no_graph(tmp_path: Path) -> None:
    """What a teacher made can be kept without the memory of how."""
    model = load_tiny(tmp_path)
    learner = learner_of(model)
    start = torch.randn(1, 4, 8, 8)
    pairs = make_pairs(learner, start, steps_down(model.noise_levels, [10.0]), model.encode_prompt("a"))
    assert isinstance(pairs, Pairs)
    assert not pairs.clean.requires_grad
