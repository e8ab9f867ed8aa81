"""engine.adapters: adapters by name or by folder, and which fits which model."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine.adapters import choose_adapter, find_adapter, misfit, read_adapter_config, read_adapters
from engine.catalogue import find_model, read_catalogue
from engine.errors import BadInputError, BadModelError, UnknownModelError
from engine.messages import ControlLayer
from engine.model_files import check_files, read_file_list
from engine.paths import Paths
from tests.requests import FREE_TEXT
from tests.tiny_models import write_json

SD15: dict[str, object] = {
    "in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280, 1280], "cross_attention_dim": 768,
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
}  # fmt: skip
NET: dict[str, object] = {"_class_name": "ControlNetModel", **SD15}
T2I: dict[str, object] = {
    "_class_name": "T2IAdapter",
    "channels": [320, 640, 1280, 1280],
    "adapter_type": "full_adapter",
}
XL: dict[str, object] = {
    "in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280], "cross_attention_dim": 2048,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
}  # fmt: skip
XL_NET: dict[str, object] = {**XL, "_class_name": "ControlNetModel"}
XL_T2I: dict[str, object] = {
    "_class_name": "T2IAdapter", "channels": [320, 640, 1280, 1280], "adapter_type": "full_adapter_xl",
}  # fmt: skip


class Home:
    """A home with a model folder and adapters beside it; configurations only."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(folder)
        (folder / "model" / "unet").mkdir(parents=True)
        write_json(folder / "model" / "model_index.json", {"_class_name": "StableDiffusionPipeline"})
        write_json(folder / "model" / "unet" / "config.json", SD15)
        self.model = str(folder / "model")

    def add(self, name: str, config: dict[str, object], kinds: list[str] | None = None) -> Path:
        """An adapter in the user's models folder, listed when it has kinds."""
        folder = self.paths.models / name
        folder.mkdir(parents=True)
        write_json(folder / "config.json", config)
        if kinds is not None:
            with (self.paths.home / "models.toml").open("a", encoding="utf-8") as stream:
                stream.write(f'[adapter.{name}]\ntitle = "{name}"\nfolder = "{name}"\nkinds = {kinds}\n')
        return folder


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path)


def layer(kind: str = "canny", adapter: str = "") -> ControlLayer:
    return ControlLayer(kind=kind, picture="/a.png", adapter=adapter)


def test_the_shipped_adapter_is_listed_without_a_home(tmp_path: Path) -> None:
    """A home that is not there is no error; what ships comes with the list of its files."""
    (spec,) = read_adapters(Paths(tmp_path / "nowhere")).values()
    assert spec.name == "papercut-control"
    assert read_file_list(Path(spec.folder))
    check_files(spec)


def test_listed_adapters_give_their_kinds_to_the_models_that_they_fit(place: Home) -> None:
    """A model's controls are those of the adapters made for it, and no others'."""
    place.add("lines", NET, ["canny", "lineart"])
    place.add("deep", {**NET, "cross_attention_dim": 1024}, ["depth"])
    place.add("sketch", T2I, ["canny", "scribble"])
    assert find_model(place.model, place.paths).controls == ("canny", "lineart", "scribble")
    shipped = read_adapters(place.paths)["papercut-control"]
    assert read_catalogue(place.paths)["papercut"].controls == shipped.kinds


