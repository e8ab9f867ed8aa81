"""papercut.checkpoints: what survives a kill goes on wherever the training does."""

from __future__ import annotations

import torch
from torch import nn

from papercut.checkpoints import Average


def test_an_average_read_on_the_cpu_follows_its_module_to_another_device() -> None:
    """As a run on a GPU finds it after a kill."""
    average = Average(nn.Linear(3, 2))
    average.update(nn.Linear(3, 2, device="meta"), 0)
    assert {weight.device.type for weight in average.weights.values()} == {"meta"}


def test_an_average_moves_towards_the_weights() -> None:
    """A tenth stays at the first step; all but `1 - decay` of it at the last."""
    module = nn.Linear(1, 1, bias=False)
    average = Average(module, 0.75)
    average.weights["weight"].zero_()
    with torch.no_grad():
        module.weight.fill_(1.0)
    average.update(module, 0)
    assert abs(average.weights["weight"].item() - 0.9) < 1e-6
    average.update(module, 10_000)
    assert abs(average.weights["weight"].item() - (0.9 + 0.1 * 0.25)) < 1e-6
