"""Painting masks: brush, strokes, undo, files, and the view that it is done in."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent, QUndoStack
from PySide6.QtWidgets import QApplication

from app.canvas.painting.board import MaskBoard
from app.canvas.painting.brush import LARGEST_PX, Brush, BrushChoice, Stroke, plain_mask
from app.canvas.painting.edit_view import EditView
from app.canvas.painting.history import Patch, Patches
from app.canvas.painting.mask_file import is_blank, read_mask, write_mask
from app.canvas.painting.region_dialog import RegionDialog
from app.icons import Icons
from app.theme import Appearance, Theme
from engine.messages import Margins
from engine.paths import resources_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SIZE = QSize(200, 120)


def level(mask: QImage, x: int, y: int) -> int:
    """How much a pixel is masked, 0 to 255."""
    return mask.pixelColor(x, y).red()


class Claims:
    """Takes the board's claims: opens a copy under another name, as the desk does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.board: MaskBoard | None = None
        self.count = 0

    def __call__(self, before: QImage) -> None:
        assert self.board is not None
        self.count += 1
        self.board.open(str(self.folder / f"claimed-{self.count}.png"), before.size())
        self.board.start_from(before)


@pytest.fixture
def stack(qapp: QApplication) -> QUndoStack:
    """An empty history."""
    return QUndoStack()


@pytest.fixture
def board(stack: QUndoStack, tmp_path: Path) -> Iterator[MaskBoard]:
    """An open, empty mask of its own."""
    claims = Claims(tmp_path)
    made = claims.board = MaskBoard(stack, claims)
    made.open(str(tmp_path / "mask.png"), SIZE)
    yield made
    made.close_mask()


def paint(board: MaskBoard, *points: tuple[float, float], brush: Brush | None = None) -> None:
    """A stroke through these points."""
    first, *others = (QPointF(x, y) for x, y in points)
    board.begin_stroke(brush or Brush(20), first)
    for point in others:
        board.continue_stroke(point)
    board.end_stroke()


# The brush.


def test_a_hard_stroke_fills_its_width_and_nothing_beyond() -> None:
    """Full inside, empty outside, and no gap on the way, however fast the mouse is."""
    mask = plain_mask(200, 120)
    stroke = Stroke(mask, Brush(20))
    stroke.move(QPointF(30, 60))
    stroke.move(QPointF(170, 60))
    for x in range(30, 171):
        assert level(mask, x, 60) == 255
        assert level(mask, x, 52) == 255
        assert (level(mask, x, 47), level(mask, x, 72)) == (0, 0)
    assert stroke.rect.contains(QRect(21, 51, 158, 18))
    assert stroke.before == plain_mask(200, 120)


