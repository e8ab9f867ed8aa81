"""The export panel: what it offers, what it sends, what it refuses and where it says so, and the way to the file."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices

from app.export_controls import ExportControls
from app.panels.export import ExportPanel
from app.widgets.format_list import TIMELINE
from engine.messages import CODECS, ExportRequest, JobState
from tests.gui.video import enter_video, generate_take, open_plan

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
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
    panel.export.click()
    assert last_request(qtbot, engine) == ExportRequest(take="job-1")
    assert "is in the queue" in panel.form.summary.text()


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


def test_every_format_is_offered_and_names_its_file(panel: ExportPanel) -> None:
    """Choosing one renames the target; qualities are offered where there are some."""
    assert {panel.formats.item(row).text() for row in range(panel.formats.count())} >= {"GIF", "WebM, VP9"}
    for codec, suffix, has_quality in (("vp9", ".webm", True), ("prores", ".mov", False), ("exr", "", False)):
        panel.formats.choose(codec)
        assert panel.form.file.text().endswith(suffix)
        assert panel.form.quality.isEnabled() is has_quality
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


def test_what_is_wrong_is_said_where_it_is(panel: ExportPanel, movies: Path) -> None:
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
    assert "does not exist" in problems["file"].text()
    form.file.setText(str(movies / "film.mov"))
    assert problems["file"].text() == "This format ends in .gif; rename the file"
    form.file.setText("")
    assert problems["file"].text() == "Name a file"
    form.file.setText(str(movies / "film.gif"))
    assert panel.export.isEnabled()
    (movies / "film.gif").touch()
    panel.formats.choose("webp")
    panel.formats.choose("gif")
    assert "replaces the file that is there" in form.summary.text()
    panel.formats.choose("png")
    (movies / "full").mkdir()
    (movies / "full" / "x").touch()
    form.file.setText(str(movies / "full"))
    assert "is not empty" in problems["file"].text()


def test_a_name_that_no_disk_takes_is_said(panel: ExportPanel, movies: Path) -> None:
    """While it is typed, too: nothing else fails over it."""
    panel.form.file.setText(str(movies / ("n" * 300 + ".mp4")))
    assert "cannot be read" in panel.form.problems["file"].text()
    assert not panel.export.isEnabled()


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
