"""Owns what every training loop of the recipe shares: seeding, tensors of arrays, memory layout, one step of descent.

It is also where the few torch calls live whose types torch leaves open. Checkpoints and the clock are checkpoints.py's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from numpy.typing import NDArray

Network = TypeVar("Network", bound=nn.Module)


def seed_torch(seed: int) -> None:
    """Seed torch's global generator, from which initial weights and training noise are drawn."""
    torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15


def as_tensor(array: NDArray[Any]) -> Tensor:
    """The array as a tensor that shares its memory."""
    return torch.from_numpy(array)  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15


def in_parts(rows: Tensor, size: int) -> tuple[Tensor, ...]:
    """Split along the first axis into parts of `size` rows; the last may be shorter."""
    return rows.split(size)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped in torch 2.15


def read_rows(rows: NDArray[Any], device: torch.device) -> Tensor:
    """Stored rows as single precision on a device."""
    return as_tensor(np.asarray(rows, np.float32)).to(device)


def channels_last(network: Network, device: torch.device) -> Network:
    """Move a network to a device, with the memory layout in which convolutions are fast."""
    return network.to(device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue, reportUnknownVariableType] - no such overload declared in torch 2.15


def half_precision(device: torch.device) -> torch.autocast:
    """A context in which networks compute in bfloat16 where the device does so at speed.

    A CPU without such instructions emulates them, at 2.5 times the time of single precision.
    """
    has = torch.cpu.get_capabilities()
    fast = device.type != "cpu" or any(bool(has.get(name)) for name in ("avx512_bf16", "amx_bf16", "arm_bf16"))
    return torch.autocast(device.type, torch.bfloat16, enabled=fast)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Use one learning rate for all weights from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def descend(loss: Tensor, optimizer: torch.optim.Optimizer, weights: Iterable[Tensor], *, limit: float = 1.0) -> None:
    """One step down the gradient of `loss`, with the gradient's norm over `weights` clipped to `limit`."""
    optimizer.zero_grad()
    loss.backward()  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15
    nn.utils.clip_grad_norm_(weights, limit)
    optimizer.step()  # pyright: ignore[reportUnknownMemberType] - untyped in torch 2.15
