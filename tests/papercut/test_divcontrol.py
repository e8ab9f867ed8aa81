"""Papercut's DivControl and its trial: what is trained is what the engine loads, and a kill costs little."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
import torch

from engine.control.divcontrol import load_divcontrol
from engine.models.folder import find_network
from papercut import control_score, control_trial, divcontrol
from papercut.card import write_card
from papercut.control import ControlPool, make_adapter, plain_maps
from papercut.control_score import score_trial
from papercut.control_trial import ARMS, path_of, run_trial, trained_weights
from papercut.divcontrol import INSTRUCTIONS, Alignment, Divided, DividedControl, Strengths, make_divided, write_folder
from papercut.layout import LATENT_CHANNELS
from papercut.training import descend
from papercut.unet import LEVELS, load_unet
from tests.papercut.control_work import fill_work
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor, nn

pytestmark = STOCK_WARNINGS


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder with the shipped weights and four rows of truth."""
    return fill_work(tmp_path_factory.mktemp("divcontrol"), 4, 2)


@pytest.fixture(scope="module")
def divided(work: Path) -> DividedControl:
    """As training begins, but with learned biases and a gate that tells the kinds well apart."""
    torch.manual_seed(1)  # pyright: ignore[reportUnknownMemberType]
    network = make_divided(load_unet(work)[0], plain_maps(ControlPool(work))).eval()
    with torch.no_grad():
        for weight in network.gate.parameters():
            weight.mul_(4.0)
    return network


def residuals(network: nn.Module, rows: int = 1) -> list[Tensor]:
    """What it adds for the same noise, text and map in each of `rows`."""
    drawn = torch.Generator().manual_seed(2)
    noise = torch.randn(1, LATENT_CHANNELS, 8, 8, generator=drawn).expand(rows, -1, -1, -1)
    features = torch.randn(1, 64, 256, generator=drawn).expand(rows, -1, -1)
    maps = torch.rand(1, 3, 128, 128, generator=drawn).expand(rows, -1, -1, -1)
    steer = cast("Callable[..., tuple[Sequence[Tensor], Tensor]]", network)
    with torch.no_grad():
        down, middle = steer(noise, 999.0, features, maps, return_dict=False)
    return [*down, middle]


@pytest.mark.parametrize(
    "layer", [torch.nn.Linear(12, 20), torch.nn.Conv2d(6, 10, 3, stride=2, padding=1)], ids=["linear", "conv"]
)
def test_a_divided_layer_begins_as_the_layer_it_divides(layer: nn.Linear | nn.Conv2d) -> None:
    """With every tailor at strength 1 it computes the same."""
    shape = (3, 5, 12) if isinstance(layer, torch.nn.Linear) else (3, 6, 8, 8)
    hidden = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        assert torch.allclose(Divided(layer, Strengths())(hidden), layer(hidden), atol=1e-5)


def test_each_row_has_its_own_kind(divided: DividedControl) -> None:
    """Rows of a mixed batch are what they are alone, and kinds differ."""
    kinds = ["canny", "depth", "segment"]
    divided.choose(kinds)
    together = residuals(divided, 3)
    for row, kind in enumerate(kinds):
        divided.choose([kind])
        for alone, batch in zip(residuals(divided), together, strict=True):
            assert torch.allclose(alone[0], batch[row], atol=1e-4)
    assert not torch.allclose(together[-1][0], together[-1][1], atol=1e-2)


def test_the_engine_loads_what_was_trained(work: Path, divided: DividedControl, tmp_path: Path) -> None:
    """Of each kind, unseen ones too, the ControlNetModel mixed from the folder adds what training's network did."""
    config = dict(cast("dict[str, object]", make_adapter(load_unet(work)[0]).config))
    state = {name: value.half().float() for name, value in divided.state_dict().items()}
    rounded = DividedControl(make_adapter(load_unet(work)[0])).eval()
    rounded.load_state_dict(state)
    write_folder(state, config, tmp_path / "net", tuple(INSTRUCTIONS))
    component = find_network(tmp_path, "net", ("DivControlNetModel",))
    for kind in INSTRUCTIONS:
        rounded.choose([kind])
        theirs = residuals(load_divcontrol(component, kind, torch.float32))
        for ours, loaded in zip(residuals(rounded), theirs, strict=True):
            assert torch.allclose(ours, loaded, atol=1e-4)


def test_alignment_knows_the_map(work: Path) -> None:
    """Between 0 and 2, and a reader taught on one map reads it better than another."""
    torch.manual_seed(5)  # pyright: ignore[reportUnknownMemberType]
    alignment = Alignment(work, LEVELS[1])
    maps = plain_maps(ControlPool(work))[:2]
    assert not torch.equal(maps[0], maps[1])
    cells = torch.randn(1, LEVELS[1], 8, 8)
    optimizer = torch.optim.Adam(alignment.parameters(), lr=3e-3)
    for _ in range(60):
        loss = alignment(cells, maps[:1])
        assert 0 <= float(loss) <= 2
        descend(loss, optimizer, list(alignment.parameters()))
    with torch.no_grad():
        assert alignment(cells, maps[:1]) < alignment(cells, maps[1:]) - 0.05
    assert len(alignment.state_dict()) == 4, "E is no part of what is saved"


