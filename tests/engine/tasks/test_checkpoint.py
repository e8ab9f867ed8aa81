"""engine.tasks.checkpoint: only what is whole and belongs to the request is ever gone on from."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch
from torch import Tensor

from engine.errors import DiskFullError, JobFailedError
from engine.messages import Segment, Timeline
from engine.tasks.checkpoint import Checkpoints, digest_of
from tests.engine.tasks.taking import video_request
from tests.tiny_videos import tiny_video_spec

FRAMES = range(7)


def latents_of(step: int, frames: range | list[int] = FRAMES) -> Tensor:
    """Latents that tell their step and frame, (1, C, T, h, w)."""
    rows = [torch.full((2, 3, 4), 100.0 * step + frame) for frame in frames]
    return torch.stack(rows, dim=1)[None]


def save(store: Checkpoints, step: int, cuts: list[int]) -> None:
    """A generation written by as many ranks as there are runs."""
    edges = [0, *cuts, len(FRAMES)]
    for rank in range(len(edges) - 1):
        run = range(edges[rank], edges[rank + 1])
        if run:
            store.save(step, run, latents_of(step, run), rank, len(edges) - 1)


@pytest.fixture
def store(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path / "latents", "0123456789abcdef")


def files(store: Checkpoints) -> list[Path]:
    return sorted(store._folder.iterdir())  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("cuts", [[], [3], [1, 2, 6], [4, 4]])
def test_a_generation_is_read_by_frame_whoever_wrote_it(store: Checkpoints, cuts: list[int]) -> None:
    """Any number of ranks may read any part, in any order."""
    save(store, 2, cuts)
    assert store.newest(FRAMES) == 2
    assert torch.equal(store.load(2, [5, 0, 3]), latents_of(2, [5, 0, 3]))


def test_without_any_generation_there_is_nothing_to_go_on_from(store: Checkpoints) -> None:
    """Step 0, also before the folder is there."""
    assert store.newest(FRAMES) == 0


def test_a_generation_counts_when_every_frame_is_there(store: Checkpoints) -> None:
    """One rank's file is missing: the one before it is the newest."""
    save(store, 1, [3])
    store.save(2, range(3), latents_of(2, range(3)), 0, 2)
    assert store.newest(FRAMES) == 1
    store.save(2, range(3, 7), latents_of(2, range(3, 7)), 1, 2)
    assert store.newest(FRAMES) == 2


def flip_a_bit(file: Path) -> None:
    document = bytearray(file.read_bytes())
    document[len(document) // 2] ^= 1
    file.write_bytes(document)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def make_unreadable(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short, empty, make_unreadable])
def test_a_damaged_generation_falls_back_to_the_one_before(store: Checkpoints, damage: object) -> None:
    """A flipped bit, a truncated, an empty or an unreadable file: the older generation is whole and is used."""
    save(store, 1, [3])
    save(store, 2, [3])
    assert callable(damage)
    damage(files(store)[-1])
    assert store.newest(FRAMES) == 1
    assert torch.equal(store.load(1, FRAMES), latents_of(1))
    with pytest.raises(JobFailedError, match="run the take again"):
        store.load(2, FRAMES)


def test_a_file_under_another_steps_name_proves_nothing(store: Checkpoints) -> None:
    """The proof covers the step, so that a renamed file is not taken for what it is not."""
    save(store, 1, [])
    (file,) = files(store)
    file.rename(file.with_name(file.name.replace(".00001.", ".00002.")))
    assert store.newest(FRAMES) == 0


def test_the_part_of_a_generation_that_others_wrote_still_counts(store: Checkpoints) -> None:
    """Two ranks wrote it, one of their files is damaged, and a single rank wrote all of it again: it is whole."""
    save(store, 1, [3])
    flip_a_bit(files(store)[0])
    save(store, 1, [])
    assert store.newest(FRAMES) == 1
    assert torch.equal(store.load(1, FRAMES), latents_of(1))


def test_two_generations_are_kept(store: Checkpoints) -> None:
    """Pruning removes all older ones, and none of another request."""
    other = Checkpoints(store._folder, "f" * 16)  # pyright: ignore[reportPrivateUsage]
    other.save(1, FRAMES, latents_of(1), 0, 1)
    for step in (1, 2, 3):
        save(store, step, [3])
    store.prune()
    assert [store.has(step) for step in (1, 2, 3)] == [False, True, True]
    assert other.newest(FRAMES) == 1


def test_another_requests_latents_are_never_used(store: Checkpoints) -> None:
    """Files of another digest do not exist for a store."""
    Checkpoints(store._folder, "f" * 16).save(1, FRAMES, latents_of(1), 0, 1)  # pyright: ignore[reportPrivateUsage]
    assert store.newest(FRAMES) == 0


def test_the_digest_covers_everything_but_the_devices(tmp_path: Path) -> None:
    """Each field of request and model that decides latents changes it; where they are made does not."""
    request, spec = video_request(), tiny_video_spec(tmp_path, "papercut")
    timeline = Timeline(segments=(Segment(prompt="a", frames=20),))
    changed = [
        msgspec.structs.replace(request, **change)
        for change in ({"seed": 4}, {"steps": 5}, {"scope": "dual"}, {"timeline": timeline}, {"width": 128})
    ]
    digests = {digest_of(each, spec) for each in (request, *changed)}
    digests.add(digest_of(request, msgspec.structs.replace(spec, schedule="")))
    assert len(digests) == 7
    assert digest_of(msgspec.structs.replace(request, devices=("cpu:2",)), spec) == digest_of(request, spec)
    moved = msgspec.structs.replace(spec, folder="/elsewhere", description="moved")
    assert digest_of(request, moved) == digest_of(request, spec)


def test_a_full_disk_keeps_what_is_there(store: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new generation is refused in one line and leaves no half of it; the old one stays good."""
    save(store, 1, [])

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFullError, match="free some space"):
        save(store, 2, [])
    assert len(files(store)) == 1
    assert store.newest(FRAMES) == 1
