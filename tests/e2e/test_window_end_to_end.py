"""The program on a real display, before a person: mouse, keys and eyes from outside, X drag and drop, a window killed.

What is seen on the way are the README's pictures. Their folder named in ONETAKE_PICTURES, these tests write them:

    ONETAKE_PICTURES=resources/screenshots python -m pytest tests/e2e/test_window_end_to_end.py
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.media.clip import Clip
from engine.media.metadata import PictureRecord
from engine.media.png import read_texts
from tests.e2e.conftest import ROOT
from tests.e2e.desktop import SIZE, Desktop, lacking
from tests.e2e.reading import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QApplication

    from tests.e2e.conftest import Onetake

# A story of a minute or two on two free cores; the machine may have none to spare.
pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(lacking()), reason=f"{' and '.join(lacking())} not installed: no display to be had"),
]

TITLE = "Onetake$"
EXAMPLE = "winter mountains at night, a moon on the left"
BY_DAY = "summer mountains at day, a river, two balloons, the sun on the left"
BY_NIGHT = "winter mountains at night, a river, two balloons, the moon on the left"
DAWN = "hills and a river at dawn, the sun on the left, trees"
DUSK = "hills and a river at sunset, a red balloon, trees"
NIGHT = "hills and a river at night, the moon on the right, stars, trees"
FRAMES, FPS = 8, 8
"""Of each of the three segments."""
LIGHT = 128


@pytest.fixture
def desktop(onetake: Onetake, tmp_path: Path, qapp: QApplication) -> Iterator[Desktop]:
    """A display, a home folder for the artist, and a program that has never run before."""
    del qapp  # The eyes draw words, and the fonts are its.
    (artist := tmp_path / "artist").mkdir()
    # A graphics card is through with a short take before its window can be killed in the middle.
    own = {"HOME": str(artist), "CUDA_VISIBLE_DEVICES": ""}
    with Desktop(tmp_path, onetake.environment | own) as desktop:
        yield desktop


def keep(desktop: Desktop, name: str) -> None:
    """Save what is seen of the window as a picture of the README, if they are asked for."""
    folder = os.environ.get("ONETAKE_PICTURES")
    if folder:
        # Not while something blinks or is pointed at.
        desktop.point(Point(*SIZE))
        desktop.photograph(TITLE, ROOT / folder / f"{name}.png")


def jobs(onetake: Onetake) -> list[dict[str, Any]]:
    """Every job of the queue, oldest first."""
    return cast("list[dict[str, Any]]", onetake("queue", "list", "--json").document["jobs"])


def finished(desktop: Desktop, onetake: Onetake, count: int) -> dict[str, Any]:
    """The newest of so many jobs, once it is done."""
    found: list[dict[str, Any]] = []

    def is_done() -> bool:
        found[:] = jobs(onetake)
        assert all(job["state"] not in ("failed", "cancelled") for job in found), found
        return len(found) == count and found[-1]["state"] == "done"

    desktop.until(f"job {count} to be done", is_done)
    return found[-1]


def workers(onetake: Onetake, *, at_work: bool = False) -> list[int]:
    """The processes of the workers, or of those alone that have begun to make what was asked for."""
    found = onetake("engine", "status", "--json").document["workers"]
    return [worker["pid"] for worker in found if worker["steps"] or not at_work]


def save_as(desktop: Desktop, project: Path) -> None:
    """Save the project that is open under a name, and go back to the window."""
    desktop.keys("ctrl+shift+s")
    desktop.focus("^Save project as")
    desktop.replace(str(project))
    desktop.keys("Return")
    desktop.focus(f"^{project.stem} .*{TITLE}")
    assert (project / "project.json").is_file()


def write_plan(desktop: Desktop, prompts: tuple[str, ...]) -> None:
    """Make videos, with a segment of FRAMES frames for each prompt; the last one is current."""
    desktop.see("engine running")
    desktop.focus(TITLE)
    desktop.command("Make videos")
    desktop.keys("ctrl+p")
    desktop.replace(prompts[0])
    desktop.fill_in("Length", str(FRAMES))
    for words in prompts[1:]:
        desktop.keys("ctrl+shift+a")
        desktop.replace(words)
    desktop.see(f"{len(prompts) * FRAMES} frames")


def export(desktop: Desktop, movie: Path) -> None:
    """Export the take in view with the settings that are offered, and close the panel."""
    desktop.keys("ctrl+e")
    desktop.focus("^Export ")
    desktop.fill_in("File", str(movie))
    desktop.press("Export")
    # In the queue, or written: a short take may be through before anybody has looked.
    desktop.see(f"{movie.name}” is")
    desktop.press("Close")


def check_movie(movie: Path) -> None:
    """What Export wrote is H.264 of the take's size, speed and length, tagged BT.709, and moves."""
    with av.open(str(movie)) as container:
        video = container.streams.video[0]
        context = video.codec_context
        assert (context.name, context.width, context.height, video.average_rate) == ("h264", 256, 256, FPS)
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1), "BT.709 is 1 in H.273"
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(pictures) == 3 * FRAMES
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 10, "dawn and night look alike"
    if shutil.which("ffprobe"):
        words = ("-v", "error", "-count_frames", "-show_streams", "-of", "json", str(movie))
        probed = subprocess.run(["ffprobe", *words], capture_output=True, text=True, timeout=60, check=True)
        [stream] = json.loads(probed.stdout)["streams"]
        wanted = {"codec_name": "h264", "nb_read_frames": str(3 * FRAMES), "color_space": "bt709"}
        assert wanted.items() <= stream.items()


