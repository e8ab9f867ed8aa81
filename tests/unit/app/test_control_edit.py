"""The control layers of the edit, and what they become in a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from app.cli.arguments import parse_control
from app.control_edit import ControlEdit, first_kind, moved
from app.control_files import with_adapters
from app.image_edit import ImageEdit
from app.video_edit import VideoEdit
from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest, Segment, Timeline, VideoRequest
from engine.paths import Paths
from tests.fake_takes import MOVING
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from pathlib import Path

ABLE = replace(FREE_TEXT, controls=("canny",))
FULL = ControlLayer(
    kind="canny",
    picture="/art/walk.png",
    adapter="edges",
    weight=0.55,
    start=0.1,
    end=0.9,
    mode="prompt",
    resize="fit",
    mask="/art/sky.png",
    enabled=False,
    frame=3,
    resolution=512,
    options=(("low", 40), ("high", 90)),
)


def test_every_field_of_a_layer_goes_there_and_back() -> None:
    """A picture's settings taken over and sent again are the same request, layer by layer."""
    layers = (FULL, ControlLayer(kind="scribble", picture="/art/map.png", is_map=True))
    request = ImageRequest(prompt="a boat", seed=5, controls=layers)
    assert ImageEdit.of_request(request).request(None) == request
    timeline = Timeline(segments=(Segment(prompt="a boat", frames=24),))
    take = VideoRequest(timeline=timeline, seed=5, controls=layers)
    assert ImageEdit().of_video(take).video_request(None) == take


def test_a_layer_is_the_one_of_the_command_line(tmp_path: Path) -> None:
    """What `--control` makes of a file is what the panel makes of it."""
    file = tmp_path / "walk.png"
    file.write_bytes(b"a picture")
    edit = replace(ControlEdit(kind="canny", picture=str(file)), weight=0.5, end=0.8, mode="control")
    assert edit.layer() == parse_control(f"canny={file},weight=0.5,end=0.8,mode=control")


def test_layers_survive_their_file() -> None:
    """The edit's file keeps all fields and their types."""
    edit = ImageEdit(prompt="a boat", controls=(ControlEdit.of_layer(FULL),))
    assert msgspec.json.decode(msgspec.json.encode(edit), type=ImageEdit) == edit


def test_what_the_model_cannot_follow_is_left_out() -> None:
    """Of two layers that are on, the request has the one that the model has an adapter for."""
    canny, depth = (ControlEdit(kind=kind, picture="/art/walk.png") for kind in ("canny", "depth"))
    edit = ImageEdit(prompt="a boat", width=512, height=512, controls=(canny, depth))
    assert edit.request(ABLE).controls == (canny.layer(),)
    assert edit.request(FREE_TEXT).controls == ()
    named = replace(depth, adapter="/adapters/depth")
    assert replace(edit, controls=(named,)).request(FREE_TEXT).controls == (named.layer(),)


def test_a_take_has_a_picture_for_each_frame_and_a_picture_has_not(tmp_path: Path) -> None:
    """A folder or a movie controls takes alone."""
    for place in (str(tmp_path), str(tmp_path / "walk.mp4")):
        edit = ControlEdit(kind="canny", picture=place)
        able = replace(MOVING, controls=("canny",))
        assert not edit.is_able(able, for_video=False)
        assert edit.is_able(able, for_video=True)
        take = ImageEdit(prompt="a boat", video=VideoEdit(is_active=True), controls=(edit,))
        assert take.video_request(able).controls == (edit.layer(),)
        with pytest.raises(BadInputError, match="add one of its pictures"):
            edit.map_request(256, 256)


def test_a_control_that_never_acts_is_refused() -> None:
    """The message says what to change."""
    late = ControlEdit(kind="canny", picture="/art/walk.png", start=0.99, end=1.0)
    edit = ImageEdit(prompt="a boat", width=512, height=512, steps=10, controls=(late,))
    with pytest.raises(BadInputError, match="widen it or take more steps"):
        edit.request(ABLE)


