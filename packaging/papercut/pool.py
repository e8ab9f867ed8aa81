"""Owns the growing pool on disk from which the denoiser trains: noise, latents, text features and pictures of scenes.

The noise of a row is the noise its scene was laid out from, so each row is a (noise, caption,
picture) triple of the one-step coupling; flow matching uses the same rows with other noise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from papercut.autoencoder import fold_encoder, load_autoencoder
from papercut.captions import write_caption
from papercut.grammar import SLOTS, sample_scene
from papercut.layout import CELL, LATENT_CHANNELS, draw_noise
from papercut.render import render
from papercut.stream import to_signal
from papercut.text import MAX_TOKENS, WIDTH, encode_captions, load_text_encoder, make_tokenizer


class Pool:
    """Memory-mapped arrays of rows; `count` of them are complete."""

    def __init__(self, work: Path, height: int = 256, width: int = 256, *, capacity: int | None = None) -> None:
        self.folder = work / f"pool-{width}x{height}"
        self.folder.mkdir(parents=True, exist_ok=True)
        note = self.folder / "pool.json"
        if not note.exists():
            self._write({"count": 0, "capacity": capacity or 0})
        self.capacity = int(json.loads(note.read_text())["capacity"])
        grid = (LATENT_CHANNELS, height // CELL, width // CELL)
        self.noise = self._open("noise", grid, np.float16)
        self.latents = self._open("latents", grid, np.float16)
        self.features = self._open("features", (MAX_TOKENS, WIDTH), np.float16)
        self.pictures = self._open("pictures", (height, width, 3), np.uint8)
        self.labels = self._open("labels", (len(SLOTS),), np.uint8)

    def _open(self, name: str, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        path = self.folder / f"{name}.bin"
        return np.memmap(path, dtype=dtype, mode="r+" if path.exists() else "w+", shape=(self.capacity, *shape))

    def _write(self, note: dict[str, int]) -> None:
        part = self.folder / "pool.json.part"
        part.write_text(json.dumps(note))
        part.replace(self.folder / "pool.json")

    @property
    def count(self) -> int:
        """Rows that are whole."""
        return int(json.loads((self.folder / "pool.json").read_text())["count"])

    def commit(self, count: int) -> None:
        """Declare the first `count` rows whole."""
        self._write({"count": count, "capacity": self.capacity})


class _Triples(IterableDataset[tuple[NDArray[np.uint8], NDArray[np.float32], str, list[int]]]):
    def __init__(self, seed: int, height: int, width: int) -> None:
        self.seed, self.height, self.width = seed, height, width

    def __iter__(self) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32], str, list[int]]]:
        worker = get_worker_info()
        rng = np.random.default_rng([7, self.seed, worker.id if worker else 0, self.height, self.width])
        while True:
            scene, noise = sample_scene(rng), draw_noise(rng, self.height, self.width)
            # The network will meet the noise in half precision or better; lay out what was stored.
            noise = noise.astype(np.float16).astype(np.float32)
            yield render(scene, noise).picture, noise, write_caption(scene, rng), list(scene.labels().values())


@torch.no_grad()
def fill_pool(work: Path, count: int, height: int, width: int, *, workers: int = 1, batch: int = 32) -> None:
    """Render and encode until the pool holds `count` rows; a killed run continues where it stopped."""
    pool = Pool(work, height, width, capacity=max(count, 1))
    folded = fold_encoder(load_autoencoder(work))
    encoder, tokenizer = load_text_encoder(work), make_tokenizer()
    position = pool.count
    loader = DataLoader(
        _Triples(position, height, width),
        batch_size=batch,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        collate_fn=list,
    )
    for fresh in loader:
        rows = fresh[: min(count, pool.capacity) - position]
        if not rows:
            break
        place = slice(position, position + len(rows))
        pictures = np.stack([row[0] for row in rows])
        signal = to_signal(torch.from_numpy(pictures).permute(0, 3, 1, 2))
        pool.latents[place] = folded(signal).numpy()
        with torch.autocast("cpu", torch.bfloat16):
            features = encoder(input_ids=encode_captions(tokenizer, [row[2] for row in rows])).last_hidden_state
        pool.features[place] = features.float().numpy()
        pool.pictures[place] = pictures
        pool.noise[place] = np.stack([row[1] for row in rows])
        pool.labels[place] = np.array([row[3] for row in rows])
        position += len(rows)
        pool.commit(position)
        if position % (32 * batch) == 0:
            print(f"pool {width}x{height}: {position}", flush=True)