def test_a_soft_stroke_falls_off_to_its_edge_and_does_not_grow_by_repetition() -> None:
    """Half-masked at half the radius; over and over the same place is the same as once."""
    mask = plain_mask(120, 120)
    Stroke(mask, Brush(80, is_soft=True)).move(QPointF(60, 60))
    levels = [level(mask, 60 + far, 60) for far in range(0, 44, 4)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > 250
    assert levels[5] == pytest.approx(128, abs=8)
    assert levels[-1] == 0
    once = QImage(mask)
    for _ in range(5):
        Stroke(mask, Brush(80, is_soft=True)).move(QPointF(60, 60))
    assert mask == once


def test_erasing_takes_away_what_was_painted_and_nothing_else() -> None:
    """With the same edge as painting."""
    mask = plain_mask(120, 120, Qt.GlobalColor.white)
    Stroke(mask, Brush(40, erases=True)).move(QPointF(60, 60))
    assert (level(mask, 60, 60), level(mask, 75, 60)) == (0, 0)
    assert (level(mask, 82, 60), level(mask, 5, 5)) == (255, 255)


def test_a_stroke_over_the_edge_stays_inside_the_picture() -> None:
    """What it changed is named in pixels that there are."""
    mask = plain_mask(50, 50)
    stroke = Stroke(mask, Brush(30))
    assert stroke.move(QPointF(-100, -100)).isEmpty()
    stroke.move(QPointF(49, 25))
    assert mask.rect().contains(stroke.rect)
    assert level(mask, 49, 25) == 255


def test_pressure_narrows_the_brush() -> None:
    """Half pressed is half as wide; never nothing."""
    mask = plain_mask(120, 120)
    Stroke(mask, Brush(40)).move(QPointF(60, 60), 0.5)
    assert (level(mask, 68, 60), level(mask, 72, 60)) == (255, 0)
    Stroke(mask, Brush(4)).move(QPointF(20, 20), 0.0)
    assert any(level(mask, x, y) for x in (19, 20) for y in (19, 20))


def test_brush_sizes_go_up_and_down_within_bounds() -> None:
    """Each step changes something, and back again is about where it was."""
    choice = BrushChoice()
    choice.choose(size=3)
    sizes: list[int] = []
    for _ in range(40):
        choice.grow(1)
        sizes.append(choice.brush.size)
    assert sizes[:2] == [4, 5]
    assert sizes[-1] == LARGEST_PX
    choice.grow(-100)
    assert choice.brush.size == 1
    choice.swap()
    assert choice.brush.erases


# The board and its history.


def test_each_stroke_is_one_step_of_undo(board: MaskBoard, stack: QUndoStack) -> None:
    """Back and forth through strokes, clearing and inverting, every state comes back exactly."""
    states = [QImage(board.mask)]
    paint(board, (40, 40), (80, 60), (120, 40))
    states.append(QImage(board.mask))
    paint(board, (60, 50), brush=Brush(30, is_soft=True, erases=True))
    states.append(QImage(board.mask))
    board.invert()
    states.append(QImage(board.mask))
    board.clear()
    states.append(QImage(board.mask))
    assert stack.count() == 4
    for state in reversed(states[:-1]):
        stack.undo()
        assert board.mask == state
    for state in states[1:]:
        stack.redo()
        assert board.mask == state
    assert is_blank(states[0])
    assert is_blank(states[-1])


def test_a_stroke_that_changes_nothing_anywhere_is_no_step(board: MaskBoard, stack: QUndoStack) -> None:
    """Beside the picture, or clearing what is clear."""
    paint(board, (-300, -300))
    board.clear()
    assert stack.count() == 0


def test_a_cancelled_stroke_leaves_no_trace(board: MaskBoard, stack: QUndoStack) -> None:
    """Neither in the mask nor in the history."""
    board.begin_stroke(Brush(20), QPointF(50, 50))
    board.continue_stroke(QPointF(90, 50))
    assert not board.is_blank
    board.cancel_stroke()
    assert board.is_blank
    assert stack.count() == 0


def test_only_the_changed_rectangle_is_repainted(board: MaskBoard) -> None:
    """A dab in a corner concerns that corner."""
    told: list[QRect] = []
    board.changed.connect(told.append)
    board.begin_stroke(Brush(10), QPointF(20, 20))
    assert [QRect(13, 13, 15, 15).contains(rect) for rect in told] == [True]
    board.end_stroke()


def test_history_is_bounded_and_what_is_forgotten_changes_nothing() -> None:
    """The oldest patches give their memory back; undoing one of them has no effect."""
    before, after = plain_mask(64, 64), plain_mask(64, 64, Qt.GlobalColor.white)
    made = [Patch(after.rect(), before, after) for _ in range(6)]
    patches = Patches(most_bytes=3 * made[0].size_bytes)
    for patch in made:
        patches.add(patch)
    assert [patch.is_forgotten for patch in made] == [True, True, True, False, False, False]
    mask = QImage(after)
    made[0].put(mask, after=False)
    assert mask == after
    made[-1].put(mask, after=False)
    assert mask == before


def test_what_is_painted_is_saved_by_itself_and_read_again(
    qtbot: QtBot, board: MaskBoard, stack: QUndoStack, tmp_path: Path
) -> None:
    """A PNG of the picture's size in grey; a mask of nothing has no file."""
    paint(board, (40, 40), (120, 80))
    file = tmp_path / "mask.png"
    qtbot.waitUntil(file.exists)
    saved = QImage(str(file))
    assert (saved.format(), saved.size()) == (QImage.Format.Format_Grayscale8, SIZE)
    assert read_mask(str(file), SIZE) == board.mask
    stack.undo()
    board.save()
    assert not file.exists()


def test_a_mask_of_another_size_is_scaled_and_may_be_inverted(tmp_path: Path) -> None:
    """As the engine reads it."""
    half = plain_mask(40, 20)
    Stroke(half, Brush(8)).move(QPointF(10, 10))
    write_mask(half, str(tmp_path / "half.png"))
    mask = read_mask(str(tmp_path / "half.png"), QSize(80, 40))
    assert (level(mask, 20, 20), level(mask, 60, 20)) == (255, 0)
    inverted = read_mask(str(tmp_path / "half.png"), QSize(80, 40), invert=True)
    assert (level(inverted, 20, 20), level(inverted, 60, 20)) == (0, 255)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert is_blank(read_mask(str(tmp_path / "broken.png"), SIZE))


def test_a_save_that_fails_says_so_and_is_tried_again(qtbot: QtBot, board: MaskBoard, tmp_path: Path) -> None:
    """The mask stays in memory meanwhile."""
    (tmp_path / "mask.png").mkdir()
    paint(board, (40, 40))
    with qtbot.waitSignal(board.save_failed):
        board.save()
    (tmp_path / "mask.png").rmdir()
    board.save()
    assert read_mask(str(tmp_path / "mask.png"), SIZE) == board.mask


def test_a_mask_that_is_only_read_is_painted_on_as_a_copy(board: MaskBoard, stack: QUndoStack, tmp_path: Path) -> None:
    """The first stroke claims the copy in the same step; the file that was read keeps its bytes."""
    own = plain_mask(200, 120)
    Stroke(own, Brush(30)).move(QPointF(150, 60))
    write_mask(own, str(tmp_path / "own.png"))
    document = (tmp_path / "own.png").read_bytes()
    board.open(str(tmp_path / "own.png"), SIZE, may_change=False)
    paint(board, (40, 40))
    assert stack.count() == 1
    assert board.file == str(tmp_path / "claimed-1.png")
    assert (level(board.mask, 150, 60), level(board.mask, 40, 40)) == (255, 255)
    paint(board, (80, 40))
    board.save()
    assert (tmp_path / "own.png").read_bytes() == document
    stack.undo()
    stack.undo()
    assert board.mask == own


def test_a_stroke_whose_end_was_never_told_can_be_undone(board: MaskBoard, stack: QUndoStack) -> None:
    """A dialog may take the mouse away; the next stroke ends the one before."""
    board.begin_stroke(Brush(20), QPointF(40, 60))
    paint(board, (120, 60))
    assert stack.count() == 2
    stack.undo()
    stack.undo()
    assert board.is_blank


def test_undo_in_the_middle_of_a_stroke_ends_it(board: MaskBoard, stack: QUndoStack) -> None:
    """What is undone stays undone: neither the end of the stroke nor its undoing brings it back."""
    paint(board, (60, 60))
    board.begin_stroke(Brush(20), QPointF(70, 60))
    stack.undo()
    board.end_stroke()
    assert board.is_blank
    while stack.canUndo():
        stack.undo()
    assert board.is_blank


def test_a_mask_that_could_not_be_saved_does_not_write_over_the_next(
    board: MaskBoard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The artist's own file, opened only to be read, stays as it is."""

    def refuse(*_: object) -> None:
        raise OSError("no room")

    own = tmp_path / "own.png"
    plain_mask(SIZE.width(), SIZE.height(), Qt.GlobalColor.white).save(str(own))
    before = own.read_bytes()
    monkeypatch.setattr("app.canvas.painting.board.write_mask", refuse)
    paint(board, (60, 60))
    board.open(str(own), SIZE, may_change=False, invert=True)
    monkeypatch.undo()
    board.save()
    assert own.is_file()
    assert own.read_bytes() == before


def test_undo_leaves_a_mask_of_another_size_alone(board: MaskBoard, stack: QUndoStack) -> None:
    """A picture that has grown since is not masked where nobody painted."""
    paint(board, (60, 60))
    board.clear()
    board.open(board.file, SIZE * 2)
    stack.undo()
    assert board.is_blank


# The view.


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, board: MaskBoard) -> EditView:
    """A view of a grey picture, shown, with the mask of `board` over it."""
    theme = Theme(qapp, resources_folder())
    theme.choose(Appearance.DARK)
    made = EditView(board, BrushChoice(), theme)
    qtbot.addWidget(made)
    made.resize(600, 420)
    with qtbot.waitExposed(made):
        made.show()
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    made.show_source(image, "", "a picture")
    return made


def place(view: EditView, x: float, y: float) -> QPoint:
    """Where a pixel of the picture lies in the view."""
    return view.widget_rect(QRectF(x, y, 1, 1)).center().toPoint()


def shown(view: EditView, x: float, y: float) -> tuple[int, int, int]:
    """The colour on the screen of a pixel of the picture."""
    colour = view.grab().toImage().pixelColor(place(view, x, y) * view.devicePixelRatioF())
    return colour.red(), colour.green(), colour.blue()


@pytest.mark.parametrize("zoom", [0.0, 0.5, 1.0, 4.0])
def test_the_mouse_paints_where_it_is_at_every_zoom(
    qtbot: QtBot, view: EditView, board: MaskBoard, zoom: float
) -> None:
    """A drag masks the pixels under it, and they are tinted on the screen; the rest is as before."""
    view.set_zoom(zoom)
    button = Qt.MouseButton.LeftButton
    qtbot.mousePress(view, button, pos=place(view, 90, 60))
    qtbot.mouseMove(view, place(view, 110, 60))
    qtbot.mouseRelease(view, button, pos=place(view, 110, 60))
    assert (level(board.mask, 100, 60), level(board.mask, 100, 100)) == (255, 0)
    qtbot.mouseMove(view, QPoint(2, 2))
    red, green, _ = shown(view, 100, 60)
    assert red > green + 40
    red, green, _ = shown(view, 100, 100)
    assert red == green


def test_a_partial_repaint_is_the_same_as_a_whole_one(qtbot: QtBot, view: EditView, board: MaskBoard) -> None:
    """Strokes repaint only what they change, and no seam is left of it."""
    view.set_zoom(1.7)
    screen = view.grab().toImage()
    paint(board, (60, 40), (140, 80))
    paint(board, (60, 80), (140, 40), brush=Brush(26, is_soft=True))
    dirty = view.widget_rect(QRectF(70, 45, 40, 30)).toAlignedRect()
    part, whole = view.grab(dirty).toImage(), view.grab().toImage()
    whole = whole.copy(QRect(dirty.topLeft() * screen.devicePixelRatio(), part.size()))
    places = [(x, y) for x in range(part.width()) for y in range(part.height())]
    # Qt's smooth scaling rounds by where it begins.
    assert max(abs(level(part, x, y) - level(whole, x, y)) for x, y in places) <= 2


def test_shift_draws_a_straight_line_from_the_last_stroke(qtbot: QtBot, view: EditView, board: MaskBoard) -> None:
    """As painters know it."""
    button, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    qtbot.mouseClick(view, button, pos=place(view, 40, 60))
    qtbot.mouseClick(view, button, shift, place(view, 160, 60))
    assert all(level(board.mask, x, 60) == 255 for x in range(40, 160))


def test_space_pans_and_does_not_paint(qtbot: QtBot, view: EditView, board: MaskBoard) -> None:
    """The hand is still the hand."""
    view.set_zoom(4.0)
    before = view.picture_point(QPointF(300, 200))
    qtbot.keyPress(view, Qt.Key.Key_Space)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(view, QPoint(340, 220))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(340, 220))
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    assert view.picture_point(QPointF(340, 220)) == before
    assert board.is_blank


