"""The canvas and the gallery: grid, large view, zoom, and taking pictures out."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.canvas.grid import best_cell
from app.cells import CellRole, mime_of
from app.picture_file import file_name
from engine.messages import ImageRequest, JobState, PictureEdit
from tests.fakes import FakeEngine
from tests.requests import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths


@pytest.fixture
def done(qtbot: QtBot, onetake: Application) -> Application:
    """A window with a finished batch of four on the canvas."""
    onetake.project.change("typing", prompt="a boat", seed=10, seed_locked=True)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: [record.state for record in onetake.jobs.records()] == [JobState.DONE])
    return onetake


def press(qtbot: QtBot, onetake: Application, key: Qt.Key) -> None:
    """A key with the focus on the canvas."""
    page = onetake.stage.page
    page.setFocus()
    qtbot.keyClick(page, key)


def test_return_opens_a_picture_large_and_return_goes_back(qtbot: QtBot, done: Application) -> None:
    """The current picture of the grid fills the canvas, and the grid comes back with the same key."""
    press(qtbot, done, Qt.Key.Key_Return)
    assert done.stage.page is done.stage.large
    qtbot.waitUntil(lambda: not done.stage.large.image.isNull())
    assert done.stage.large.accessibleName() == "Picture 1 of 4, seed 10: a boat"
    press(qtbot, done, Qt.Key.Key_Return)
    assert done.stage.page is done.stage.grid


def test_the_arrow_keys_go_through_the_batch(qtbot: QtBot, done: Application) -> None:
    """Right and Left change the current picture and stop at the ends."""
    done.stage.open_large(0)
    for expected in (1, 2, 3, 3):
        press(qtbot, done, Qt.Key.Key_Right)
        assert done.stage.current_index() == expected
    press(qtbot, done, Qt.Key.Key_Left)
    assert done.stage.current_index() == 2
    assert done.stage.head.figures.text().startswith("256 \N{MULTIPLICATION SIGN} 256   1 step   seed 12")


def test_zoom_keys_and_wheel(qtbot: QtBot, done: Application) -> None:
    """1 fits, 2 and 3 are 100 and 200 %, and the wheel keeps the point under the mouse in place."""
    done.stage.open_large(0)
    large = done.stage.large
    qtbot.waitUntil(lambda: not large.image.isNull())
    assert large.is_fit
    for key, zoom in ((Qt.Key.Key_2, 1.0), (Qt.Key.Key_3, 2.0)):
        press(qtbot, done, key)
        assert large.zoom == zoom
    spot = QPointF(large.width() / 4, large.height() / 3)
    before = large.picture_point(spot)
    turn = QWheelEvent(
        spot,
        large.mapToGlobal(spot),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - Qt's own signature
    )
    QApplication.sendEvent(large, turn)
    assert large.zoom == pytest.approx(2.5)
    after = large.picture_point(spot)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    press(qtbot, done, Qt.Key.Key_1)
    assert large.is_fit


def test_holding_space_pans(qtbot: QtBot, done: Application) -> None:
    """A drag with Space held moves the picture under the mouse by as much."""
    done.stage.set_zoom(2.0)
    large = done.stage.large
    qtbot.waitUntil(lambda: not large.image.isNull())
    large.set_zoom(8.0)
    start, end = large.rect().center(), large.rect().center() - QPoint(80, 40)
    before = large.picture_point(QPointF(start))
    qtbot.keyPress(large, Qt.Key.Key_Space)
    qtbot.mousePress(large, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(large, end)
    qtbot.mouseRelease(large, Qt.MouseButton.LeftButton, pos=end)
    qtbot.keyRelease(large, Qt.Key.Key_Space)
    after = large.picture_point(QPointF(end))
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_saving_copies_the_file_whole_and_names_a_folder_that_refuses(
    qtbot: QtBot, done: Application, tmp_path: Path
) -> None:
    """A saved copy has the bytes of the result; a target that cannot be written is said in one sentence."""
    done.exchange.save(tmp_path / "copy.png")
    qtbot.waitUntil(lambda: done.notices.text.startswith("Saved"))
    assert (tmp_path / "copy.png").read_bytes() == Path(done.stage.current_path()).read_bytes()
    done.exchange.save(tmp_path / "absent" / "copy.png")
    qtbot.waitUntil(lambda: "cannot be saved" in done.notices.text)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.png", "home"]


def test_copying_gives_pixels_a_file_and_settings(qtbot: QtBot, done: Application) -> None:
    """Ctrl+C puts image and file into the clipboard, Ctrl+Shift+C the settings of this very picture."""
    done.stage.step(1)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    done.stage.grid.setFocus()
    qtbot.keyClick(done.stage.grid, Qt.Key.Key_C, control)
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasImage()
    assert mime.urls()[0].toLocalFile() == done.stage.current_path()
    qtbot.keyClick(done.stage.grid, Qt.Key.Key_C, control | shift)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("a boat\nSteps: 1")
    assert "Seed: 11" in text


def test_pictures_can_be_dragged_out_of_grid_and_gallery(qtbot: QtBot, done: Application) -> None:
    """A drag carries the file and the pixels."""
    for view in (done.stage.grid, done.gallery.list):
        model = view.model()
        mime = model.mimeData([model.index(2, 0)])
        assert mime.urls()[0].toLocalFile().endswith("-2.png")
        assert isinstance(mime.imageData(), QImage)
        assert model.flags(model.index(2, 0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_what_is_dragged_is_read_when_it_is_taken(done: Application) -> None:
    """Picking a result up looks at no disk, which may not answer; a take's file is no picture."""
    model = done.gallery.list.model()
    place = Path(str(model.index(2, 0).data(CellRole.PATH)))
    content = place.read_bytes()
    place.unlink()
    mime = model.mimeData([model.index(2, 0)])
    assert mime.hasImage()
    place.write_bytes(content)
    assert mime.imageData() == QImage(str(place))
    assert not mime_of(["/somewhere/take.mp4"]).hasImage()


