"""SLAM's sub-paths, and what is consistent along them."""

from __future__ import annotations

import pytest
import torch

from engine.distill.paths import add_noise, step_at
from engine.distill.slam import point_between, subpath_loss
from engine.models.noise_levels import NoiseLevels
from tests.engine.distill.descent import descend, send_back, touched
from tests.engine.distill.gaussian import (
    DEVIATION,
    FLOW,
    MEAN,
    VARIANCE,
    WORDS,
    Affine,
    Consistent,
    Exact,
    draw,
)


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_a_sub_path_goes_from_its_lower_to_its_upper_end(levels: NoiseLevels) -> None:
    """gamma 0 is the lower end, gamma 1 the upper one, each at its own level."""
    upper, lower = draw(5), draw(5, 1)
    for gamma, latents, level in ((0.0, lower, 0.3), (1.0, upper, 0.8)):
        point, sigma = point_between(levels, upper, lower, (0.8, 0.3), gamma)
        assert torch.allclose(point, latents)
        assert sigma == pytest.approx(level)


def test_a_point_is_the_papers_up_to_its_scale() -> None:
    """(1 - gamma) (alpha_t / alpha_{t-k}) x_{t-k} + gamma x_t has the signal alpha_t; ours that of its own level."""
    upper, lower, gamma = draw(5), draw(5, 1), 0.3
    point, sigma = point_between(FLOW, upper, lower, (0.8, 0.3), gamma)
    paper = (1 - gamma) * (0.2 / 0.7) * lower + gamma * upper
    assert torch.allclose(point / (1 - sigma), paper / 0.2)


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_a_point_between_two_noised_pictures_is_that_picture_noised(levels: NoiseLevels) -> None:
    """With one picture and one noise at both ends, every point has the level it is said to have."""
    clean, noise = draw(5), draw(5, 1)
    upper, lower = (add_noise(levels, clean, noise, sigma) for sigma in (0.8, 0.3))
    point, sigma = point_between(levels, upper, lower, (0.8, 0.3), 0.6)
    assert torch.allclose(point, add_noise(levels, clean, noise, sigma))


def test_noise_alone_is_on_no_sub_path() -> None:
    """Where nothing of the picture is left, the paper's factor is infinite."""
    with pytest.raises(ValueError, match="holds no picture"):
        point_between(FLOW, draw(2), draw(2), (1.0, 0.5), 0.5)


def loss_of(levels: NoiseLevels, sigmas: tuple[float, float], gamma: float) -> float:
    """The loss of the perfect student."""
    upper = add_noise(levels, MEAN + DEVIATION * draw(300), draw(300, 1), sigmas[0])
    perfect = Consistent(levels)
    return float(
        subpath_loss(
            perfect, perfect, Exact(levels), upper=upper, sigmas=sigmas, gamma=gamma, levels=levels, conditioning=WORDS
        )
    )


@pytest.mark.parametrize("levels", [FLOW, VARIANCE])
def test_the_perfect_student_has_nothing_left_to_learn(levels: NoiseLevels) -> None:
    """At the lower end it has no loss; elsewhere only that of the teacher's step, which shortens with its square."""
    assert loss_of(levels, (0.6, 0.4), 0.0) == pytest.approx(0.0, abs=1e-9)
    long, short = (loss_of(levels, (0.6, 0.6 - length), 1.0) for length in (0.2, 0.1))
    assert short < 0.5 * long < 0.01


def test_points_between_err_less_than_the_upper_end() -> None:
    """Why the paper takes them: the error along a sub-path grows from 0 to that of a consistency model's."""
    errors = [loss_of(FLOW, (0.7, 0.3), gamma) for gamma in (0.0, 0.5, 1.0)]
    assert errors[0] < errors[1] < errors[2]


def test_the_last_sub_path_ends_in_the_teachers_picture() -> None:
    """At level 0 the latents are the picture: nobody is asked, and the student learns them."""
    student, upper = Affine(), add_noise(FLOW, MEAN + DEVIATION * draw(300), draw(300, 1), 0.2)
    wanted = Exact(FLOW).denoise(upper, step_at(FLOW, 0.2), WORDS)
    optimizer = torch.optim.Adam(student.parameters(), lr=0.05)
    for turn in range(300):
        for group in optimizer.param_groups:
            group["lr"] = 0.05 * (1 - turn / 300)
        loss = subpath_loss(
            student, student, Exact(FLOW), upper=upper, sigmas=(0.2, 0.0), gamma=1.0, levels=FLOW, conditioning=WORDS
        )
        descend(loss, optimizer)
    assert (student.slopes[200] * upper + student.offsets[200] - wanted).abs().max().item() < 0.01


def test_gradients_reach_the_student_alone() -> None:
    """Neither its average nor the teacher's step is a path for gradients."""
    student, average = Affine(0.5), Affine(0.4)
    loss = subpath_loss(
        student, average, Exact(FLOW), upper=draw(5), sigmas=(0.6, 0.4), gamma=0.5, levels=FLOW, conditioning=WORDS
    )
    send_back(loss)
    assert average.slopes.grad is None
    assert len(touched(student.slopes)) == 1