def test_a_release_that_was_never_told_ends_the_stroke(qtbot: QtBot, view: EditView, board: MaskBoard) -> None:
    """A mouse that moves without its button paints no more."""
    none = Qt.MouseButton.NoButton
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place(view, 40, 60))
    assert board.is_painting
    where = QPointF(place(view, 160, 60))
    moved = QMouseEvent(
        QEvent.Type.MouseMove, where, view.mapToGlobal(where), none, none, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, moved)
    assert not board.is_painting
    assert level(board.mask, 160, 60) == 0


def test_a_pen_paints_by_pressure_and_its_other_end_erases(view: EditView, board: MaskBoard) -> None:
    """A pen that Qt reports is followed with its pressure; no mouse event paints the same twice."""

    def pen(kind: QEvent.Type, x: float, pressure: float, tip: QPointingDevice.PointerType) -> bool:
        device = QPointingDevice(
            "pen",
            1,
            QInputDevice.DeviceType.Stylus,
            tip,
            QInputDevice.Capability.Pressure,
            1,
            1,
        )
        at = QPointF(place(view, x, 60))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind is QEvent.Type.TabletMove else left
        held = none if kind is QEvent.Type.TabletRelease else left
        keys = Qt.KeyboardModifier.NoModifier
        event = QTabletEvent(kind, device, at, view.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, keys, button, held)
        QApplication.sendEvent(view, event)
        return event.isAccepted()

    tip, eraser = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser
    for kind, x in ((QEvent.Type.TabletPress, 60), (QEvent.Type.TabletMove, 140), (QEvent.Type.TabletRelease, 140)):
        assert pen(kind, x, 0.25, tip)
    # The brush of 48 is 12 wide at a quarter of the pressure.
    assert (level(board.mask, 100, 64), level(board.mask, 100, 68)) == (255, 0)
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletRelease):
        assert pen(kind, 100, 1.0, eraser)
    assert level(board.mask, 100, 60) == 0
    assert level(board.mask, 140, 60) == 255


