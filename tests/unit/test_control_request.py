"""engine.messages.control and .detectors: requests that cannot be carried out are never made."""

from __future__ import annotations

import msgspec
import pytest

from engine.errors import BadInputError
from engine.messages.control import ControlMapRequest
from engine.messages.detectors import DETECTORS, find_detector


def request(**changes: object) -> ControlMapRequest:
    fields: dict[str, object] = {"kind": "canny", "picture": "/a/b.png", "width": 64, "height": 96} | changes
    # As it arrives: msgspec checks the types of what it decodes, and __post_init__ the rest.
    return msgspec.json.decode(msgspec.json.encode({"type": "control_map", **fields}), type=ControlMapRequest)


def test_a_request_survives_its_json() -> None:
    """Options of every type, in order, and all other fields come back equal, and the request can be hashed."""
    made = ControlMapRequest(
        kind="lineart_standard",
        picture="/a/b.png",
        width=512,
        height=640,
        resize="fit",
        seed=2**63 - 1,
        resolution=768,
        frame=3,
        options=(("sigma", 2.5), ("threshold", 9)),
    )
    assert msgspec.json.decode(msgspec.json.encode(made), type=ControlMapRequest) == made
    assert len({made, made}) == 1
    assert made.prompt == "Line art, standard of b.png"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "cany"}, "no detector 'cany'"),
        ({"width": 63}, "width 63 is out of range"),
        ({"height": 5000}, "height 5000 is out of range"),
        ({"seed": -1}, "seed -1 is out of range"),
        ({"resolution": 63}, "resolution 63 is out of range"),
        ({"frame": -1}, "frame -1 is out of range"),
        ({"picture": "a\0b"}, "NUL"),
        ({"options": [["low", 256]]}, "option low 256 is out of range"),
        ({"options": [["low", 0.5]]}, "option low is 0.5"),
        ({"options": [["low", True]]}, "option low is True"),
        ({"options": [["low", 1], ["low", 2]]}, "given twice"),
        ({"options": [["coarse", True]]}, "canny has no option 'coarse'"),
        ({"kind": "hed", "options": [["safe", 1]]}, "give true or false"),
    ],
)
def test_what_cannot_be_done_is_refused(changes: dict[str, object], message: str) -> None:
    """Ranges, types and names are checked at construction, with the value and the remedy."""
    with pytest.raises((BadInputError, msgspec.ValidationError), match=message):
        request(**changes)


def test_no_number_is_not_a_number() -> None:
    """NaN passes no range."""
    with pytest.raises(BadInputError, match="sigma is nan"):
        ControlMapRequest(
            kind="lineart_standard", picture="/p", width=64, height=64, options=(("sigma", float("nan")),)
        )


def test_the_data_about_detectors_is_sound() -> None:
    """Kinds are unique, and every default is within its own range."""
    assert len({spec.kind for spec in DETECTORS}) == len(DETECTORS)
    for spec in DETECTORS:
        assert find_detector(spec.kind) is spec
        spec.check_options(tuple(spec.settings(()).items()))
