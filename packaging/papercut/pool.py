"""Owns the growing pool on disk from which the denoiser trains: noise, latents, text features and pictures of scenes.

The noise of a row is the noise its scene was laid out from, so each row is a (noise, caption,
picture) triple of the one-step coupling; flow matching uses the same rows with other noise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from papercut.autoencoder import fold_encoder, load_autoencoder
from papercut.captions import write_caption
from papercut.grammar import SLOTS, sample_neighbour, sample_scene
from papercut.layout import CELL, LATENT_CHANNELS, draw_noise
from papercut.render import render
from papercut.stage import ID
from papercut.stream import to_signal
from papercut.text import MAX_TOKENS, WIDTH, encode_captions, load_text_encoder, make_tokenizer
from papercut.training import as_tensor, half_precision

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL = [ID[name] for name in ("boats", "castle", "trees", "house", "birds", "balloons")]
PAIR_SIDE = 256

Row = TypeVar("Row")


class Rows:
    """Memory-mapped arrays of rows in a folder; `count` rows are complete."""

    def __init__(self, folder: Path, capacity: int | None) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        note = self.folder / "pool.json"
        if not note.exists():
            self._write({"count": 0, "capacity": capacity or 0})
        self.capacity = int(json.loads(note.read_text())["capacity"])

    def open(self, name: str, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        """Map one array of all rows, made on first use."""
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


class Pool(Rows):
    """Rows of single pictures."""

    def __init__(self, work: Path, height: int = 256, width: int = 256, *, capacity: int | None = None) -> None:
        super().__init__(work / f"pool-{width}x{height}", capacity)
        grid = (LATENT_CHANNELS, height // CELL, width // CELL)
        self.cells = grid[1] * grid[2]
        """How many latent cells a picture has."""
        self.noise = self.open("noise", grid, np.float16)
        self.latents = self.open("latents", grid, np.float16)
        self.features = self.open("features", (MAX_TOKENS, WIDTH), np.float16)
        self.pictures = self.open("pictures", (height, width, 3), np.uint8)
        self.labels = self.open("labels", (len(SLOTS),), np.uint8)
        self.smallness = self.open("smallness", grid[1:], np.uint8)
        """How much of each cell shows a small thing, of 255."""


class _Row(NamedTuple):
    picture: NDArray[np.uint8]
    noise: NDArray[np.float32]
    caption: str
    labels: list[int]
    smallness: NDArray[np.uint8]


def process_rng(kind: int, seed: int, *more: int) -> np.random.Generator:
    """The generator of this render process for rows of one kind; no two kinds, seeds or processes share one."""
    worker = get_worker_info()
    return np.random.default_rng([kind, seed, worker.id if worker else 0, *more])


class _Rows(IterableDataset[_Row]):
    def __init__(self, seed: int, height: int, width: int) -> None:
        self.seed, self.height, self.width = seed, height, width

    def __iter__(self) -> Iterator[_Row]:
        rng = process_rng(7, self.seed, self.height, self.width)
        while True:
            scene, noise = sample_scene(rng), draw_noise(rng, self.height, self.width)
            # The network will meet the noise in half precision or better; lay out what was stored.
            noise = noise.astype(np.float16).astype(np.float32)
            truth = render(scene, noise, maps=True)
            assert truth.segmentation is not None
            smallness = smallness_of(truth.segmentation)
            yield _Row(truth.picture, noise, write_caption(scene, rng), list(scene.labels().values()), smallness)


def smallness_of(segmentation: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much of each cell shows a small thing, of 255: (H/16, W/16) for class ids (H, W)."""
    height, width = segmentation.shape
    small: NDArray[np.bool_] = np.isin(segmentation, _SMALL)
    cells = small.reshape(height // CELL, CELL, width // CELL, CELL)
    return (255 * cells.mean((1, 3), dtype=np.float32)).astype(np.uint8)


class Encoders:
    """What turns pictures and captions into what the denoiser trains on."""

    def __init__(self, work: Path) -> None:
        self._folded = fold_encoder(load_autoencoder(work))
        self._text, self._tokenizer = load_text_encoder(work), make_tokenizer()

    @torch.no_grad()
    def latents(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Latents of pictures (B, H, W, 3), (B, 24, H/16, W/16)."""
        return self._folded(to_signal(as_tensor(pictures).permute(0, 3, 1, 2))).numpy()

    @torch.no_grad()
    def features(self, captions: list[str]) -> NDArray[np.float32]:
        """Text features of captions, (B, tokens, width)."""
        with half_precision(torch.device("cpu")):
            features = self._text(input_ids=encode_captions(self._tokenizer, captions)).last_hidden_state
        return features.float().numpy()


def batches(rows: IterableDataset[Row], batch: int, workers: int) -> Iterable[list[Row]]:
    """Rows in lists of `batch`, drawn by so many processes of their own."""
    return DataLoader(
        rows, batch_size=batch, num_workers=workers, prefetch_factor=4 if workers else None, collate_fn=list
    )


def fill(pool: Rows, wanted: int, fresh: Iterable[list[Row]], store: Callable[[slice, list[Row]], None]) -> None:
    """Store fresh rows until the pool holds as many as wanted, and commit each batch once it is whole.

    Args:
        pool: A pool, empty or not.
        wanted: How many rows it shall hold, of its capacity.
        fresh: More rows than needed, in batches.
        store: Writes rows to their place in the pool's arrays.
    """
    position = pool.count
    for batches_done, batch in enumerate(fresh, start=1):
        rows = batch[: min(wanted, pool.capacity) - position]
        if not rows:
            break
        store(slice(position, position + len(rows)), rows)
        position += len(rows)
        pool.commit(position)
        if batches_done % 25 == 0:
            print(f"{pool.folder.name}: {position}", flush=True)


def fill_pool(work: Path, count: int, height: int, width: int, *, workers: int = 1, batch: int = 32) -> None:
    """Render and encode until the pool holds `count` rows; a killed run continues where it stopped."""
    pool, encoders = Pool(work, height, width, capacity=max(count, 1)), Encoders(work)

    def store(place: slice, rows: list[_Row]) -> None:
        pictures = np.stack([row.picture for row in rows])
        pool.latents[place] = encoders.latents(pictures)
        pool.features[place] = encoders.features([row.caption for row in rows])
        pool.pictures[place] = pictures
        pool.noise[place] = np.stack([row.noise for row in rows])
        pool.labels[place] = np.array([row.labels for row in rows])
        pool.smallness[place] = np.stack([row.smallness for row in rows])

    fill(pool, count, batches(_Rows(pool.count, height, width), batch, workers), store)


class PairPool(Rows):
    """Pairs of scenes of one noise that differ in little, as the two sides of a prompt's transition do."""

    def __init__(self, work: Path, *, capacity: int | None = None) -> None:
        super().__init__(work / "pool-pairs", capacity)
        grid = (LATENT_CHANNELS, PAIR_SIDE // CELL, PAIR_SIDE // CELL)
        self.noise = self.open("noise", grid, np.float16)
        self.latents = self.open("latents", (2, *grid), np.float16)
        self.features = self.open("features", (2, MAX_TOKENS, WIDTH), np.float16)


class _Pair(NamedTuple):
    pictures: NDArray[np.uint8]
    noise: NDArray[np.float32]
    captions: tuple[str, str]


class _Pairs(IterableDataset[_Pair]):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[_Pair]:
        rng = process_rng(19, self.seed)
        while True:
            scene = sample_scene(rng)
            other = sample_neighbour(scene, rng)
            noise = draw_noise(rng, PAIR_SIDE, PAIR_SIDE).astype(np.float16).astype(np.float32)
            pictures = np.stack([render(each, noise).picture for each in (scene, other)])
            yield _Pair(pictures, noise, (write_caption(scene, rng), write_caption(other, rng)))


def fill_pairs(work: Path, count: int, *, workers: int = 1, batch: int = 16) -> None:
    """Render and encode until the pool holds `count` pairs; a killed run continues where it stopped."""
    pool, encoders = PairPool(work, capacity=max(count, 1)), Encoders(work)

    def store(place: slice, rows: list[_Pair]) -> None:
        for side in (0, 1):
            pool.latents[place, side] = encoders.latents(np.stack([row.pictures[side] for row in rows]))
            pool.features[place, side] = encoders.features([row.captions[side] for row in rows])
        pool.noise[place] = np.stack([row.noise for row in rows])

    fill(pool, count, batches(_Pairs(pool.count), batch, workers), store)
