"""engine.tasks.reel: frames, latent frames and the network's frames are never mixed up."""

from __future__ import annotations

import pytest

from engine.tasks.reel import Reel


class Single:
    """A U-Net's counts: latent frame and frame are the same."""

    def latent_frames(self, frames: int) -> int:
        return frames

    def frames_of(self, latent_frame: int) -> range:
        return range(latent_frame, latent_frame + 1)


class Causal:
    """Wan's counts: the first latent frame is one frame, each other one four."""

    def latent_frames(self, frames: int) -> int:
        return (frames - 1) // 4 + 1

    def frames_of(self, latent_frame: int) -> range:
        return range(1) if not latent_frame else range(4 * latent_frame - 3, 4 * latent_frame + 1)


def test_for_a_unet_all_numbers_are_the_same() -> None:
    """Frames, latent frames and the network's frames count alike."""
    reel = Reel([range(6), range(6, 10)], [], Single())
    assert reel.made_latents == list(reel.latents) == list(reel.frames) == list(range(10))
    assert reel.latents_of(range(4, 8)) == [4, 5, 6, 7]
    assert [list(reel.frames_of(latent)) for latent in (0, 5, 6, 9)] == [[0], [5], [6], [9]]
    assert reel.latent_shot(5) == range(6)
    assert reel.latent_shot(6) == range(6, 10)
    assert reel.partition(3).shots == (range(6), range(6, 10))


def test_every_shot_begins_anew_for_an_autoencoder_over_time() -> None:
    """Latent frames follow each other through the shots, each of which starts with a single frame."""
    reel = Reel([range(9), range(9, 14)], [], Causal())
    assert reel.latent_shots == (range(3), range(3, 5))
    assert [reel.frames_of(latent) for latent in reel.latents] == [
        range(1), range(1, 5), range(5, 9), range(9, 10), range(10, 14),
    ]  # fmt: skip
    assert [frame for latent in reel.latents for frame in reel.frames_of(latent)] == list(range(14))
    assert reel.frame_of(1) == 3
    assert reel.latent_shot(3) == range(3, 5)


def test_a_re_roll_makes_only_shots_with_a_frame_in_it() -> None:
    """The network's frames are numbered through those shots alone; the ids of latent frames stay."""
    reel = Reel([range(4), range(4, 9), range(9, 12)], [range(2, 3), range(10, 12)], Single())
    assert reel.made_latents == [0, 1, 2, 3, 9, 10, 11]
    assert reel.partition(2).shots == (range(4), range(4, 7))
    assert reel.latents_of([0, 3, 4, 6]) == [0, 3, 9, 11]
    assert [frame for frame in reel.frames if reel.is_redone(frame)] == [2, 10, 11]
    assert reel.kept_latents(reel.made_latents) == [0, 1, 3, 9]


def test_a_latent_frame_is_kept_only_if_all_its_frames_are() -> None:
    """One frame to be made again takes its whole latent frame with it."""
    reel = Reel([range(13)], [range(4, 5)], Causal())
    assert reel.kept_latents(list(reel.latents)) == [0, 2, 3]


@pytest.mark.parametrize("world_size", [1, 2, 5, 20])
def test_runs_cover_what_is_made(world_size: int) -> None:
    """On any number of ranks, each latent frame to be made is in one run."""
    reel = Reel([range(4), range(4, 9), range(9, 12)], [range(5, 6), range(9, 10)], Single())
    runs = [reel.latents_of(run) for run in reel.partition(world_size).runs]
    assert [latent for run in runs for latent in run] == reel.made_latents