def test_the_frames_edges_are_dragged_and_snap(qtbot: QtBot, view: EditView, board: MaskBoard) -> None:
    """All moves of one drag have one name, so that they are one step of undo; nothing is painted."""
    view.set_frame(Margins(), 16)
    told: list[tuple[Margins, str]] = []

    def follow(margins: Margins, name: str) -> None:
        told.append((margins, name))
        view.set_frame(margins, 16)

    view.margins_dragged.connect(follow)
    zoom, button = view.zoom, Qt.MouseButton.LeftButton
    qtbot.mousePress(view, button, pos=place(view, 202, 60))
    for x in (205, 221, 240):
        qtbot.mouseMove(view, place(view, x, 60))
        assert view.zoom == zoom
    qtbot.mouseRelease(view, button, pos=place(view, 240, 60))
    assert told[-1][0] == Margins(right=40)
    assert len({name for _, name in told}) == 1
    assert view.zoom < zoom
    assert board.is_blank
    # And without the grid, with Control held.
    told.clear()
    held = place(view, 242, 60)
    qtbot.mousePress(view, button, pos=held)
    qtbot.mouseRelease(view, button, pos=held)
    qtbot.mousePress(view, button, pos=place(view, 242, 60))
    qtbot.mouseMove(view, place(view, 250, 60))
    qtbot.mouseRelease(view, button, pos=place(view, 250, 60))
    assert told[-1][0] == Margins(right=56)