def test_alignment_goes_where_the_maps_are(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """E is no part of the module, and yet is moved to the device that trains."""
    elsewhere = torch.device("meta")

    class Encoder(torch.nn.Conv2d):
        """Minds where it is asked, which a meta device does not."""

        def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - as torch names it
            assert self.weight.device == input.device
            return super().forward(input)

    def fold(_model: object) -> Encoder:
        return Encoder(3, LATENT_CHANNELS, 16, 16)

    monkeypatch.setattr(divcontrol, "fold_encoder", fold)
    alignment = Alignment(work, LEVELS[1]).to(elsewhere)
    cells, maps = torch.zeros(1, LEVELS[1], 8, 8, device=elsewhere), torch.zeros(1, 3, 256, 256, device=elsewhere)
    assert alignment(cells, maps).device == elsewhere


def test_a_score_without_what_is_compared_is_one_line(tmp_path: Path) -> None:
    """The network for all kinds is what the others are held against."""
    with pytest.raises(ValueError, match=r"unified\.pt is missing; run the divcontrol command first"):
        score_trial(tmp_path, tmp_path / "papercut")


def test_of_a_new_kind_the_tailors_alone_learn(divided: DividedControl) -> None:
    """As many numbers as the tailors of a folder have; otherwise all of them."""
    try:
        special = [value for name, value in divided.named_parameters() if ".tailors." in name]
        assert {id(weight) for weight in trained_weights(divided, None, is_new=True)} == {id(part) for part in special}
        assert len(trained_weights(divided, None, is_new=False)) == len(list(divided.parameters()))
    finally:
        divided.requires_grad_(requires_grad=True)


def test_the_trial_goes_on_after_a_kill_and_is_scored(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every arm takes all of its steps and learns, and the card tells of what there is."""
    arms = [arm for arm in ARMS if arm.name in {"divcontrol", "unified"}]
    monkeypatch.setattr(control_trial, "BATCH", 2)
    monkeypatch.setattr(control_trial, "STUDENTS", 1)
    monkeypatch.setattr(control_trial, "ARMS", arms)
    device = torch.device("cpu")
    control_trial.train_arm(work, arms[0], 1, device)
    first = torch.load(path_of(work, "divcontrol"), weights_only=True)
    run_trial(work, 2, device)
    second = torch.load(path_of(work, "divcontrol"), weights_only=True)
    assert (first["step"], second["step"]) == (1, 2)
    for part in ("gate.out.bias", "adapter.mid_block.attentions.0.transformer_blocks.0.ff.net.2.weight.genes.left"):
        assert not torch.equal(first["model"][part], second["model"][part])

    monkeypatch.setattr(control_score, "MANY_STEPS", 2)
    monkeypatch.setattr(control_score, "KINDS", ("canny", "depth"))
    folder = work_card(tmp_path)
    score_trial(work, folder, scenes=2, few=1)
    result = json.loads((folder.with_name("papercut-control") / "card.json").read_text())
    assert list(result["table"]) == ["1", "2"]
    # The work folder of a test has no detectors: what asks for depth or classes is left out.
    assert list(result["table"]["1"]) == ["canny", "lineart_standard"]
    cells = result["table"]["1"]["canny"]
    assert list(cells) == ["none", "unified", "DivControl", "shipped", "renders"]
    assert cells["renders"]["mean"] == 1.0
    assert cells["unified"]["over_unified"] == [0.0, 0.0]
    assert 0 < cells["DivControl"]["mean"] < 1
    card = (folder / "CARD.md").read_text()
    assert "| canny, F1 of edges |" in card
    low, high = cells["DivControl"]["over_unified"]
    assert f"; DivControl is better in {int(low > 0)}, worse in {int(high < 0)}; " in card


def work_card(folder: Path) -> Path:
    """The shipped folders, by reference, with a card of their own to write."""
    from engine.paths import resources_folder

    shipped = resources_folder() / "models"
    for name in ("papercut", "papercut-control"):
        (folder / name).mkdir()
        for part in (shipped / name).iterdir():
            if part.name not in {"CARD.md", "card.json", "sheet.png"}:
                (folder / name / part.name).symlink_to(part)
    (folder / "papercut" / "card.json").write_text((shipped / "papercut" / "card.json").read_text())
    return folder / "papercut"


def test_a_card_without_a_trial_has_no_section_on_it(tmp_path: Path) -> None:
    """Nothing is claimed that was not measured."""
    folder = work_card(tmp_path)
    write_card(folder, json.loads((folder / "card.json").read_text()))
    assert "## Control" not in (folder / "CARD.md").read_text()
