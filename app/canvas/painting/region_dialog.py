"""Painting where a control acts: the mask painter in a window of its own, over the control's picture.

It owns no layer: what is painted goes to a file, and the file's name to whoever asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage, QUndoStack
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.canvas.painting.board import MaskBoard
from app.canvas.painting.brush import BrushChoice
from app.canvas.painting.edit_page import EditPage
from app.verbs import add_action

if TYPE_CHECKING:
    from app.icons import Icons
    from app.theme import Theme


class RegionDialog(QDialog):
    """White is where the control acts. Its history of strokes is its own, since one mask is all it changes."""

    painted = Signal(str)
    """The file of the new region; empty for everywhere. Sent when the artist is content with it."""

    def __init__(
        self, image: QImage, mask: str, target: str, *, theme: Theme, icons: Icons, parent: QWidget | None = None
    ) -> None:
        """Args:
        image: What the control looks at.
        mask: The region until now, which is only read; empty for none.
        target: The file to paint into; it is not there yet.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Paint region of control"))
        self._target = target
        self.choice = BrushChoice(self)
        self.history = QUndoStack(self)
        self.board = MaskBoard(self.history, self._claim, self)
        self.board.open(mask, image.size(), may_change=False)
        self.soft = add_action(
            self, self.tr("Soft brush"), "Shift+X", "soft", self._set_soft, icons=icons, checkable=True
        )
        self.shows = add_action(self, self.tr("Show mask"), "M", "eye", self._set_tools, icons=icons, checkable=True)
        invert = add_action(self, self.tr("Invert mask"), "Ctrl+I", "invert", self.board.invert, icons=icons)
        clear = add_action(self, self.tr("Clear mask"), "Ctrl+Shift+X", "trash", self.board.clear, icons=icons)
        for keys, verb in (
            ("[", self._shrink),
            ("]", self._grow),
            ("X", self.choice.swap),
            ("Ctrl+Z", self.history.undo),
            ("Ctrl+Shift+Z", self.history.redo),
        ):
            add_action(self, "", keys, "", verb, icons=icons)
        self.page = EditPage(
            self.board, self.choice, theme=theme, icons=icons, tools=(self.soft, self.shows, invert, clear)
        )
        self.page.view.mask_wanted.connect(self.shows.toggle)
        self.page.view.show_source(image, "", self.tr("The picture of the control"))
        self.page.show_picture()
        self.shows.setChecked(True)
        self._lay_out()
        self.resize(QSize(900, 680))
        self.page.view.setFocus()

    def _lay_out(self) -> None:
        self.told = QLabel(
            self.tr("Paint where the control acts; with nothing painted it acts everywhere.  [ and ] size, X erases")
        )
        self.told.setObjectName("quiet")
        self.told.setWordWrap(True)
        self.board.save_failed.connect(self._tell_not_saved)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.button(kinds.Ok).setText(self.tr("Use region"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 8, 12, 8)
        foot.addWidget(self.told, 1)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.page, 1)
        column.addLayout(foot)

    def accept(self) -> None:
        """Save the region and tell its file; one that cannot be saved stays open."""
        if not self.board.save():
            return
        is_blank, file = self.board.is_blank, self.board.file
        self.board.close_mask()
        self.painted.emit("" if is_blank else file)
        super().accept()

    def reject(self) -> None:
        """Leave the region as it was; Escape takes a stroke back first."""
        if self.board.is_painting:
            self.board.cancel_stroke()
            return
        self.board.close_mask()
        Path(self._target).unlink(missing_ok=True)
        super().reject()

    def _claim(self, before: QImage) -> None:
        self.board.open(self._target, before.size())
        self.board.start_from(before)

    def _tell_not_saved(self, why: str) -> None:
        self.told.setText(self.tr("The region cannot be saved: {why}; free some room.").format(why=why))

    def _set_soft(self) -> None:
        self.choice.choose(is_soft=self.soft.isChecked())

    def _set_tools(self) -> None:
        self.page.view.set_tools(paints=True, shows_mask=self.shows.isChecked())

    def _shrink(self) -> None:
        self.choice.grow(-1)

    def _grow(self) -> None:
        self.choice.grow(1)
