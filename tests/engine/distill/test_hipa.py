"""What HiPA takes for detail."""

from __future__ import annotations

import math

import pytest
import torch

from engine.distill.hipa import detail_loss, edges, high_pass, hipa_loss
from engine.distill.paths import step_at
from engine.models.denoiser import Conditioning, StepContext
from tests.engine.distill.gaussian import FLOW, WORDS


def wave(down: int, across: int, height: int = 16, width: int = 24) -> torch.Tensor:
    """A plane wave with so many cycles along each side, (1, 1, height, width)."""
    y = torch.arange(height, dtype=torch.float64)[:, None] / height
    x = torch.arange(width, dtype=torch.float64)[None] / width
    return torch.cos(2 * math.pi * (down * y + across * x) + 0.3)[None, None]


@pytest.mark.parametrize(
    ("down", "across", "is_kept"),
    [
        (0, 0, False),
        (1, 0, False),
        (3, 0, False),
        (4, 0, True),
        (0, 5, False),
        (0, 6, True),
        (3, 5, True),
        (8, 12, True),
    ],
)
def test_the_high_pass_keeps_exactly_the_high_band(down: int, across: int, is_kept: bool) -> None:
    """Waves of a quarter cycle a pixel or more stay as they are; slower ones are gone; sides need not be alike."""
    signal = wave(down, across)
    wanted = signal if is_kept else torch.zeros_like(signal)
    assert torch.allclose(high_pass(signal, 0.5), wanted, atol=1e-12)


def test_detail_and_the_rest_are_the_whole() -> None:
    """The filter is linear and a projection; without a cutoff all is kept."""
    signal = torch.randn(2, 3, 9, 16, generator=torch.Generator().manual_seed(0))
    detail = high_pass(signal, 0.4)
    assert torch.allclose(high_pass(detail, 0.4), detail, atol=1e-5)
    assert torch.allclose(high_pass(signal - detail, 0.4), torch.zeros_like(signal), atol=1e-5)
    assert torch.allclose(high_pass(signal, 0.0), signal, atol=1e-5)


def test_edges_are_slopes() -> None:
    """A ramp has its slope along its own axis and none along the other, in each channel."""
    ramp = torch.arange(6.0)[None, :].expand(5, 6)
    found = edges(torch.stack([3 * ramp, torch.ones(5, 6)])[None])
    assert found.shape == (1, 4, 5, 6)
    assert torch.allclose(found[0, 0, :, 1:-1], torch.full((5, 4), 3.0))
    assert torch.allclose(found[0, 1:], torch.zeros(3, 5, 6))


def test_detail_is_missed_and_brightness_is_not() -> None:
    """A blurred picture has a loss of detail, one that is brighter by a constant has none."""
    sharp = wave(6, 8) + wave(1, 1)
    assert detail_loss(wave(1, 1), sharp).item() > 0.1
    assert detail_loss(sharp + 0.4, sharp).item() == pytest.approx(0.0, abs=1e-12)


class Drawing:
    """A student that always draws one picture."""

    def __init__(self, picture: torch.Tensor) -> None:
        self.picture = picture

    def denoise(self, latents: torch.Tensor, step: StepContext, conditioning: Conditioning) -> torch.Tensor:
        return self.picture


def test_the_loss_asks_for_likeness_features_and_detail() -> None:
    """None is left for the wanted picture; each part is added for another one."""
    wanted, blurred, step = wave(6, 8) + wave(1, 1), wave(1, 1), step_at(FLOW, 0.98)

    def loss(picture: torch.Tensor, weight: float = 1.0, see: float = 0.0, show: float = 1.0) -> float:
        return hipa_loss(
            Drawing(picture), wanted, wanted, step, WORDS,
            perceive=lambda x: see * x, show=lambda x: show * x, detail_weight=weight,
        ).item()  # fmt: skip

    def plain_loss(picture: torch.Tensor) -> float:
        return hipa_loss(Drawing(picture), wanted, wanted, step, WORDS).item()

    assert loss(wanted, see=2.0) == plain_loss(wanted) == 0.0
    plain = loss(blurred, weight=0.0)
    assert plain == pytest.approx(0.5, abs=0.01)
    assert plain_loss(blurred) == pytest.approx(plain + detail_loss(blurred, wanted).item())
    assert loss(blurred, weight=0.0, see=2.0) == pytest.approx(5 * plain)
    shown = detail_loss(10 * blurred, 10 * wanted).item()
    assert loss(blurred, show=10.0) == pytest.approx(plain + shown)
