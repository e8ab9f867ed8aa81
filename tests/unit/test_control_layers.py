"""engine.messages.layers and ModelSpec: what a control layer may say, and which model can do it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest, decode_request, encode_request
from tests.requests import FREE_TEXT

CANNY = ControlLayer(kind="canny", picture="/a.png")


def request(layer: ControlLayer, steps: int = 4) -> ImageRequest:
    return ImageRequest(
        prompt="a", seed=1, width=512, height=512, steps=steps, guidance_scale=7.5, model="free-text", controls=(layer,)
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "cany"}, "there is no detector 'cany'"),
        ({"adapter": 3}, "control adapter is not text"),
        ({"mask": "a\0b"}, "control mask holds a NUL"),
        ({"frame": -1}, "control frame -1"),
        ({"resolution": 10}, "control resolution 10"),
        ({"options": (("gain", 1),)}, "canny has no option 'gain'"),
        ({"weight": float("inf")}, "control weight is inf"),
        ({"end": 1.5}, "control end 1.5"),
    ],
)
def test_a_layer_out_of_range_cannot_be_made(changes: dict[str, object], said: str) -> None:
    """The message names what is wrong, in one line."""
    with pytest.raises(BadInputError, match=said) as caught:
        ControlLayer(**{"kind": "canny", "picture": "/a.png", **changes})  # pyright: ignore[reportArgumentType]  # wrong on purpose
    assert "\n" not in caught.value.message


def test_a_map_may_be_of_any_kind() -> None:
    """Adapters exist for kinds that no detector makes, such as tile; a finished map can be of such a kind."""
    assert ControlLayer(kind="tile", picture="/a.png", is_map=True).kind == "tile"


def test_a_request_with_layers_comes_back_as_it_was() -> None:
    """Everything that a layer says survives the queue."""
    layer = ControlLayer(
        kind="canny", picture="/a.png", adapter="/x", weight=0.25, start=0.25, end=0.75, mode="control", resize="fit",
        mask="/m.png", enabled=False, frame=3, resolution=256, options=(("low", 50),),
    )  # fmt: skip
    assert decode_request(encode_request(request(layer))) == request(layer)


@given(start=st.floats(0, 1), end=st.floats(0, 1), count=st.integers(1, 60))
def test_a_layer_acts_in_the_steps_between_start_and_end(start: float, end: float, count: int) -> None:
    """The steps are those that diffusers keeps; a layer that would never act is refused."""
    start, end = min(start, end), max(start, end)
    layer = msgspec.structs.replace(CANNY, start=start, end=end)
    kept = [1.0 - float(i / count < start or (i + 1) / count > end) for i in range(count)]
    acting = [layer.acts_in(index, count) for index in range(count)]
    assert acting == [bool(value) for value in kept]
    if any(acting):
        layer.check_steps(count)
    else:
        with pytest.raises(BadInputError, match="covers no whole step"):
            layer.check_steps(count)


@pytest.mark.parametrize(
    ("family", "layer", "steps", "said"),
    [
        ("stable_diffusion", CANNY, 4, "has no 'canny' control; it has: depth; for others name the folder"),
        ("stable_diffusion", msgspec.structs.replace(CANNY, adapter="/x", end=0.8), 1, "a single step needs start 0"),
        ("stable_diffusion", msgspec.structs.replace(CANNY, adapter="/x", start=0.3, end=0.4), 4, "widen it"),
        ("video", msgspec.structs.replace(CANNY, adapter="/x"), 4, "takes no controls: .*family, video"),
    ],
)
def test_a_model_says_why_it_refuses_a_control(family: str, layer: ControlLayer, steps: int, said: str) -> None:
    """No adapter, no step, no support in the family: each has its own reason."""
    spec = msgspec.structs.replace(FREE_TEXT, family=family, controls=("depth",))
    with pytest.raises(BadInputError, match=said):
        spec.check(request(layer, steps))


def test_a_control_that_is_switched_off_or_known_is_accepted() -> None:
    """A layer that is off is never in the way; a kind of the catalogue needs no adapter named."""
    spec = msgspec.structs.replace(FREE_TEXT, controls=("depth",))
    spec.check(request(msgspec.structs.replace(CANNY, enabled=False)))
    spec.check(request(msgspec.structs.replace(CANNY, kind="depth")))
    assert spec.no_controls == ""
