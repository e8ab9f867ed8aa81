"""Forwards replaced for a while."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from engine.parallel.patch import Patches


def _double(hidden: Tensor) -> Tensor:
    return hidden * 2


def test_a_forward_is_replaced_only_within_the_context() -> None:
    """Afterwards the module has no trace of it, not even an attribute."""
    layer = nn.Linear(2, 2)
    before, given = dict(layer.__dict__), torch.ones(1, 2)
    expected = layer(given)
    with Patches() as patches:
        patches.forward(layer, _double)
        assert torch.equal(layer(given), given * 2)
    assert layer.__dict__ == before
    assert torch.equal(layer(given), expected)


def test_an_error_in_the_context_puts_everything_back() -> None:
    """A failed step leaves a stock model."""
    layers = [nn.Linear(2, 2), nn.Linear(2, 2)]

    def step() -> None:
        with Patches() as patches:
            for layer in layers:
                patches.forward(layer, _double)
            raise RuntimeError("a step failed")

    with pytest.raises(RuntimeError, match="a step failed"):
        step()
    assert not any("forward" in layer.__dict__ for layer in layers)


def test_a_forward_that_was_replaced_before_comes_back() -> None:
    """Offloading hooks sit in the same place and must survive."""
    layer = nn.Linear(2, 2)
    layer.__dict__["forward"] = _double
    with Patches() as patches:
        patches.forward(layer, torch.neg)
        patches.forward(layer, torch.zeros_like)
        assert float(layer(torch.ones(1))) == 0
    assert layer.__dict__["forward"] is _double
