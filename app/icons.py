"""Line icons, recoloured from the theme and crisp on every screen. Drawn for Onetake, under resources/icons."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

if TYPE_CHECKING:
    from pathlib import Path

    from app.theme import Theme, Tokens

SIDE_PX = 20


class Icons(QObject):
    """Makes icons by name and recolours those it has given out when the theme changes."""

    def __init__(self, folder: Path, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._theme = theme
        self._owners: WeakSet[QAction | QAbstractButton] = WeakSet()
        self._made: dict[tuple[str, str], QIcon] = {}
        self._drawn: dict[tuple[str, str, float, int], QPixmap] = {}
        theme.changed.connect(self._recolour)

    def dress(self, owner: QAction | QAbstractButton, name: str, tint: str = "text") -> None:
        """Give an action or a button the icon `name` in the colour `tint`, now and after each change of theme."""
        if owner in self._owners and (owner.property("icon_name"), owner.property("icon_tint")) == (name, tint):
            return  # an icon that is set again is painted again, wherever it is
        owner.setProperty("icon_name", name)
        owner.setProperty("icon_tint", tint)
        owner.setIcon(self.icon(name, tint))
        if isinstance(owner, QAbstractButton):
            owner.setIconSize(QSize(SIDE_PX, SIDE_PX))
        self._owners.add(owner)

    def icon(self, name: str, tint: str = "text") -> QIcon:
        """The icon in the present theme, for every screen there is, with a greyed look for what is disabled."""
        icon = self._made.get((name, tint))
        if icon is None:
            icon = self._made[name, tint] = QIcon()
            for scale in {screen.devicePixelRatio() for screen in QGuiApplication.screens()}:
                icon.addPixmap(self.pixmap(name, tint, scale), QIcon.Mode.Normal)
                icon.addPixmap(self.pixmap(name, "faint", scale), QIcon.Mode.Disabled)
        return icon

    def emblem(self) -> QIcon:
        """The program's own icon, in its own colours."""
        return QIcon(str(self._folder / "onetake.svg"))

    def pixmap(self, name: str, tint: str, scale: float, side_px: int = SIDE_PX) -> QPixmap:
        """The icon as pixels for a screen of that scale; drawn once, since rows of lists paint it each time."""
        key = name, tint, scale, side_px
        if key not in self._drawn:
            self._drawn[key] = draw(self._folder / f"{name}.svg", self._theme.tokens, tint, scale, side_px)
        return self._drawn[key]

    def _recolour(self) -> None:
        self._made.clear()
        self._drawn.clear()
        for owner in list(self._owners):
            owner.setIcon(self.icon(str(owner.property("icon_name")), str(owner.property("icon_tint"))))


def draw(file: Path, tokens: Tokens, tint: str, scale: float, side_px: int) -> QPixmap:
    """Render a line icon whose strokes are `currentColor`."""
    document = file.read_text(encoding="utf-8").replace("currentColor", str(getattr(tokens, tint)))
    pixmap = QPixmap(round(side_px * scale), round(side_px * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(document.encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
