"""app.export_choice and app.exported: what is chosen is what is asked for, and which movie an editor is led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from app.export_choice import ExportChoice, problems_of, renamed, why_no_target
from app.exported import find_movie
from engine.media.timeline_file import TakeMovie
from engine.messages import ExportRequest, JobInfo, JobState, VideoRequest
from tests.fake_takes import video_request

if TYPE_CHECKING:
    from pathlib import Path

TAKE = video_request(width=320, height=180, fps=8.0, frames=48)
WHOLE = ExportChoice("h264", 100, 0, 8.0, False, "best", range(48), "")  # noqa: FBT003 - a record


def test_the_whole_take_as_it_is_names_no_size_and_no_end() -> None:
    """So that the request reads as what it is."""
    assert WHOLE.request("j", TAKE) == ExportRequest(take="j")
    assert WHOLE.frames(TAKE) == 48


def test_a_codec_of_one_quality_gets_none(tmp_path: Path) -> None:
    """What was chosen for the last format does not stand in the way of this one."""
    choice = WHOLE._replace(codec="prores", quality="small", file=str(tmp_path / "a.mov"))
    assert problems_of(choice, TAKE) == {}
    assert choice.request("j", TAKE).quality == "best"


def test_smaller_files_are_estimated_smaller() -> None:
    """By size, by quality, by frames."""
    whole = WHOLE.size_bytes(TAKE)
    assert WHOLE._replace(percent=50).size_bytes(TAKE) < whole / 3
    assert WHOLE._replace(quality="small").size_bytes(TAKE) < whole
    assert WHOLE._replace(span=range(24)).size_bytes(TAKE) == pytest.approx(whole / 2, abs=1)
    assert WHOLE._replace(fps=4.0).size_bytes(TAKE) == pytest.approx(whole / 2, abs=1)


def test_targets_are_looked_at_before_they_are_used(tmp_path: Path) -> None:
    """Every reason names the thing; a name that is free has none."""
    (tmp_path / "there.mp4").mkdir()
    (tmp_path / "file").touch()
    for text, suffix, reason in (
        (" ", "", "name a folder"),
        ("film.mp4", ".mp4", "film.mp4 is no full path; choose a place"),
        (str(tmp_path / "there.mp4"), ".mp4", "there.mp4 is a folder; name a file"),
        (str(tmp_path / "file"), "", "file is a file; name a folder"),
        (str(tmp_path / "new"), "", ""),
        (str(tmp_path / "FILM.MP4"), ".mp4", ""),
    ):
        assert why_no_target(text, suffix) == reason
    assert "cannot be read" in why_no_target("~nobody-of-this-name/film.mp4", ".mp4")


def test_only_endings_of_formats_are_replaced() -> None:
    """A dot in a name is not one."""
    assert renamed("/a/film.mp4", ".mov") == "/a/film.mov"
    assert renamed("/a/film.v2", ".mov") == "/a/film.v2.mov"
    assert renamed("/a/film.gif", "") == "/a/film"
    assert renamed("", ".mov") == ""


def info(job: str, request: VideoRequest | ExportRequest, output: Path, finished: float = 1.0) -> JobInfo:
    output.touch()
    return JobInfo(
        job=job, state=JobState.DONE, request=request, outputs=(str(output),), created=0.0, finished=finished
    )


def test_the_newest_whole_export_is_the_movie(tmp_path: Path) -> None:
    """Before the take's own file; a later part, other takes' and those in forms no editor reads do not count."""
    jobs = [
        info("t", TAKE, tmp_path / "own.mp4", 9.0),
        info("a", ExportRequest(take="t", codec="dnxhr"), tmp_path / "a.mov", 2.0),
        info("b", ExportRequest(take="t", codec="prores", fps=24.0), tmp_path / "b.mov", 3.0),
        info("c", ExportRequest(take="t", first=4), tmp_path / "c.mp4", 4.0),
        info("d", ExportRequest(take="t", codec="gif"), tmp_path / "d.gif", 5.0),
        info("e", ExportRequest(take="other"), tmp_path / "e.mp4", 6.0),
        info("f", ExportRequest(take="t", fps=4.0, retimed=True), tmp_path / "f.mp4", 7.0),
        replace(info("g", ExportRequest(take="t"), tmp_path / "g.mp4", 8.0), state=JobState.FAILED),
    ]
    assert find_movie("t", jobs) == TakeMovie(tmp_path / "b.mov", 0, 48, 24.0)
    (tmp_path / "b.mov").unlink()
    assert find_movie("t", jobs) == TakeMovie(tmp_path / "a.mov", 0, 48, 8.0)
    (tmp_path / "a.mov").unlink()
    assert find_movie("t", jobs) == TakeMovie(tmp_path / "own.mp4", 0, 48, 8.0)
    (tmp_path / "own.mp4").unlink()
    assert find_movie("t", jobs) == TakeMovie(tmp_path / "c.mp4", 4, 44, 8.0)
    assert find_movie("nothing", jobs) is None
