"""engine.tasks.controls: layers made ready once per request, and what they do to pictures and their record."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.adapters import find_adapter
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError, BadModelError, JobCancelledError
from engine.media.metadata import PictureRecord, read_settings
from engine.media.png import read_texts
from engine.messages import ControlLayer, ImageRequest, Notice, Preview, Progress
from engine.paths import Paths
from engine.protocol import Run
from engine.tasks.controls import ControlSupply, ready_controls
from engine.tasks.image import make_pictures
from engine.tasks.image_job import run_image_job
from engine.tasks.loading import LoadedModel, load
from tests.tiny_adapters import (
    HEIGHT,
    WIDTH,
    map_layer,
    write_controlnet,
    write_steered_model,
    write_t2i,
    write_union,
)
from tests.tiny_divcontrol import write_divcontrol

Pixels = list[np.ndarray]


class Bench:
    """A model, its adapters, and a supply of controls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loaded: LoadedModel = load(write_steered_model(folder / "model", "flow"), plan_for("cpu"))
        plan = self.loaded.plan
        self.supply = ControlSupply(
            Paths(folder),
            AdapterShelf(plan.torch_device, channels_last=plan.channels_last),
            HintStore(lambda: DetectorShelf(WeightStore(folder / "annotators", folder / "hub"), "cpu")),
        )
        self.net = write_controlnet(folder / "net")
        self.union = write_union(folder / "union")
        self.t2i = write_t2i(folder / "t2i")
        self.divided = write_divcontrol(folder / "divided")

    def layer(self, **fields: object) -> ControlLayer:
        return map_layer(self.folder, self.net, **fields)

    def request(self, *layers: ControlLayer, **fields: object) -> ImageRequest:
        base = ImageRequest(prompt="winter", seed=7, model="tiny", width=WIDTH, height=HEIGHT, controls=layers)
        return msgspec.structs.replace(base, **fields)

    def pixels(self, request: ImageRequest) -> Pixels:
        ready = ready_controls(request, self.loaded, self.supply, lambda: None)
        return [picture.pixels for picture in make_pictures(request, self.loaded, lambda done: None, ready.controls)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def test_a_picture_of_a_controlled_batch_is_the_single_picture_of_its_seed(bench: Bench) -> None:
    """Controls keep the promise of batches, with one step and with several."""
    for steps in (1, 3):
        request = bench.request(bench.layer(), map_layer(bench.folder, bench.t2i, 12), count=3, steps=steps)
        batch = bench.pixels(request)
        for index in (2, 0):
            (single,) = bench.pixels(msgspec.structs.replace(request, seed=7 + index, count=1))
            assert np.array_equal(batch[index], single)


def test_what_a_layer_says_changes_the_picture(bench: Bench) -> None:
    """Map, weight, mode, mask, steps and adapter each matter, alone and beside another layer."""
    mask = bench.folder / "half.png"
    half = np.zeros((HEIGHT, WIDTH), np.uint8)
    half[:, : WIDTH // 2] = 255
    Image.fromarray(half).save(mask)
    variants = [
        bench.request(steps=4),
        *(
            bench.request(layer, steps=4)
            for layer in (
                bench.layer(),
                map_layer(bench.folder, bench.net, 12),
                bench.layer(weight=0.5),
                bench.layer(mode="prompt"),
                bench.layer(mask=str(mask)),
                bench.layer(end=0.5),
                bench.layer(start=0.5),
                map_layer(bench.folder, bench.union),
                map_layer(bench.folder, bench.union, kind="depth"),
                map_layer(bench.folder, bench.t2i),
                map_layer(bench.folder, bench.t2i, mask=str(mask)),
                map_layer(bench.folder, bench.t2i, mode="prompt"),
                map_layer(bench.folder, bench.divided),
                map_layer(bench.folder, bench.divided, kind="depth"),
                map_layer(bench.folder, bench.divided, weight=0.5),
                map_layer(bench.folder, bench.divided, mask=str(mask)),
                map_layer(bench.folder, bench.divided, end=0.5),
                map_layer(bench.folder, bench.divided, start=0.5),
            )
        ),
        bench.request(bench.layer(), map_layer(bench.folder, bench.net, 12), steps=4),
    ]
    pictures = [bench.pixels(request)[0].tobytes() for request in variants]
    assert len(set(pictures)) == len(variants)


@pytest.mark.parametrize("changes", [{"enabled": False}, {"weight": 0.0}, {"mask": "black"}])
def test_a_layer_without_effect_leaves_the_picture_as_it_was(bench: Bench, changes: dict[str, object]) -> None:
    """Off, weightless, or masked everywhere: the picture of the request without it, to the last pixel."""
    if changes.get("mask"):
        Image.new("L", (WIDTH, HEIGHT)).save(bench.folder / "black.png")
        changes = {"mask": str(bench.folder / "black.png")}
    plain, without = bench.pixels(bench.request(steps=2)), bench.pixels(bench.request(bench.layer(**changes), steps=2))
    assert np.array_equal(plain[0], without[0])


def test_a_white_mask_is_no_mask(bench: Bench) -> None:
    """Acting everywhere by mask equals acting everywhere, for every class of adapter."""
    Image.new("L", (WIDTH, HEIGHT), 255).save(bench.folder / "white.png")
    for adapter in (bench.net, bench.union, bench.t2i, bench.divided):
        layer = map_layer(bench.folder, adapter)
        masked = msgspec.structs.replace(layer, mask=str(bench.folder / "white.png"))
        assert np.array_equal(bench.pixels(bench.request(layer))[0], bench.pixels(bench.request(masked))[0])


def test_union_layers_share_a_run_unless_mask_or_mode_differ(bench: Bench) -> None:
    """Two kinds of one union are one run of the network; their order does not matter."""
    layers = [map_layer(bench.folder, bench.union, seed, kind=kind) for seed, kind in ((1, "canny"), (2, "depth"))]
    apart = msgspec.structs.replace(layers[1], mode="prompt")

    def runs(*chosen: ControlLayer) -> int:
        return len(ready_controls(bench.request(*chosen), bench.loaded, bench.supply, lambda: None).controls)

    assert (runs(*layers), runs(layers[0], apart)) == (1, 2)
    shared, swapped = bench.pixels(bench.request(*layers)), bench.pixels(bench.request(*layers[::-1]))
    assert np.abs(shared[0].astype(int) - swapped[0]).mean() < 1.0


def test_adapters_and_maps_are_loaded_once(bench: Bench) -> None:
    """The same layers again load nothing; a network is embedded once per request, not once per picture."""
    bench.pixels(bench.request(bench.layer()))
    adapter = bench.supply.adapters.fetch(
        find_adapter(str(bench.net), bench.supply.paths), bench.loaded.plan.torch_dtype
    )
    embedded: list[object] = []
    assert adapter.embed is not None
    handle = adapter.embed.register_forward_hook(lambda module, inputs, output: embedded.append(output))
    try:
        bench.pixels(bench.request(bench.layer(), count=3, steps=2))
    finally:
        handle.remove()
    assert len(embedded) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"adapter": "/nowhere"}, "adapter '/nowhere' is not known"),
        ({"adapter": "UNION", "kind": "tile"}, "knows no 'tile' control; use one of: openpose"),
        ({"adapter": "DIVIDED", "kind": "tile"}, "is made for canny, depth, not tile; choose one"),
        ({"picture": "/nowhere.png"}, "/nowhere.png cannot be read"),
        ({"kind": "hed", "is_map": False}, "hed wants ControlNetHED"),
    ],
)
def test_what_cannot_be_made_ready_is_named(bench: Bench, fields: dict[str, object], said: str) -> None:
    """Bad adapters, kinds and files end the job with one line."""
    folders = {"UNION": str(bench.union), "DIVIDED": str(bench.divided)}
    fields = {name: folders.get(str(value), value) for name, value in fields.items()}
    layer = msgspec.structs.replace(bench.layer(), **fields)
    with pytest.raises((BadInputError, BadModelError), match=said):
        ready_controls(bench.request(layer), bench.loaded, bench.supply, lambda: None)


