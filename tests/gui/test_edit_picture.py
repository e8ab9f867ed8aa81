"""Editing pictures in the window: from the picture on the canvas to the request, its results, and back."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QAction, QImage
from PySide6.QtWidgets import QApplication, QWidget

from app.actions import Actions
from app.control_edit import ControlEdit
from engine.messages import ImageRequest, JobState, Margins, PictureEdit
from tests.gui.test_restore import drop
from tests.gui.test_window import focusable
from tests.requests import PAPERCUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from app.edit_desk import EditDesk
    from engine.paths import Paths
    from tests.fakes import FakeEngine

CONTROL, SHIFT, PLAIN = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)

READING_MS = 30_000
"""A process is started to read a picture."""


def desk_of(onetake: Application) -> EditDesk:
    """What editing is done at."""
    desk = onetake.editing.desk
    assert desk is not None
    return desk


def actions_of(onetake: Application) -> Actions:
    """The window's actions."""
    actions = onetake.project.findChild(Actions)
    assert isinstance(actions, Actions)
    return actions


def wait_for_picture(qtbot: QtBot, onetake: Application) -> EditDesk:
    """Until the picture that is edited can be painted on."""
    desk = desk_of(onetake)
    view, board = desk.page.view, desk.board
    qtbot.waitUntil(lambda: not view.image.isNull() and not board.mask.isNull(), timeout=READING_MS)
    return desk


def press(qtbot: QtBot, onetake: Application, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
    """A key with the focus on the canvas."""
    view = desk_of(onetake).page.view
    view.setFocus()
    qtbot.keyClick(view, key, keys)


def paint(qtbot: QtBot, onetake: Application, *points: tuple[int, int]) -> None:
    """A stroke with the mouse through pixels of the picture."""
    view = desk_of(onetake).page.view
    places = [view.widget_rect(QRectF(x, y, 1, 1)).center().toPoint() for x, y in points]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(view, place)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=places[-1])


def wait_for_jobs(qtbot: QtBot, onetake: Application, count: int) -> None:
    """Until that many jobs are there, all ended."""
    qtbot.waitUntil(lambda: [record.state.is_final for record in onetake.jobs.records()] == [True] * count)


def last_edit(engine: FakeEngine) -> PictureEdit:
    """The editing part of what was sent last."""
    request = engine.requests[-1]
    assert isinstance(request, ImageRequest)
    assert request.edit is not None
    return request.edit


@pytest.fixture
def editing(qtbot: QtBot, onetake: Application) -> Application:
    """A window in which the second of four pictures is being edited."""
    onetake.project.change("typing", prompt="a boat", seed=10, seed_locked=True)
    onetake.studio.generate()
    wait_for_jobs(qtbot, onetake, 1)
    onetake.stage.open_large(1)
    qtbot.keyClick(onetake.stage.large, Qt.Key.Key_E)
    wait_for_picture(qtbot, onetake)
    return onetake


def test_a_painted_part_is_made_anew(qtbot: QtBot, editing: Application, engine: FakeEngine) -> None:
    """E opens the picture, the mouse paints, Ctrl+Return sends picture and mask, and the results fill the grid."""
    picture = editing.project.canvas.picture
    assert picture.endswith("job-1-1.png")
    assert editing.stage.shows_editor
    paint(qtbot, editing, (60, 60), (120, 90))
    desk = desk_of(editing)
    desk.bar.fields.feather.setValue(5)
    desk.bar.fields.content.setCurrentIndex(2)
    desk.bar.fields.content.activated.emit(2)
    press(qtbot, editing, Qt.Key.Key_Return, CONTROL)
    wait_for_jobs(qtbot, editing, 2)
    edit = last_edit(engine)
    assert (edit.picture, edit.method, edit.content, edit.feather, edit.strength) == (
        picture,
        "inpaint",
        "noise",
        5,
        1.0,
    )
    sent = QImage(edit.mask)
    assert sent.size() == desk.page.view.image.size()
    assert (sent.pixelColor(90, 75).red(), sent.pixelColor(200, 200).red()) == (255, 0)
    assert editing.stage.page is editing.stage.grid
    assert editing.stage.candidates.rowCount() == 4
    assert "edit of job-1-1.png" in editing.stage.head.figures.text()
    # The bar stays, and leads back.
    assert desk.bar.isVisible()
    qtbot.mouseClick(desk.bar.back, Qt.MouseButton.LeftButton)
    assert editing.stage.shows_editor


