"""Tests of what is checked before a request becomes a job."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from engine.errors import BadInputError, DiskFullError, OutputError
from engine.messages import ControlMapRequest, ExportRequest, FrameSpan, ImageRequest, VideoRequest
from engine.paths import Paths
from engine.service.admission import admit, check_source
from engine.service.room import Machine
from engine.service.store import Phase, StoredJob
from tests.engine.service.staging import take_request, video_model

MACHINE = Machine(("cpu",), {"cpu": 8 * 2**30})


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = Paths(tmp_path / "home")
    made.create()
    return made


def test_without_a_target_names_are_generated(paths: Paths) -> None:
    """A job that names no target gets plain names of its own in a folder of the day, which is made."""
    admitted = admit(ImageRequest(prompt="moon", seed=1, count=2), "", paths, MACHINE)
    names = [Path(target).name for target in admitted.targets]
    assert names == [f"{admitted.job}-001.png", f"{admitted.job}-002.png"]
    (day,) = paths.outputs.iterdir()
    assert {Path(target).parent for target in admitted.targets} == {day}
    assert not list(day.iterdir())


def test_an_existing_file_may_be_replaced(paths: Paths, tmp_path: Path) -> None:
    """Naming an existing picture replaces it once the job is done; until then it is untouched."""
    target = tmp_path / "a.PNG"
    target.write_text("old")
    assert admit(ImageRequest(prompt="moon", seed=1), str(target), paths, MACHINE).targets == (str(target),)
    assert target.read_text() == "old"


def test_a_full_disk_is_refused_with_the_figures(paths: Paths, tmp_path: Path) -> None:
    """A job for which there is no room beyond the reserve is refused before it is stored."""
    with pytest.raises(DiskFullError, match=r"MiB left.*make room"):
        admit(ImageRequest(prompt="moon", seed=1), str(tmp_path / "a.png"), paths, MACHINE, reserve_bytes=2**62)


def test_one_taken_name_of_a_batch_is_enough(paths: Paths, tmp_path: Path) -> None:
    """Every file of a batch is checked, not the first alone."""
    (tmp_path / "a-002.png").mkdir()
    with pytest.raises(OutputError, match=r"a-002\.png is a folder"):
        admit(ImageRequest(prompt="moon", seed=1, count=2), str(tmp_path / "a.png"), paths, MACHINE)


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe in the file system")
def test_a_target_that_is_no_file_is_refused(paths: Paths, tmp_path: Path) -> None:
    """A pipe or a device is not replaced by a picture."""
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(OutputError, match="no ordinary file"):
        admit(ImageRequest(prompt="moon", seed=1), str(tmp_path / "a.png"), paths, MACHINE)


def test_a_size_that_the_model_cannot_make_is_refused(paths: Paths) -> None:
    """The model's own limits are checked, and nothing is made on disk."""
    with pytest.raises(BadInputError, match="multiples of 16"):
        admit(ImageRequest(prompt="moon", seed=1, width=100, height=100), "", paths, MACHINE)
    assert not list(paths.outputs.iterdir())


@pytest.fixture
def video_paths(paths: Paths) -> Paths:
    """A home whose model makes videos."""
    video_model(paths)
    return paths


def test_a_model_without_video_makes_none(paths: Paths) -> None:
    """A model that makes pictures only is named, with the remedy."""
    (paths.home / "models.toml").write_text(
        '[model.still]\ntitle = "S"\nfamily = "stable_diffusion"\nfolder = "s"\nlicence = "l"\nmax_steps = 9\n'
    )
    with pytest.raises(BadInputError, match="still makes pictures only"):
        admit(take_request(model="still"), "", paths, MACHINE)


@pytest.mark.parametrize(
    ("codec", "name"), [("h264", "a.mp4"), ("prores", "a.mov"), ("gif", "a.GIF"), ("webp", "a.webp"), ("png", "a")]
)
def test_a_video_goes_where_its_codec_may(video_paths: Paths, tmp_path: Path, codec: str, name: str) -> None:
    """Each codec has its ending, and a picture sequence is a folder; without a target the name is made up."""
    request = take_request(codec=codec)
    assert admit(request, str(tmp_path / name), video_paths, MACHINE).targets == (str(tmp_path / name),)
    admitted = admit(request, "", video_paths, MACHINE)
    assert Path(admitted.targets[0]).name == admitted.job + Path(name).suffix.lower()
    with pytest.raises(OutputError, match=r"a\.avi|named like a file"):
        admit(request, str(tmp_path / ("a.avi" if codec != "png" else "a.mp4")), video_paths, MACHINE)


def test_a_folder_with_something_in_it_is_not_replaced(video_paths: Paths, tmp_path: Path) -> None:
    """A picture sequence goes into a new or an empty folder, written with or without a slash."""
    request = take_request(codec="png")
    (tmp_path / "empty").mkdir()
    assert admit(request, f"{tmp_path}/empty/", video_paths, MACHINE).targets == (str(tmp_path / "empty"),)
    (tmp_path / "empty" / "diary.txt").touch()
    with pytest.raises(OutputError, match="is not empty; name a new one"):
        admit(request, f"{tmp_path}/empty/", video_paths, MACHINE)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is no folder"):
        admit(request, f"{tmp_path}/file", video_paths, MACHINE)


def test_a_device_that_is_not_there_is_refused(video_paths: Paths) -> None:
    """An unknown device never becomes a job; cpu:64 on any machine may."""
    with pytest.raises(BadInputError, match="'cuda:7' is not in this machine; it has cpu"):
        admit(take_request("cuda:7"), "", video_paths, MACHINE)
    assert admit(take_request("cpu:64"), "", video_paths, MACHINE).job


