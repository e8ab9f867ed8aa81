"""What training begins from: a shipped folder's weights, scenes that differ in little, the guide's questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from engine.paths import resources_folder
from papercut.adopt import adopt
from papercut.autoencoder import load_autoencoder
from papercut.checkpoints import load
from papercut.grammar import is_held_out, sample_neighbour, sample_scene
from papercut.guide import Guide
from papercut.layout import LATENT_CHANNELS, arrangements, draw_noise, moves
from papercut.pool import PairPool, fill_pairs
from papercut.shipped import ShippedModel
from papercut.training import as_tensor
from papercut.unet import LEVELS, load_unet, make_unet, predict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = resources_folder() / "models" / "papercut"

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def no_progress_monitor() -> Iterator[None]:
    """Keep tqdm from starting its monitor thread, which would outlive the tests."""
    from tqdm import tqdm

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tqdm, "monitor_interval", 0)
        yield


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, no_progress_monitor: None) -> Path:
    """A work folder that goes on from the shipped weights."""
    folder = tmp_path_factory.mktemp("work")
    adopt(FOLDER, folder)
    return folder


def test_training_goes_on_from_the_shipped_weights(work: Path) -> None:
    """The adopted denoiser, decoder and scale are the shipped ones."""
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
