"""One, two, three and four real processes over gloo make the same frames."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]  # its paths are typed loosely
from torch import Tensor

from engine.models.families import motion_unet, unet3d
from engine.parallel.cost import received_bytes
from tests.parallel.models import LATENT_SHAPE, tiny_motion_unet, tiny_unet3d
from tests.parallel.processes import LOST, SCOPES, WORLDS, partition, take
from tests.parallel.takes import Take, stock

# Loading torch and diffusers once more takes a fraction of a minute, and minutes on a machine that trains meanwhile.
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="ranks of these tests are forked"),
    pytest.mark.timeout(600),
]
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("motion", "unet3d")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all worlds wrote to."""
    folder = tmp_path_factory.mktemp("worlds")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ranks = subprocess.run(
        [sys.executable, "-m", "tests.parallel.processes", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert ranks.returncode == 0, ranks.stderr
    return folder


def _frames(results: Path, world: str, case: str) -> Tensor:
    ranks = [load_file(results / world / f"{rank}.safetensors")[case] for rank in range(len(WORLDS[world]))]
    assert [part.shape[2] for part in ranks] == [len(run) for run in partition(world).runs]
    return torch.cat(ranks, dim=2)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("world", [world for world in WORLDS if world != "1"])
def test_the_result_does_not_depend_on_the_number_of_processes(
    results: Path, world: str, kind: str, scope: str
) -> None:
    """1 = 2 = 3 = 4 ranks, even and uneven runs, one of them empty, with a cut inside of a run."""
    case = f"{kind} {scope}"
    torch.testing.assert_close(_frames(results, world, case), _frames(results, "1", case), atol=1e-5, rtol=0)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_full_scope_on_processes_is_the_stock_model(results: Path, kind: str, world: str) -> None:
    """Each shot as plain diffusers computes it."""
    unet = tiny_motion_unet() if kind == "motion" else tiny_unet3d()
    whole = take()
    shots = partition(world).shots
    alone = [
        stock(unet, Take(whole.video[:, :, shot.start : shot.stop], whole.prompts[:, shot.start : shot.stop]))
        if kind == "motion"
        else stock(unet, Take(whole.video[:, :, shot.start : shot.stop], whole.prompts))
        for shot in shots
    ]
    torch.testing.assert_close(_frames(results, world, f"{kind} full"), torch.cat(alone, dim=2), atol=1e-5, rtol=0)


@pytest.mark.parametrize("world", WORLDS)
def test_bytes_on_the_wire_are_the_formula(results: Path, world: str) -> None:
    """For every rank, backbone and scope."""
    height, width = LATENT_SHAPE[1:]
    for rank, run in enumerate(partition(world).runs):
        counted = cast("dict[str, dict[str, int]]", json.loads((results / world / f"{rank}.json").read_text()))
        for name, scope in SCOPES.items():
            for kind in KINDS:
                profile = (
                    motion_unet.profile(tiny_motion_unet(), height, width, scope)
                    if kind == "motion"
                    else unet3d.profile(tiny_unet3d(), height, width, scope)
                )
                expected = received_bytes(profile, partition(world), rank, scope, batch=2, element_bytes=4)
                assert sum(counted[f"{kind} {name}"].values()) == expected.total
                assert bool(run) or not counted[f"{kind} {name}"]


def test_the_loss_of_a_rank_is_an_error_and_not_a_hang(results: Path) -> None:
    """The others learn of it at their next exchange."""
    error = cast("dict[str, str]", json.loads((results / LOST / "0.json").read_text()))
    assert error["kind"] == "worker_lost"
    assert "goes on from its last checkpoint" in error["message"]
