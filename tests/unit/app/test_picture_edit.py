"""What is done to a picture on the canvas: requests made from it, sizes, and the way back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.image_edit import ImageEdit
from app.picture_edit import CanvasEdit
from engine.errors import BadInputError
from engine.messages import EDIT_METHODS, EditMethod, ImageRequest, Margins, PictureEdit
from tests.requests import FREE_TEXT, PAPERCUT

FILLING = CanvasEdit(is_active=True, picture="/p/boat.png", width=300, height=200, mask="/m/1.png")


def edit_of(canvas: CanvasEdit, **fields: object) -> ImageEdit:
    """The state of the panel with this picture on the canvas."""
    return replace(ImageEdit(prompt="a boat", seed=5), canvas=canvas, **fields)


def test_the_request_works_at_a_size_that_suits_picture_and_model() -> None:
    """The panel's own size is for pictures from noise; an edit's is the picture's, rounded up as the model asks."""
    request = edit_of(FILLING, width=64, height=64).request(PAPERCUT)
    assert (request.width, request.height) == (304, 208)
    assert request.edit == PictureEdit(picture="/p/boat.png", method="inpaint", strength=1.0, mask="/m/1.png")


def test_an_edit_around_the_mask_works_at_the_models_own_size() -> None:
    """As `onetake edit --area masked` does."""
    request = edit_of(replace(FILLING, area="masked")).request(PAPERCUT)
    assert (request.width, request.height) == (PAPERCUT.default_width, PAPERCUT.default_height)


def test_an_extended_picture_is_measured_with_its_margins() -> None:
    """The frame is what the model sees."""
    canvas = replace(FILLING, method="outpaint", margins=Margins(left=20, bottom=56))
    assert canvas.framed == (320, 256)
    assert canvas.work_size(PAPERCUT) == (320, 256)


def test_margins_and_masks_go_only_where_they_belong() -> None:
    """What another method was set to is kept for it, and refuses nothing here."""
    canvas = replace(FILLING, margins=Margins(top=16))
    assert canvas.part().margins == Margins()
    assert replace(canvas, method="img2img").part().mask == ""
    assert replace(canvas, method="outpaint").part().margins == Margins(top=16)


def test_an_extension_without_margins_is_refused_when_it_is_sent() -> None:
    """In one line, with the remedy."""
    with pytest.raises(BadInputError, match="outpaint needs a margin"):
        edit_of(replace(FILLING, method="outpaint")).request(PAPERCUT)


def test_each_kind_of_method_has_its_own_strength() -> None:
    """Filling is free, changing keeps something; setting one leaves the other."""
    canvas = FILLING.with_strength(0.9)
    changing = replace(canvas, method="img2img")
    assert (canvas.strength, changing.strength) == (0.9, 0.75)
    assert replace(changing.with_strength(0.4), method="inpaint").strength == 0.9


def test_steps_are_the_models_for_edits_unless_they_are_set() -> None:
    """A model that needs more steps for an edit says so."""
    spec = replace(PAPERCUT, edit_steps=8)
    assert edit_of(FILLING, steps=1).request(spec).steps == 8
    assert edit_of(replace(FILLING, steps=3), steps=1).request(spec).steps == 3


def test_what_the_model_cannot_do_is_refused_with_what_it_can() -> None:
    """The same sentence as on the command line."""
    with pytest.raises(BadInputError, match="cannot inpaint; it can do: img2img"):
        edit_of(FILLING).request(replace(PAPERCUT, edits=("img2img",)))


def test_another_model_gets_a_method_that_it_can_do() -> None:
    """Choosing a model is no error."""
    assert FILLING.suited_to(replace(FREE_TEXT, edits=("outpaint",))).method == "outpaint"
    assert FILLING.suited_to(FREE_TEXT).method == "inpaint"


@pytest.mark.parametrize("method", EDIT_METHODS)
def test_a_request_comes_back_as_it_was(method: EditMethod) -> None:
    """The edit that is made from a request makes that request again, to the last field."""
    edit = PictureEdit(
        picture="/p/boat.png",
        method=method,
        strength=0.6,
        mask="/m/sent.png" if method in ("inpaint", "outpaint") else "",
        margins=Margins(right=32) if method == "outpaint" else Margins(),
        content="noise",
        area="masked",
        padding=8,
        feather=3,
        resize="fit",
        frame=2,
        source_prompt="a ship" if method == "cycle" else "",
    )
    request = ImageRequest(prompt="a boat", seed=9, width=320, height=192, steps=6, edit=edit)
    assert ImageEdit.of_request(request).request(None) == request


def test_another_picture_keeps_the_settings_and_drops_what_was_of_the_last_one() -> None:
    """The same picture again goes on where it was left."""
    canvas = replace(
        FILLING, is_active=False, feather=4, margins=Margins(top=8), frame=1, work_width=64, work_height=64
    )
    again = canvas.opening("/p/boat.png", "/m/other.png")
    assert again == replace(canvas, is_active=True)
    other = canvas.opening("/p/lake.png", "/m/2.png")
    assert (other.mask, other.feather, other.width, other.margins, other.frame) == ("/m/2.png", 4, 0, Margins(), None)
    assert other.work_size(None) is None


def test_what_changes_the_frame_lets_the_restored_size_go() -> None:
    """A restored request keeps its own size only as long as it is the same edit."""
    canvas = replace(FILLING, work_width=512, work_height=512)
    assert canvas.work_size(PAPERCUT) == (512, 512)
    assert canvas.resized(area="picture").work_size(PAPERCUT) == (304, 208)


def test_a_video_is_no_edit() -> None:
    """While a take is planned, the picture waits."""
    edit = edit_of(FILLING)
    assert edit.is_editing
    assert not replace(edit, video=replace(edit.video, is_active=True)).is_editing
