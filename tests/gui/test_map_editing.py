"""The map of a control layer on the canvas: painted in, put elsewhere, reset, kept, and sent."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

from app import edit_change
from app.actions import Actions
from app.control_edit import ControlEdit
from app.map_source import MapSource
from app.project_file import read_project
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.errors import BadInputError
from engine.messages import ControlLayer, ControlMapRequest, ImageRequest, MapPlace
from tests.fake_takes import MOVING
from tests.fakes import FakeEngine
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.map_desk import MapDesk
    from engine.paths import Paths

LEFT = Qt.MouseButton.LeftButton
READING_MS = 30_000
"""A process is started to read a picture."""
WHITE, BLACK = 0xFFFFFFFF, 0xFF000000


@pytest.fixture
def engine(paths: Paths, tmp_path: Path) -> FakeEngine:
    """A model that has adapters for edges and depth, whose configurations are on disk."""
    model, adapter = tmp_path / "model", paths.models / "edges"
    for folder, config in ((model / "unet", {}), (adapter, {"_class_name": "ControlNetModel"})):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(config))
    entry = '[adapter.edges]\ntitle = "Edges"\nfolder = "edges"\nlicence = "none"\nkinds = ["canny", "depth"]\n'
    (paths.home / "models.toml").write_text(entry)
    able = replace(FREE_TEXT, folder=str(model), controls=("canny", "depth"))
    return FakeEngine(paths.outputs, models=(MOVING, able))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A white square on black, of 64x48."""
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[12:36, 20:44] = 255
    file = tmp_path / "square.png"
    Image.fromarray(pixels).save(file)
    return file


@pytest.fixture
def onetake(qtbot: QtBot, onetake: Application, picture: Path) -> Application:
    """The window with one layer of edges, for pictures of 128x96."""
    qtbot.waitUntil(lambda: len(onetake.project.models) == 2)
    onetake.project.choose_model(FREE_TEXT.name)
    onetake.project.change("settings", prompt="a square", width=128, height=96, seed=7, seed_locked=True, count=1)
    onetake.project.change_controls("add", (ControlEdit(kind="canny", picture=str(picture)),))
    return onetake


def layer_of(onetake: Application) -> ControlEdit:
    """The first layer."""
    return onetake.project.edit.controls[0]


def wait_for_map(qtbot: QtBot, onetake: Application) -> MapDesk:
    """Until there is a map on the canvas."""
    desk = onetake.editing.map_desk
    assert desk is not None
    qtbot.waitUntil(lambda: not desk.board.mask.isNull() and desk.editor.view.isVisible(), timeout=READING_MS)
    return desk


def open_map(qtbot: QtBot, onetake: Application) -> MapDesk:
    """By the button of the layer's row."""
    onetake.control.layers.rows[0].edit_map.click()
    return wait_for_map(qtbot, onetake)


def place_of(desk: MapDesk, x: float, y: float) -> QPointF:
    """Where a pixel of the map lies in the view."""
    return desk.editor.view._to_widget().map(QPointF(x + 0.5, y + 0.5))  # pyright: ignore[reportPrivateUsage]