def test_a_star_stays_with_the_picture(qtbot: QtBot, done: Application, paths: Paths) -> None:
    """The star key marks the picture in grid and gallery, and it is on disk."""
    done.stage.grid.setFocus()
    qtbot.keyClicks(done.stage.grid, "*")
    assert done.stage.candidates.index(0).data(CellRole.IS_STARRED)
    assert done.gallery.list.model().index(0, 0).data(CellRole.IS_STARRED)
    assert done.stage.current_path() in (paths.home / "stars.json").read_text()


def test_a_click_in_the_gallery_shows_that_picture_large(qtbot: QtBot, done: Application, engine: FakeEngine) -> None:
    """Earlier results come back to the canvas, and their settings to the panel on request."""
    gallery = done.gallery.list
    place = gallery.visualRect(gallery.model().index(3, 0)).center()
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert done.stage.page is done.stage.large
    assert done.stage.current_index() == 3
    done.exchange.reuse()
    edit = done.project.edit
    assert (edit.seed, edit.count, edit.seed_locked) == (13, 1, True)


def test_cells_are_as_large_as_the_canvas_allows() -> None:
    """Four squares in a square lie two by two; one picture fills it; many never shrink below the least size."""
    assert best_cell(QSize(800, 800), 1, 1.0) == QSize(792, 792)
    assert best_cell(QSize(800, 800), 4, 1.0) == QSize(392, 392)
    assert best_cell(QSize(800, 400), 2, 1.0) == QSize(392, 392)
    assert best_cell(QSize(300, 300), 256, 1.0) == QSize(120, 120)


def test_saved_copies_get_names_that_say_what_they_are() -> None:
    """The name has the first words and the seed, and nothing a file system would refuse."""
    assert file_name("winter / mountains: at night", 7) == "winter-mountains-at-night-7.png"
    assert file_name("???", 7) == "7.png"


def test_the_gallery_shows_earlier_days_newest_first(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Results that the service knew before this window are there after connecting."""
    engine.add_done(request("a house", count=2))
    engine.add_done(request("a lake", count=1))
    engine.crash()
    qtbot.waitUntil(lambda: onetake.gallery.list.model().rowCount() == 3)
    model = onetake.gallery.list.model()
    assert [model.index(row, 0).data(CellRole.KEY) for row in range(3)] == ["job-2", "job-1", "job-1"]


def test_cells_of_an_edit_have_the_shape_of_its_pictures(
    qtbot: QtBot, engine: FakeEngine, open_window: Callable[[], Application], tmp_path: Path
) -> None:
    """What is painted into a picture has that picture's size, not the one at which the model worked."""
    edit = PictureEdit(picture=str(tmp_path / "in.png"), method="inpaint", mask=str(tmp_path / "mask.png"))
    job = engine.add_done(ImageRequest(prompt="a boat", seed=1, count=2, width=256, height=256, edit=edit))
    for path in engine.info(job).outputs:
        QImage(360, 120, QImage.Format.Format_RGB32).save(path)
    onetake = open_window()
    qtbot.waitUntil(lambda: onetake.jobs.record(job) is not None)
    onetake.studio.show_job(job)
    grid = onetake.stage.grid
    qtbot.waitUntil(lambda: abs(grid.cell.width() / grid.cell.height() - 3) < 0.1)
