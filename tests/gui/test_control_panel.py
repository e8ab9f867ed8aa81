"""The control panel: layers added, changed, moved, greyed out, and sent; each change a step of undo."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from app.control_edit import ControlEdit
from app.control_words import kind_title
from app.pictures import Picture, decode
from app.widgets.layer_thumb import LAYER_MIME
from engine.messages import ControlMapRequest, ImageRequest
from tests.fake_takes import MOVING
from tests.fakes import FakeEngine
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.widgets.control_row import ControlRow
    from engine.paths import Paths


@pytest.fixture
def engine(paths: Paths, tmp_path: Path) -> FakeEngine:
    """One model without adapters, and one with an adapter for edges, whose configurations are on disk."""
    model, adapter = tmp_path / "model", paths.models / "edges"
    for folder, config in ((model / "unet", {}), (adapter, {"_class_name": "ControlNetModel"})):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(config))
    entry = '[adapter.edges]\ntitle = "Edges"\nfolder = "edges"\nlicence = "none"\nkinds = ["canny"]\n'
    (paths.home / "models.toml").write_text(entry)
    able = replace(FREE_TEXT, folder=str(model), controls=("canny",))
    return FakeEngine(paths.outputs, models=(MOVING, able))


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Three pictures of the artist's."""
    files = [tmp_path / f"{name}.png" for name in ("walk", "house", "sky")]
    image = QImage(48, 32, QImage.Format.Format_RGB32)
    for number, file in enumerate(files):
        image.fill(QColor.fromHsv(120 * number, 120, 160))
        assert image.save(str(file))
    return files


@pytest.fixture
def onetake(qtbot: QtBot, onetake: Application) -> Application:
    """The window, with the model that has an adapter chosen."""
    qtbot.waitUntil(lambda: len(onetake.project.models) == 2)
    onetake.project.choose_model(FREE_TEXT.name)
    onetake.project.change("typing", prompt="a boat", width=512, height=512)
    onetake.project.undo_stack.clear()
    return onetake


def add(onetake: Application, *files: Path, kind: str = "canny") -> list[ControlRow]:
    """Layers of these files, and their rows."""
    layers = tuple(ControlEdit(kind=kind, picture=str(file)) for file in files)
    onetake.project.change_controls("add", (*onetake.project.edit.controls, *layers))
    return onetake.control.layers.rows


def names(onetake: Application) -> list[str]:
    """The files of the layers, in order."""
    return [control.name for control in onetake.project.edit.controls]


def answering(answer: object) -> Callable[..., object]:
    """A dialog in which this is chosen at once."""

    def ask(*_arguments: object) -> object:
        return answer

    return ask