def test_the_ring_is_as_wide_as_the_brush(qtbot: QtBot, view: EditView) -> None:
    """Around the mouse, in the brush's size at this zoom; away where the brush does not paint."""
    view.set_zoom(2.0)
    qtbot.mouseMove(view, place(view, 100, 60))
    width = round(48 * 2.0 / view.devicePixelRatioF())
    centre = place(view, 100, 60)
    with_ring = view.grab().toImage()
    view.set_tools(paints=False, shows_mask=True)
    without = view.grab().toImage()
    scale = view.devicePixelRatioF()
    changed = [
        x
        for x in range(view.width())
        if with_ring.pixel(QPoint(x, centre.y()) * scale) != without.pixel(QPoint(x, centre.y()) * scale)
    ]
    assert changed[-1] - changed[0] == pytest.approx(width, abs=4)


# The region of a control.


@pytest.fixture
def region(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> RegionDialog:
    """A painter of a region that there is already, shown."""
    theme = Theme(qapp, resources_folder())
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    old = plain_mask(200, 120)
    Stroke(old, Brush(30)).move(QPointF(150, 60))
    write_mask(old, str(tmp_path / "old.png"))
    icons = Icons(resources_folder() / "icons", theme)
    made = RegionDialog(image, str(tmp_path / "old.png"), str(tmp_path / "new.png"), theme=theme, icons=icons)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_region_is_painted_into_a_file_of_its_own(qtbot: QtBot, region: RegionDialog, tmp_path: Path) -> None:
    """The old region is where one starts; its file keeps its bytes."""
    old = (tmp_path / "old.png").read_bytes()
    view, keys = region.page.view, Qt.KeyboardModifier.ControlModifier
    for x in (40, 80):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place(view, x, 60))
    qtbot.keyClick(view, Qt.Key.Key_Z, keys)
    with qtbot.waitSignal(region.painted) as told:
        region.accept()
    assert told.args == [str(tmp_path / "new.png")]
    mask = read_mask(str(tmp_path / "new.png"), SIZE)
    assert (level(mask, 150, 60), level(mask, 40, 60), level(mask, 95, 60)) == (255, 255, 0)
    assert (tmp_path / "old.png").read_bytes() == old


