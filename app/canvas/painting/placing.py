"""Moving, scaling and turning a control map by its handles: where they are, and where the map goes when one is dragged.

Pure arithmetic. Points are pixels of the result's frame, whose upper left corner is at 0, 0; angles are degrees
clockwise, as engine.messages.map_place has them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QPolygonF, QTransform

from engine.messages import MapPlace
from engine.messages.map_place import MAX_SCALE, MAX_SHIFT, MIN_SCALE

SNAP_DEGREES = 15.0
TURN = "turn"
MOVE = "move"
SCALES: dict[str, tuple[int, int]] = {
    "left top": (-1, -1),
    "right top": (1, -1),
    "right bottom": (1, 1),
    "left bottom": (-1, 1),
    "left": (-1, 0),
    "top": (0, -1),
    "right": (1, 0),
    "bottom": (0, 1),
}
"""The handles that scale, corners first, and on which side of the map's middle each lies."""


class Drag(NamedTuple):
    """A handle in hand: which one, where the map lay and where the mouse was when it was taken."""

    grip: str
    place: MapPlace
    start: QPointF


def transform_of(place: MapPlace, frame: QSizeF) -> QTransform:
    """From the map's own pixels to those of the frame."""
    middle = QPointF(frame.width() / 2, frame.height() / 2)
    made = QTransform()
    made.translate(middle.x() + place.x * frame.width(), middle.y() + place.y * frame.height())
    made.rotate(place.angle)
    made.scale(place.scale_x, place.scale_y)
    made.translate(-middle.x(), -middle.y())
    return made


def grips_of(place: MapPlace, frame: QSizeF, reach: float) -> dict[str, QPointF]:
    """Where each handle lies; that for turning `reach` above the upper edge's middle."""
    to_frame, middle = transform_of(place, frame), QPointF(frame.width() / 2, frame.height() / 2)
    found = {
        grip: to_frame.map(middle + QPointF(along * middle.x(), down * middle.y()))
        for grip, (along, down) in SCALES.items()
    }
    angle = math.radians(place.angle)
    return found | {TURN: found["top"] + QPointF(math.sin(angle), -math.cos(angle)) * reach}


def grip_at(place: MapPlace, frame: QSizeF, point: QPointF, *, radius: float, reach: float) -> str:
    """The handle within `radius` of a point, MOVE inside the map, empty beside it."""
    grips = grips_of(place, frame, reach)
    for grip in (TURN, *SCALES):
        away = point - grips[grip]
        if math.hypot(away.x(), away.y()) <= radius:
            return grip
    outline = QPolygonF([grips[grip] for grip in list(SCALES)[:4]])
    return MOVE if outline.containsPoint(point, Qt.FillRule.WindingFill) else ""


def dragged(drag: Drag, frame: QSizeF, point: QPointF, *, keeps: bool) -> MapPlace:
    """Where the map goes when the mouse has come to a point.

    Args:
        drag: What is in hand.
        frame: Size of the result.
        point: Where the mouse is.
        keeps: Shift is held: scaling keeps the ratio, turning snaps to SNAP_DEGREES, moving keeps to one axis.
    """
    if drag.grip == TURN:
        return _turned(drag, frame, point, snaps=keeps)
    if drag.grip == MOVE:
        way = point - drag.start
        if keeps:
            way = QPointF(way.x(), 0.0) if abs(way.x()) >= abs(way.y()) else QPointF(0.0, way.y())
        return moved(drag.place, way.x() / frame.width(), way.y() / frame.height())
    return _scaled(drag, frame, point, keeps_ratio=keeps)


def moved(place: MapPlace, x: float, y: float) -> MapPlace:
    """The map farther to the right and down, by shares of the frame."""
    return replace(place, x=_within(place.x + x, -MAX_SHIFT, MAX_SHIFT), y=_within(place.y + y, -MAX_SHIFT, MAX_SHIFT))


def even_angle(angle: float) -> float:
    """The same direction in -180 to 180 degrees."""
    return math.remainder(angle, 360.0)


def _turned(drag: Drag, frame: QSizeF, point: QPointF, *, snaps: bool) -> MapPlace:
    middle = transform_of(drag.place, frame).map(QPointF(frame.width() / 2, frame.height() / 2))
    before, now = drag.start - middle, point - middle
    by = math.degrees(math.atan2(now.y(), now.x()) - math.atan2(before.y(), before.x()))
    angle = even_angle(drag.place.angle + by)
    if snaps:
        angle = even_angle(round(angle / SNAP_DEGREES) * SNAP_DEGREES)
    return replace(drag.place, angle=angle)


def _scaled(drag: Drag, frame: QSizeF, point: QPointF, *, keeps_ratio: bool) -> MapPlace:
    """The side or corner across stays where it is."""
    place, (along, down) = drag.place, SCALES[drag.grip]
    half = QPointF(frame.width() / 2, frame.height() / 2)
    to_frame = transform_of(place, frame)
    anchor = to_frame.map(QPointF(half.x() * (1 - along), half.y() * (1 - down)))
    turn = QTransform().rotate(place.angle)
    # The mouse as the map sees it, so that a handle taken beside its middle does not jump.
    wanted = turn.inverted()[0].map(point - drag.start)
    wide, high = frame.width() * place.scale_x, frame.height() * place.scale_y
    grown = (wide + along * wanted.x(), high + down * wanted.y())
    x, y = grown[0] / wide if along else 1.0, grown[1] / high if down else 1.0
    if keeps_ratio:
        if along and down:
            x = y = (grown[0] * wide + grown[1] * high) / (wide * wide + high * high)
        else:
            x = y = x if along else y
    scale_x = _within(place.scale_x * x, MIN_SCALE, MAX_SCALE)
    scale_y = _within(place.scale_y * y, MIN_SCALE, MAX_SCALE)
    reach = turn.map(QPointF(along * half.x() * scale_x, down * half.y() * scale_y))
    middle = anchor + reach
    return replace(
        place,
        scale_x=scale_x,
        scale_y=scale_y,
        x=_within(middle.x() / frame.width() - 0.5, -MAX_SHIFT, MAX_SHIFT),
        y=_within(middle.y() / frame.height() - 0.5, -MAX_SHIFT, MAX_SHIFT),
    )


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
