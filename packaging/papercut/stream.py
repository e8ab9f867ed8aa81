"""Owns the flow of fresh renders from worker processes into training."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from papercut.grammar import sample_scene
from papercut.layout import draw_noise
from papercut.render import render
from papercut.training import as_tensor


class RenderStream(IterableDataset[tuple[Tensor, dict[str, int]]]):
    """Endless random training scenes: picture uint8 (3, H, W) and its slot labels."""

    def __init__(self, seed: int, height: int = 256, width: int = 256, *, held_out: bool = False) -> None:
        self.seed, self.height, self.width, self.held_out = seed, height, width, held_out

    def __iter__(self) -> Iterator[tuple[Tensor, dict[str, int]]]:
        worker = get_worker_info()
        os.nice(5 if worker else 0)
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            scene = sample_scene(rng, held_out=self.held_out)
            picture = render(scene, draw_noise(rng, self.height, self.width)).picture
            yield as_tensor(picture).permute(2, 0, 1), scene.labels()


def stream_batches(seed: int, batch_size: int, *, workers: int = 1) -> Iterator[tuple[Tensor, dict[str, Tensor]]]:
    """Batches of fresh renders from background processes."""
    return iter(
        DataLoader(
            RenderStream(seed), batch_size=batch_size, num_workers=workers, prefetch_factor=6 if workers else None
        )
    )


def to_signal(pictures: Tensor) -> Tensor:
    """Turn uint8 pictures into floats in [-1, 1]."""
    return pictures.float() / 127.5 - 1