def test_the_first_that_fits_is_chosen_and_a_named_one_goes_before(place: Home) -> None:
    """Without a name the catalogue's order decides; a name or a path is taken at its word."""
    place.add("deep", {**NET, "cross_attention_dim": 1024}, ["canny"])
    place.add("lines", NET, ["canny"])
    place.add("sketch", T2I, ["canny"])
    unlisted = place.add("unlisted", NET)
    model = find_model(place.model, place.paths)
    chosen = [choose_adapter(layer(adapter=name), model, place.paths) for name in ("", "sketch", str(unlisted))]
    assert [spec.name for spec in chosen] == ["lines", "sketch", str(unlisted)]
    assert chosen[2].kinds == ()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (layer(adapter="nobody"), "adapter 'nobody' is not known; use one of: papercut-control, lines, or the path"),
        (layer("depth"), "has no 'depth' control; name the folder of an adapter"),
        (layer("depth", "lines"), "adapter lines is made for canny, not depth"),
        (layer(adapter="FOLDER/model"), "is a whole model, no adapter"),
        (layer(adapter="FOLDER/models/other"), "not made for .*: its cross_attention_dim 1024 is not the model's 768"),
        (
            layer(adapter="FOLDER/models/foreign"),
            "names the class 'SparseControlNetModel'; Onetake runs ControlNetModel",
        ),
        (layer(adapter="FOLDER/models/empty"), "config.json is missing; name the folder of a ControlNet"),
        (layer(adapter="FOLDER/models/torn"), "config.json cannot be read"),
        (layer(adapter="FOLDER/models/listing"), "config.json holds no JSON object"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(place: Home, wanted: ControlLayer, said: str) -> None:
    """Unknown, of another kind, of another model, foreign, missing and damaged adapters are each told apart."""
    place.add("lines", NET, ["canny"])
    place.add("other", {**NET, "cross_attention_dim": 1024})
    place.add("foreign", {"_class_name": "SparseControlNetModel"})
    (place.add("empty", {}) / "config.json").unlink()
    (place.add("torn", {}) / "config.json").write_text('{"_class_')
    (place.add("listing", {}) / "config.json").write_text("[]")
    model = find_model(place.model, place.paths)
    wanted = msgspec.structs.replace(wanted, adapter=wanted.adapter.replace("FOLDER", str(place.paths.home)))
    with pytest.raises((BadInputError, BadModelError, UnknownModelError), match=said) as caught:
        choose_adapter(wanted, model, place.paths)
    assert "\n" not in caught.value.message


def test_an_entry_without_kinds_has_those_that_its_adapter_names(place: Home) -> None:
    """A DivControl is offered for its own kinds alone, and refused for others before a job is stored."""
    table = {"kinds": {"depth": "depth map to picture", "canny": "lines to picture"}, "tailors": 4, "active": 2}
    place.add("many", {**NET, "_class_name": "DivControlNetModel", "divcontrol": table}, [])
    place.add("plain", NET, [])
    with (place.paths.home / "models.toml").open("a", encoding="utf-8") as stream:
        stream.write('[adapter.unsaid]\ntitle = "u"\nfolder = "many"\n')
    model = find_model(place.model, place.paths)
    assert model.controls == ("depth", "canny")
    assert choose_adapter(layer("depth"), model, place.paths).name == "many"
    for name in ("many", "unsaid"):
        with pytest.raises(BadInputError, match=f"adapter {name} is made for depth, canny, not sam; choose one"):
            choose_adapter(layer("sam", name), model, place.paths)
    assert choose_adapter(layer("sam", "plain"), model, place.paths).kinds == ()


def test_a_damaged_adapter_does_not_hide_the_models(place: Home) -> None:
    """Models are still listed; the adapter is only missing among their controls."""
    folder = place.add("lines", NET, ["canny"])
    (folder / "config.json").write_text("{")
    assert find_model(place.model, place.paths).controls == ()
    assert "papercut" in read_catalogue(place.paths)


def test_a_damaged_catalogue_is_named(place: Home) -> None:
    """The error names the file to mend."""
    (place.paths.home / "models.toml").write_text("[adapter.a]\nkinds = 3\nfolder = 'a'\ntitle = 'A'\n")
    with pytest.raises(BadModelError, match=r"models\.toml is no readable catalogue"):
        find_adapter("a", place.paths)


@pytest.mark.parametrize(
    ("adapter", "unet", "said"),
    [
        (NET, SD15, ""),
        ({"_class_name": "ControlNetModel", "cross_attention_dim": 768}, {"cross_attention_dim": 768}, ""),
        ({**NET, "_class_name": "ControlNetUnionModel"}, SD15, ""),
        (NET, {**SD15, "in_channels": 9}, ""),
        ({**NET, "in_channels": 8}, SD15, "its in_channels 8 is not the model's 4"),
        ({**NET, "layers_per_block": 1}, SD15, "its layers_per_block 1 is not the model's 2"),
        (
            {**NET, "addition_embed_type": "text_time"},
            SD15,
            "its addition_embed_type text_time is not the model's None",
        ),
        (XL_NET, XL, ""),
        ({**XL_NET, "_class_name": "ControlNetUnionModel"}, XL, ""),
        (
            {**XL_NET, "projection_class_embeddings_input_dim": 2560},
            XL,
            "its projection_class_embeddings_input_dim 2560 is not the model's 2816",
        ),
        ({**NET, "_class_name": "ControlNetUnionModel", "addition_time_embed_dim": 256}, SD15, ""),
        (XL_T2I, XL, ""),
        ({**XL_T2I, "channels": [320, 640, 1280]}, XL, "its channels .* are not the model's"),
        (T2I, XL, "made for Stable Diffusion 1 and 2"),
        (XL_T2I, {**XL, "down_block_types": ["CrossAttnDownBlock2D"] * 3}, "in all blocks of the model but the first"),
        ({**NET, "class_embed_type": "timestep"}, {**SD15, "class_embed_type": "timestep"}, "is not supported"),
        ({**NET, "conditioning_channels": 1}, SD15, "it takes maps of 1 channels"),
        (T2I, SD15, ""),
        ({**T2I, "in_channels": 1}, SD15, ""),
        ({**T2I, "in_channels": 4}, SD15, "it takes maps of 4 channels"),
        ({**T2I, "adapter_type": "light_adapter", "channels": [320, 640, 1280]}, SD15, ""),
        ({**T2I, "adapter_type": "full_adapter_xl"}, SD15, "made for Stable Diffusion XL"),
        ({**T2I, "channels": 64}, SD15, "its channels .* are not the model's"),
        ({**T2I, "channels": [64, 64]}, SD15, r"its channels \[64, 64\] are not the model's"),
        (T2I, {**SD15, "down_block_types": ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * 3}, "attention in all blocks"),
    ],
)
def test_a_configuration_tells_what_fits(adapter: dict[str, object], unet: dict[str, object], said: str) -> None:
    """Every field that decides shapes is compared, with the library's defaults for what is left out."""
    import re

    assert re.search(said, misfit(adapter, unet)) if said else misfit(adapter, unet) == ""


def test_a_family_without_adapters_has_no_controls(place: Home) -> None:
    """Whatever is listed, a video family's spec stays without."""
    place.add("lines", NET, ["canny"])
    video = msgspec.structs.replace(FREE_TEXT, family="video", folder=place.model)
    with pytest.raises(BadInputError, match="has no 'canny' control"):
        choose_adapter(layer(), video, place.paths)


def test_the_configuration_is_the_folders(place: Home) -> None:
    """What is read is the file, every field of it."""
    assert read_adapter_config(place.add("lines", NET)) == NET
