"""Handles of a placed map: each does what it looks like, and what it holds stays where it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from app.canvas.painting.placing import MOVE, SCALES, TURN, Drag, dragged, grip_at, grips_of, transform_of
from engine.messages import MapPlace

FRAME = QSizeF(200, 100)
REACH = 20.0
PLACE = MapPlace(x=0.1, y=-0.05, scale_x=0.8, scale_y=1.3, angle=25.0)
PLACES = st.builds(
    MapPlace,
    x=st.floats(-0.5, 0.5),
    y=st.floats(-0.5, 0.5),
    scale_x=st.floats(0.3, 3.0),
    scale_y=st.floats(0.3, 3.0),
    angle=st.floats(-180, 180),
)


def far(first: QPointF, second: QPointF) -> float:
    """How far apart two points are."""
    return math.hypot(first.x() - second.x(), first.y() - second.y())


def opposite(grip: str) -> QPointF:
    """The point of the map across from a handle, in the map's own pixels."""
    along, down = SCALES[grip]
    return QPointF(FRAME.width() / 2 * (1 - along), FRAME.height() / 2 * (1 - down))


def take(place: MapPlace, grip: str) -> Drag:
    """A handle in hand, taken in its middle."""
    return Drag(grip, place, grips_of(place, FRAME, REACH)[grip])


@given(place=PLACES, grip=st.sampled_from(sorted(SCALES)), by=st.tuples(st.floats(-30, 30), st.floats(-30, 30)))
def test_scaling_keeps_what_lies_across(place: MapPlace, grip: str, by: tuple[float, float]) -> None:
    """Whatever the place, the corner or side across from the handle does not move."""
    drag = take(place, grip)
    after = dragged(drag, FRAME, drag.start + QPointF(*by), keeps=False)
    before, now = (transform_of(each, FRAME).map(opposite(grip)) for each in (place, after))
    if min(after.scale_x, after.scale_y) > 0.05:
        assert far(before, now) < 1e-6
    assert after.angle == place.angle


@pytest.mark.parametrize("grip", ["left top", "right top", "right bottom", "left bottom"])
def test_a_corner_follows_the_mouse(grip: str) -> None:
    """Both axes at once."""
    drag = take(PLACE, grip)
    to = drag.start + QPointF(7, -4)
    assert far(grips_of(dragged(drag, FRAME, to, keeps=False), FRAME, REACH)[grip], to) < 1e-6


@pytest.mark.parametrize("grip", sorted(SCALES))
def test_shift_keeps_the_ratio(grip: str) -> None:
    """Of corners and of sides."""
    drag = take(PLACE, grip)
    after = dragged(drag, FRAME, drag.start + QPointF(9, 5), keeps=True)
    assert after.scale_x / after.scale_y == pytest.approx(PLACE.scale_x / PLACE.scale_y)
    assert after.scale_x != PLACE.scale_x


def test_a_side_scales_one_axis_alone() -> None:
    """The other stays as it was."""
    drag = take(PLACE, "right")
    after = dragged(drag, FRAME, drag.start + QPointF(20, 20), keeps=False)
    assert after.scale_y == PLACE.scale_y
    assert after.scale_x > PLACE.scale_x


def test_turning_keeps_the_middle_and_shift_snaps() -> None:
    """By as much as the mouse goes round the middle; with Shift to multiples of 15 degrees."""
    middle = transform_of(PLACE, FRAME).map(QPointF(100, 50))
    drag = take(PLACE, TURN)
    away = drag.start - middle
    # A quarter turn clockwise.
    to = middle + QPointF(-away.y(), away.x())
    after = dragged(drag, FRAME, to, keeps=False)
    assert after.angle == pytest.approx(115.0)
    assert far(transform_of(after, FRAME).map(QPointF(100, 50)), middle) < 1e-6
    assert dragged(drag, FRAME, to, keeps=True).angle == pytest.approx(120.0)


def test_shift_moves_along_one_axis() -> None:
    """The one that the mouse went farther on."""
    drag = Drag(MOVE, PLACE, QPointF(90, 50))
    after = dragged(drag, FRAME, QPointF(130, 60), keeps=True)
    assert (after.x, after.y) == (pytest.approx(0.3), PLACE.y)


def test_a_drag_ends_at_the_bounds_of_a_request() -> None:
    """However far the mouse goes, what comes out can be sent."""
    for grip in (*SCALES, MOVE, TURN):
        start = QPointF(90, 50) if grip == MOVE else take(PLACE, grip).start
        for far_away in (QPointF(1e6, 1e6), QPointF(-1e6, 3e5)):
            dragged(Drag(grip, PLACE, start), FRAME, far_away, keeps=False)


def test_handles_come_before_the_map_they_lie_on() -> None:
    """A handle within reach, else the map, else nothing."""
    grips = grips_of(PLACE, FRAME, REACH)
    for grip, point in grips.items():
        assert grip_at(PLACE, FRAME, point + QPointF(2, 2), radius=5, reach=REACH) == grip
    middle = transform_of(PLACE, FRAME).map(QPointF(100, 50))
    assert grip_at(PLACE, FRAME, middle, radius=5, reach=REACH) == MOVE
    assert grip_at(PLACE, FRAME, QPointF(-300, -300), radius=5, reach=REACH) == ""
