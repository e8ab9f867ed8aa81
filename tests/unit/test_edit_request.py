"""The editing part of a request refuses what nobody could make, and a model what it cannot."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest, Margins, ModelSpec, PictureEdit, decode_request, encode_request

SPEC = ModelSpec(
    name="papercut", title="", family="stable_diffusion", folder="", licence="", max_steps=50, max_side=512
)
_SOME = Margins(left=8)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"picture": ""}, "there is no picture"),
        ({"picture": "a\0b"}, "NUL"),
        ({"method": "morph"}, "method 'morph' is unknown; use img2img, inpaint, outpaint, cycle"),
        ({"method": "cycle"}, "cycle needs to know what the picture shows"),
        ({"method": "cycle", "source_prompt": " "}, "cycle needs to know what the picture shows"),
        ({"method": "cycle", "source_prompt": "a", "mask": "/m.png"}, "cycle makes the whole picture anew"),
        ({"method": "cycle", "source_prompt": "a", "margins": _SOME}, "cycle adds no margins"),
        ({"source_prompt": "a"}, "img2img takes no source prompt"),
        ({"strength": 0.0}, "strength 0 is out of range"),
        ({"strength": 1.5}, "strength 1.5 is out of range"),
        ({"strength": math.nan}, "strength is nan"),
        ({"content": "blur"}, "masked content 'blur' is unknown"),
        ({"area": "all"}, "area 'all' is unknown"),
        ({"padding": -1}, "padding -1"),
        ({"feather": 1000}, "feather 1000"),
        ({"feather": 2.5}, "feather is 2.5"),
        ({"resize": "squeeze"}, "resize 'squeeze' is unknown"),
        ({"frame": -1}, "frame -1"),
        ({"mask": "/m.png"}, "img2img makes the whole picture anew and takes no mask"),
        ({"margins": _SOME}, "img2img adds no margins"),
        ({"method": "outpaint"}, "outpaint needs a margin"),
        ({"method": "inpaint", "margins": _SOME}, "inpaint adds no margins"),
        ({"method": "inpaint", "invert_mask": True}, "no mask to invert"),
    ],
)
def test_an_edit_that_nobody_could_make_cannot_be_asked_for(fields: dict[str, object], said: str) -> None:
    """Construction raises a one-line error that names the field and what to do."""
    with pytest.raises(BadInputError, match=said) as caught:
        PictureEdit(**{"picture": "/a.png", **fields})  # pyright: ignore[reportArgumentType]  # wrong on purpose
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_margins_are_whole_pixels_in_range(side: str) -> None:
    """Each side is named when it is wrong, and counts when it is not 0."""
    for value in (-1, 5000, 1.5):
        with pytest.raises(BadInputError, match=f"margin {side}"):
            Margins(**{side: value})  # pyright: ignore[reportArgumentType]  # wrong on purpose
    assert not Margins(**{side: 1}).is_empty
    assert Margins().is_empty


@given(
    strength=st.floats(0.01, 1.0),
    margins=st.tuples(*[st.integers(0, 4096)] * 4),
    mask=st.sampled_from(["", "/mask.png"]),
    feather=st.integers(0, 256),
)
def test_an_edit_survives_its_json(strength: float, margins: tuple[int, ...], mask: str, feather: int) -> None:
    """What is saved is exactly what was asked for."""
    left, top, right, bottom = margins
    frame = Margins(left=left, top=top, right=right, bottom=bottom)
    edit = PictureEdit(
        picture="/a.png",
        method="inpaint" if frame.is_empty else "outpaint",
        strength=strength,
        margins=frame,
        mask=mask,
        feather=feather,
    )
    request = ImageRequest(prompt="a castle", seed=1, edit=edit)
    assert decode_request(encode_request(request)) == request


def test_a_request_of_an_earlier_version_has_no_edit() -> None:
    """Jobs stored before there were edits come back as they were."""
    plain = ImageRequest(prompt="a castle", seed=1)
    assert decode_request(b'{"type":"image","prompt":"a castle","seed":1}') == plain
    assert plain.edit is None


def test_a_model_refuses_edits_that_it_cannot_do() -> None:
    """An inpainting network needs a mask; others say which methods they know."""
    plain = ImageRequest(prompt="a castle", seed=1)
    img2img = msgspec.structs.replace(plain, edit=PictureEdit(picture="/a.png"))
    inpaint = msgspec.structs.replace(plain, edit=PictureEdit(picture="/a.png", method="inpaint"))
    painter = msgspec.structs.replace(SPEC, name="painter", edits=("inpaint", "outpaint"), draws=False)
    for spec, request in ((SPEC, plain), (SPEC, img2img), (SPEC, inpaint), (painter, inpaint)):
        spec.check(request)
    with pytest.raises(BadInputError, match="painter paints into masks only; give it a picture and a mask"):
        painter.check(plain)
    with pytest.raises(BadInputError, match="painter cannot img2img; it can do: inpaint, outpaint"):
        painter.check(img2img)
    with pytest.raises(BadInputError, match="papercut cannot inpaint; it can do: no edits"):
        msgspec.structs.replace(SPEC, edits=()).check(inpaint)


def test_a_control_must_act_in_the_steps_that_the_edit_makes() -> None:
    """At a quarter of 8 steps there are two, and a control from 0.1 to 0.6 covers neither: that would be a slip."""
    layer = ControlLayer(kind="canny", picture="/c.png", adapter="/net", start=0.1, end=0.6)
    request = ImageRequest(prompt="a", seed=1, steps=8, controls=(layer,))
    SPEC.check(request)
    weak = msgspec.structs.replace(request, edit=PictureEdit(picture="/a.png", strength=0.25))
    with pytest.raises(BadInputError, match="covers no whole step of 2"):
        SPEC.check(weak)


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        ((256, 256), (256, 256)),
        ((250, 130), (256, 144)),
        ((512, 512), (512, 512)),
        ((1024, 512), (512, 256)),
        ((4000, 3000), (512, 384)),
        ((20, 10), (128, 64)),
        ((5000, 10), (512, 64)),
    ],
)
def test_a_picture_is_worked_on_at_a_size_that_holds_it(picture: tuple[int, int], size: tuple[int, int]) -> None:
    """Rounded up where the model can, made smaller in its shape where it cannot."""
    assert SPEC.edit_size(*picture) == size


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.sampled_from([8, 16, 32, 64]))
def test_the_size_of_an_edit_is_one_that_the_model_takes(width: int, height: int, multiple: int) -> None:
    """Whatever the picture, the size passes the model's own check."""
    spec = msgspec.structs.replace(SPEC, size_multiple=multiple)
    across, down = spec.edit_size(width, height)
    spec.check(ImageRequest(prompt="a", seed=1, width=across, height=down))
