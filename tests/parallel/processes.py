"""Real ranks: processes that meet over gloo. Run as `python -m tests.parallel.processes FOLDER`.

One process loads torch and diffusers and then forks the ranks of each world, which is many times faster than starting
each anew; a test process must not fork itself, because others of its tests have threads. Each rank computes all takes
of its world over one mesh and writes its frames and its traffic to the folder.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]  # its paths are typed loosely

from engine.errors import WorkerLostError
from engine.parallel.mesh import Mesh, open_mesh
from engine.parallel.noise import INITIAL, noise_of_frames
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full, Scope
from tests.parallel.forks import fork_ranks
from tests.parallel.models import LATENT_SHAPE, frame_prompts, tiny_motion_unet, tiny_unet3d
from tests.parallel.takes import Backbone, Take, compute_run

NUM_FRAMES = 12
CUTS = (5,)
WORLDS = {
    "1": [1.0],
    "2": [1.0, 1.0],
    "3": [1.0, 1.0, 1.0],
    "4": [1.0, 1.0, 1.0, 1.0],
    "4 uneven": [6.0, 1.0, 0.1, 3.0],
}
"""Speeds of the ranks; the third of the uneven world gets no frame."""
SCOPES: dict[str, Scope] = {"full": Full(), "dual": Dual(3, 2), "blocks": Blocks(4, 2)}
LOST = "lost"


def backbones() -> dict[str, Backbone]:
    return {"motion": tiny_motion_unet(), "unet3d": tiny_unet3d()}


def take() -> Take:
    """Frames as a job makes them: each from the seed and its global id."""
    video = noise_of_frames(7, INITIAL, range(NUM_FRAMES), LATENT_SHAPE)
    return Take(video.expand(2, -1, -1, -1, -1), frame_prompts(NUM_FRAMES))


def partition(world: str) -> Partition:
    return Partition.weighted(NUM_FRAMES, WORLDS[world], CUTS)


def compute_takes(mesh: Mesh, world: str, folder: Path, models: dict[str, Backbone]) -> None:
    runs: dict[str, torch.Tensor] = {}
    traffic: dict[str, dict[str, int]] = {}
    with torch.inference_mode():
        for kind, unet in models.items():
            for name, scope in SCOPES.items():
                run = compute_run(unet, take(), mesh, partition(world), scope)
                runs[f"{kind} {name}"] = run.contiguous()
                traffic[f"{kind} {name}"] = mesh.take_traffic().received_bytes
    save_file(runs, folder / f"{mesh.rank}.safetensors")
    (folder / f"{mesh.rank}.json").write_text(json.dumps(traffic))


def lose_a_rank(mesh: Mesh, folder: Path, unet: Backbone) -> None:
    """Rank 1 dies between meeting and the first exchange; rank 0 notices."""
    if mesh.rank == 1:
        os._exit(0)
    try:
        with torch.inference_mode():
            compute_run(unet, take(), mesh, Partition.even(NUM_FRAMES, 2), Full())
    except WorkerLostError as error:
        (folder / "0.json").write_text(json.dumps({"kind": error.kind, "message": error.message}))


def main() -> int:
    torch.set_num_threads(1)  # a child cannot use threads that its parent started
    top = Path(sys.argv[1])
    models = backbones()
    ends: list[bool] = []
    for world, speeds in WORLDS.items():
        folder = top / world
        folder.mkdir(mode=0o700)

        def work(rank: int, world: str = world, folder: Path = folder, size: int = len(speeds)) -> None:
            with open_mesh(folder, rank, size) as mesh:
                compute_takes(mesh, world, folder, models)

        ends.append(fork_ranks(len(speeds), work))
    folder = top / LOST
    folder.mkdir(mode=0o700)

    def lose(rank: int) -> None:
        with open_mesh(folder, rank, 2) as mesh:
            lose_a_rank(mesh, folder, models["unet3d"])

    ends.append(fork_ranks(2, lose))
    return 0 if all(ends) else 1


if __name__ == "__main__":
    sys.exit(main())
