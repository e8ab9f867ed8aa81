"""The export panel: what it offers, what it sends, what it refuses and where it says so, and the way to the file."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from app.export_choice import Target, look_at
from app.export_controls import ExportControls
from app.exported import find_movie
from app.panels.export import ExportPanel
from app.place_looks import is_folder
from app.widgets.format_list import TIMELINE
from engine.messages import CODECS, ExportRequest, JobState
from tests.gui.video import enter_video, generate_take, open_plan
from tests.patience import ENDING_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.media.timeline_file import TakeMovie
    from engine.messages import JobInfo
    from tests.fakes import FakeEngine


@pytest.fixture
def movies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of films of whoever is at the machine."""
    folder = tmp_path / "films"
    folder.mkdir()

    def location(_: QStandardPaths.StandardLocation) -> str:
        return str(folder)

    monkeypatch.setattr(QStandardPaths, "writableLocation", location)
    return folder


def open_panel(qtbot: QtBot, onetake: Application) -> ExportPanel:
    """Ctrl+E, as the artist presses it."""
    onetake.window.activateWindow()
    qtbot.waitUntil(onetake.window.isActiveWindow)
    qtbot.keyClick(onetake.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    panel = onetake.window.findChild(ExportPanel)
    assert isinstance(panel, ExportPanel)
    qtbot.waitUntil(panel.isVisible)
    return panel


@pytest.fixture
def panel(qtbot: QtBot, onetake: Application, movies: Path) -> ExportPanel:
    """The panel of a finished take of 48 frames, 256x256 at 8 fps."""
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    return open_panel(qtbot, onetake)


def wait_for_target(qtbot: QtBot, panel: ExportPanel) -> None:
    """The place is looked at in a thread."""
    qtbot.waitUntil(lambda: panel.looks.is_known)


def last_request(qtbot: QtBot, engine: FakeEngine, count: int = 2) -> ExportRequest:
    qtbot.waitUntil(lambda: len(engine.requests) == count)
    request = engine.requests[-1]
    assert isinstance(request, ExportRequest)
    return request


def test_what_is_set_is_what_is_sent(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, panel: ExportPanel, movies: Path
) -> None:
    """Format, frames, size, speed and quality are in the request, and the target beside it."""
    form = panel.form
    panel.formats.choose("h265")
    form.first.setValue(5)
    form.last.setValue(21)
    form.scale.setCurrentIndex(form.scale.findData(50))
    form.scale.activated.emit(form.scale.currentIndex())
    form.fps.setValue(12)
    form.quality.setCurrentIndex(form.quality.findData("small"))
    form.quality.activated.emit(form.quality.currentIndex())
    form.file.setText(str(movies / "film.mp4"))
    qtbot.mouseClick(panel.export, Qt.MouseButton.LeftButton)
    assert last_request(qtbot, engine) == ExportRequest(
        take="job-1", codec="h265", fps=12, first=4, end=21, width=128, height=128, quality="small", retimed=True
    )
    record = onetake.jobs.records()[1]
    assert record.output == str(movies / "film.mp4")


def test_pressed_at_once_it_exports_the_whole_take_as_mp4(
    qtbot: QtBot, engine: FakeEngine, panel: ExportPanel, movies: Path
) -> None:
    """The first format plays everywhere; the file is named by the prompt and goes to the films."""
    assert panel.form.file.text().startswith(str(movies / "winter-mountains-at-dusk"))
    assert panel.form.file.text().endswith(".mp4")
    assert "48 frames  ·  6.0 s  ·  about " in panel.form.summary.text()
    wait_for_target(qtbot, panel)
    engine.script("hold")
    panel.export.click()
    assert last_request(qtbot, engine) == ExportRequest(take="job-1")
    assert "is in the queue" in panel.form.summary.text()
    panel._take.frames_changed.emit(0, 1)  # pyright: ignore[reportPrivateUsage] - late news wipes nothing away
    assert "is in the queue" in panel.form.summary.text()
    panel.form.fps.setValue(12)
    assert "is in the queue" not in panel.form.summary.text()


def test_the_points_of_the_player_and_the_fields_are_the_same(onetake: Application, panel: ExportPanel) -> None:
    """Marks set in the player show in the panel, counted from 1 as there, and what is typed there moves the marks."""
    playhead = onetake.wing.open().playhead
    playhead.seek(10)
    playhead.mark_in()
    playhead.seek(19)
    playhead.mark_out()
    assert (panel.form.first.value(), panel.form.last.value()) == (11, 20)
    assert "10 frames" in panel.form.summary.text()
    panel.form.last.setValue(30)
    assert playhead.span == range(10, 30)
    panel.form.first.setValue(41)
    assert playhead.span == range(40, 41)
    playhead.set_span(range(48))
    assert (playhead.first, playhead.end) == (None, None)


def test_every_format_is_offered_and_names_its_file(qtbot: QtBot, panel: ExportPanel) -> None:
    """Choosing one renames the target; qualities are offered where there are some."""
    assert {panel.formats.item(row).text() for row in range(panel.formats.count())} >= {"GIF", "WebM, VP9"}
    for codec, suffix, has_quality in (("vp9", ".webm", True), ("prores", ".mov", False), ("exr", "", False)):
        panel.formats.choose(codec)
        assert panel.form.file.text().endswith(suffix)
        assert panel.form.quality.isEnabled() is has_quality
        wait_for_target(qtbot, panel)
        assert panel.export.isEnabled()
    assert not panel.form.file.text().endswith(".mov")


def test_a_format_this_machine_lacks_is_greyed_with_the_reason(
    qtbot: QtBot, onetake: Application, movies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be chosen, and its tip says which encoder is missing."""

    def lacking(codec: str) -> str:
        return "no encoder libsvtav1" if codec == "av1" else ""

    monkeypatch.setattr("engine.media.av_formats.lacking", lacking)
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    panel = open_panel(qtbot, onetake)
    row = CODECS.index("av1")
    item = panel.formats.item(row)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert item.toolTip() == "no encoder libsvtav1"
    panel.formats.choose("av1")
    assert panel.formats.codec == "h264"


def test_what_is_wrong_is_said_where_it_is(qtbot: QtBot, panel: ExportPanel, movies: Path) -> None:
    """Each problem stands beneath its field, and Export waits until all are gone."""
    form = panel.form
    problems = form.problems
    panel.formats.choose("dnxhr")
    form.scale.setCurrentIndex(form.scale.findData(50))
    form.scale.activated.emit(0)
    assert "Size 128x128 does not suit dnxhr, which begins at 256x120" in problems["size"].text()
    assert not panel.export.isEnabled()
    panel.formats.choose("gif")
    assert problems["size"].isHidden()
    form.fps.setValue(60)
    assert "at most 50 frames a second" in problems["speed"].text()
    form.fps.setValue(8)
    form.file.setText(str(movies / "gone" / "film.gif"))
    wait_for_target(qtbot, panel)
    assert not panel.export.isEnabled()
    assert "does not exist" in problems["file"].text()
    form.file.setText(str(movies / "film.mov"))
    wait_for_target(qtbot, panel)
    assert problems["file"].text() == "This format ends in .gif; rename the file"
    form.file.setText("")
    wait_for_target(qtbot, panel)
    assert problems["file"].text() == "Name a file"
    form.file.setText(str(movies / "film.gif"))
    wait_for_target(qtbot, panel)
    assert problems["file"].isHidden()
    assert panel.export.isEnabled()
    (movies / "film.gif").touch()
    panel.formats.choose("webp")
    panel.formats.choose("gif")
    wait_for_target(qtbot, panel)
    assert "replaces the file that is there" in form.summary.text()
    panel.formats.choose("png")
    (movies / "full").mkdir()
    (movies / "full" / "x").touch()
    form.file.setText(str(movies / "full"))
    wait_for_target(qtbot, panel)
    assert "is not empty" in problems["file"].text()


def test_a_name_that_no_disk_takes_is_said(qtbot: QtBot, panel: ExportPanel, movies: Path) -> None:
    """While it is typed, too: nothing else fails over it."""
    panel.form.file.setText(str(movies / ("n" * 300 + ".mp4")))
    wait_for_target(qtbot, panel)
    assert "cannot be read" in panel.form.problems["file"].text()
    assert not panel.export.isEnabled()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """One that shows what is there when it is set, or the test is over."""
    answers = Event()

    def look(text: str, suffix: str) -> Target:
        assert answers.wait(ENDING_S)
        return look_at(text, suffix)

    monkeypatch.setattr("app.target_looks.look_at", look)
    yield answers
    answers.set()


def test_export_waits_for_a_slow_disk_and_the_window_does_not(
    qtbot: QtBot, engine: FakeEngine, panel: ExportPanel, movies: Path, disk: Event
) -> None:
    """It says what it waits for, sends what was set when it was pressed, and sends it once."""
    engine.script("hold")
    panel.form.file.setText(str(movies / "film.mp4"))
    assert panel.export.isEnabled()
    panel.export.click()
    assert panel.form.summary.text() == "Waiting for the disk of “film.mp4” to answer."
    panel.form.fps.setValue(16)
    disk.set()
    assert last_request(qtbot, engine) == ExportRequest(take="job-1")
    assert "“film.mp4” is in the queue" in panel.form.summary.text()
    wait_for_target(qtbot, panel)
    assert len(engine.requests) == 2
    engine.finish("job-2")
    qtbot.waitUntil(lambda: "“film.mp4” is written." in panel.form.summary.text())
    wait_for_target(qtbot, panel)
    assert "“film.mp4” is written." in panel.form.summary.text()


def test_a_place_that_turns_out_bad_is_said_and_nothing_is_sent(
    qtbot: QtBot, engine: FakeEngine, panel: ExportPanel, movies: Path, disk: Event
) -> None:
    """As if it had been known when Export was pressed; a good one then takes the words away."""
    panel.form.file.setText(str(movies / "gone" / "film.mp4"))
    panel.export.click()
    disk.set()
    qtbot.waitUntil(lambda: "does not exist" in panel.form.problems["file"].text())
    assert not panel.export.isEnabled()
    panel.form.file.setText(str(movies / "film.mp4"))
    # Not before it is looked at: the words would come and go with each letter.
    assert "does not exist" in panel.form.problems["file"].text()
    qtbot.waitUntil(panel.form.problems["file"].isHidden)
    assert panel.export.isEnabled()
    assert len(engine.requests) == 1


@pytest.mark.parametrize("way", ["another place", "leaving"])
def test_who_does_not_wait_for_the_disk_exports_nothing(
    qtbot: QtBot, engine: FakeEngine, panel: ExportPanel, disk: Event, *, way: str
) -> None:
    """Another place is another export, and Close is none."""
    folder = Path(panel.form.file.text()).parent
    panel.form.file.setText(str(folder / "film.mp4"))
    panel.export.click()
    if way == "leaving":
        panel.leave.click()
        assert panel.isHidden()
    else:
        panel.form.file.setText(str(folder / "other.mp4"))
        assert "Waiting" not in panel.form.summary.text()
    disk.set()
    wait_for_target(qtbot, panel)
    assert len(engine.requests) == 1


def test_only_the_newest_place_is_looked_at_behind_a_slow_disk(
    qtbot: QtBot, panel: ExportPanel, movies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing a name asks nothing of a disk that has not answered yet, and one thread is enough."""
    looked, answers = list[str](), Event()
    wait_for_target(qtbot, panel)

    def look(text: str, suffix: str) -> Target:
        looked.append(Path(text).name)
        assert answers.wait(ENDING_S)
        return look_at(text, suffix)

    monkeypatch.setattr("app.target_looks.look_at", look)
    for name in ("a.mp4", "ab.mp4", "abc.mp4"):
        panel.form.file.setText(str(movies / name))
    qtbot.waitUntil(lambda: bool(looked))
    answers.set()
    wait_for_target(qtbot, panel)
    assert looked == ["a.mp4", "abc.mp4"]


def test_a_width_keeps_the_shape_and_is_even(qtbot: QtBot, engine: FakeEngine, panel: ExportPanel) -> None:
    """Sides are even where the codec shares colour; the panel says what comes out."""
    form = panel.form
    form.scale.setCurrentIndex(form.scale.findData(0))
    form.scale.activated.emit(form.scale.currentIndex())
    assert form.width_px.isVisible()
    form.width_px.setValue(333)
    assert form.size_words.text() == "334 \N{MULTIPLICATION SIGN} 334"
    panel.formats.choose("webp")
    assert form.size_words.text() == "333 \N{MULTIPLICATION SIGN} 333"
    panel.export.click()
    request = last_request(qtbot, engine)
    assert (request.width, request.height) == (333, 333)


def test_at_another_rate_the_artist_says_what_becomes_of_the_speed(
    qtbot: QtBot, engine: FakeEngine, panel: ExportPanel
) -> None:
    """Same length with repeated frames by default; or every frame once, which is shorter at a higher rate."""
    form = panel.form
    assert form.timing.isHidden()
    form.fps.setValue(16)
    assert form.timing.isVisible()
    assert "96 frames  ·  6.0 s" in form.summary.text()
    form.timing.setCurrentIndex(1)
    form.timing.activated.emit(1)
    assert "48 frames  ·  3.0 s" in form.summary.text()
    panel.export.click()
    assert last_request(qtbot, engine) == ExportRequest(take="job-1", fps=16)


def test_frames_that_are_not_made_yet_are_named(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, movies: Path
) -> None:
    """A running take is exported as far as it is there."""
    engine.script("hold")
    enter_video(qtbot, onetake)
    open_plan(onetake)
    record = generate_take(qtbot, onetake, JobState.RUNNING)
    engine.finish_frames("job-1", range(12))
    qtbot.waitUntil(lambda: len(record.take.ready) == 12)
    panel = open_panel(qtbot, onetake)
    assert "36 frames of these are not made yet, the first is 13" in panel.form.problems["frames"].text()
    assert not panel.export.isEnabled()
    panel.form.last.setValue(12)
    assert panel.form.problems["frames"].isHidden()
    assert panel.export.isEnabled()


def test_the_end_leads_to_the_folder(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, panel: ExportPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it runs it is a job like any other, with progress and cancel; then one press shows the folder."""
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    engine.script("hold")
    panel.export.click()
    qtbot.waitUntil(lambda: len(onetake.jobs.records()) == 2)
    record = onetake.jobs.records()[1]
    qtbot.waitUntil(lambda: record.state is JobState.RUNNING)
    assert onetake.queue.list.model().rowCount() == 1
    engine.finish("job-2")
    qtbot.waitUntil(lambda: onetake.notices.text.startswith("Exported “"))
    onetake.notices.button.click()
    assert [url.toLocalFile() for url in opened] == [record.info.outputs[0].rpartition("/")[0]]


def test_the_cuts_lead_to_the_movie(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, panel: ExportPanel, movies: Path
) -> None:
    """The timeline refers to the take's file, clip by clip, and no job is made for it."""
    panel.formats.choose(TIMELINE)
    assert panel.form.file.text().endswith(".otio")
    assert not panel.form.scale.isVisible()
    panel.export.click()
    qtbot.waitUntil(lambda: onetake.notices.text.startswith("Saved"))
    clips = [
        child
        for child in json.loads(Path(panel.form.file.text()).read_text())["tracks"]["children"][0]["children"]
        if child["OTIO_SCHEMA"].startswith("Clip")
    ]
    movie = onetake.jobs.records()[0].info.outputs[0]
    assert [clip["media_references"]["DEFAULT_MEDIA"]["target_url"] for clip in clips] == [f"file://{movie}"] * 4
    assert [clip["source_range"]["start_time"]["value"] for clip in clips] == [0, 12, 24, 36]
    assert len(engine.requests) == 1


@pytest.mark.parametrize("fps", [24.0, 23.976])
def test_a_slow_timeline_is_advised_against_until_there_is_a_faster_movie(
    qtbot: QtBot, onetake: Application, panel: ExportPanel, fps: float
) -> None:
    """The take has 8 frames a second, which some editing programs refuse; what the line advises takes it away."""
    advice = panel.form.advice
    assert not advice.isVisible(), "a movie may be as slow as one likes"
    panel.formats.choose(TIMELINE)
    assert advice.isVisible()
    assert "below 23.976 fps, and this one has 8." in advice.text()
    assert panel.export.isEnabled()
    panel.formats.choose("h264")
    assert not advice.isVisible()
    panel.form.fps.setValue(fps)
    every_frame_once = 1
    panel.form.timing.setCurrentIndex(every_frame_once)
    assert panel.form.every_frame
    panel.form.timing.activated.emit(every_frame_once)
    wait_for_target(qtbot, panel)
    panel.export.click()
    # At once: the line goes when the movie is there, not when the format is chosen.
    panel.formats.choose(TIMELINE)
    qtbot.waitUntil(lambda: onetake.jobs.records()[-1].state is JobState.DONE)
    qtbot.waitUntil(lambda: not advice.isVisible())


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_folder_that_is_gone_holds_up_nothing_and_leads_home(
    qtbot: QtBot, onetake: Application, movies: Path, monkeypatch: pytest.MonkeyPatch, *, is_typed: bool
) -> None:
    """The panel opens before the folder's disk has answered; what is typed until then stays."""
    enter_video(qtbot, onetake)
    open_plan(onetake)
    generate_take(qtbot, onetake, JobState.DONE)
    answers, answered = Event(), list[str]()

    def look(folder: str) -> bool:
        assert answers.wait(ENDING_S)
        answered.append(folder)
        return is_folder(folder)

    monkeypatch.setattr("app.export_controls.is_folder", look)
    movies.rmdir()
    panel = open_panel(qtbot, onetake)
    name = Path(panel.form.file.text()).name
    assert panel.form.file.text() == str(movies / name)
    if is_typed:
        panel.form.file.setText(str(movies / "mine.mp4"))
    answers.set()
    qtbot.waitUntil(lambda: answered == [str(movies)])
    if is_typed:
        wait_for_target(qtbot, panel)
        qtbot.waitUntil(lambda: "does not exist" in panel.form.problems["file"].text())
        assert panel.form.file.text() == str(movies / "mine.mp4")
    else:
        qtbot.waitUntil(lambda: panel.form.file.text() == str(Path.home() / name))


def test_a_timeline_waits_for_a_slow_disk_of_movies_and_the_window_does_not(
    qtbot: QtBot, onetake: Application, panel: ExportPanel, movies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it leads to is looked for behind the window, and then it is written with it."""
    answers = Event()

    def find(take: str, jobs: list[JobInfo]) -> TakeMovie | None:
        assert answers.wait(ENDING_S)
        return find_movie(take, jobs)

    monkeypatch.setattr("app.export_controls.find_movie", find)
    panel.formats.choose(TIMELINE)
    wait_for_target(qtbot, panel)
    panel.export.click()
    assert not Path(panel.form.file.text()).exists()
    answers.set()
    qtbot.waitUntil(lambda: onetake.notices.text.startswith("Saved"))
    movie = onetake.jobs.records()[0].info.outputs[0]
    assert f"file://{movie}" in Path(panel.form.file.text()).read_text()


def test_another_take_closes_the_panel_and_gets_a_name_of_its_own(
    qtbot: QtBot, onetake: Application, panel: ExportPanel
) -> None:
    """What is exported is always what is seen."""
    panel.form.file.setText("/elsewhere/mine.mp4")
    generate_take(qtbot, onetake, JobState.DONE)
    qtbot.waitUntil(panel.isHidden)
    again = open_panel(qtbot, onetake)
    assert again is panel
    assert again.form.file.text() != "/elsewhere/mine.mp4"
    assert onetake.window.findChild(ExportControls) is not None
