"""app.canvas.drawn_once: a picture is scaled once for each place, and looks as if it were scaled each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from app.canvas.drawn_once import DrawnOnce

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

GROUND = QColor(20, 30, 40)


def noise(side: int, salt: int) -> QImage:
    """Pixels that any other scaling would show."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    for y in range(side):
        for x in range(side):
            image.setPixel(x, y, 0xFF000000 | (x * 7919 + y * 104729 + salt * 31) * 2654435761 % 2**24)
    return image


def canvas_of(widget: QWidget) -> QImage:
    """An empty screen for a widget."""
    canvas = QImage(widget.size(), QImage.Format.Format_RGB32)
    canvas.fill(0)
    return canvas


def painted(drawn: DrawnOnce, widget: QWidget, image: QImage, place: QRectF, *, is_smooth: bool) -> QImage:
    """What is on the screen then."""
    canvas = canvas_of(widget)
    painter = QPainter(canvas)
    drawn.paint(painter, image, place, ground=GROUND, is_smooth=is_smooth)
    painter.end()
    return canvas


@pytest.fixture
def widget(qtbot: QtBot) -> QWidget:
    """Of 80 by 60."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(80, 60)
    return widget


@pytest.mark.parametrize("place", [QRectF(10.5, 5.25, 48, 48), QRectF(-300, -200, 700, 700)])
@pytest.mark.parametrize("is_smooth", [True, False])
def test_it_looks_as_drawn_directly(widget: QWidget, place: QRectF, *, is_smooth: bool) -> None:
    """The first time and from memory, inside the widget and far beyond it."""
    image, drawn, expected = noise(32, 0), DrawnOnce(widget), canvas_of(widget)
    painter = QPainter(expected)
    painter.fillRect(expected.rect(), GROUND)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
    painter.drawImage(place, image)
    painter.end()
    for _ in range(2):
        assert painted(drawn, widget, image, place, is_smooth=is_smooth) == expected
    assert drawn.times == 1


def test_whatever_changes_is_drawn_anew(widget: QWidget) -> None:
    """Another picture, another place, another size of the widget, another way of scaling."""
    image, drawn, place = noise(32, 0), DrawnOnce(widget), QRectF(QPointF(4, 4), QSizeF(40, 40))
    before = painted(drawn, widget, image, place, is_smooth=True)
    assert painted(drawn, widget, noise(32, 1), place, is_smooth=True) != before
    assert painted(drawn, widget, image, place.translated(3, 0), is_smooth=True) != before
    assert painted(drawn, widget, image, place, is_smooth=False) != before
    widget.resize(100, 60)
    assert painted(drawn, widget, image, place, is_smooth=True).width() == 100
    image.fill(0xFF00FF00)
    assert painted(drawn, widget, image, place, is_smooth=True).pixelColor(20, 20).green() == 255
    assert drawn.times == 6
