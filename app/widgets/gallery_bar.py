"""The line above the gallery: a field to search in prompts, and a menu of kinds, models, dates and stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from app.gallery_filter import GalleryFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEK, MONTH = 7, 30


class GalleryBar(QWidget):
    """Makes a GalleryFilter of what is typed and chosen."""

    filter_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = GalleryFilter()
        self.search = _Search()
        self.search.setAccessibleName(self.tr("Search in prompts"))
        self.search.setPlaceholderText(self.tr("Search in prompts"))
        self.button = QToolButton()
        self.button.setObjectName("menu")
        self.button.setAccessibleName(self.tr("Filter the gallery"))
        self.button.setToolTip(self.tr("Show only some kinds, models or days"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addWidget(self.button)
        self._groups: list[QActionGroup] = []
        self.search.textChanged.connect(self._type)
        self.show_models(())
        self._name()

    def show_models(self, models: Sequence[str]) -> None:
        """Fill the menu; these are the models that there are results of."""
        self.menu.clear()
        self._groups.clear()
        kinds = {
            "": self.tr("All kinds"),
            "picture": self.tr("Pictures"),
            "edit": self.tr("Edited pictures"),
            "take": self.tr("Takes"),
            "map": self.tr("Control maps"),
        }
        days = {0: self.tr("Any time"), 1: self.tr("Today")}
        days |= {WEEK: self.tr("Last 7 days"), MONTH: self.tr("Last 30 days")}
        self._add_choices("kind", kinds)
        self._add_choices("days", days)
        self._add_choices("model", {"": self.tr("All models")} | {name: name for name in models})
        starred = self.menu.addAction(self.tr("Only with a star"))
        starred.setCheckable(True)
        starred.setChecked(self.filter.starred)
        starred.toggled.connect(self._choose_starred)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Show everything"), self.clear)

    def clear(self) -> None:
        """Ask for everything again."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self._set(GalleryFilter())

    def _add_choices(self, field: str, choices: dict[str, str] | dict[int, str]) -> None:
        group = QActionGroup(self.menu)
        for value, words in choices.items():
            action = self.menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(getattr(self.filter, field) == value)
            action.setData((field, value))
            group.addAction(action)
        group.triggered.connect(self._choose)
        self._groups.append(group)
        self.menu.addSeparator()

    def _type(self, words: str) -> None:
        self._set(self.filter._replace(words=words))

    def _choose(self, action: QAction) -> None:
        field, value = action.data()
        self._set(self.filter._replace(**{field: value}))

    def _choose_starred(self, starred: bool) -> None:
        self._set(self.filter._replace(starred=starred))

    def _set(self, wanted: GalleryFilter) -> None:
        if wanted != self.filter:
            self.filter = wanted
            self._name()
            self.filter_changed.emit(wanted)

    def _name(self) -> None:
        count = self.filter.choices
        self.button.setText(self.tr("Filter ({n})").format(n=count) if count else self.tr("Filter"))


class _Search(QLineEdit):
    """Escape empties it; elsewhere that key cancels a job."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text():
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self.clear()
                return True
        return super().event(event)
