"""Where a picture is edited: connects the project's edit, the mask, the canvas and the actions of painting.

Owns what happens when; pixels are `canvas.painting`'s, what can be undone is the project's.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSignalBlocker, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.background import Background
from app.canvas.painting.board import MaskBoard
from app.canvas.painting.brush import BrushChoice
from app.canvas.painting.edit_page import EditPage
from app.edit_change import DRAG
from app.picture_source import PictureSource, read_before, read_source
from app.verbs import call
from app.widgets.edit_bar import EditBar
from app.words import sentence
from engine.messages import Margins

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from app.background import Problem
    from app.edit_wing import EditSurroundings


class EditDesk(QObject):
    """Built with the first picture that is edited; `follow` brings it to what the project says."""

    def __init__(self, around: EditSurroundings, parent: QObject) -> None:
        super().__init__(parent)
        self._of = around
        project, actions, stage = around.project, around.actions, around.stage
        self._background = Background(self, threads=1)
        self.choice = BrushChoice(self)
        self.board = MaskBoard(project.undo_stack, self._claim, self)
        tools = (actions.soft_brush, actions.show_mask, actions.invert_mask, actions.clear_mask)
        self.page = EditPage(self.board, self.choice, theme=around.theme, icons=around.icons, tools=tools)
        self.bar = EditBar(project, self.choice)
        self._was_editing = False
        self._shown: tuple[str, int | None] = ("", None)
        self._opened: tuple[str, bool, int, int] = ("", False, 0, 0)
        self._source: PictureSource | None = None
        self._compared: tuple[str, int] = ("", -1)
        stage.adopt_editor(self.page, self.bar)
        self.bar.hide()
        chain = [stage.large, *self.bar.in_tab_order, *self.page.in_tab_order, stage.foot.buttons[0]]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)
        actions.show_mask.setChecked(True)
        self._connect()

    def _connect(self) -> None:
        project, actions, stage = self._of.project, self._of.actions, self._of.stage
        verbs: dict[QAction, Callable[[], None]] = {
            actions.brush_smaller: partial(self.choice.grow, -1),
            actions.brush_larger: partial(self.choice.grow, 1),
            actions.erase: self.choice.swap,
            actions.invert_mask: self.board.invert,
            actions.clear_mask: self.board.clear,
        }
        for action, verb in verbs.items():
            action.triggered.connect(partial(call, verb))
        actions.soft_brush.triggered.connect(self._set_soft)
        actions.show_mask.toggled.connect(self._show_tools)
        self.choice.changed.connect(self._show_brush)
        self.page.view.margins_dragged.connect(self._drag_margins)
        self.page.view.mask_wanted.connect(partial(actions.show_mask.setChecked, True))  # noqa: FBT003 - Qt's slot
        self.bar.back_pressed.connect(partial(call, stage.show_editor))
        self.bar.leave_pressed.connect(self.leave)
        self.board.save_failed.connect(self._tell_not_saved)
        project.edit_changed.connect(self._take_edit)
        project.models_changed.connect(self._show_tools)
        project.requesting.connect(self.board.save)
        stage.leave_pressed.connect(self._escape)
        stage.picture_changed.connect(self._take_place)

    # The artist's verbs.

    def begin(self, picture: str) -> None:
        """Edit a picture, with the mask that was last painted for it."""
        project = self._of.project
        canvas = project.canvas.opening(picture, project.masks.working(picture))
        spec = project.spec
        if spec is not None and canvas.method not in spec.edits:
            canvas = canvas.suited_to(spec)
        record = self._of.stage.record
        if record is not None and record.image is not None and picture in record.info.outputs:
            # What it was made from says what it shows.
            canvas = replace(canvas, source_prompt=record.image.prompt)
        if self._source is None:
            # What could not be read may be there now.
            self._shown = ("", None)
        text = self.tr("edit picture")
        if project.video.is_active:
            project.change(text, canvas=canvas, video=replace(project.video, is_active=False))
        else:
            project.change_canvas(text, canvas)
        self.follow()
        self._of.stage.show_editor()

    def leave(self) -> None:
        """Make pictures from words again; what is painted is kept."""
        self.board.save()
        self._of.project.change_canvas(self.tr("leave editing"), replace(self._of.project.canvas, is_active=False))

    def compare(self, wanted: bool) -> None:
        """Show what the edit on the canvas was made from in its place, or the edit again."""
        stage = self._of.stage
        record, row = stage.record, stage.current_index()
        if not wanted or record is None or record.image is None or record.image.edit is None or row < 0:
            self._end_comparing()
            return
        if not stage.is_large:
            stage.open_large(row)
        self._compared = (stage.candidates.key, row)
        # Not from what is on the screen, which may be another picture still: from the file.
        path, request, at = stage.current_path(), record.image, self._compared
        self._background.run(lambda: read_before(request, path), partial(self._take_before, at))

    def close(self) -> None:
        """Save what is painted, and wait for what is being read."""
        self.board.close_mask()
        self._background.close()

    def _escape(self) -> None:
        if self._of.stage.bench is not None:
            return
        if self.board.is_painting:
            self.board.cancel_stroke()
        else:
            self.leave()

    def _set_soft(self, is_soft: bool) -> None:
        self.choice.choose(is_soft=is_soft)

    def _drag_margins(self, margins: Margins, name: str) -> None:
        canvas = self._of.project.canvas.resized(margins=margins)
        self._of.project.change_canvas(self.tr("drag frame"), canvas, merge=f"{DRAG}{name}")

    def _claim(self, before: QImage) -> None:
        """Before the first stroke on a mask that is only read: paint on a copy."""
        project = self._of.project
        mask = project.masks.another(project.canvas.picture)
        project.change_canvas(self.tr("paint"), replace(project.canvas, mask=mask, invert_mask=False))
        self.board.start_from(before)

    # What the project says.

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"canvas", "video", "model"}:
            self.follow()

    def follow(self) -> None:
        """Show the edit as it is now."""
        project, stage = self._of.project, self._of.stage
        is_editing = project.edit.is_editing
        is_other = is_editing and (not self._was_editing or self._is_other_picture())
        self._was_editing = is_editing
        self.bar.setVisible(is_editing)
        if is_editing:
            self._follow_picture()
            self._follow_mask()
            if is_other:
                stage.show_editor()
        else:
            self.board.save()
            stage.show_editor(shown=False)
        self._show_tools()

    def _is_other_picture(self) -> bool:
        canvas = self._of.project.canvas
        is_restored = canvas.mask != self._opened[0] and not self._of.project.masks.may_change(canvas.mask)
        return (canvas.picture, canvas.frame) != self._shown or is_restored

    def _follow_picture(self) -> None:
        canvas = self._of.project.canvas
        wanted = (canvas.picture, canvas.frame)
        if wanted == self._shown:
            if self._source is not None and not canvas.width:
                # Restored, and read already.
                self._take(wanted, self._source)
            return
        self._shown, self._source = wanted, None
        name = Path(canvas.picture).name
        self.page.show_words(self.tr("Reading {name}…").format(name=name), asks=False)
        self._background.run(partial(read_source, Path(canvas.picture), canvas.frame), partial(self._take, wanted))

    def _take(self, wanted: tuple[str, int | None], result: PictureSource | Problem) -> None:
        if wanted != self._shown:
            return
        if not isinstance(result, PictureSource):
            self.page.show_words(sentence(str(result)), asks=True)
            return
        self._source = result
        project, image = self._of.project, result.image
        self._shown = (wanted[0], result.frame)
        self.page.view.show_source(image, wanted[0], self.tr("Editing {name}").format(name=Path(wanted[0]).name))
        self.page.show_picture()
        if self._of.stage.shows_editor:
            self.page.view.setFocus()
        canvas = replace(project.canvas, width=image.width(), height=image.height(), frame=result.frame)
        project.show_canvas(canvas)
        self._follow_mask()
        self._show_tools()

    def _follow_mask(self) -> None:
        canvas = self._of.project.canvas
        wanted = (canvas.mask, canvas.invert_mask, canvas.width, canvas.height)
        if not canvas.width or wanted == self._opened:
            return
        self._opened = wanted
        may_change = self._of.project.masks.may_change(canvas.mask)
        size = QSize(canvas.width, canvas.height)
        self.board.open(canvas.mask, size, may_change=may_change, invert=canvas.invert_mask)
        # What an artist has erased is what is to be made anew, as long as nothing else is painted.
        erased = self._source.erased if self._source is not None else QImage()
        if erased.size() == size and not Path(canvas.mask).is_file():
            self.board.start_from(erased)

    # What is seen.

    def _show_tools(self) -> None:
        """Tools and frame, as the method asks for them."""
        project, actions, view = self._of.project, self._of.actions, self.page.view
        canvas, spec = project.canvas, project.spec
        is_here = project.edit.is_editing and self._of.stage.shows_editor
        paints = is_here and canvas.takes_mask and self._source is not None
        for action in actions.of_painting:
            action.setEnabled(paints)
        for button in (self.page.paint, self.page.erase):
            button.setEnabled(paints)
        why = "" if canvas.takes_mask else self.tr("“Change all” makes the whole picture anew and takes no mask")
        self.page.tools.setToolTip(why)
        view.set_tools(paints=paints, shows_mask=actions.show_mask.isChecked())
        is_framed = canvas.method == "outpaint" and self._source is not None
        view.set_frame(canvas.margins if is_framed else None, spec.size_multiple if spec is not None else 1)
        self.bar.show_place(on_picture=self._of.stage.shows_editor)

    def _show_brush(self) -> None:
        actions, brush = self._of.actions, self.choice.brush
        for action, is_on in ((actions.erase, brush.erases), (actions.soft_brush, brush.is_soft)):
            with QSignalBlocker(action):
                action.setChecked(is_on)
        # Blocked, the action has not told its buttons.
        actions.soft_brush.changed.emit()

    def _take_place(self, key: str, row: int) -> None:
        self._show_tools()
        if self._compared != ("", -1) and (self._compared != (key, row) or self._of.stage.shows_editor):
            self._end_comparing()

    def _take_before(self, at: tuple[str, int], result: QImage | Problem) -> None:
        if at != self._compared:
            return
        if isinstance(result, QImage):
            self._of.actions.before.setChecked(True)
            self._of.stage.show_before(result)
        else:
            self._end_comparing()
            self._of.notices.say(sentence(str(result)), icon="warn", tint="warn")

    def _end_comparing(self) -> None:
        self._compared = ("", -1)
        self._of.actions.before.setChecked(False)
        self._of.stage.show_before(None)

    def _tell_not_saved(self, why: str) -> None:
        words = self.tr("The mask cannot be saved: {why}; free some room, it is tried again with the next stroke.")
        self._of.notices.say(words.format(why=why), icon="error", tint="bad")
