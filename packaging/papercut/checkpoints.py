"""Owns what lets training survive a kill: atomic checkpoints, a clock that counts training time, and its schedule."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import torch


def device_of(name: str | None = None) -> torch.device:
    """The named device, or a GPU when there is one, or the CPU."""
    return torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))


def save(state: dict[str, Any], path: Path) -> None:
    """Write a checkpoint so that a kill at any moment leaves the old or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def load(path: Path) -> dict[str, Any] | None:
    """Read a checkpoint, or None when there is none yet."""
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


class Clock:
    """Counts training seconds over all sittings and turns them into a learning-rate factor.

    The schedule is a linear warm-up, then a cosine to a twentieth at the end of the budget, so
    that a run of any length on any machine ends with a small step.
    """

    def __init__(self, budget_s: float, spent_s: float = 0.0, *, warmup_steps: int = 200) -> None:
        self.budget_s, self._before, self._start, self.warmup_steps = budget_s, spent_s, time.monotonic(), warmup_steps

    @property
    def spent_s(self) -> float:
        """Training seconds so far, earlier sittings included."""
        return self._before + time.monotonic() - self._start

    @property
    def over(self) -> bool:
        """Whether the budget is spent."""
        return self.spent_s >= self.budget_s

    def factor(self, step: int) -> float:
        """The learning-rate factor at a step, in 0..1."""
        warm = min(1.0, (step + 1) / self.warmup_steps)
        progress = min(1.0, self.spent_s / self.budget_s)
        return warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))


class Average:
    """Exponential moving average of a module's weights; its horizon grows with the run until `decay`."""

    def __init__(self, module: torch.nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.weights = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: torch.nn.Module, step: int) -> None:
        """Move towards the module's weights."""
        decay = min(self.decay, (step + 1) / (step + 10))
        for name, value in module.state_dict().items():
            if value.dtype.is_floating_point:
                # Those of a checkpoint come on the CPU.
                self.weights[name] = self.weights[name].to(value.device).lerp_(value.detach(), 1 - decay)
            else:
                self.weights[name].copy_(value)
