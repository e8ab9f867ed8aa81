"""Ranks and the wire between them; real processes are in test_processes.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from engine.errors import WorkerLostError
from engine.parallel.mesh import Mesh, Parcel, open_mesh


def test_a_mesh_of_one_opens_nothing(tmp_path: Path) -> None:
    """Size 1 needs neither folder nor socket."""
    with open_mesh(tmp_path / "missing", 0, 1) as mesh:
        assert (mesh.rank, mesh.world_size) == (0, 1)
        mesh.post("test", [], []).wait()
    assert not list(tmp_path.iterdir())


def test_a_mesh_of_one_has_nobody_to_write_to() -> None:
    """A plan that sends something alone is a mistake of ours."""
    with pytest.raises(AssertionError, match="something to send"):
        Mesh.alone().post("test", [Parcel(0, torch.zeros(1))], [])


def test_a_rank_outside_of_the_mesh_is_refused() -> None:
    """Ranks count from zero."""
    with pytest.raises(ValueError, match="rank 2 is not in a mesh of 2"):
        Mesh(2, 2, Mesh.alone()._transport)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.skipif(os.name != "posix", reason="modes of folders are POSIX")
def test_a_meeting_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    """Nobody else may answer in a rank's place."""
    folder = tmp_path / "meeting"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(ValueError, match="mode 755"), open_mesh(folder, 0, 2):
        pass


def test_a_rank_whose_peers_do_not_come_gives_up(tmp_path: Path) -> None:
    """A group that never forms is reported as lost, within its time."""
    folder = tmp_path / "meeting"
    folder.mkdir(mode=0o700)
    with pytest.raises(WorkerLostError, match="not all 2 ranks"), open_mesh(folder, 0, 2, timeout_s=0.2):
        pass
