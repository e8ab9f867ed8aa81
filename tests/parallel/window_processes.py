"""Windows and one clip on real ranks that meet over gloo. Run as `python -m tests.parallel.window_processes FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]  # its paths are typed loosely
from torch import Tensor

from engine.parallel.mesh import Mesh, open_mesh
from engine.parallel.noise import INITIAL, noise_of_frames
from engine.parallel.partition import Partition
from engine.parallel.sequence import TokenSplit
from engine.parallel.windows import Layout, Windows
from tests.parallel.forks import fork_ranks

NUM_FRAMES, CUTS, LAYOUT = 21, (9, 10), Layout(6, 4)
TOKENS, HEADS = 10, 3
WORLDS = {"1": [1.0], "2": [1.0, 1.0], "4 uneven": [5.0, 0.1, 2.0, 3.0]}


def whole_clip(noisy: Tensor, _middle: int) -> Tensor:
    """A network in which each frame depends on each frame of its window and on its place there."""
    places = torch.arange(noisy.shape[2], dtype=torch.float32)[:, None, None]
    return torch.sin(noisy * (1 + places)) + noisy.mean(dim=2, keepdim=True)


def compute(mesh: Mesh, world: str, folder: Path) -> None:
    """Two steps of windows, and an attention, of one rank."""
    partition = Partition.weighted(NUM_FRAMES, WORLDS[world], CUTS)
    run = partition.runs[mesh.rank]
    latents = noise_of_frames(7, INITIAL, run, (4, 6, 4))
    windows = Windows(mesh, partition, LAYOUT)
    for _ in range(2):
        latents = windows.denoise(latents, whole_clip)
    clip = torch.randn(3, 2, TOKENS, HEADS, 4, generator=torch.Generator().manual_seed(4))
    split = TokenSplit(mesh, TOKENS, HEADS)
    query, key, value = (split.own(part) for part in clip.unbind())
    attended = split.gather(split.attend(query, key, value))
    save_file({"latents": latents.contiguous(), "attended": attended}, folder / f"{mesh.rank}.safetensors")


def main() -> int:
    torch.set_num_threads(1)  # a child cannot use threads that its parent started
    ends: list[bool] = []
    for world, speeds in WORLDS.items():
        folder = Path(sys.argv[1]) / world
        folder.mkdir(mode=0o700)

        def work(rank: int, world: str = world, folder: Path = folder, size: int = len(speeds)) -> None:
            with open_mesh(folder, rank, size) as mesh, torch.inference_mode():
                compute(mesh, world, folder)

        ends.append(fork_ranks(len(speeds), work))
    return 0 if all(ends) else 1


if __name__ == "__main__":
    sys.exit(main())
