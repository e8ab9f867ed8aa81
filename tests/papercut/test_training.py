"""What training begins from: a shipped folder's weights, scenes that differ in little, the guide's questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.paths import resources_folder
from papercut.adopt import adopt
from papercut.autoencoder import load_autoencoder, reconstruction_loss
from papercut.checkpoints import load
from papercut.grammar import is_held_out, sample_neighbour, sample_scene
from papercut.guide import Guide
from papercut.judge import load_judge
from papercut.layout import LATENT_CHANNELS, TRAVEL, arrangements, draw_noise, moves
from papercut.pool import PairPool, Pool, fill_pairs, fill_pool
from papercut.render import render
from papercut.shipped import ShippedModel
from papercut.stream import to_signal
from papercut.training import as_tensor, seed_torch
from papercut.unet import (
    LEVELS,
    TEACHER_LIMIT,
    TRAVELS,
    draw_times,
    load_unet,
    make_unet,
    predict,
    redraw_travel,
    student_loss,
    train_unet,
)
from tests.papercut.control_work import sitting
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = resources_folder() / "models" / "papercut"

pytestmark = STOCK_WARNINGS


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work folder that goes on from the shipped weights."""
    folder = tmp_path_factory.mktemp("work")
    adopt(FOLDER, folder)
    return folder


def test_training_goes_on_from_the_shipped_weights(work: Path) -> None:
    """The adopted denoiser, decoder, scale and judge are the shipped ones."""
    shipped = ShippedModel.load(FOLDER)
    unet, scale = load_unet(work)
    assert scale == shipped.scale
    for name, weight in shipped.unet.state_dict().items():
        assert torch.equal(unet.state_dict()[name], weight), name
    for name, weight in shipped.autoencoder.state_dict().items():
        assert torch.equal(load_autoencoder(work).state_dict()[name], weight), name
    state = load(work / "unet.pt")
    assert state is not None
    assert (state["step"], state["spent"]) == (0, 0.0)
    judge = load(work / "judge.pt")
    assert judge is not None
    for name, weight in load_judge().state_dict().items():
        assert torch.equal(judge["model"][name], weight), name


def test_a_work_folder_is_not_overwritten(work: Path) -> None:
    """Adopting into a folder in which a denoiser trains is refused."""
    with pytest.raises(ValueError, match="holds a denoiser already"):
        adopt(FOLDER, work)


def test_neighbours_differ_in_little() -> None:
    """A neighbour is another scene that training may show, and shares most of its slots."""
    rng = np.random.default_rng(1)
    shared: list[float] = []
    for _ in range(100):
        scene = sample_scene(rng)
        other = sample_neighbour(scene, rng)
        assert other != scene
        assert not is_held_out(other)
        pairs = zip(asdict(scene).values(), asdict(other).values(), strict=True)
        shared.append(float(np.mean([a == b for a, b in pairs])))
    assert np.mean(shared) > 0.75


def test_pairs_share_their_noise_and_survive_a_kill(work: Path) -> None:
    """Two captions and two pictures for each noise; filling goes on where it stopped."""
    fill_pairs(work, 3, workers=0, batch=2)
    pool = PairPool(work)
    assert pool.count == pool.capacity == 3
    first = np.asarray(pool.latents[0]).copy()
    fill_pairs(work, 3, workers=0, batch=2)
    assert np.array_equal(first, pool.latents[0])
    for row in range(3):
        assert not np.array_equal(pool.latents[row, 0], pool.latents[row, 1])
        assert not np.array_equal(pool.features[row, 0], pool.features[row, 1])


def test_the_teacher_trains_where_pictures_are_decided() -> None:
    """A tenth of its times lie above 0.9, none above the last that it is a teacher at."""
    seed_torch(1)
    times = draw_times(100_000, torch.device("cpu"))
    assert 0.002 <= float(times.min()) < 0.1
    assert float(times.max()) == pytest.approx(TEACHER_LIMIT)
    assert float((times > 0.9).float().mean()) == pytest.approx(0.0916, abs=0.005)


def test_what_does_not_show_is_drawn_anew() -> None:
    """Noise with its travelling channels redrawn is normal, differs, and is the same picture to the last pixel."""
    seed_torch(3)
    rng = np.random.default_rng(3)
    noise = np.stack([draw_noise(rng) for _ in range(64)])
    again = redraw_travel(as_tensor(noise)).numpy()
    assert not np.array_equal(again, noise)
    assert float(again[:, list(TRAVEL)].std()) == pytest.approx(1, abs=0.02)
    for row in range(3):
        scene = sample_scene(rng)
        first, second = (render(scene, each[row]).picture.astype(int) for each in (noise, again))
        assert np.abs(first - second).max() <= 1