def test_a_sent_mask_does_not_change_while_its_job_waits(
    qtbot: QtBot, editing: Application, engine: FakeEngine
) -> None:
    """Painting on is for the next request; nothing lies beside the artist's picture."""
    before = sorted(Path(editing.project.canvas.picture).parent.iterdir())
    engine.script("hold")
    paint(qtbot, editing, (60, 60), (120, 90))
    editing.studio.generate()
    qtbot.waitUntil(lambda: bool(engine.requests) and len(engine.requests) == 2)
    document = Path(last_edit(engine).mask).read_bytes()
    desk_of(editing).bar.back.click()
    paint(qtbot, editing, (200, 60), (200, 200))
    editing.project.requesting.emit()
    assert Path(last_edit(engine).mask).read_bytes() == document
    assert sorted(Path(editing.project.canvas.picture).parent.iterdir()) == before


def test_a_job_that_starts_leaves_the_picture_under_the_brush(
    qtbot: QtBot, editing: Application, engine: FakeEngine
) -> None:
    """The canvas goes on to running jobs, but not away from what is being painted."""
    engine.script("hold")
    paint(qtbot, editing, (60, 60))
    editing.studio.generate()
    desk_of(editing).bar.back.click()
    qtbot.waitUntil(lambda: editing.jobs.records()[-1].state is JobState.RUNNING)
    engine.finish("job-2")
    wait_for_jobs(qtbot, editing, 2)
    assert editing.stage.shows_editor


