"""The frame of an extended picture: what the mouse has hold of, and where edges snap to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.canvas.painting.frame import Frame, dragged, sides_at, snapped
from engine.messages import Margins
from engine.messages.edit import MAX_MARGIN

FRAME = Frame(300, 200, Margins(left=20))


@pytest.mark.parametrize(
    ("x", "y", "sides"),
    [
        (-20, 100, ("left",)),
        (-32, 100, ("left",)),
        (-40, 100, ()),
        (-15, 100, ()),
        (303, 90, ("right",)),
        (150, -5, ("top",)),
        (150, 100, ()),
        (305, 205, ("right", "bottom")),
        (-25, -3, ("left", "top")),
        (-25, 230, ()),
    ],
)
def test_edges_are_held_from_outside(x: float, y: float, sides: tuple[str, ...]) -> None:
    """Inside there is hardly any reach, since there it paints; two edges meet in a corner."""
    assert sides_at(FRAME, x, y, inside=2, outside=14) == sides


def test_an_edge_follows_the_mouse_and_the_others_stay() -> None:
    """Without snapping, to the pixel."""
    assert dragged(FRAME, ("right",), 345, 50, multiple=1) == Margins(left=20, right=45)
    assert dragged(FRAME, ("left", "bottom"), -7, 230, multiple=1) == Margins(left=7, bottom=30)


def test_an_edge_snaps_to_the_models_sizes() -> None:
    """The whole side becomes a multiple: 300 + 20 + right."""
    assert dragged(FRAME, ("right",), 330, 50, multiple=16) == Margins(left=20, right=32)
    assert dragged(FRAME, ("top",), 0, -9, multiple=16) == Margins(left=20, top=8)


def test_an_edge_cannot_be_pushed_into_the_picture() -> None:
    """And a margin near nothing is none, whatever the multiple."""
    assert dragged(FRAME, ("right",), 120, 50, multiple=16) == Margins(left=20)
    assert dragged(FRAME, ("left",), -1, 50, multiple=64) == Margins()


@given(
    margin=st.floats(-6000, 9000),
    others=st.integers(64, 8000),
    multiple=st.sampled_from([1, 8, 16, 64]),
)
def test_snapping_gives_the_nearest_margin_that_is_allowed(margin: float, others: int, multiple: int) -> None:
    """No other allowed margin is nearer."""
    found = snapped(margin, others, multiple)
    assert found == 0 or (others + found) % multiple == 0
    assert 0 <= found <= MAX_MARGIN
    allowed = [0, *(value for value in range(MAX_MARGIN + 1) if (others + value) % multiple == 0)]
    assert abs(found - margin) == min(abs(value - margin) for value in allowed)