@pytest.mark.parametrize("other", [0.0, 1.0])
def test_the_denoiser_learns_every_size_it_is_given(
    tmp_path: Path, other: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Steps of square pictures with prompts on the way, and of wide ones with fewer rows; a second sitting goes on."""
    adopt(FOLDER, tmp_path)
    fill_pool(tmp_path, 6, 256, 256, workers=0, batch=6)
    fill_pool(tmp_path, 3, 288, 512, workers=0, batch=3)
    fill_pairs(tmp_path, 2, workers=0, batch=2)
    rows: list[torch.Size] = []

    def counted(model: torch.nn.Module, noisy: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        rows.append(noisy.shape)
        return predict(model, noisy, *rest)

    monkeypatch.setattr("papercut.unet.predict", counted)
    monkeypatch.setattr("papercut.unet.OTHER_SIZES", other)
    monkeypatch.setattr("papercut.unet.Clock", sitting(2, warm_after=60))
    for steps in (2, 4):
        train_unet(tmp_path, 60.0, torch.device("cpu"), batch=9, student_share=0.5, sizes=((288, 512),), rate=1e-4)
        state = load(tmp_path / "unet.pt")
        assert state is not None
        assert state["step"] == steps
    assert set(rows) == {torch.Size((4, 24, 18, 32)) if other else torch.Size((9, 24, 16, 16))}
    shipped = ShippedModel.load(FOLDER).unet.state_dict()
    moved = [name for name, weight in state["model"].items() if not torch.equal(weight, shipped[name])]
    assert len(moved) == len(shipped)


@pytest.mark.parametrize("students", [4, 8])
def test_what_is_decoded_is_compared_with_its_own_render(
    tmp_path: Path, students: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Student's rows alone, and not those between two prompts, of which there is no render."""
    adopt(FOLDER, tmp_path)
    fill_pool(tmp_path, 6, 256, 256, workers=0, batch=6)
    fill_pairs(tmp_path, 2, workers=0, batch=2)
    pool, scale = Pool(tmp_path), ShippedModel.load(FOLDER).scale
    wanted: list[torch.Tensor] = []
    compared: list[int] = []

    def student(output: torch.Tensor, truth: torch.Tensor, small: torch.Tensor) -> torch.Tensor:
        wanted.append(truth)
        return student_loss(output, truth, small)

    def compare(pictures: torch.Tensor, renders: torch.Tensor) -> torch.Tensor:
        own = wanted[-1][TRAVELS : TRAVELS + len(renders)] / scale
        for render_of, latents in zip(renders, own, strict=True):
            row = int(np.abs(np.asarray(pool.latents[:6], np.float32) - latents.numpy()).sum((1, 2, 3)).argmin())
            assert torch.equal(
                render_of, to_signal(as_tensor(np.asarray(pool.pictures[row])).permute(2, 0, 1)[None])[0]
            )
        compared.append(len(renders))
        return reconstruction_loss(pictures, renders)

    monkeypatch.setattr("papercut.unet.student_loss", student)
    monkeypatch.setattr("papercut.unet.reconstruction_loss", compare)
    monkeypatch.setattr("papercut.unet.Clock", sitting(1, warm_after=60))
    train_unet(tmp_path, 60.0, torch.device("cpu"), batch=9, student_share=students / 9, decoded=2)
    assert compared == [min(2, students - TRAVELS)]


def test_the_guide_asks_for_arrangements_and_moves() -> None:
    """A head that answers rightly has no loss left; one that answers at random has much."""
    model = make_unet()
    guide = Guide(model, LEVELS[-1])
    rng = np.random.default_rng(2)
    noise = np.stack([draw_noise(rng) for _ in range(4)])
    start = as_tensor(noise)
    predict(model, start, 999.0, torch.zeros(4, 64, 256))
    assert float(guide(start)[0]) > 0.5
    chosen, moved = arrangements(noise), moves(noise)
    answers = np.zeros((4, 3, chosen.shape[1]), np.float32)
    np.put_along_axis(answers, chosen[:, None], 50.0, 1)
    known = torch.cat([as_tensor(answers).flatten(1), as_tensor(moved)], 1)

    class Knowing(torch.nn.Module):
        def forward(self, _: torch.Tensor) -> torch.Tensor:
            return known

    guide.read = Knowing()  # type: ignore[assignment]
    loss, right, off = guide(start)
    assert (float(loss), float(right), float(off)) == pytest.approx((0.0, 1.0, 0.0), abs=1e-5)
    assert moved.shape == (4, LATENT_CHANNELS - 16)