def test_leaving_the_region_changes_nothing(qtbot: QtBot, region: RegionDialog, tmp_path: Path) -> None:
    """Neither the layer nor the folder of masks."""
    qtbot.mouseClick(region.page.view, Qt.MouseButton.LeftButton, pos=place(region.page.view, 40, 60))
    region.board.save()
    with qtbot.assertNotEmitted(region.painted):
        qtbot.keyClick(region.page.view, Qt.Key.Key_Escape)
    assert not region.isVisible()
    assert [file.name for file in tmp_path.glob("*.png")] == ["old.png"]


def test_a_region_that_cannot_be_saved_stays_open_and_says_why(
    qtbot: QtBot, region: RegionDialog, tmp_path: Path
) -> None:
    """What is painted is not lost, and no layer gets a file that is not there."""
    (tmp_path / "new.png").mkdir()
    qtbot.mouseClick(region.page.view, Qt.MouseButton.LeftButton, pos=place(region.page.view, 40, 60))
    with qtbot.assertNotEmitted(region.painted):
        region.accept()
    assert region.isVisible()
    assert "cannot be saved" in region.told.text()
    (tmp_path / "new.png").rmdir()
    with qtbot.waitSignal(region.painted):
        region.accept()
    assert level(read_mask(str(tmp_path / "new.png"), SIZE), 40, 60) == 255


def test_a_region_of_nothing_is_everywhere(qtbot: QtBot, region: RegionDialog) -> None:
    """Clearing it all takes the region away."""
    region.board.clear()
    with qtbot.waitSignal(region.painted) as told:
        region.accept()
    assert told.args == [""]


def test_the_keys_of_the_brush_work_on_regions(qtbot: QtBot, region: RegionDialog) -> None:
    """The same as on the canvas."""
    view, size = region.page.view, region.choice.brush.size
    qtbot.keyClick(view, Qt.Key.Key_BracketRight)
    assert region.choice.brush.size > size
    qtbot.keyClick(view, Qt.Key.Key_X)
    assert region.choice.brush.erases
    qtbot.keyClick(view, Qt.Key.Key_M)
    assert not region.shows.isChecked()
    qtbot.keyClick(view, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    assert region.choice.brush.is_soft