def test_sizes_and_latents_that_do_not_suit_an_adapter_are_refused(bench: Bench, tmp_path: Path) -> None:
    """An adapter whose hints have another scale says so instead of failing inside the network."""
    other = write_controlnet(tmp_path / "other", conditioning_embedding_out_channels=(4, 4, 8, 8))
    with pytest.raises(BadModelError, match="is made for latents of 12x8 where this model has 6x4"):
        bench.pixels(bench.request(map_layer(tmp_path, other)))
    coarse = write_t2i(tmp_path / "coarse", downscale_factor=64)
    with pytest.raises(BadInputError, match=r"size 96x64 does not suit .*; use multiples of 64"):
        bench.pixels(bench.request(map_layer(tmp_path, coarse)))


def test_a_job_records_its_files_and_says_what_was_done_to_them(bench: Bench, tmp_path: Path) -> None:
    """The part restores to its request, holds the digests of map and mask, and a resized mask is a notice."""
    mask = tmp_path / "mask.png"
    Image.new("L", (10, 10), 255).save(mask)
    layer = bench.layer(mask=str(mask))
    request = bench.request(layer, count=2)
    run = Run(
        job="j", attempt=1, request=request, spec=bench.loaded.spec, parts=(str(tmp_path / "0"), str(tmp_path / "1"))
    )
    events: list[Progress | Preview | Notice] = []
    run_image_job(run, bench.loaded, events.append, lambda: None, bench.supply)
    notes = [event.message for event in events if isinstance(event, Notice)]
    assert notes == ["mask.png: the mask of 10x10 was resized to 96x64 (crop)"]
    record = msgspec.json.decode(read_texts(tmp_path / "1")["onetake"], type=PictureRecord)
    assert record.inputs == {
        name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in (layer.picture, str(mask))
    }
    assert read_settings(tmp_path / "1") == msgspec.structs.replace(request, seed=8, count=1)


def test_a_job_can_be_stopped_between_layers(bench: Bench, tmp_path: Path) -> None:
    """Before each layer is made ready, and with nothing left behind."""
    request = bench.request(bench.layer(), bench.layer())
    run = Run(job="j", attempt=1, request=request, spec=bench.loaded.spec, parts=(str(tmp_path / "0"),))
    checks = iter(range(10))

    def stop() -> None:
        if next(checks) == 2:
            raise JobCancelledError("stopped")

    with pytest.raises(JobCancelledError):
        run_image_job(run, bench.loaded, lambda event: None, stop, bench.supply)
    assert not (tmp_path / "0").exists()
