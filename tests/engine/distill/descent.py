"""The few torch calls of learning whose types torch leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def send_back(loss: Tensor) -> None:
    """Gradients of `loss` to all that it depends on."""
    loss.backward()  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15


def descend(loss: Tensor, optimizer: torch.optim.Optimizer) -> float:
    """One step down the loss, which is returned."""
    optimizer.zero_grad()
    send_back(loss)
    optimizer.step()  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15
    return loss.item()


def touched(weight: Tensor) -> list[int]:
    """Where a vector has gradients other than 0."""
    assert weight.grad is not None
    return cast("list[int]", weight.grad.nonzero().flatten().tolist())  # pyright: ignore[reportUnknownMemberType]