def test_undo_goes_back_stroke_by_stroke_and_out_of_the_edit(qtbot: QtBot, editing: Application) -> None:
    """Strokes and settings are one history, in the order in which they were made."""
    desk = desk_of(editing)
    paint(qtbot, editing, (60, 60))
    first = QImage(desk.board.mask)
    desk.bar.fields.strength.setValue(0.5)
    paint(qtbot, editing, (150, 150))
    press(qtbot, editing, Qt.Key.Key_Z, CONTROL)
    assert desk.board.mask == first
    assert editing.project.canvas.strength == 0.5
    press(qtbot, editing, Qt.Key.Key_Z, CONTROL)
    assert editing.project.canvas.strength == 1.0
    press(qtbot, editing, Qt.Key.Key_Z, CONTROL)
    assert desk.board.is_blank
    press(qtbot, editing, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert desk.board.mask == first
    editing.project.undo_stack.undo()
    editing.project.undo_stack.undo()
    assert not editing.project.edit.is_editing
    assert editing.stage.page is editing.stage.large


def test_the_keys_of_the_brush(qtbot: QtBot, editing: Application) -> None:
    """Brackets for the size, X for the eraser, M for the mask, Shift+X for the edge."""
    desk, actions = desk_of(editing), actions_of(editing)
    size = desk.choice.brush.size
    press(qtbot, editing, Qt.Key.Key_BracketRight)
    assert desk.choice.brush.size > size
    assert desk.bar.fields.brush.value() == desk.choice.brush.size
    press(qtbot, editing, Qt.Key.Key_BracketLeft)
    assert desk.choice.brush.size == size
    press(qtbot, editing, Qt.Key.Key_X)
    assert desk.choice.brush.erases
    assert desk.page.erase.isChecked()
    press(qtbot, editing, Qt.Key.Key_X)
    assert not desk.choice.brush.erases
    press(qtbot, editing, Qt.Key.Key_X, SHIFT)
    assert desk.choice.brush.is_soft
    press(qtbot, editing, Qt.Key.Key_M)
    assert not actions.show_mask.isChecked()
    # Who paints wants to see what.
    paint(qtbot, editing, (60, 60))
    assert actions.show_mask.isChecked()


def test_the_keys_are_letters_in_the_prompt(qtbot: QtBot, editing: Application) -> None:
    """Typing a word with X, M, E and B changes nothing but the prompt."""
    field = editing.prompt.prompt
    field.setFocus()
    brush = desk_of(editing).choice.brush
    qtbot.keyClicks(field, " xmeb[]")
    assert editing.project.edit.prompt == "a boat xmeb[]"
    assert desk_of(editing).choice.brush == brush
    assert editing.stage.shows_editor


def test_escape_takes_back_the_stroke_then_leaves_and_the_mask_is_kept(qtbot: QtBot, editing: Application) -> None:
    """Leaving cancels no job, and coming back finds what was painted."""
    desk, view = desk_of(editing), desk_of(editing).page.view
    paint(qtbot, editing, (60, 60))
    painted = QImage(desk.board.mask)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    press(qtbot, editing, Qt.Key.Key_Escape)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    assert desk.board.mask == painted
    assert editing.stage.shows_editor
    press(qtbot, editing, Qt.Key.Key_Escape)
    assert not editing.project.edit.is_editing
    assert editing.stage.page is editing.stage.large
    assert not desk.bar.isVisible()
    editing.stage.open_large(0)
    actions_of(editing).edit_picture.trigger()
    qtbot.waitUntil(lambda: desk.page.view.path.endswith("job-1-0.png"), timeout=READING_MS)
    assert desk.board.is_blank
    editing.stage.open_large(1)
    actions_of(editing).edit_picture.trigger()
    qtbot.waitUntil(lambda: desk.page.view.path.endswith("job-1-1.png"), timeout=READING_MS)
    assert desk.board.mask == painted


def test_the_edit_and_its_mask_survive_a_restart(
    qtbot: QtBot, editing: Application, open_window: Callable[[], Application]
) -> None:
    """The next window opens with the picture, its mask and its numbers, whatever the jobs do."""
    paint(qtbot, editing, (60, 60), (120, 90))
    desk_of(editing).bar.fields.padding.setValue(77)
    painted, canvas = QImage(desk_of(editing).board.mask), editing.project.canvas
    editing.window.close()
    again = open_window()
    desk = wait_for_picture(qtbot, again)
    qtbot.waitUntil(lambda: again.jobs.rowCount() == 1)
    assert again.project.canvas == canvas
    assert desk.board.mask == painted
    assert again.stage.shows_editor
    qtbot.waitUntil(lambda: again.stage.record is not None)
    assert again.stage.shows_editor


def test_the_settings_of_an_edit_bring_all_of_it_back_in_one_step(
    qtbot: QtBot, editing: Application, engine: FakeEngine
) -> None:
    """Source, mask and numbers; the sent mask stays as it is when it is painted on; one undo gives back what was."""
    paint(qtbot, editing, (60, 60), (120, 90))
    editing.studio.generate()
    wait_for_jobs(qtbot, editing, 2)
    desk = desk_of(editing)
    sent = last_edit(engine)
    document, then = Path(sent.mask).read_bytes(), QImage(desk.board.mask)
    desk.bar.back.click()
    actions_of(editing).clear_mask.trigger()
    paint(qtbot, editing, (200, 200))
    desk.bar.fields.strength.setValue(0.3)
    before, mine = editing.project.edit, QImage(desk.board.mask)
    editing.stage.show_job("job-2", 2, large=True)
    editing.exchange.reuse()
    qtbot.waitUntil(lambda: editing.stage.shows_editor)
    assert desk.board.mask == then
    assert editing.project.canvas.strength == 1.0
    assert (editing.project.edit.seed, editing.project.edit.count) == (12, 1)
    editing.studio.generate()
    wait_for_jobs(qtbot, editing, 3)
    first = engine.requests[1]
    assert isinstance(first, ImageRequest)
    assert engine.requests[2] == replace(first, seed=12, count=1)
    desk.bar.back.click()
    paint(qtbot, editing, (30, 200))
    desk.board.save()
    assert Path(sent.mask).read_bytes() == document
    editing.project.undo_stack.undo()
    assert desk.board.mask == then
    editing.project.undo_stack.undo()
    assert replace(editing.project.edit, canvas=before.canvas) == before
    assert editing.project.canvas.mask == before.canvas.mask
    assert desk.board.mask == mine
    editing.project.undo_stack.redo()
    editing.project.undo_stack.redo()
    assert desk.board.mask.pixelColor(30, 200).red() == 255
    assert desk.board.mask.pixelColor(90, 75).red() == 255


def test_an_extended_picture_has_the_margins_that_were_dragged(
    qtbot: QtBot, editing: Application, engine: FakeEngine
) -> None:
    """The frame's edge follows the mouse and snaps; the fields say the same; a drag is one step of undo."""
    desk = desk_of(editing)
    desk.bar.methods["outpaint"].click()
    steps = editing.project.undo_stack.count()
    paint(qtbot, editing, (258, 128), (270, 128), (281, 128), (289, 128))
    assert editing.project.canvas.margins == Margins(right=32)
    assert desk.bar.fields.margins["right"].value() == 32
    assert editing.project.undo_stack.count() == steps + 1
    desk.bar.fields.margins["top"].setValue(48)
    assert desk.bar.sizes.text().startswith("288")
    editing.studio.generate()
    wait_for_jobs(qtbot, editing, 2)
    request = engine.requests[-1]
    assert isinstance(request, ImageRequest)
    assert last_edit(engine).margins == Margins(right=32, top=48)
    assert last_edit(engine).mask == ""
    assert (request.width, request.height) == (288, 304)


def test_changing_all_takes_no_mask(qtbot: QtBot, editing: Application, engine: FakeEngine) -> None:
    """The brush is away, with the reason; what was painted waits for the method that it is for."""
    desk = desk_of(editing)
    paint(qtbot, editing, (60, 60))
    desk.bar.methods["img2img"].click()
    assert not desk.page.paint.isEnabled()
    assert "takes no mask" in desk.page.tools.toolTip()
    assert not actions_of(editing).erase.isEnabled()
    assert desk.bar.fields.strength.value() == 0.75
    paint(qtbot, editing, (150, 150))
    desk.bar.methods["inpaint"].click()
    assert desk.board.mask.pixelColor(150, 150).red() == 0
    desk.bar.methods["img2img"].click()
    editing.studio.generate()
    wait_for_jobs(qtbot, editing, 2)
    assert last_edit(engine) == PictureEdit(picture=editing.project.canvas.picture, strength=0.75)


def test_what_the_model_cannot_do_is_greyed_with_the_reason(qtbot: QtBot, editing: Application) -> None:
    """And another model's own method is chosen."""
    editing.project.set_models((PAPERCUT, replace(PAPERCUT, name="filler", title="Filler", edits=("outpaint",))))
    editing.project.choose_model("filler")
    methods = desk_of(editing).bar.methods
    assert [method for method, button in methods.items() if button.isEnabled()] == ["outpaint"]
    assert methods["outpaint"].isChecked()
    assert methods["inpaint"].toolTip() == "Filler cannot do this; choose another model"
    assert not editing.form.size_field.isEnabled()
    assert "follows the picture" in editing.form.size_field.toolTip()


def test_filling_nothing_is_said_beside_generate(qtbot: QtBot, editing: Application, engine: FakeEngine) -> None:
    """Nothing is sent, and the remedy is in the sentence."""
    editing.studio.generate()
    assert editing.prompt.error.text() == "Nothing is masked yet; paint over what is to be made anew"
    assert len(engine.requests) == 1


def test_before_and_after_are_one_key_apart(qtbot: QtBot, editing: Application) -> None:
    """B shows the picture that the edit was made from, in its place, and the edit again; another picture ends it."""
    desk_of(editing).bar.methods["img2img"].click()
    editing.studio.generate()
    wait_for_jobs(qtbot, editing, 2)
    stage, large = editing.stage, editing.stage.large
    stage.open_large(0)
    qtbot.waitUntil(lambda: large.image == QImage(stage.current_path()))
    source = QImage(editing.project.canvas.picture)
    qtbot.keyClick(large, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: large.image.convertToFormat(source.format()) == source, timeout=READING_MS)
    assert large.path == stage.current_path()
    assert stage.head.prompt.text() == "Before this edit"
    qtbot.keyClick(large, Qt.Key.Key_B)
    assert large.image == QImage(stage.current_path())
    assert stage.head.prompt.text() == "a boat"
    qtbot.keyClick(large, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: large.image.convertToFormat(source.format()) == source, timeout=READING_MS)
    stage.step(1)
    assert not actions_of(editing).before.isChecked()
    qtbot.waitUntil(lambda: large.image == QImage(stage.current_path()))
    Path(editing.project.canvas.picture).unlink()
    qtbot.keyClick(large, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: "is not there" in editing.notices.text, timeout=READING_MS)
    assert not actions_of(editing).before.isChecked()


def test_there_is_no_before_of_a_picture_from_words(qtbot: QtBot, editing: Application) -> None:
    """The action is greyed, as editing is where no picture is."""
    editing.stage.show_job("job-1", 0, large=True)
    assert not actions_of(editing).before.isEnabled()
    assert actions_of(editing).edit_picture.isEnabled()
    editing.stage.show_job("nothing")
    assert not actions_of(editing).edit_picture.isEnabled()


def test_a_picture_of_someone_else_is_dropped_and_edited(
    qtbot: QtBot, onetake: Application, tmp_path: Path, engine: FakeEngine
) -> None:
    """A JPEG without settings offers it in the notice; while a picture is edited, the next one takes its place."""
    for name, size in (("walk.jpg", (96, 64)), ("lake.webp", (80, 80))):
        Image.new("RGB", size, "#446688").save(tmp_path / name)
    drop(onetake, tmp_path / "walk.jpg")
    qtbot.waitUntil(lambda: "walk.jpg" in onetake.notices.text, timeout=READING_MS)
    assert onetake.editing.desk is None
    qtbot.mouseClick(onetake.notices.button, Qt.MouseButton.LeftButton)
    desk = wait_for_picture(qtbot, onetake)
    assert (onetake.project.canvas.width, onetake.project.canvas.height) == (96, 64)
    drop(onetake, tmp_path / "lake.webp")
    qtbot.waitUntil(lambda: desk.page.view.path.endswith("lake.webp"), timeout=READING_MS)
    assert desk.board.mask.width() == 80
    onetake.project.change("typing", prompt="a boat")
    desk.bar.methods["img2img"].click()
    onetake.studio.generate()
    wait_for_jobs(qtbot, onetake, 1)
    assert last_edit(engine).picture == str(tmp_path / "lake.webp")


def test_the_transparent_parts_of_a_picture_are_its_mask(
    qtbot: QtBot, onetake: Application, tmp_path: Path, engine: FakeEngine
) -> None:
    """What was erased elsewhere is what is made anew, and can be painted on."""
    picture = Image.new("RGBA", (64, 64), (90, 120, 160, 255))
    picture.paste((0, 0, 0, 0), (16, 16, 48, 48))
    picture.save(tmp_path / "hole.png")
    onetake.editing.edit(str(tmp_path / "hole.png"))
    desk = wait_for_picture(qtbot, onetake)
    assert (desk.board.mask.pixelColor(30, 30).red(), desk.board.mask.pixelColor(5, 5).red()) == (255, 0)
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    wait_for_jobs(qtbot, onetake, 1)
    assert QImage(last_edit(engine).mask) == desk.board.mask


def test_an_edit_of_transparent_parts_comes_back_and_is_painted_on(
    qtbot: QtBot, onetake: Application, tmp_path: Path, engine: FakeEngine
) -> None:
    """A request that names no mask shows what it means, stays as it is, and the first stroke makes a mask of it."""
    Image.new("RGBA", (64, 64), (90, 120, 160, 0)).save(tmp_path / "air.png")
    edit = PictureEdit(picture=str(tmp_path / "air.png"), method="inpaint")
    request = ImageRequest(prompt="a boat", seed=1, width=64, height=64, edit=edit)
    onetake.project.restore(request)
    desk = wait_for_picture(qtbot, onetake)
    qtbot.waitUntil(lambda: desk.board.mask.pixelColor(30, 30).red() == 255)
    onetake.studio.generate()
    wait_for_jobs(qtbot, onetake, 1)
    assert engine.requests == [request]
    desk.bar.back.click()
    desk.choice.choose(erases=True, size=10)
    paint(qtbot, onetake, (30, 30))
    onetake.studio.generate()
    wait_for_jobs(qtbot, onetake, 2)
    sent = QImage(last_edit(engine).mask)
    assert (sent.pixelColor(30, 30).red(), sent.pixelColor(5, 5).red()) == (0, 255)


def test_a_picture_that_is_gone_is_said_with_a_way_on(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """One sentence and one button; leaving works as ever, and so does another picture."""
    onetake.editing.edit(str(tmp_path / "gone.png"))
    page = desk_of(onetake).page
    qtbot.waitUntil(page.problem.button.isVisible, timeout=READING_MS)
    assert "gone.png is not there" in page.problem.sentence.text()
    assert not page.paint.isEnabled()
    qtbot.keyClick(onetake.window, Qt.Key.Key_Escape)
    assert not onetake.project.edit.is_editing
    assert onetake.stage.page is onetake.stage.empty


def test_a_picture_that_has_come_back_can_be_chosen_again(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """It is read anew, not called missing for ever."""
    file = tmp_path / "late.png"
    onetake.editing.edit(str(file))
    desk = desk_of(onetake)
    qtbot.waitUntil(lambda: "is not there" in desk.page.problem.sentence.text(), timeout=READING_MS)
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    assert picture.save(str(file))
    onetake.editing.edit(str(file))
    wait_for_picture(qtbot, onetake)
    assert desk.page.view.image.size() == picture.size()


def test_a_waiting_edit_can_be_changed(qtbot: QtBot, editing: Application, engine: FakeEngine) -> None:
    """Its mask and numbers come back, and Generate changes that job."""
    engine.script("wait")
    paint(qtbot, editing, (60, 60))
    editing.studio.generate()
    qtbot.waitUntil(lambda: editing.jobs.record("job-2") is not None)
    desk_of(editing).bar.leave.click()
    assert not editing.project.edit.is_editing
    editing.studio.edit_job("job-2")
    assert editing.project.edit.is_editing
    desk_of(editing).bar.fields.strength.setValue(0.8)
    editing.studio.generate()
    qtbot.waitUntil(lambda: (edit := _edit_of(engine, "job-2")) is not None and edit.strength == 0.8)


def _edit_of(engine: FakeEngine, job: str) -> PictureEdit | None:
    request = engine.info(job).request
    return request.edit if isinstance(request, ImageRequest) else None


def test_planning_a_video_puts_the_picture_aside(qtbot: QtBot, editing: Application) -> None:
    """Videos have the canvas and Generate; the switch back finds the picture as it was."""
    paint(qtbot, editing, (60, 60))
    desk = desk_of(editing)
    editing.mode.video.click()
    assert not editing.stage.shows_editor
    assert not desk.bar.isVisible()
    editing.mode.picture.click()
    assert editing.stage.shows_editor
    assert not desk.board.is_blank


def test_everything_has_a_name_and_a_place_in_the_menus(editing: Application) -> None:
    """Screen readers have something to say; every action has its own key."""
    unnamed: list[str] = []
    for widget in focusable(editing.window):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            unnamed.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    assert unnamed == []
    keys = [key.toString() for action in actions_of(editing).findChildren(QAction) for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_tab_goes_through_the_numbers(qtbot: QtBot, editing: Application) -> None:
    """In the bar it moves on; on the picture it still hides the panels."""
    fields = desk_of(editing).bar.fields
    fields.strength.setFocus()
    for following in (fields.content, fields.area, fields.feather):
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is following
    assert editing.prompt.isVisible()
    press(qtbot, editing, Qt.Key.Key_Tab)
    assert not editing.prompt.isVisible()


def test_a_window_that_edits_nothing_builds_nothing_of_it(onetake: Application, paths: Paths) -> None:
    """No desk, no folder for masks, and the keys of painting are greyed."""
    assert onetake.editing.desk is None
    assert not paths.masks.exists()
    assert not any(action.isEnabled() for action in actions_of(onetake).of_painting)
    assert isinstance(QApplication.focusWidget(), QWidget)


def test_the_region_of_a_control_is_painted_over_its_picture(
    qtbot: QtBot, onetake: Application, tmp_path: Path
) -> None:
    """The action opens the painter on the layer's picture; what is painted is its mask, as one step of undo."""
    assert not actions_of(onetake).paint_region.isEnabled()
    Image.new("RGB", (96, 64), "#446688").save(tmp_path / "walk.png")
    layer = ControlEdit(kind="canny", picture=str(tmp_path / "walk.png"))
    onetake.project.change_controls("add", (layer,))
    actions_of(onetake).paint_region.trigger()
    painting = onetake.editing.paint_region(0)
    qtbot.waitUntil(lambda: painting.dialog is not None, timeout=READING_MS)
    dialog = painting.dialog
    assert dialog is not None
    view = dialog.page.view
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    dialog.accept()
    mask = onetake.project.edit.controls[0].mask
    assert mask is not None
    assert QImage(mask).size().toTuple() == (96, 64)
    assert QImage(mask).pixelColor(48, 32).red() == 255
    onetake.project.undo_stack.undo()
    assert onetake.project.edit.controls == (layer,)


def test_a_moving_control_has_no_region_to_paint(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """A sentence says what to do instead."""
    onetake.project.change_controls("add", (ControlEdit(kind="canny", picture=str(tmp_path)),))
    assert onetake.editing.paint_region(0).dialog is None
    assert "a picture for each frame" in onetake.notices.text


def test_a_picture_is_told_in_other_words(qtbot: QtBot, editing: Application, engine: FakeEngine) -> None:
    """The bar offers it where the model can; what the picture shows is known from its own settings, and is sent."""
    bar = desk_of(editing).bar
    assert not bar.fields.source.isVisible()
    bar.methods["cycle"].click()
    assert bar.fields.source.isVisible()
    assert bar.fields.source.text() == "a boat"
    assert not bar.fields.brush.isVisible()
    bar.fields.source.setText("")
    qtbot.keyClicks(bar.fields.source, "a boat at dawn")
    editing.project.change("typing", prompt="a boat at night")
    editing.studio.generate()
    wait_for_jobs(qtbot, editing, 2)
    edit = last_edit(engine)
    assert (edit.method, edit.source_prompt, edit.mask) == ("cycle", "a boat at dawn", "")
