"""InstaFlow on a world whose one-step map is known."""

from __future__ import annotations

import pytest
import torch

from engine.distill.paths import step_at, steps_down
from engine.distill.reflow import Pairs, distil_loss, make_pairs, reflow_loss, straightness
from engine.models.denoiser import Conditioning, StepContext
from tests.engine.distill.descent import descend
from tests.engine.distill.gaussian import DEVIATION, FLOW, MEAN, WORDS, Affine, Exact, draw

FIRST = 0.98
SCHEDULE = steps_down(FLOW, [FIRST * (1 - index / 200) for index in range(200)])


class Straight:
    """The denoiser of straight lines from each number to MEAN + DEVIATION * number."""

    def denoise(self, latents: torch.Tensor, step: StepContext, conditioning: Conditioning) -> torch.Tensor:
        # On the line, latents = clean + (start - clean) * share.
        share = step.sigma / FIRST
        start = (latents - (1 - share) * MEAN) / ((1 - share) * DEVIATION + share)
        return MEAN + DEVIATION * start


def test_pairs_join_noise_to_where_the_teacher_leads() -> None:
    """The known map of a Gaussian world: noise u becomes MEAN + DEVIATION * u, nearly."""
    start = draw(100)
    pairs = make_pairs(Exact(FLOW), start, SCHEDULE, WORDS)
    assert pairs.sigma == FIRST
    assert torch.equal(pairs.start, start)
    assert float((pairs.clean - (MEAN + DEVIATION * start)).abs().max()) < 0.03
    assert not pairs.clean.requires_grad


@pytest.mark.parametrize("sigma", [0.1, 0.5, FIRST])
def test_straight_lines_between_the_pairs_have_no_loss(sigma: float) -> None:
    """The student that reflow asks for has loss 0 at each level; the curved teacher has not."""
    start = draw(100)
    pairs = Pairs(start, MEAN + DEVIATION * start, FIRST)
    step = step_at(FLOW, sigma)
    assert float(reflow_loss(Straight(), pairs, step, WORDS)) == pytest.approx(0.0, abs=1e-12)
    assert float(reflow_loss(Exact(FLOW), pairs, step, WORDS)) > 1e-3


def test_a_straight_model_makes_its_picture_in_any_number_of_steps() -> None:
    """Reflow's fixed point has straightness 0 and needs one step; the teacher's paths are curved."""
    start = draw(100)
    assert float(straightness(Straight(), start, SCHEDULE, WORDS)) == pytest.approx(0.0, abs=1e-12)
    assert float(straightness(Exact(FLOW), start, SCHEDULE, WORDS)) > 0.01
    one, many = (make_pairs(Straight(), start, steps, WORDS) for steps in (SCHEDULE[:1], SCHEDULE))
    first = StepContext(FIRST, 0.0, 980.0, 0, 1)
    assert torch.allclose(Straight().denoise(start, first, WORDS), many.clean)
    assert one.clean.shape == many.clean.shape


def test_the_loss_is_that_of_velocities_up_to_its_limit() -> None:
    """At half the noise an error of clean latents counts four times, or as often as the limit allows."""
    pairs = Pairs(torch.ones(2, 1, 1, 1), torch.zeros(2, 1, 1, 1), FIRST)
    off_by_one = Affine(0.0, 1.0)
    losses = [
        reflow_loss(off_by_one, pairs, step_at(FLOW, 0.5), WORDS, weight_limit=limit).item() for limit in (100.0, 3.0)
    ]
    assert losses == pytest.approx([4.0, 3.0])


def test_distillation_finds_the_one_step_map() -> None:
    """A student with a slope and an offset learns those that are known."""
    start = draw(200)
    pairs = make_pairs(Straight(), start, SCHEDULE, WORDS)
    student, step = Affine(), step_at(FLOW, FIRST)
    optimizer = torch.optim.Adam(student.parameters(), lr=0.05)
    for turn in range(400):
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - turn / 400)
        descend(distil_loss(student, pairs, step, WORDS), optimizer)
    assert student.slopes[980].item() == pytest.approx(DEVIATION, abs=1e-4)
    assert student.offsets[980].item() == pytest.approx(MEAN, abs=1e-4)


def test_another_distance_may_follow_the_square() -> None:
    """The paper goes on with LPIPS: any scalar of two batches will do."""
    pairs = Pairs(draw(4), draw(4, 1), FIRST)
    loss = distil_loss(Affine(), pairs, step_at(FLOW, FIRST), WORDS, lambda x, y: (x - y).abs().amax())
    assert loss.item() == pytest.approx(pairs.clean.abs().amax().item())
