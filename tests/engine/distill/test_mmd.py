"""The maximum mean discrepancy, and what it teaches."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.distill.mmd import gaussian_kernel, mmd_loss, polynomial_kernel, squared_mmd
from engine.distill.paths import follow, steps_down
from tests.engine.distill.descent import descend, touched
from tests.engine.distill.gaussian import DEVIATION, FLOW, MEAN, WORDS, Affine, draw

if TYPE_CHECKING:
    from engine.distill.mmd import Kernel

KERNELS = [polynomial_kernel, gaussian_kernel]


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_are_symmetric_and_largest_for_equal_rows(kernel: Kernel) -> None:
    """A Gram matrix is symmetric and positive, by the formulas of the docstrings."""
    x = torch.tensor([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]], dtype=torch.float64)
    gram = kernel(x, x)
    assert torch.allclose(gram, gram.T)
    assert bool((np.linalg.eigvalsh(gram.numpy()) > -1e-9).all())


def test_kernels_are_their_formulas() -> None:
    """(<x, y> / d + 1)^3 and the mean of Gaussians, by hand."""
    x, y = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 1.0]])
    assert polynomial_kernel(x, y).item() == pytest.approx((5 / 2 + 1) ** 3)
    by_hand = sum(torch.tensor(-(5 / 2) / (2 * width**2)).exp().item() for width in (0.5, 1.0, 2.0)) / 3
    assert gaussian_kernel(x, y).item() == pytest.approx(by_hand)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_estimate_is_unbiased(kernel: Kernel) -> None:
    """Over all samples of two that can be drawn, its mean is exactly the populations' discrepancy."""
    first = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
    second = torch.tensor([[0.5], [2.0]], dtype=torch.float64)
    truth = kernel(first, first).mean() + kernel(second, second).mean() - 2 * kernel(first, second).mean()
    drawn = [
        squared_mmd(first[list(rows)], second[list(others)], kernel).item()
        for rows, others in product(product(range(3), repeat=2), product(range(2), repeat=2))
    ]
    assert sum(drawn) / len(drawn) == pytest.approx(truth.item())
    same = [
        squared_mmd(first[list(rows)], first[list(others)], kernel).item()
        for rows, others in product(product(range(3), repeat=2), repeat=2)
    ]
    assert sum(same) / len(same) == pytest.approx(0.0, abs=1e-9)
    assert min(same) < 0.0 < max(same)


def test_a_sample_of_one_is_refused() -> None:
    """It holds no pair of different pictures."""
    with pytest.raises(ValueError, match="use a batch of at least 2"):
        squared_mmd(torch.zeros(1, 3), torch.zeros(5, 3))


def test_two_steps_learn_the_spread_of_real_pictures() -> None:
    """A student whose pictures are all the mean, as a teacher's first step is, finds their deviation again."""
    real = (MEAN + DEVIATION * draw(400, 7)).flatten(1)
    schedule, student = steps_down(FLOW, [0.98, 0.49]), Affine(0.05, MEAN)
    optimizer = torch.optim.Adam(student.parameters(), lr=0.03)
    losses: list[float] = []
    for turn in range(150):
        start = draw(300, 100 + turn)
        loss = mmd_loss(
            student, start, schedule, WORDS, real=real, features=lambda x: x.flatten(1), kernel=gaussian_kernel
        )
        losses.append(descend(loss, optimizer))
    assert sum(losses[-20:]) / 20 < 0.05 * losses[0]
    with torch.no_grad():
        pictures = follow(student, draw(2000, 3), schedule, WORDS)
    assert pictures.std().item() == pytest.approx(DEVIATION, rel=0.2)
    assert pictures.mean().item() == pytest.approx(MEAN, abs=0.1)
    assert touched(student.slopes) == [490, 980]
