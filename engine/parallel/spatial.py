"""Spatial layers on one run of frames: few images at a time, those that other ranks wait for first.

Owns: the order in which a spatial layer meets its images. Does not own: the layer itself, which sees one image at a
time and needs nothing of other frames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor

from engine.parallel.exchange import Entrance

MAX_IMAGES = 16
"""Images of a chunk: bounds what a spatial layer needs beside its input and output."""


class InChunks:
    """A spatial layer's forward, run on chunks of its images.

    The first tensor among the arguments holds the images, (batch * frames, ...), batch outermost. Other tensors of
    that length (time and prompt embeddings) are cut alike, also within lists and tuples; everything else is passed
    on whole. The layer returns a tensor, or a tuple of one.
    """

    def __init__(self, forward: Callable[..., object], entrance: Entrance | None = None) -> None:
        """Wrap `forward`; `entrance` is that of the temporal layer that gets this layer's output unchanged."""
        self._forward = forward
        self._entrance = entrance

    def __call__(self, *args: object, **kwargs: object) -> object:
        total = _first_tensor(args, kwargs).shape[0]
        output = _Output(total)
        urgent, others = self._order(total)
        for images in urgent:
            output.put(images, self._run(images, total, args, kwargs))
        if self._entrance is not None:
            self._entrance.begin(output.tensor)
        for images in others:
            output.put(images, self._run(images, total, args, kwargs))
        return (output.tensor,) if output.is_tuple else output.tensor

    def _order(self, total: int) -> tuple[list[Sequence[int]], list[Sequence[int]]]:
        """Chunks of images: those that other ranks wait for, and the others. All are urgent where that saves none."""
        if self._entrance is None or total <= MAX_IMAGES:
            return _chunks(range(total)), []
        frames = self._entrance.num_frames
        urgent = [start + frame for start in range(0, total, frames) for frame in self._entrance.exported]
        if not urgent:
            return _chunks(range(total)), []
        return _chunks(urgent), _chunks(sorted(set(range(total)).difference(urgent)))

    def _run(self, images: Sequence[int], total: int, args: Sequence[object], kwargs: Mapping[str, object]) -> object:
        if len(images) == total:
            return self._forward(*args, **kwargs)
        return self._forward(
            *(_cut(arg, images, total) for arg in args),
            **{name: _cut(arg, images, total) for name, arg in kwargs.items()},
        )


class _Output:
    """The layer's output, filled chunk by chunk."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._tensor: Tensor | None = None
        self.is_tuple = False

    @property
    def tensor(self) -> Tensor:
        assert self._tensor is not None, "a rank without frames runs no layers"
        return self._tensor

    def put(self, images: Sequence[int], result: object) -> None:
        self.is_tuple = isinstance(result, tuple)
        made = cast("tuple[object, ...]", result)[0] if isinstance(result, tuple) else result
        if not isinstance(made, Tensor):
            raise TypeError(f"a spatial layer returned {type(made).__name__}; expected a tensor or a tuple of one")
        if len(images) == self._total:
            self._tensor = made
            return
        if self._tensor is None:
            self._tensor = made.new_empty((self._total, *made.shape[1:]))
        if _is_run(images):
            self._tensor.narrow(0, images[0], len(images)).copy_(made)
        else:
            self._tensor.index_copy_(0, torch.tensor(images, device=made.device), made)


def _chunks(images: Sequence[int]) -> list[Sequence[int]]:
    return [images[start : start + MAX_IMAGES] for start in range(0, len(images), MAX_IMAGES)]


def _first_tensor(args: Sequence[object], kwargs: Mapping[str, object]) -> Tensor:
    for arg in (*args, *kwargs.values()):
        if isinstance(arg, Tensor):
            return arg
    raise TypeError("a spatial layer was called without a tensor")


def _is_run(images: Sequence[int]) -> bool:
    return images[-1] - images[0] + 1 == len(images)


def _cut(arg: object, images: Sequence[int], total: int) -> object:
    if isinstance(arg, Tensor):
        if not arg.ndim or arg.shape[0] != total:
            return arg
        if _is_run(images):
            return arg.narrow(0, images[0], len(images))
        return arg.index_select(0, torch.tensor(images, device=arg.device))
    if isinstance(arg, (tuple, list)):
        cut = [_cut(each, images, total) for each in cast("Sequence[object]", arg)]
        return tuple(cut) if isinstance(arg, tuple) else cut
    return arg
