"""engine.media.clip: frames are whole or missing, never wrong, whoever writes and whatever kills them."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInputError, DiskFullError, JobFailedError, OutputError
from engine.media.clip import Clip
from tests.unit.media.clips import make_clip, moving_frame


def frame_files(clip: Clip) -> list[Path]:
    return sorted(clip.folder.glob("frames-*/*"))


def test_what_is_written_is_read_to_the_last_bit(tmp_path: Path) -> None:
    """The store is lossless, also through another opening."""
    make_clip(tmp_path / "clip", 3)
    clip = Clip.open(tmp_path / "clip")
    for frame, pixels in zip(clip.frames, clip.stream(clip.frames), strict=True):
        assert np.array_equal(pixels, moving_frame(frame))


def test_a_clip_is_sparse(tmp_path: Path) -> None:
    """Frames may come in any order, from any place, and the gaps are known."""
    clip = Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=2304)
    for frame in (2303, 7, 1000):
        clip.write(frame, moving_frame(frame))
    assert clip.missing(range(5, 9)) == [5, 6, 8]
    assert len(clip.missing(clip.frames)) == 2301
    assert clip.find(6) is None
    assert np.array_equal(clip.find(2303), moving_frame(2303))  # pyright: ignore[reportArgumentType]  # it is there
    with pytest.raises(JobFailedError, match=r"frame 6 .* is missing or damaged"):
        clip.read(6)


def test_a_whole_frame_is_never_changed(tmp_path: Path) -> None:
    """Who writes second changes nothing, not even the file; a change is a new revision, and the newest one is read."""
    clip = make_clip(tmp_path / "clip", 1)
    before = frame_files(clip)[0].stat()
    clip.write(0, moving_frame(5))
    after = frame_files(clip)[0].stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    clip.write(0, moving_frame(5), revision=2)
    assert np.array_equal(clip.read(0), moving_frame(5))
    assert np.array_equal(clip.read(0, revision=0), moving_frame(0))


@pytest.mark.parametrize("place", [0.0, 0.02, 0.3, 0.6, 0.999])
def test_one_flipped_bit_anywhere_makes_a_frame_missing(tmp_path: Path, place: float) -> None:
    """Damage is noticed in the header, in the pixels and at the end; writing the frame again repairs it."""
    clip = make_clip(tmp_path / "clip", 2)
    file = frame_files(clip)[1]
    document = bytearray(file.read_bytes())
    document[int(place * len(document))] ^= 1
    file.write_bytes(document)
    assert clip.missing(clip.frames) == [1]
    assert clip.find(1) is None
    clip.write(1, moving_frame(1))
    assert clip.missing(clip.frames) == []


@pytest.mark.parametrize("length", [0, 8, 40, -1])
def test_a_cut_frame_is_missing(tmp_path: Path, length: int) -> None:
    """What a power cut leaves of a file counts for nothing."""
    clip = make_clip(tmp_path / "clip", 1)
    file = frame_files(clip)[0]
    file.write_bytes(file.read_bytes()[:length])
    assert clip.missing(clip.frames) == [0]


def test_the_newest_revision_counts_even_when_it_is_damaged(tmp_path: Path) -> None:
    """A damaged revision does not silently bring back the old picture."""
    clip = make_clip(tmp_path / "clip", 1)
    clip.write(0, moving_frame(5), revision=1)
    frame_files(clip)[1].write_bytes(b"")
    assert clip.missing(clip.frames) == [0]


def _write_all(folder: str) -> int:
    clip = Clip.create(Path(folder), width=64, height=48, fps=8.0, frames=40)
    for frame in clip.frames:
        clip.write(frame, moving_frame(frame))
    return len(clip.missing(clip.frames))


def test_several_processes_may_write_the_same_frames_at_once(tmp_path: Path) -> None:
    """All of them find the whole clip, and nothing else is left in it."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_write_all, [str(tmp_path / "clip")] * 3)) == [0, 0, 0]
    clip = Clip.open(tmp_path / "clip")
    assert len(frame_files(clip)) == 40
    assert np.array_equal(clip.read(39), moving_frame(39))


