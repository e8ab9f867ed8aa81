"""Papercut's control adapter: the maps it learns from, and that it begins as nothing and goes on after a kill."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import pytest
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel

from papercut import control
from papercut.control import HINT, ControlPool, begin, make_adapter, predict_controlled, train_control
from papercut.control_maps import KINDS, class_colours, draw_map
from papercut.export import export_control
from papercut.grammar import sample_scene
from papercut.layout import LATENT_CHANNELS, draw_noise
from papercut.render import render
from papercut.stage import CLASSES, ID
from papercut.training import as_tensor
from papercut.unet import load_unet, predict
from tests.papercut.control_work import fill_work, sitting
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor


class _Stock(Protocol):
    def from_pretrained(self, folder: Path) -> ControlNetModel: ...


pytestmark = STOCK_WARNINGS


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with the shipped weights and five rows of truth."""
    return fill_work(tmp_path_factory.mktemp("control"), 5, 2)


@pytest.fixture(scope="module")
def scene() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Picture, depth and classes of a scene with a boat, in the snow."""
    rng = np.random.default_rng(4)
    plan = sample_scene(rng)
    while plan.boats == 0 or plan.snow:
        plan = sample_scene(rng)
    noise = draw_noise(rng)
    truth = render(plan, noise, maps=True)
    assert truth.depth is not None
    assert truth.segmentation is not None
    picture = render(replace(plan, snow=True), noise).picture
    return picture, np.rint(255 * truth.depth).astype(np.uint8), truth.segmentation


def test_every_class_has_a_colour_of_its_own() -> None:
    """Far enough apart to be told by eye and after a JPEG."""
    colours = class_colours().astype(int)
    assert len(colours) == len(CLASSES)
    assert min(np.abs(a - b).max() for a, b in itertools.combinations(colours, 2)) >= 50


@pytest.mark.parametrize("kind", KINDS)
def test_maps_are_pictures_of_the_scene(
    kind: str, scene: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
) -> None:
    """Each kind tells the boat's outline; loose maps are near the plain one, and no two are alike."""
    plain = draw_map(kind, *scene, None)
    assert plain.shape == scene[0].shape
    boat = scene[2] == ID["boats"]
    grown = np.zeros_like(boat)
    rows, columns = np.nonzero(boat)
    grown[rows.min() - 3 : rows.max() + 4, columns.min() - 3 : columns.max() + 4] = True
    assert plain[grown].std() > 10
    loose = [draw_map(kind, *scene, np.random.default_rng(seed)) for seed in (1, 2)]
    if kind == "segment":
        assert np.array_equal(loose[0], plain)
    else:
        assert not np.array_equal(loose[0], loose[1])
        assert np.corrcoef(loose[0].ravel(), plain.ravel())[0, 1] > 0.3


def test_scribbles_leave_flakes_out(scene: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    """Edges of a picture show snow, a drawing of it does not."""
    sky = np.zeros(scene[2].shape, np.bool_)
    sky[:40] = scene[2][:40] == ID["sky"]
    edges, strokes = draw_map("canny", *scene, None), draw_map("scribble", *scene, None)
    assert edges[sky].mean() > 2 * strokes[sky].mean()


def test_an_unknown_kind_is_refused(scene: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]) -> None:
    """By name, with those there are."""
    with pytest.raises(ValueError, match="use one of canny, scribble"):
        draw_map("sketch", *scene, None)


def test_a_new_adapter_adds_nothing(work: Path) -> None:
    """Until training begins, the denoiser's own picture, whatever the map."""
    unet, _ = load_unet(work)
    noise, features = torch.randn(1, LATENT_CHANNELS, 8, 8), torch.randn(1, 64, 256)
    maps = torch.rand(1, 3, 128, 128)
    with torch.no_grad():
        steered = predict_controlled(unet, make_adapter(unet), noise, 999.0, features, maps)
        assert torch.equal(steered, predict(unet, noise, 999.0, features))


def test_training_begins_where_the_map_is_seen(work: Path) -> None:
    """Maps reach the copy beside its noise, and what the denoiser reads from that noise is taken away."""
    unet, _ = load_unet(work)
    adapter, pool = make_adapter(unet), ControlPool(work)
    maps = as_tensor(np.stack([pool.draw_map(row, "canny", None) for row in range(4)]))
    seen = maps.permute(0, 3, 1, 2).float() / 255
    begin(adapter, seen)
    embedding = cast("torch.nn.Module", adapter.controlnet_cond_embedding)
    with torch.no_grad():
        assert 0.9 * HINT < float(embedding(seen).std()) < 1.1 * HINT
        noise, features = torch.randn(1, LATENT_CHANNELS, 8, 8), torch.randn(1, 64, 256)
        blank = torch.zeros(1, 3, 128, 128)
        down, _ = cast("Callable[..., tuple[list[Tensor], Tensor]]", adapter)(
            noise, 999.0, features, blank, return_dict=False
        )
        assert torch.allclose(down[0], -unet.conv_in(noise), atol=1e-5)


def test_training_moves_the_adapter_and_goes_on_after_a_kill(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps count on over two sittings; what is exported loads with the stock class and steers."""
    monkeypatch.setattr(control, "Clock", sitting(6, warm_after=60))
    assert ControlPool(work).count == 5
    steps: list[int] = []
    for _ in range(2):
        train_control(work, 60.0, torch.device("cpu"), batch=3)
        state = torch.load(work / "control.pt", weights_only=True)
        steps.append(state["step"])
    assert steps == [6, 12]
    target = tmp_path / "papercut-control"
    export_control(work, target)
    adapter = cast("_Stock", ControlNetModel).from_pretrained(target)
    unet, _ = load_unet(work)
    noise, features = torch.randn(1, LATENT_CHANNELS, 8, 8), torch.randn(1, 64, 256)
    with torch.no_grad():
        first, second = (
            predict_controlled(unet, adapter, noise, 999.0, features, maps)
            for maps in (torch.zeros(1, 3, 128, 128), torch.ones(1, 3, 128, 128))
        )
    assert not torch.equal(first, second)


def test_exporting_what_was_never_trained_is_refused(tmp_path: Path) -> None:
    """With the command that makes it."""
    with pytest.raises(ValueError, match="run the control command first"):
        export_control(tmp_path, tmp_path / "papercut-control")
