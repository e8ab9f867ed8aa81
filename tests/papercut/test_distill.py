"""The comparison's runs: what they cost is equal, a kill changes nothing, and the table hides nobody."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from engine.distill.lora import ATTENTION, CONVOLUTIONS, LowRankAdapter
from engine.models.denoiser import Conditioning
from engine.paths import resources_folder
from engine.sampling.guidance import GuidedDenoiser
from papercut import distill_methods
from papercut.checkpoints import load
from papercut.distill import (
    FIRST,
    Examples,
    Material,
    Method,
    PapercutDenoiser,
    ProcessorTime,
    Turn,
    read_run,
    run,
)
from papercut.distill_card import FILE, DistilledRow, DistilledTable, distilled_section, read_table, write_table
from papercut.distill_methods import METHODS, PairStore, even_levels
from papercut.distill_sight import linear_decoder
from papercut.distill_table import judge_methods, run_path
from papercut.layout import LATENT_CHANNELS
from papercut.pool import Rows
from papercut.shipped import ShippedModel
from papercut.text import MAX_TOKENS, WIDTH
from papercut.training import seed_torch
from papercut.unet import make_unet
from tests.engine.distill.descent import send_back
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


FOLDER = resources_folder() / "models" / "papercut"
CPU = torch.device("cpu")

pytestmark = STOCK_WARNINGS


def tiny_unet() -> UNet2DConditionModel:
    """A denoiser of Papercut's form with few weights."""
    seed_torch(0)
    return UNet2DConditionModel(
        sample_size=16, in_channels=LATENT_CHANNELS, out_channels=LATENT_CHANNELS, layers_per_block=1,
        block_out_channels=(8, 8, 8), norm_num_groups=4, cross_attention_dim=WIDTH, attention_head_dim=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """A tiny denoiser with Papercut's own parts around it, and a pool of four rows."""
    work = tmp_path_factory.mktemp("work")
    pool, rng = Rows(work / "pool-control", 4), np.random.default_rng(0)
    for name, shape in (("latents", (LATENT_CHANNELS, 16, 16)), ("features", (MAX_TOKENS, WIDTH))):
        pool.open(name, shape, np.float16)[:] = rng.standard_normal((4, *shape))
    pool.commit(4)
    shipped = replace(ShippedModel.load(FOLDER), unet=tiny_unet())
    unet = shipped.unet.requires_grad_(requires_grad=False)
    with torch.no_grad():
        empty = Conditioning(shipped.read([""]))
    teacher = GuidedDenoiser(PapercutDenoiser(unet), empty, 2.0)
    return Material(unet, teacher, Examples(work, shipped.scale, CPU), shipped, CPU)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pairs of few steps."""
    monkeypatch.setattr(distill_methods, "PAIRS", 2)
    monkeypatch.setattr(distill_methods, "TEACHER_STEPS", 2)


class Turns:
    """A budget of ten turns that a kill may end early."""

    def __init__(self, killed_after: int = 10) -> None:
        self._killed_after = killed_after

    def share(self, step: int) -> float:
        return 1.0 if step >= self._killed_after else step / 10


def weights_of(path: Path) -> Mapping[str, torch.Tensor]:
    """The averaged weights of a checkpoint."""
    state = load(path)
    assert state is not None
    return cast("dict[str, torch.Tensor]", state["average"])


@pytest.mark.parametrize("name", METHODS)
def test_a_killed_run_ends_with_the_same_numbers(name: str, material: Material, tmp_path: Path) -> None:
    """Ten turns at once, or three and five and two by three processes: the weights are equal to the last bit."""
    make = METHODS[name][0]
    run(make(material), tmp_path / "whole.pt", CPU, budget_s=600, budget=Turns())
    for killed_after in (3, 8, 10):
        run(make(material), tmp_path / "parts.pt", CPU, budget_s=600, budget=Turns(killed_after))
    whole, parts = weights_of(tmp_path / "whole.pt"), weights_of(tmp_path / "parts.pt")
    begun = make(material).module.state_dict()
    assert all(torch.equal(weight, parts[key]) for key, weight in whole.items())
    assert any(not torch.equal(weight, begun[key]) for key, weight in whole.items())


@pytest.mark.parametrize("name", METHODS)
def test_a_finished_run_draws_with_its_averaged_weights(name: str, material: Material, tmp_path: Path) -> None:
    """What is judged is the checkpoint's average, sampled from noise to latents in the steps that are told."""
    make, judged_in = METHODS[name]
    run(make(material), tmp_path / "run.pt", CPU, budget_s=600, budget=Turns())
    finished = read_run(make(material), tmp_path / "run.pt")
    average = weights_of(tmp_path / "run.pt")
    assert all(torch.equal(weight, average[key]) for key, weight in finished.method.module.state_dict().items())
    assert finished.updates > 0
    assert finished.spent_s > 0
    for steps in judged_in:
        schedule = finished.method.schedule(steps)
        assert len(schedule) == steps
        assert schedule[0].sigma == FIRST
        assert schedule[-1].next_sigma == 0.0


def test_the_frozen_denoiser_stays_as_it_is(material: Material) -> None:
    """No method trains the network that all others begin from, and its teacher."""
    before = {name: weight.clone() for name, weight in material.start.state_dict().items()}
    for make, _ in METHODS.values():
        method = make(material)
        for share in (0.1, 0.5, 0.75, 0.9):
            loss = method.loss(Turn(share, np.random.default_rng(1), CPU))
            if loss is not None:
                send_back(loss)
        trained = [weight for weight in method.student.parameters() if weight.grad is not None]
        assert trained
        assert {id(weight) for weight in trained} <= {id(weight) for weight in method.module.parameters()}
    assert all(torch.equal(weight, before[name]) for name, weight in material.start.state_dict().items())
    assert all(weight.grad is None for weight in material.start.parameters())


def test_hipa_trains_less_than_half_a_percent_of_papercut() -> None:
    """As the paper's 0.4 %."""
    unet = make_unet()
    whole = sum(weight.numel() for weight in unet.parameters())
    adapter = LowRankAdapter(unet, 1, (*ATTENTION, *CONVOLUTIONS))
    assert 0 < sum(weight.numel() for weight in adapter.parameters()) < 0.005 * whole


def test_instaflow_goes_through_its_stages(material: Material) -> None:
    """Pairs, reflow, pairs of the reflowed model, distillation: a loss in the second and the fourth alone."""
    method = METHODS["instaflow"][0](material)
    shares = (0.0, 0.39, 0.4, 0.69, 0.7, 0.79, 0.8, 0.99)
    made = [method.loss(Turn(share, np.random.default_rng(2), CPU)) is not None for share in shares]
    assert made == [False, False, True, True, False, False, True, True]


def test_pairs_come_to_the_device_that_goes_on_with_them(material: Material) -> None:
    """A checkpoint is read on the CPU; what is learnt from it is asked for where the run is."""
    elsewhere = torch.device("meta")
    stores = PairStore(material)
    ends = torch.zeros(3, LATENT_CHANNELS, 8, 8)
    stores.kept = {"start": ends, "clean": ends, "rows": torch.zeros(3, dtype=torch.int64)}
    pairs, _ = stores.draw(2, Turn(0.5, np.random.default_rng(0), elsewhere))
    assert pairs.start.device == pairs.clean.device == elsewhere


def test_a_budget_counts_processor_time_over_all_sittings() -> None:
    """Waiting costs nothing; what was spent before counts."""
    budget = ProcessorTime(100.0, 40.0)
    time.sleep(0.2)
    assert 40.0 <= budget.spent_s < 40.15
    assert budget.share(7) == pytest.approx(0.4, abs=0.01)
    assert ProcessorTime(10.0, 40.0).share(0) == 1.0


def test_a_run_that_is_missing_is_named(material: Material, tmp_path: Path) -> None:
    """No table can be written with a method left out."""
    method: Method = METHODS["boot"][0](material)
    with pytest.raises(ValueError, match=r"distill-boot\.pt is missing; run `train\.py distill boot` first"):
        read_run(method, run_path(tmp_path, "boot"))
    with pytest.raises(ValueError, match="run the pool command first"):
        Examples(tmp_path, 1.0, CPU)


def test_the_table_holds_the_teacher_and_every_method(material: Material, tmp_path: Path) -> None:
    """One command's second half: students read, sampled, decoded and judged, kept beside the model."""
    for name, (make, _) in METHODS.items():
        run(make(material), run_path(tmp_path, name), CPU, budget_s=600, budget=Turns(1))
    judge_methods(material, tmp_path, tmp_path, count=2, seed=5)
    table = read_table(tmp_path)
    assert table is not None
    judged = [(row["name"], row["steps"]) for row in table["rows"] if row["trained"]]
    assert judged == [("instaflow", 1), ("hipa", 1), ("boot", 1), ("slam", 2), ("slam", 4), ("mmd", 2)]
    assert [row["steps"] for row in table["rows"] if row["name"] == "teacher"] == [1, 2, 4, 25]
    assert all(row["of"] > 0 and row["fd_e"] > table["floor_fd_e"] >= 0 for row in table["rows"])
    trained = {row["name"]: row["trained"] for row in table["rows"] if row["trained"]}
    assert trained["hipa"] < trained["instaflow"] == table["parameters"]
    assert not (tmp_path / "CARD.md").exists()


def test_levels_are_even() -> None:
    """From the noisiest that is a teacher's to one step above 0."""
    assert even_levels(1) == [FIRST]
    assert even_levels(4) == pytest.approx([0.98, 0.735, 0.49, 0.245])


def test_the_linear_decoder_undoes_the_encoder(material: Material) -> None:
    """Encoding what it draws gives the latents back, up to what a constant picture has."""
    latents = torch.randn(2, LATENT_CHANNELS, 4, 4, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        drawn = linear_decoder(material)(latents)
        offset = material.shipped.keep(torch.zeros_like(drawn))
        assert drawn.shape == (2, 3, 64, 64)
        assert torch.allclose(material.shipped.keep(drawn) - offset, latents, atol=1e-3)


def test_the_section_shows_every_row_and_is_absent_without_a_table(tmp_path: Path) -> None:
    """Nothing is printed before it was measured; then losers stand beside winners."""
    assert distilled_section(tmp_path) == ""
    row: DistilledRow = {
        "name": "boot", "steps": 1, "fd_e": 31.257, "right": 30, "of": 60, "interval": (0.377, 0.623),
        "trained": 24_600_000, "minutes": 6.04, "updates": 123,
    }  # fmt: skip
    teacher: DistilledRow = {**row, "name": "teacher", "steps": 25, "fd_e": 2.0, "trained": 0}
    hipa: DistilledRow = {**row, "name": "hipa", "trained": 95_600}
    table: DistilledTable = {
        "seed": 9,
        "captions": 200,
        "parameters": 24_600_000,
        "floor_fd_e": 1.5,
        "rows": [teacher, row, hipa],
    }
    write_table(tmp_path, table)
    assert (tmp_path / FILE).exists()
    section = distilled_section(tmp_path)
    assert "| teacher | 25 | 2.00 | 50.0% (38%-62%) | - | - | - |" in section
    assert "| boot | 1 | 31.26 | 50.0% (38%-62%) | 24,600,000 (100.00%) | 6.0 | 123 |" in section
    assert "| hipa | 1 | 31.26 | 50.0% (38%-62%) | 95,600 (0.39%) | 6.0 | 123 |" in section
    assert "200 held-out captions, drawn with seed 9" in section
    assert "distill all --work W --minutes 6" in section
    assert "began from the denoiser of this folder in" in section
    write_table(tmp_path, {**table, "edition": "fifth"})
    assert "began from the denoiser of the fifth edition in" in distilled_section(tmp_path)