def test_a_linked_frame_is_the_same_file(tmp_path: Path) -> None:
    """A re-roll keeps the other frames byte for byte, and both clips live on without each other."""
    old = make_clip(tmp_path / "old", 3)
    new = Clip.create(tmp_path / "new", width=64, height=48, fps=8, frames=3)
    for frame in (0, 2):
        new.link(frame, old)
    assert new.missing(new.frames) == [1]
    assert new.document(2) == old.document(2)
    for file in frame_files(old):
        file.unlink()
    assert np.array_equal(new.read(2), moving_frame(2))
    with pytest.raises(JobFailedError, match="frame 1"):
        new.link(1, old)


def test_a_frame_of_another_size_is_not_linked(tmp_path: Path) -> None:
    """A clip holds frames of one size."""
    old = make_clip(tmp_path / "old", 1, width=32, height=48)
    new = Clip.create(tmp_path / "new", width=64, height=48, fps=8, frames=1)
    with pytest.raises(JobFailedError, match="another size"):
        new.link(0, old)


def test_settling_removes_what_killed_writers_left(tmp_path: Path) -> None:
    """Once all frames are there, nothing but frames is there."""
    clip = make_clip(tmp_path / "clip", 2)
    shelf = frame_files(clip)[0].parent
    (shelf / ".0000001.0.png.4242.abcd.tmp").write_bytes(b"half")
    clip.settle()
    assert len(list(shelf.iterdir())) == 2


def test_a_clip_is_opened_again_only_as_what_it_is(tmp_path: Path) -> None:
    """Another take in the same folder would mix its frames; a missing or damaged manifest is said in one line."""
    make_clip(tmp_path / "clip", 2)
    with pytest.raises(JobFailedError, match="holds 2 frames of 64x48, not 3"):
        Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=3)
    with pytest.raises(BadInputError, match="holds no clip"):
        Clip.open(tmp_path / "gone")
    (tmp_path / "clip" / "manifest.json").write_text('{"width": 64')
    with pytest.raises(BadInputError, match="holds no clip"):
        Clip.open(tmp_path / "clip")
    again = Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=2)
    assert again.missing(again.frames) == []


def test_wrong_pixels_and_frames_are_the_callers_mistake(tmp_path: Path) -> None:
    """They are refused before anything is written."""
    clip = make_clip(tmp_path / "clip", 1)
    with pytest.raises(ValueError, match="not \\(48, 64, 3\\) uint8"):
        clip.write(0, moving_frame(0, 32, 32), revision=1)
    with pytest.raises(ValueError, match="frame 1"):
        clip.write(1, moving_frame(1))


def test_a_full_disk_is_one_line_and_leaves_no_half_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame that finds no room is not there; those before it are."""
    clip = Clip.create(tmp_path / "clip", width=64, height=48, fps=8, frames=2)
    clip.write(0, moving_frame(0))
    # Every write to this device says that there is no room.
    real_open = Path.open

    def open_full(path: Path, mode: str = "r") -> object:
        return real_open(Path("/dev/full"), "wb", buffering=0) if mode == "xb" else real_open(path, mode)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(DiskFullError, match="no room for"):
        clip.write(1, moving_frame(1))
    monkeypatch.undo()
    assert clip.missing(clip.frames) == [1]
    assert len(frame_files(clip)) == 1


def test_a_folder_that_takes_no_files_is_one_line(tmp_path: Path) -> None:
    """The message names the place and says why."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write to"):
        Clip.create(tmp_path / "file" / "clip", width=64, height=48, fps=8, frames=2)


def test_reading_loads_no_torch_and_no_encoder() -> None:
    """The window plays clips; it must pay neither for torch nor for FFmpeg."""
    code = "import engine.media.clip, sys; sys.exit('torch' in sys.modules or 'av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