def test_another_kind_has_other_settings() -> None:
    """Options and the catalogue's adapter go with the old kind; a folder that the artist chose stays."""
    edit = ControlEdit.of_layer(FULL).with_kind("depth")
    assert (edit.kind, edit.adapter, edit.options, edit.resolution) == ("depth", "", (), 0)
    assert edit.weight == FULL.weight
    assert replace(edit, adapter="/adapters/union").with_kind("canny").adapter == "/adapters/union"


def test_an_option_at_its_default_is_none() -> None:
    """So that a setting turned and turned back leaves the same request."""
    edit = ControlEdit(kind="canny", picture="/art/walk.png")
    assert edit.with_option("high", 90).options == (("high", 90),)
    assert edit.with_option("high", 90).with_option("low", 40).options == (("low", 40), ("high", 90))
    assert edit.with_option("high", 90).with_option("high", 200) == edit


@pytest.mark.parametrize(("index", "place", "wanted"), [(0, 2, "bac"), (0, 3, "bca"), (2, 0, "cab"), (1, 1, "abc")])
def test_a_layer_is_moved_before_another(index: int, place: int, wanted: str) -> None:
    """Places count from before the move, as a drop does."""
    layers = tuple(ControlEdit(kind="canny", picture=name) for name in "abc")
    assert "".join(layer.picture for layer in moved(layers, index, place)) == wanted


def test_a_new_picture_is_what_the_model_can_follow() -> None:
    """The first kind with a detector; edges for a model that has none."""
    assert first_kind(replace(FREE_TEXT, controls=("tile", "depth"))) == "depth"
    assert first_kind(FREE_TEXT) == first_kind(None) == "canny"


def test_the_request_names_its_adapters(home: Path, tmp_path: Path) -> None:
    """As the command line's does: the picture can be made again whatever the catalogue says later."""
    paths = Paths(home)
    paths.create()
    for folder, config in ((tmp_path / "model" / "unet", {}), (paths.models / "edges", {"_class_name": "T2IAdapter"})):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(config))
    entry = '[adapter.edges]\ntitle = "Edges"\nfolder = "edges"\nlicence = "none"\nkinds = ["canny"]\n'
    (paths.home / "models.toml").write_text(entry)
    file = tmp_path / "walk.png"
    off = ControlLayer(kind="depth", picture="/gone.png", enabled=False)
    request = ImageRequest(prompt="a boat", seed=5, controls=(ControlLayer(kind="canny", picture=str(file)), off))
    spec = replace(ABLE, folder=str(tmp_path / "model"))
    with pytest.raises(BadInputError, match="is not there; choose it again"):
        with_adapters(request, spec, paths)
    file.write_bytes(b"a picture")
    first, second = with_adapters(request, spec, paths).controls
    assert (first.adapter, second) == ("edges", off)


def test_a_place_that_cannot_be_looked_at_is_missing(home: Path) -> None:
    """A picture in a folder of somebody else's, or under a name that is too long: asked for again."""
    paths, picture = Paths(home), f"/{'a' * 300}"
    control = ControlEdit(kind="canny", picture=picture)
    assert not control.is_moving
    request = ImageRequest(prompt="a boat", seed=5, controls=(control.layer(),))
    with pytest.raises(BadInputError, match="is not there; choose it again"):
        with_adapters(request, ABLE, paths)


def test_settings_that_a_model_does_not_know_are_left_out_of_its_request() -> None:
    """A transformer's layers are balanced, those of a lone control act in all steps; the edit keeps both."""
    layer = ControlEdit(kind="canny", picture="/art/walk.png", mode="prompt", start=0.2, end=0.7)
    edit = ImageEdit(prompt="a boat", width=512, height=512, steps=10, controls=(layer,))
    sent = {
        family: edit.request(replace(ABLE, family=family)).controls[0]
        for family in ("stable_diffusion", "pixart", "z_image")
    }
    assert sent["stable_diffusion"] == layer.layer()
    assert sent["pixart"] == replace(layer, mode="balanced").layer()
    assert sent["z_image"] == replace(layer, mode="balanced", start=0.0, end=1.0).layer()