def paint(qtbot: QtBot, desk: MapDesk, *points: tuple[float, float]) -> None:
    """A stroke with the mouse through pixels of the map."""
    view = desk.editor.view
    places = [place_of(desk, *point).toPoint() for point in points]
    qtbot.mousePress(view, LEFT, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(view, place)
    qtbot.mouseRelease(view, LEFT, pos=places[-1])


def pixels_of(file: str | Path) -> np.ndarray:
    """(H, W, 3) of a file."""
    return np.array(Image.open(file).convert("RGB"))


def sent_layer(engine: FakeEngine) -> ControlLayer:
    """The first layer of what was sent last."""
    request = engine.requests[-1]
    assert isinstance(request, ImageRequest)
    return request.controls[0]


def send(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> ControlLayer:
    """Generate, and the layer that was sent."""
    count = len(engine.requests)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: len(engine.requests) == count + 1)
    return sent_layer(engine)


def test_the_map_on_the_canvas_is_the_one_that_steers(qtbot: QtBot, onetake: Application, picture: Path) -> None:
    """Pixel for pixel what a worker makes of the same layer, at the size of the result; no job was needed."""
    desk = open_map(qtbot, onetake)
    shelf = DetectorShelf(None, "cpu")  # pyright: ignore[reportArgumentType]  # canny has no weights
    hint = HintStore(lambda: shelf).make(ControlLayer(kind="canny", picture=str(picture)), (128, 96))
    shown = desk.board.mask
    assert (shown.width(), shown.height()) == (128, 96)
    levels = np.array([[shown.pixelColor(x, y).red() for x in range(128)] for y in range(96)])
    assert np.array_equal(levels, hint.pixels[..., 0])
    assert hint.pixels.any()
    assert onetake.jobs.rowCount() == 0


def test_the_map_follows_the_settings_of_its_detector(qtbot: QtBot, onetake: Application) -> None:
    """Thresholds that no edge reaches leave nothing of it; back, it is there again."""
    desk = open_map(qtbot, onetake)
    assert _light(desk) > 0
    onetake.project.change_control(0, "set", resize="fit", options=(("low", 255), ("high", 255)))
    onetake.project.change_control(0, "set", kind="canny", options=())
    qtbot.waitUntil(lambda: _light(desk) > 0)
    # A picture of one colour, set for the layer, has no edges: the map is made anew.
    flat = Path(layer_of(onetake).picture).with_name("flat.png")
    Image.new("RGB", (64, 48), (90, 90, 90)).save(flat)
    onetake.project.change_control(0, "choose", picture=str(flat))
    qtbot.waitUntil(lambda: _light(desk) == 0, timeout=READING_MS)


def _light(desk: MapDesk) -> int:
    mask = desk.board.mask
    return sum(mask.pixelColor(x, y).red() > 0 for x in range(mask.width()) for y in range(0, mask.height(), 3))


def test_a_stroke_is_part_of_the_map_that_is_sent(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """The layer is a map of its own then, of the same kind; the artist's picture is untouched."""
    before = Path(layer_of(onetake).picture).read_bytes()
    desk = open_map(qtbot, onetake)
    desk.choice.choose(size=6)
    paint(qtbot, desk, (10, 80), (50, 80))
    layer = send(qtbot, onetake, engine)
    assert (layer.kind, layer.is_map, layer.options) == ("canny", True, ())
    sent = pixels_of(layer.picture)
    assert sent.shape == (96, 128, 3)
    assert sent[80, 30].tolist() == [255, 255, 255]
    assert sent[80, 70].tolist() == [0, 0, 0]
    # The edges that were found are still in it.
    assert sent[:70].any()
    assert Path(layer_of(onetake).picture).read_bytes() == before
    # What is painted on is not what was sent.
    assert layer.picture != layer_of(onetake).painted


@pytest.mark.parametrize("pauses", [False, True])
def test_strokes_are_undone_one_by_one_down_to_the_detectors_map(
    qtbot: QtBot, onetake: Application, *, pauses: bool
) -> None:
    """The last undo takes the copy back too; redo brings both strokes, whether or not the map was made meanwhile."""
    desk = open_map(qtbot, onetake)
    found = QImage(desk.board.mask)
    desk.choice.choose(size=6)
    paint(qtbot, desk, (10, 80), (30, 80))
    paint(qtbot, desk, (10, 10), (30, 10))
    both = QImage(desk.board.mask)
    onetake.project.undo_stack.undo()
    assert (desk.board.mask.pixel(20, 10), desk.board.mask.pixel(20, 80)) == (BLACK, WHITE)
    onetake.project.undo_stack.undo()
    assert layer_of(onetake).painted == ""
    assert desk.board.mask == found
    if pauses:
        qtbot.waitUntil(lambda: desk.board.file == "")
        assert desk.board.mask == found
    onetake.project.undo_stack.redo()
    if pauses:
        qtbot.waitUntil(lambda: desk.board.file != "")
        assert desk.board.mask.pixel(20, 80) == WHITE
    onetake.project.undo_stack.redo()
    qtbot.waitUntil(lambda: not desk._is_busy)  # pyright: ignore[reportPrivateUsage]
    assert desk.board.mask == both


def test_erasing_leaves_the_ground_of_the_kind_and_alt_picks_a_colour(qtbot: QtBot, onetake: Application) -> None:
    """Black for edges; the picked colour is painted with, and erasing ends."""
    desk = open_map(qtbot, onetake)
    desk.choice.choose(size=6)
    paint(qtbot, desk, (10, 80), (50, 80))
    qtbot.keyClick(desk.editor.view, Qt.Key.Key_X)
    assert desk.choice.brush.erases
    paint(qtbot, desk, (30, 76), (30, 84))
    assert (desk.board.mask.pixel(30, 80), desk.board.mask.pixel(15, 80)) == (BLACK, WHITE)
    at = place_of(desk, 30, 80).toPoint()
    qtbot.mouseClick(desk.editor.view, LEFT, Qt.KeyboardModifier.AltModifier, at)
    assert (desk.choice.brush.colour, desk.choice.brush.erases) == (BLACK, False)
    assert [button.colour for button in desk.editor.swatches.buttons if button.isChecked()] == [BLACK]


def test_labels_are_painted_without_soft_edges(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """A map of segments offers its own colours, and holds no others after a soft stroke."""
    labels = np.zeros((96, 128, 3), np.uint8)
    labels[:, :64], labels[:, 64:] = (200, 10, 30), (10, 180, 90)
    file = tmp_path / "labels.png"
    Image.fromarray(labels).save(file)
    onetake.project.change_controls("add", (ControlEdit(kind="sam", picture=str(file), is_map=True),))
    desk = open_map(qtbot, onetake)
    offered = {button.colour & 0xFFFFFF for button in desk.editor.swatches.buttons}
    assert offered == {0xC80A1E, 0x0AB45A}
    desk.choice.choose(size=20, is_soft=True, colour=0xFFC80A1E)
    paint(qtbot, desk, (90, 40), (100, 60))
    desk.board.save()
    painted = pixels_of(layer_of(onetake).painted)
    assert {tuple(map(int, colour)) for colour in painted.reshape(-1, 3)} == {(200, 10, 30), (10, 180, 90)}
    assert painted[50, 95].tolist() == [200, 10, 30]


def test_what_is_painted_survives_leaving_and_a_new_window(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application]
) -> None:
    """Escape leaves, the file stays beside the masks; the next window shows it and paints on in it."""
    desk = open_map(qtbot, onetake)
    desk.choice.choose(size=6)
    paint(qtbot, desk, (10, 80), (50, 80))
    qtbot.keyClick(desk.editor.view, Qt.Key.Key_Escape)
    assert onetake.stage.bench is None
    onetake.window.close()
    again = open_window()
    assert layer_of(again).painted
    second = open_map(qtbot, again)
    assert second.board.mask.pixel(30, 80) == WHITE
    assert second.board.file == layer_of(again).painted


def test_a_project_takes_the_painted_map_along(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application], tmp_path: Path
) -> None:
    """Moved to another machine, without the window's own folder of masks: shown, painted on, and the copy stands."""
    desk = open_map(qtbot, onetake)
    desk.choice.choose(size=6)
    paint(qtbot, desk, (10, 80), (50, 80))
    onetake.files.session.save_as(tmp_path / "here.onetake")
    painted = Path(layer_of(onetake).painted)
    onetake.window.close()
    there = tmp_path / "elsewhere" / "there.onetake"
    there.parent.mkdir()
    (tmp_path / "here.onetake").rename(there)
    painted.unlink()
    again = open_window()
    again.files.open(there)
    copy = Path(layer_of(again).painted)
    assert copy.is_relative_to(there)
    document = copy.read_bytes()
    second = open_map(qtbot, again)
    assert second.board.mask.pixel(30, 80) == WHITE
    second.choice.choose(size=6)
    paint(qtbot, second, (100, 20), (120, 20))
    assert second.board.mask.pixel(110, 20) == WHITE
    again.files.save()
    saved = Path(layer_of(again).painted)
    assert saved != copy
    assert copy.read_bytes() == document
    kept = read_project(there).edit.controls[0].painted
    assert kept.startswith(str(there))
    assert pixels_of(kept)[[80, 20], [30, 110]].tolist() == [[255, 255, 255], [255, 255, 255]]


def test_reset_map_brings_the_detectors_map_back(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """As one step of undo; a request is then made by the detector again."""
    desk = open_map(qtbot, onetake)
    found = QImage(desk.board.mask)
    assert not desk.editor.reset_map.isEnabled()
    desk.choice.choose(size=6)
    paint(qtbot, desk, (10, 80), (50, 80))
    desk.editor.reset_map.click()
    qtbot.waitUntil(lambda: desk.board.mask == found)
    layer = send(qtbot, onetake, engine)
    assert (layer.is_map, layer.picture) == (False, layer_of(onetake).picture)
    onetake.project.undo_stack.undo()
    assert layer_of(onetake).painted


def test_a_map_of_the_engine_is_waited_for_and_painted(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """A kind whose network only the engine has: a job makes it, once."""
    onetake.project.change_control(0, "kind", kind="depth")
    onetake.editing.edit_map(0)
    qtbot.waitUntil(lambda: len(engine.requests) == 1)
    request = engine.requests[0]
    assert isinstance(request, ControlMapRequest)
    assert (request.kind, request.width, request.height) == ("depth", 128, 96)
    desk = wait_for_map(qtbot, onetake)
    paint(qtbot, desk, (10, 80), (50, 80))
    desk.leave()
    onetake.project.change_control(0, "reset", painted="")
    open_map(qtbot, onetake)
    assert len(engine.requests) == 1


def test_a_picture_that_is_gone_says_so_on_the_canvas(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """In words, in place of the map."""
    onetake.project.change_control(0, "choose", picture=str(tmp_path / "gone.png"))
    desk = onetake.editing.edit_map(0)
    qtbot.waitUntil(lambda: "gone.png" in desk.editor.page.problem.sentence.text() and not desk.editor._is_ready)  # pyright: ignore[reportPrivateUsage]
    assert desk.board.mask.isNull()


def test_the_region_is_that_of_the_layer_whose_map_is_shown(qtbot: QtBot, onetake: Application, picture: Path) -> None:
    """Though the keyboard was in another row last; the row's own button opens the painter too."""
    onetake.project.change_controls("add", (layer_of(onetake), ControlEdit(kind="canny", picture=str(picture))))
    desk = open_map(qtbot, onetake)
    assert onetake.control.current == 1
    with qtbot.waitSignal(desk.region_wanted) as wanted:
        desk.editor.region.click()
    assert wanted.args == [0]
    regions = onetake.editing.paint_region(0)
    qtbot.waitUntil(lambda: regions.dialog is not None, timeout=READING_MS)
    assert regions.dialog is not None
    regions.dialog.reject()
    onetake.control.layers.rows[1].region.click()
    qtbot.waitUntil(lambda: regions.dialog is not None, timeout=READING_MS)
    regions.dialog.reject()


def test_removing_the_layer_leaves_its_map(qtbot: QtBot, onetake: Application) -> None:
    """The canvas shows what it showed before."""
    open_map(qtbot, onetake)
    onetake.control.remove(0)
    assert onetake.stage.bench is None
    assert onetake.stage.page is onetake.stage.empty


# Placing.


def drag(qtbot: QtBot, desk: MapDesk, start: QPointF, stop: QPointF, keys: Qt.KeyboardModifier) -> None:
    """The mouse takes something in the view to another place."""
    view = desk.editor.view
    qtbot.mousePress(view, LEFT, keys, start.toPoint())
    qtbot.mouseMove(view, ((start + stop) / 2).toPoint())
    qtbot.mouseMove(view, stop.toPoint())
    qtbot.mouseRelease(view, LEFT, keys, stop.toPoint())


def test_the_map_is_moved_by_the_mouse_and_sent_so(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """V takes it in hand; a drag is one step of undo, and the request says where the map lies."""
    desk = open_map(qtbot, onetake)
    qtbot.keyClick(desk.editor.view, Qt.Key.Key_V)
    assert desk.editor.view.is_placing
    drag(qtbot, desk, place_of(desk, 64, 48), place_of(desk, 96, 36), Qt.KeyboardModifier.NoModifier)
    place = layer_of(onetake).place
    assert (place.x, place.y) == (pytest.approx(0.25, abs=0.01), pytest.approx(-0.125, abs=0.01))
    assert send(qtbot, onetake, engine).place == place
    onetake.project.undo_stack.undo()
    assert layer_of(onetake).place.is_plain


def test_numbers_place_the_map_and_reset_puts_it_back(qtbot: QtBot, onetake: Application) -> None:
    """In the details of its layer; the view follows."""
    desk = open_map(qtbot, onetake)
    fields = onetake.control.layers.rows[0].details.place
    fields.fields["x"].setValue(12.5)
    fields.fields["scale_x"].setValue(50.0)
    fields.fields["angle"].setValue(-30.0)
    assert layer_of(onetake).place == MapPlace(x=0.125, scale_x=0.5, angle=-30.0)
    corner = desk.editor.view._to_widget().map(QPointF(64, 48))  # pyright: ignore[reportPrivateUsage]
    assert desk.editor.view.picture_point(corner).x() == pytest.approx(80)
    fields.reset.click()
    assert layer_of(onetake).place.is_plain
    assert not fields.reset.isEnabled()


def test_arrows_nudge_the_map_by_pixels(qtbot: QtBot, onetake: Application) -> None:
    """One pixel of the result, ten with Shift."""
    desk = open_map(qtbot, onetake)
    desk.editor.place.click()
    qtbot.keyClick(desk.editor.view, Qt.Key.Key_Right)
    qtbot.keyClick(desk.editor.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    place = layer_of(onetake).place
    assert (place.x * 128, place.y * 96) == (pytest.approx(1), pytest.approx(10))


def test_nudges_that_lie_apart_are_undone_apart(
    qtbot: QtBot, onetake: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause ends a step, as everywhere; held down, a key makes one."""
    desk = open_map(qtbot, onetake)
    desk.editor.place.click()
    steps = onetake.project.undo_stack.count()
    for pause_s in (0.0, 0.0, 2.0):
        monkeypatch.setattr(edit_change, "MERGE_WITHIN_S", 60.0 if not pause_s else -1.0)
        qtbot.keyClick(desk.editor.view, Qt.Key.Key_Right)
    assert onetake.project.undo_stack.count() == steps + 2
    onetake.project.undo_stack.undo()
    assert layer_of(onetake).place.x * 128 == pytest.approx(2)


def test_strokes_land_under_the_mouse_on_a_placed_map(qtbot: QtBot, onetake: Application) -> None:
    """The map is painted where it is seen, not where it came from."""
    onetake.project.change_control(0, "place", place=MapPlace(x=0.25, scale_x=0.5, scale_y=0.5, angle=90.0))
    desk = open_map(qtbot, onetake)
    desk.choice.choose(size=6)
    # The middle of the map lies at three quarters of the frame.
    view = desk.editor.view
    at = view.widget_rect(view.image.rect().toRectF()).topLeft() + QPointF(96.5, 48.5) * view._scale()  # pyright: ignore[reportPrivateUsage]
    qtbot.mouseClick(view, LEFT, pos=at.toPoint())
    assert desk.board.mask.pixel(64, 48) == WHITE


def test_place_and_painted_map_are_used_again_with_the_settings(
    qtbot: QtBot, onetake: Application, engine: FakeEngine
) -> None:
    """Use these settings gives a layer that makes the very same request."""
    desk = open_map(qtbot, onetake)
    paint(qtbot, desk, (10, 80), (50, 80))
    onetake.project.change_control(0, "place", place=MapPlace(x=0.1, angle=15.0))
    send(qtbot, onetake, engine)
    request = engine.requests[-1]
    assert isinstance(request, ImageRequest)
    assert onetake.project.holds(request)
    onetake.project.change_controls("remove", ())
    onetake.project.restore(request)
    assert onetake.project.image_request().controls == request.controls


def test_a_transparent_map_is_read_as_the_worker_reads_it(tmp_path: Path) -> None:
    """On the ground of its kind, not on white."""
    file = tmp_path / "map.png"
    pixels = np.zeros((48, 64, 4), np.uint8)
    pixels[10:20, 10:20] = 255
    Image.fromarray(pixels).save(file)
    made = MapSource().make(ControlEdit(kind="canny", picture=str(file), is_map=True), (64, 48))
    assert (made.image.pixel(0, 0), made.image.pixel(15, 15), made.background) == (BLACK, WHITE, BLACK)


def test_a_layer_without_its_file_is_refused_in_one_line(tmp_path: Path) -> None:
    """It names the file."""
    with pytest.raises(BadInputError, match=r"gone\.png is not there"):
        MapSource().make(ControlEdit(kind="canny", picture=str(tmp_path / "gone.png")), (64, 64))


def test_a_dropped_file_a_stroke_and_a_picture(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, picture: Path
) -> None:
    """What an artist does first: drop a file onto the panel, paint into its map, and get a picture."""
    onetake.project.change_controls("none", ())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(picture))])
    spot, copies = onetake.control.rect().center(), Qt.DropAction.CopyAction
    onetake.control.dropEvent(QDropEvent(QPointF(spot), copies, mime, LEFT, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: len(onetake.project.edit.controls) == 1)
    desk = open_map(qtbot, onetake)
    paint(qtbot, desk, (20, 80), (100, 80))
    actions = onetake.project.findChild(Actions)
    assert isinstance(actions, Actions)
    actions.generate.trigger()
    qtbot.waitUntil(lambda: [record.state.is_final for record in onetake.jobs.records()] == [True])
    layer = sent_layer(engine)
    assert pixels_of(layer.picture)[80, 60].tolist() == [255, 255, 255]
    assert onetake.stage.page is onetake.stage.grid
    qtbot.waitUntil(lambda: Path(onetake.stage.candidates.record.info.outputs[0]).is_file())  # pyright: ignore[reportOptionalMemberAccess]
    assert onetake.gallery.list.model().rowCount() == 1
