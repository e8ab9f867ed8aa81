"""The motion adapter's training: it learns, goes on after a kill, and from the shipped folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.paths import resources_folder
from papercut import motion
from papercut.adopt import adopt
from papercut.export import export_model
from papercut.layout import orbit
from papercut.motion import FRAMES, ClipPool, adopt_motion, fill_clips, load_motion, orbit_noise, train_motion
from papercut.unet import load_unet, predict
from tests.papercut.control_work import sitting
from tests.papercut.stock_warnings import STOCK_WARNINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import Tensor, nn

pytestmark = STOCK_WARNINGS

FOLDER = resources_folder() / "models" / "papercut"


@pytest.fixture(autouse=True, scope="module")
def small_clips() -> Iterator[None]:
    """A quarter of the pixels: what is tested does not hang on them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(motion, "SIDE", 128)
        yield


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory, small_clips: None) -> Path:
    """A work folder with the shipped denoiser, two clips, and no motion adapter yet."""
    folder = tmp_path_factory.mktemp("motion")
    adopt(FOLDER, folder)
    (folder / "motion.pt").unlink(missing_ok=True)
    fill_clips(folder, 2, workers=0, batch=1)
    return folder


def first_clip(work: Path) -> tuple[Tensor, Tensor, Tensor]:
    """Noise (1, C, T, h, w) and features of its frames, and its truth."""
    pool, (_, scale) = ClipPool(work), load_unet(work)
    noise = torch.tensor(orbit_noise(pool.noise[0]))[None]
    features = torch.tensor(pool.features[:1]).float().expand(FRAMES, -1, -1)
    return noise, features, torch.tensor(pool.latents[:1]).float().transpose(1, 2) * scale


@torch.no_grad()
def error(work: Path) -> float:
    """Of the first clip in one step, with the trained adapter."""
    adapter = load_motion(work)
    assert adapter is not None
    stock: Any = UNetMotionModel.from_unet2d(load_unet(work)[0], adapter)  # diffusers leaves its type open
    model: nn.Module = stock.eval()
    noise, features, truth = first_clip(work)
    return float((predict(model, noise, 999.0, features) - truth).square().mean())


def test_the_noise_of_a_clip_goes_round(work: Path) -> None:
    """Each frame's is what the scene was laid out from."""
    pair = ClipPool(work).noise[0].astype("float32")
    noise = orbit_noise(pair)
    assert noise.shape == (24, FRAMES, 8, 8)
    assert (noise[:, 5] == orbit(pair[0], pair[1], 5)).all()


def test_training_learns_the_clips_and_goes_on_after_a_kill(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both roles; steps count on over two sittings; the exported adapter is the trained one, and is adopted again."""
    noise, features, truth = first_clip(work)
    unet, _ = load_unet(work)
    with torch.no_grad():
        before = float(
            (predict(unet, noise[0].transpose(0, 1), 999.0, features) - truth[0].transpose(0, 1)).square().mean()
        )
    monkeypatch.setattr(motion, "Clock", sitting(6, warm_after=60))
    steps: list[int] = []
    for _ in range(2):
        train_motion(work, 60.0, torch.device("cpu"), batch=1, student_share=0.5)
        steps.append(torch.load(work / "motion.pt", weights_only=True)["step"])
    assert steps == [6, 12]
    assert error(work) < before
    folder, other = tmp_path / "papercut", tmp_path / "work"
    export_model(work, folder)
    other.mkdir()
    adopt_motion(folder, other)
    (other / "unet.pt").symlink_to(work / "unet.pt")
    trained, adopted = load_motion(work), load_motion(other)
    assert trained is not None
    assert adopted is not None
    for name, weight in trained.state_dict().items():
        assert torch.allclose(adopted.state_dict()[name], weight, atol=1e-2, rtol=1e-2), name
    (other / "pool-clips").symlink_to(work / "pool-clips")
    train_motion(other, 60.0, torch.device("cpu"), batch=1)
    assert torch.load(other / "motion.pt", weights_only=True)["step"] == 6


def test_an_adapter_of_zeros_is_not_adopted(tmp_path: Path) -> None:
    """It hands frames through; training begins as it always does."""
    motion.passing_adapter().save_pretrained(tmp_path / "motion_adapter")  # pyright: ignore[reportUnknownMemberType]
    adopt_motion(tmp_path, tmp_path)
    assert load_motion(tmp_path) is None
    adopt_motion(tmp_path / "nothing", tmp_path)