def drop(onetake: Application, mime: QMimeData, y: int = 4) -> None:
    """Carry something over the panel and let go."""
    copy, button, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(40, y), copy, mime, button, plain)
    QApplication.sendEvent(onetake.control, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(onetake.control, QDragMoveEvent(QPoint(40, y), copy, mime, button, plain))
    QApplication.sendEvent(onetake.control, QDropEvent(QPointF(40, y), copy, mime, button, plain))


def files_of(*files: Path) -> QMimeData:
    """Files as another program drags them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    return mime


def test_an_empty_panel_says_what_it_is_for(onetake: Application) -> None:
    """One sentence and one button; a model without adapters is named, and what can be done all the same."""
    panel = onetake.control
    assert "Drop a picture here" in panel.empty.sentence.text()
    onetake.project.choose_model(MOVING.name)
    assert panel.empty.sentence.text() == "Papercut has no control adapters yet; maps can still be made."


def test_the_button_adds_pictures(onetake: Application, pictures: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are chosen, as one step of undo."""
    chosen = ([str(file) for file in pictures[:2]], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", answering(chosen))
    onetake.control.empty.button.click()
    assert names(onetake) == ["walk.png", "house.png"]
    assert [row.kind.currentText() for row in onetake.control.layers.rows] == ["Canny edges"] * 2
    onetake.project.undo_stack.undo()
    assert names(onetake) == []
    assert not onetake.control.layers.rows


def test_files_are_dropped_where_they_are_let_go(onetake: Application, pictures: list[Path]) -> None:
    """Above the first layer, before it; below all, behind them."""
    drop(onetake, files_of(pictures[0]))
    drop(onetake, files_of(pictures[1]))
    assert names(onetake) == ["house.png", "walk.png"]
    drop(onetake, files_of(pictures[2]), y=2000)
    assert names(onetake) == ["house.png", "walk.png", "sky.png"]


def test_pixels_without_a_file_are_kept(qtbot: QtBot, onetake: Application, paths: Paths) -> None:
    """A picture out of a browser becomes a file, once however often it is dropped; an address alone is refused."""
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    for count in (1, 2):
        mime = QMimeData()
        mime.setImageData(image)
        drop(onetake, mime)
        qtbot.waitUntil(lambda count=count: len(names(onetake)) == count)
    assert [file.name for file in paths.pictures.iterdir()] == [names(onetake)[0]] == [names(onetake)[1]]
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/walk.png")])
    drop(onetake, mime)
    assert len(names(onetake)) == 2
    assert "save the picture" in onetake.notices.text


def test_what_is_no_picture_is_named(onetake: Application, tmp_path: Path) -> None:
    """A text file changes nothing."""
    drop(onetake, files_of(tmp_path / "notes.txt"))
    assert names(onetake) == []
    assert "“notes.txt”" in onetake.notices.text


def test_a_drag_of_the_slider_is_one_step(qtbot: QtBot, onetake: Application, pictures: list[Path]) -> None:
    """However long it takes; the next drag is the next step, and the number follows."""
    (row,) = add(onetake, pictures[0])
    slider = row.weight.slider
    for values in ((120, 140, 160), (80, 60)):
        slider.setSliderDown(True)
        for value in values:
            slider.setValue(value)
        slider.setSliderDown(False)
    assert onetake.project.edit.controls[0].weight == 0.6
    assert row.weight.number.value() == 0.6
    onetake.project.undo_stack.undo()
    assert onetake.project.edit.controls[0].weight == 1.6
    onetake.project.undo_stack.undo()
    assert (onetake.project.edit.controls[0].weight, slider.value()) == (1.0, 100)


def test_scrolling_over_a_field_changes_nothing(onetake: Application, pictures: list[Path]) -> None:
    """The wheel is the panel's until a field has the keyboard."""
    (row,) = add(onetake, pictures[0])

    def turn(field: QWidget) -> None:
        at, away, down = QPointF(4, 4), QPoint(0, 0), QPoint(0, -120)
        none, plain = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        phase, inverted = Qt.ScrollPhase.NoScrollPhase, False
        event = QWheelEvent(at, field.mapToGlobal(at), away, down, none, plain, phase, inverted)
        QApplication.sendEvent(field, event)

    for field in (row.weight.slider, row.weight.number, row.kind):
        turn(field)
    assert onetake.project.edit.controls == (ControlEdit(kind="canny", picture=str(pictures[0])),)
    row.weight.slider.setFocus()
    turn(row.weight.slider)
    assert onetake.project.edit.controls[0].weight < 1.0


def test_every_field_of_a_row_changes_its_layer(onetake: Application, pictures: list[Path]) -> None:
    """Kind, switch, span, mode, resize, ready map and the detector's own settings."""
    _, row = add(onetake, *pictures[:2])
    row.fold.click()
    details = row.details
    assert details.isVisible()
    assert list(details.options.fields) == ["low", "high"]
    row.on.click()
    details.frame.setValue(3)
    details.end.setValue(40)
    details.start.setValue(60)
    details.options.fields["low"].setValue(40)  # pyright: ignore[reportAttributeAccessIssue]  # a number by its specification
    for box, name in ((details.mode, "control"), (details.resize_mode, "fit")):
        box.setCurrentIndex(box.findData(name))
        box.activated.emit(box.currentIndex())
    first, second = onetake.project.edit.controls
    assert first == ControlEdit(kind="canny", picture=str(pictures[0]))
    wanted = ControlEdit(kind="canny", picture=str(pictures[1]), start=0.6, end=0.6, mode="control", resize="fit")
    assert second == replace(wanted, enabled=False, frame=3, options=(("low", 40),))
    details.frame.setValue(details.frame.minimum())
    assert onetake.project.edit.controls[1].frame is None
    row.kind.setCurrentIndex(row.kind.findData("hed"))
    row.kind.activated.emit(row.kind.currentIndex())
    assert onetake.project.edit.controls[1].kind == "hed"
    assert list(details.options.fields) == ["safe", "scribble"]
    details.is_map.click()
    assert onetake.project.edit.controls[1].is_map
    assert not details.options.isVisible()
    assert not row.map.isEnabled()


def test_a_region_is_chosen_and_removed(
    onetake: Application, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a file, by whoever paints one, and back to everywhere."""
    (row,) = add(onetake, pictures[0])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", answering((str(pictures[1]), "")))
    row.details.region.choose.click()
    assert onetake.project.edit.controls[0].mask == str(pictures[1])
    assert row.details.region.file.text() == "house.png"
    onetake.project.change_control(0, mask=str(pictures[2]))
    assert row.details.region.file.text() == "sky.png"
    row.details.region.clear.click()
    assert onetake.project.edit.controls[0].mask is None
    assert row.details.region.file.text() == "everywhere"


def test_a_layer_keeps_its_row_wherever_it_goes(qtbot: QtBot, onetake: Application, pictures: list[Path]) -> None:
    """Alt+Up and Alt+Down, in a box that would open by that key as well; the keyboard and the fold go along."""
    rows = list(add(onetake, *pictures))
    rows[2].fold.click()
    rows[2].kind.setFocus()
    for key, wanted in (
        (Qt.Key.Key_Up, ["walk.png", "sky.png", "house.png"]),
        (Qt.Key.Key_Up, ["sky.png", "walk.png", "house.png"]),
        (Qt.Key.Key_Up, ["sky.png", "walk.png", "house.png"]),
        (Qt.Key.Key_Down, ["walk.png", "sky.png", "house.png"]),
    ):
        qtbot.keyClick(rows[2].kind, key, Qt.KeyboardModifier.AltModifier)
        assert names(onetake) == wanted
        assert QApplication.focusWidget() is rows[2].kind
    assert onetake.control.layers.rows == [rows[0], rows[2], rows[1]]
    assert rows[2].is_unfolded
    assert rows[2].on.accessibleName() == "Layer 2: on"


def test_a_dragged_layer_lands_where_it_is_let_go(onetake: Application, pictures: list[Path]) -> None:
    """The first one dropped below all is the last, as one step of undo; a number that is none has no effect."""
    add(onetake, *pictures)
    mime = QMimeData()
    mime.setData(LAYER_MIME, b"0")
    drop(onetake, mime, y=2000)
    assert names(onetake) == ["house.png", "sky.png", "walk.png"]
    onetake.project.undo_stack.undo()
    assert names(onetake) == ["walk.png", "house.png", "sky.png"]
    mime.setData(LAYER_MIME, b"9")
    drop(onetake, mime)
    assert names(onetake) == ["walk.png", "house.png", "sky.png"]


def test_what_the_model_cannot_follow_is_greyed_with_the_reason(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, pictures: list[Path]
) -> None:
    """The row says so, the request goes without it, and the layer is there for a model that can."""
    edges, depth = add(onetake, pictures[0]), add(onetake, pictures[1], kind="depth")[1]
    assert edges[0].weight.isEnabled()
    assert not edges[0].reason.isVisible()
    assert not depth.weight.isEnabled()
    assert depth.reason.text() == "Not used: Free text has no adapter for it; it has Canny edges"
    assert depth.map.isEnabled()
    onetake.studio.generate()
    qtbot.waitUntil(lambda: bool(engine.requests))
    (request,) = engine.requests
    assert isinstance(request, ImageRequest)
    assert [(layer.kind, layer.adapter) for layer in request.controls] == [("canny", "edges")]
    onetake.project.choose_model(MOVING.name)
    assert not edges[0].weight.isEnabled()
    assert "maps can still be made" in onetake.control.note.text()
    assert names(onetake) == ["walk.png", "house.png"]


def test_a_picture_that_is_gone_is_named_beside_generate(onetake: Application, pictures: list[Path]) -> None:
    """Nothing is sent; without the layer it would be another picture."""
    add(onetake, pictures[0])
    pictures[0].unlink()
    onetake.studio.generate()
    assert "walk.png is not there; choose it again" in onetake.prompt.error.text()
    assert not onetake.jobs.rowCount()


def test_settings_bring_their_controls_back(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, pictures: list[Path]
) -> None:
    """“Use these settings” restores every layer, and Generate then sends the very same request."""
    add(onetake, pictures[0])
    onetake.project.change_control(0, weight=0.4, mask=str(pictures[1]))
    onetake.project.change("settings", count=1)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: bool(onetake.stage.current_path()))
    onetake.project.change_controls("remove", ())
    onetake.exchange.reuse()
    assert [(control.weight, control.mask) for control in onetake.project.edit.controls] == [(0.4, str(pictures[1]))]
    assert onetake.project.holds(engine.requests[0])  # pyright: ignore[reportArgumentType]  # it is for a picture
    onetake.studio.generate()
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    assert engine.requests[0] == engine.requests[1]
    assert onetake.project.edit.controls[0].adapter == "edges"
    onetake.project.choose_model(MOVING.name)
    assert onetake.project.edit.controls[0].adapter == "", "the other model's adapter is no use to this one"


def test_a_map_is_shown_with_its_picture_and_what_came_of_it(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, pictures: list[Path]
) -> None:
    """It is made once, at the size of what is generated, and found again; then the result stands beside it."""
    (row,) = add(onetake, pictures[0])
    row.map.click()
    page = onetake.stage.map
    qtbot.waitUntil(lambda: onetake.stage.page is page)
    assert engine.requests == [ControlMapRequest(kind="canny", picture=str(pictures[0]), width=512, height=512)]
    views = page.views
    qtbot.waitUntil(lambda: not views.source.image.isNull() and not views.map.image.isNull(), timeout=60_000)
    assert views.source.image.width() == 48
    assert not views.result.isVisible()
    assert not views.switches[views.result].isEnabled()
    onetake.project.change("settings", count=1)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    qtbot.waitUntil(lambda: onetake.stage.page is onetake.stage.grid and bool(onetake.stage.current_path()))
    row.map.click()
    qtbot.waitUntil(lambda: onetake.stage.page is page and not views.result.image.isNull())
    assert len(engine.requests) == 2
    assert views.result.isVisible()
    for view in (views.source, views.result, views.map):
        views.switches[view].click()
    assert [view.isVisible() for view in (views.source, views.map, views.result)] == [False, True, False]


def test_a_disk_that_does_not_answer_does_not_hold_up_a_map(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for twice, it is made once, as soon as it is known how old its picture is."""
    (row,) = add(onetake, pictures[0])
    may_look, looked = threading.Semaphore(0), list[str]()

    def look(path: str, frame: int) -> Picture:
        looked.append(path)
        may_look.acquire()
        return Picture(path=path, frame=frame, is_foreign=True, changed_ns=1)

    monkeypatch.setattr("app.pictures.foreign_picture", look)
    row.map.click()
    row.map.click()
    qtbot.waitUntil(lambda: bool(looked))
    assert not engine.requests
    may_look.release(99)
    qtbot.waitUntil(lambda: onetake.stage.page is onetake.stage.map)
    assert [each.kind for each in engine.requests if isinstance(each, ControlMapRequest)] == ["canny"]


def test_a_map_becomes_a_control(qtbot: QtBot, onetake: Application, pictures: list[Path]) -> None:
    """As the map that it is: its kind, and no detector runs again."""
    (row,) = add(onetake, pictures[0], kind="hed")
    row.map.click()
    qtbot.waitUntil(lambda: onetake.stage.page is onetake.stage.map)
    onetake.stage.map.use.click()
    layer = onetake.project.edit.controls[1]
    assert (layer.kind, layer.picture, layer.is_map) == ("hed", onetake.stage.current_path(), True)


def test_what_is_looked_at_becomes_a_control(qtbot: QtBot, onetake: Application) -> None:
    """The picture on the canvas by key, and the gallery's own while the keyboard is there; the panel comes out."""
    onetake.project.change("settings", count=2)
    onetake.studio.generate()
    qtbot.waitUntil(lambda: onetake.gallery.list.model().rowCount() == 2)
    onetake.window.docks[4].hide()
    qtbot.keyClick(onetake.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert names(onetake) == ["job-1-0.png"]
    assert onetake.control.isVisible()
    gallery = onetake.gallery.list
    gallery.setFocus()
    gallery.setCurrentIndex(gallery.model().index(1, 0))
    (menu,) = (action for action in gallery.actions() if action.text() == "Use as control")
    menu.trigger()
    assert names(onetake) == ["job-1-0.png", "job-1-1.png"]


def test_a_frame_of_a_take_becomes_a_control(qtbot: QtBot, onetake: Application, paths: Paths) -> None:
    """The frame under the playhead, as a picture of its own."""
    onetake.project.choose_model(MOVING.name)
    onetake.project.change("settings", width=256, height=256)
    onetake.project.change_video("mode", replace(onetake.project.video, is_active=True, frames=4))
    onetake.studio.generate()
    player = onetake.wing.open().player
    qtbot.waitUntil(lambda: onetake.stage.page is player and not player.view.image.isNull())
    onetake.window.setFocus()
    (use,) = (action for action in player.view.actions() if action.text() == "Use as control")
    use.trigger()
    qtbot.waitUntil(lambda: bool(names(onetake)))
    kept = paths.pictures / names(onetake)[0]
    assert QImage(str(kept)).size() == player.view.image.size()


def test_the_palette_acts_on_the_layer_the_keyboard_was_in(onetake: Application, pictures: list[Path]) -> None:
    """Switch, move and remove by menu; greyed while there is nothing to act on."""
    actions = {action.objectName(): action for action in onetake.desk.keymap.actions}
    assert not actions["remove_control"].isEnabled()
    rows = add(onetake, *pictures)
    rows[1].kind.setFocus()
    onetake.prompt.prompt.setFocus()
    actions["switch_control"].trigger()
    assert [control.enabled for control in onetake.project.edit.controls] == [True, False, True]
    actions["control_up"].trigger()
    assert names(onetake) == ["house.png", "walk.png", "sky.png"]
    actions["remove_control"].trigger()
    assert names(onetake) == ["walk.png", "sky.png"]


def test_every_field_of_a_layer_has_a_name(onetake: Application, pictures: list[Path]) -> None:
    """A screen reader says which layer and what, for each of two unfolded rows."""
    for row in add(onetake, *pictures[:2]):
        row.fold.click()
    panel = onetake.control
    fields = [widget for widget in panel.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    said: list[str] = []
    for field in fields:
        if not (isinstance(field, QLineEdit) and field.objectName().startswith("qt_")):
            interface = QAccessible.queryAccessibleInterface(field)
            said.append(interface.text(QAccessible.Text.Name).strip())
    assert all(said)
    of_layers = [name for name in said if name.startswith("Layer")]
    assert len(of_layers) == len(set(of_layers)) > 30


def test_a_kind_that_no_detector_makes_is_still_shown() -> None:
    """As a word of its own."""
    assert (kind_title("canny"), kind_title("segment_room")) == ("Canny edges", "Segment room")


def test_pictures_too_large_to_be_kept_are_not_decoded_over_and_over(
    qtbot: QtBot, onetake: Application, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A map and what was made with it, together larger than the cache, rest once both are shown."""
    decoded: list[str] = []

    def read(picture: Picture, side: int, takes: Path) -> QImage:
        decoded.append(picture.path)
        return decode(picture, side, takes)

    add(onetake, pictures[0])
    onetake.project.change("settings", count=1)
    with qtbot.waitSignal(onetake.jobs.job_ended):
        onetake.studio.generate()
    # Room for one of 512 by 512 and for the small ones of the lists.
    monkeypatch.setattr("app.pictures.KEPT_BYTES", 3 * 2**19)
    monkeypatch.setattr("app.pictures.decode", read)
    onetake.control.layers.rows[0].map.click()
    views = onetake.stage.map.views
    qtbot.waitUntil(lambda: not views.result.image.isNull() and not views.map.image.isNull())

    def rests() -> bool:
        seen = len(decoded)
        qtbot.wait(300)
        return len(decoded) == seen

    qtbot.waitUntil(rests)


def test_a_layer_of_another_window_moves_nothing_here(onetake: Application, pictures: list[Path]) -> None:
    """Its number is that of a layer over there."""
    add(onetake, *pictures)
    mime = QMimeData()
    mime.setData(LAYER_MIME.replace(str(os.getpid()), "1"), b"0")
    copy, button, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(40, 4), copy, mime, button, plain)
    QApplication.sendEvent(onetake.control, enter)
    assert not enter.isAccepted()


def test_a_picture_that_changed_on_disk_is_shown_anew(qtbot: QtBot, onetake: Application, pictures: list[Path]) -> None:
    """The thumbnail is that of the file as it was when the layer was shown last, also after it was gone."""
    thumb = add(onetake, pictures[0])[0].thumb
    middle = thumb.rect().center()
    wanted = QImage(str(pictures[0])).pixelColor(5, 5)
    qtbot.waitUntil(lambda: thumb.grab().toImage().pixelColor(middle) == wanted)
    image = QImage(48, 32, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    assert image.save(str(pictures[0]))
    onetake.project.change_control(0, "weigh", weight=0.5)
    qtbot.waitUntil(lambda: thumb.grab().toImage().pixelColor(middle) == QColor("white"))


def test_a_layer_may_go_before_its_picture_is_found(
    qtbot: QtBot, onetake: Application, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow disk answers when the thumbnail is deleted; of several looks one is under way at a time."""
    may_look, looking = threading.Semaphore(0), list[str]()

    def look(path: str, frame: int) -> Picture:
        looking.append(path)
        may_look.acquire()
        return Picture(path=path, frame=frame, is_foreign=True)

    monkeypatch.setattr("app.pictures.foreign_picture", look)
    count = len(add(onetake, *pictures[:2]))
    qtbot.waitUntil(lambda: len(looking) == 1)
    onetake.project.undo_stack.undo()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found: list[Picture] = []
    onetake.stage.cache.look("last", 0, found.append)
    assert len(looking) == 1
    may_look.release(10 * count)
    qtbot.waitUntil(lambda: bool(found))
    assert looking[-1] == "last"