def test_ten_million_frames_are_refused_with_what_they_would_need(video_paths: Paths) -> None:
    """The line names the memory and the disk that the take would need, and what is there."""
    figures = r"10,000,000 frames of 256x256 need about .*TiB of memory and .*TiB of disk; .*8\.0 GiB .* free"
    with pytest.raises(BadInputError, match=figures):
        admit(take_request(frames=10_000_000), "", video_paths, MACHINE)
    # A GPU whose worker has not yet said what it holds leaves only the disk to go by.
    with pytest.raises(DiskFullError, match=r"need about .*TiB of disk; [^;]* free; make the take shorter"):
        admit(take_request(frames=10_000_000), "", video_paths, Machine(("cuda:0",), {"cpu": 8 * 2**30}))


def test_a_long_take_that_fits_is_not_refused(video_paths: Paths) -> None:
    """The estimates leave what Video-Infinity calls long to the machine."""
    assert admit(take_request(frames=2304), "", video_paths, MACHINE).job


def test_a_take_that_is_drawn_small_needs_the_memory_of_that(video_paths: Paths) -> None:
    """What a model draws smaller than it was asked for is weighed as it is drawn; its frames are as large as asked."""
    request, machine = take_request(frames=1000, width=512, height=512), Machine(("cpu",), {"cpu": 2 * 2**30})
    with pytest.raises(BadInputError, match=r"1,000 frames of 512x512 need about 3\.9 GiB of memory"):
        admit(request, "", video_paths, machine)
    catalogue = video_paths.home / "models.toml"
    catalogue.write_text(f"{catalogue.read_text()}trained_sizes = [[256, 256]]\n")
    assert admit(request, "", video_paths, machine).job


def test_an_export_needs_its_take(video_paths: Paths) -> None:
    """A job without frames, or a name that is none, is refused before anything is stored."""
    for take, reason in (("nonesuch", "has no frames"), ("../../etc", "is no job")):
        with pytest.raises(BadInputError, match=reason):
            admit(ExportRequest(take=take), "", video_paths, MACHINE)
        request = take_request(base=take, redo=(FrameSpan(start=0, stop=1),))
        with pytest.raises(BadInputError, match=reason):
            admit(request, "", video_paths, MACHINE)
    (video_paths.takes / "j1" / "clip").mkdir(parents=True)
    admitted = admit(ExportRequest(take="j1", codec="prores"), "", video_paths, MACHINE)
    assert Path(admitted.targets[0]).suffix == ".mov"


def map_of(picture: Path | str, width: int = 96) -> ControlMapRequest:
    return ControlMapRequest(kind="canny", picture=str(picture), width=width, height=64)


def test_a_control_map_needs_its_picture(paths: Paths, tmp_path: Path) -> None:
    """A picture that is not there, is a folder, cannot be looked at or is named from nowhere is refused in one line."""
    cases = [
        (tmp_path / "nowhere.png", r"nowhere\.png is not there"),
        (tmp_path, "is not there, or no file"),
        (tmp_path / ("x" * 5000), "is not there|cannot be read"),
        ("in.png", r"in\.png is no absolute path"),
    ]
    for picture, reason in cases:
        with pytest.raises(BadInputError, match=reason):
            admit(map_of(picture), "", paths, MACHINE)
    assert not list(paths.outputs.iterdir())


def test_a_control_map_is_one_png(paths: Paths, tmp_path: Path) -> None:
    """It needs no model, goes where a PNG may, and its pixels need room."""
    picture = tmp_path / "in.jpg"
    picture.touch()
    target = tmp_path / "map.png"
    assert admit(map_of(picture), str(target), paths, MACHINE).targets == (str(target),)
    admitted = admit(map_of(picture), "", paths, MACHINE)
    assert Path(admitted.targets[0]).name == f"{admitted.job}.png"
    with pytest.raises(OutputError, match="pictures are written as PNG"):
        admit(map_of(picture), str(tmp_path / "map.jpg"), paths, MACHINE)
    with pytest.raises(DiskFullError, match="make room"):
        admit(map_of(picture), str(target), paths, MACHINE, reserve_bytes=2**62)


def row(request: ImageRequest | VideoRequest | ExportRequest, phase: Phase = Phase.DONE) -> StoredJob:
    return msgspec.convert(
        dict.fromkeys(("position", "created", "attempt", "deaths", "restarts", "seconds", "seq"), 0)
        | dict.fromkeys(("started", "finished"))
        | dict.fromkeys(("error_kind", "error_message"), "")
        | {"job": "j", "phase": phase, "request": request, "targets": (), "devices": ()},
        StoredJob,
    )


@pytest.mark.parametrize(
    ("request_", "source", "reason"),
    [
        (ExportRequest(take="j"), ImageRequest(prompt="moon", seed=1), "is no video"),
        (ExportRequest(take="j"), take_request(width=255, codec="gif"), "does not suit h264"),
        (ExportRequest(take="j", codec="gif", first=48), take_request(), "has 48 frames; move"),
        (ExportRequest(take="j", codec="gif", end=49), take_request(), "has 48 frames; move"),
        (
            ExportRequest(take="j", fps=240, retimed=True),
            take_request(fps=0.1, frames=10**6),
            "these would be 2,400,000,000",
        ),
        (ExportRequest(take="j", codec="dnxhr"), take_request(width=128, height=128), "begins at 256x120"),
    ],
)
def test_an_export_must_suit_its_take(
    request_: ExportRequest, source: ImageRequest | VideoRequest, reason: str
) -> None:
    """What the take cannot give is refused by its row: no video, an odd size for H.264, frames it does not have."""
    with pytest.raises(BadInputError, match=reason):
        check_source(request_, lambda _: row(source))
    check_source(ExportRequest(take="j", codec="gif", first=47, end=48), lambda _: row(take_request()))
