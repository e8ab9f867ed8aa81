"""engine.tasks.decoding: each latent frame is decoded once, with its neighbours where its autoencoder reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.media.clip import Clip
from engine.parallel.mesh import Mesh
from engine.tasks.decoding import Part, parts_to_decode, runs_of, with_context
from engine.tasks.reel import Reel
from tests.engine.tasks.test_reel import Causal, Single
from tests.parallel.virtual import on_ranks

if TYPE_CHECKING:
    from pathlib import Path

SHOTS = [range(5), range(5, 12)]


def numbered(latents: list[int]) -> torch.Tensor:
    """Latents that tell their id, (1, 1, T, 1, 1)."""
    return torch.tensor([float(latent) for latent in latents]).reshape(1, 1, -1, 1, 1)


@pytest.mark.parametrize("world_size", [1, 2, 4, 12, 15])
@pytest.mark.parametrize("halo", [(0, 0), (2, 0), (1, 3)])
def test_a_part_has_its_context_from_other_ranks_and_never_from_another_shot(
    world_size: int, halo: tuple[int, int]
) -> None:
    """Whatever the ranks, each latent frame comes with exactly its neighbours, cut at the ends of its shot."""
    reel = Reel(SHOTS, [], Single())

    def work(mesh: Mesh) -> list[Part]:
        run = reel.latents_of(reel.partition(mesh.world_size).runs[mesh.rank])
        return with_context(numbered(run), reel, mesh, halo)

    parts = [part for rank in on_ranks(world_size, work) for part in rank]
    assert [latent for part in parts for latent in part.latents] == list(range(12))
    for part in parts:
        shot = reel.latent_shot(part.latents[0])
        for index, latent in enumerate(part.latents):
            cut, first, last = part.cut(range(index, index + 1))
            seen = [int(each) for each in cut.flatten()]
            assert seen == list(range(max(shot.start, latent - halo[0]), min(shot.stop, latent + 1 + halo[1])))
            assert seen[first:last] == [latent]


def clip_with(folder: Path, frames: list[int], length: int) -> Clip:
    clip = Clip.create(folder, width=2, height=2, fps=8.0, frames=length)
    for frame in frames:
        clip.write(frame, np.full((2, 2, 3), frame, np.uint8))
    return clip


def test_only_what_is_missing_is_decoded(tmp_path: Path) -> None:
    """Frames that are there are announced as runs; the rest becomes spans."""
    reel = Reel([range(9)], [], Single())
    part = Part(list(range(2, 9)), numbered(list(range(2, 9))), 0, (0, 0))
    ready: list[tuple[int, int]] = []
    clip = clip_with(tmp_path, [0, 3, 4, 7], 9)
    wanted, spans = parts_to_decode(part, reel, clip, lambda start, stop: ready.append((start, stop)))
    assert wanted == {2, 5, 6, 8}
    assert [[part.latents[index] for index in span] for span in spans] == [[2], [5, 6], [8]]
    assert ready == [(3, 5), (7, 8)]


def test_frames_that_a_re_roll_keeps_are_not_decoded_though_they_are_missing_yet(tmp_path: Path) -> None:
    """Another rank may still be taking them over."""
    reel = Reel([range(9)], [range(4, 6)], Single())
    part = Part(list(range(9)), numbered(list(range(9))), 0, (0, 0))
    wanted, spans = parts_to_decode(part, reel, clip_with(tmp_path, [], 9), lambda start, stop: None)
    assert wanted == {4, 5}
    assert spans == [range(4, 6)]


def test_one_missing_frame_needs_its_whole_latent_frame(tmp_path: Path) -> None:
    """With an autoencoder over time, the frames of a latent frame come together."""
    reel = Reel([range(13)], [], Causal())
    part = Part([0, 1, 2, 3], numbered([0, 1, 2, 3]), 0, (2, 0))
    clip = clip_with(tmp_path, [frame for frame in range(13) if frame != 6], 13)
    wanted, spans = parts_to_decode(part, reel, clip, lambda start, stop: None)
    assert wanted == {6}
    assert spans == [range(2, 3)]


def test_runs_have_no_gaps() -> None:
    """Numbers that follow each other become one run."""
    assert list(runs_of([])) == []
    assert list(runs_of([3])) == [range(3, 4)]
    assert list(runs_of([0, 1, 4, 5, 6, 9])) == [range(2), range(4, 7), range(9, 10)]