def greys(path: Path) -> NDArray[np.float64]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"), np.float64)


def agreement(picture: Path, edges: NDArray[np.bool_]) -> float:
    """How much steeper a picture is along these edges than elsewhere."""
    steepness = np.hypot(*np.asarray(np.gradient(greys(picture))))
    return float(steepness[edges].mean() / steepness.mean())


def test_one_press_makes_pictures_and_a_dropped_one_is_followed(
    desktop: Desktop, onetake: Onetake, tmp_path: Path
) -> None:
    """The first run offers its example; a picture from another program becomes a control that the next ones follow."""
    desktop.start("-m", "app")
    desktop.press(f"Try: {EXAMPLE}")
    first = finished(desktop, onetake, 1)
    assert len(first["outputs"]) == 4
    for path in map(Path, first["outputs"]):
        assert greys(path).shape == (256, 256)
        assert json.loads(read_texts(path)["onetake"])["request"]["prompt"] == EXAMPLE
    desktop.see("1 of 4")
    keep(desktop, "pictures")

    given = tmp_path / "given.png"
    assert onetake("image", BY_DAY, "--seed", "11", "-o", str(given)).status == 0
    desktop.start("-m", "tests.e2e.drag_source", str(given), str(SIZE[0] - 140), "20")
    desktop.window("Picture to drag")
    desktop.focus(TITLE)
    desktop.command("Control workspace")
    place = desktop.see("Drop a picture here,")
    bare = desktop.look()
    desktop.carry(Point(SIZE[0] - 76, 84), place, lambda: desktop.differs_around(place, bare))
    desktop.see("Canny edges")
    desktop.focus(TITLE)
    desktop.keys("ctrl+p")
    desktop.replace(BY_NIGHT)
    desktop.keys("ctrl+Return")
    followed = finished(desktop, onetake, 3)
    desktop.see("1 of 4")
    keep(desktop, "control")
    desktop.command("Review workspace")
    desktop.command("Light")
    desktop.until("the window to be light", lambda: np.median(desktop.look()) > LIGHT)
    keep(desktop, "review")

    records = [
        msgspec.json.decode(read_texts(Path(path))["onetake"], type=PictureRecord) for path in followed["outputs"]
    ]
    assert [record.request.controls[0].kind for record in records] == ["canny"] * 4
    assert all(str(given) in record.inputs for record in records)
    # Seeds of their own: those that the window drew may lay their pictures out as the given one by chance.
    plain = onetake("image", BY_NIGHT, "--seed", "300", "--count", "8", "-o", str(tmp_path / "plain.png"), "--json")
    assert plain.status == 0, plain.errors
    assert onetake("control", "canny", str(given), "-o", str(tmp_path / "edges.png")).status == 0
    edges = greys(tmp_path / "edges.png") > 127
    with_it = [agreement(Path(path), edges) for path in followed["outputs"]]
    without = [agreement(Path(path), edges) for path in plain.document["outputs"]]
    assert min(with_it) > 1.3 * np.mean(without), (with_it, without)


def test_a_take_survives_its_window_and_becomes_a_movie(desktop: Desktop, onetake: Onetake, tmp_path: Path) -> None:
    """A window killed in the middle of a take loses nothing: unsaved work is offered, the take goes on and exports."""
    window = desktop.start("-m", "app")
    project, movie = tmp_path / "day.onetake", tmp_path / "artist" / "day.mp4"
    write_plan(desktop, (DAWN, DUSK, "hills"))
    save_as(desktop, project)
    desktop.keys("ctrl+p")
    desktop.replace(NIGHT)
    desktop.see("kept")

    service, hands = onetake.service_pid(), workers(onetake)
    desktop.keys("ctrl+Return")
    desktop.until("the take to be under way", lambda: workers(onetake, at_work=True))
    window.send_signal(signal.SIGKILL)
    assert window.wait() == -signal.SIGKILL
    [job] = jobs(onetake)
    assert job["state"] == "running"
    frames = Clip.open(onetake.home / "takes" / job["job"] / "clip")
    assert frames.missing(frames.frames), "the window was killed too late for the middle of a take"

    desktop.start("-m", "app")
    desktop.press("Recover")
    desktop.focus(r"^day\*.*Onetake$")
    desktop.see("Segment 3 of 3")
    assert desktop.sees("hills and a river at night")
    done = finished(desktop, onetake, 1)
    assert (done["job"], done["state"]) == (job["job"], "done")
    assert (onetake.service_pid(), workers(onetake)) == (service, hands), "something was started again"
    assert not frames.missing(frames.frames)
    desktop.keys("ctrl+s")
    desktop.window("^day .*Onetake$")
    saved = json.loads((project / "project.json").read_text())
    assert [segment["prompt"] for segment in saved["edit"]["video"]["segments"]] == [DAWN, DUSK, NIGHT]
    desktop.see(f"1 of {3 * FRAMES}")
    desktop.keys("ctrl+p")
    keep(desktop, "take")

    export(desktop, movie)
    finished(desktop, onetake, 2)
    desktop.until("the movie to be there", movie.is_file)
    check_movie(movie)
