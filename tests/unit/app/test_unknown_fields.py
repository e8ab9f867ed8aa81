"""Carrying fields along that this version does not know."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.unknown_fields import carry_unknown

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
KNOWN = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(known=KNOWN, changed=KNOWN)
def test_what_is_known_is_written_as_it_is(known: object, changed: object) -> None:
    """Without unknown fields nothing is added: a field that was taken away stays away."""
    assert carry_unknown(known, known, changed) == changed


@given(known=st.dictionaries(st.sampled_from("abc"), KNOWN), changed=st.dictionaries(st.sampled_from("abc"), KNOWN))
def test_an_unknown_field_survives_any_change(known: dict[str, object], changed: dict[str, object]) -> None:
    """It is written as it was read, whatever becomes of the others."""
    raw = known | {"later": {"deep": [1, 2]}}
    assert carry_unknown(raw, known, changed) == changed | {"later": {"deep": [1, 2]}}


def test_unknown_fields_of_elements_follow_them() -> None:
    """An element that is moved takes its own along, a changed one keeps them in its place, a new one has none."""
    raw = [{"n": 1, "x": "one"}, {"n": 2, "x": "two"}, {"n": 3, "x": "three"}]
    known = [{"n": 1}, {"n": 2}, {"n": 3}]
    moved = carry_unknown(raw, known, [{"n": 3}, {"n": 1}, {"n": 2}])
    assert moved == [{"n": 3, "x": "three"}, {"n": 1, "x": "one"}, {"n": 2, "x": "two"}]
    changed = carry_unknown(raw, known, [{"n": 1}, {"n": 9}, {"n": 3}])
    assert changed == [{"n": 1, "x": "one"}, {"n": 9, "x": "two"}, {"n": 3, "x": "three"}]
    assert carry_unknown(raw, known, [{"n": 0}, {"n": 3}]) == [{"n": 0}, {"n": 3, "x": "three"}]
