"""Replacing the forward of a model's modules for a while.

Owns: that a patched model is the stock model again afterwards: same objects, same forwards.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


class Patches:
    """Replaced forwards, put back in reverse order when the context ends, whatever happened in it."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def __enter__(self) -> Patches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._undo:
            self._undo.pop()()

    def forward(self, module: nn.Module, replacement: Callable[..., object]) -> None:
        """Make `module(...)` call `replacement(...)`; its hooks still run."""
        before = module.__dict__.get("forward")  # an offloading hook may sit here already

        def undo() -> None:
            if before is None:
                del module.__dict__["forward"]
            else:
                module.__dict__["forward"] = before

        module.__dict__["forward"] = replacement
        self._undo.append(undo)
