"""engine.sampling.masking: what is kept follows the picture at every noise level, and nothing else does."""

from __future__ import annotations

import pytest
import torch

from engine.models.denoiser import StepContext
from engine.models.noise_levels import NoiseLevels
from engine.sampling.masking import KnownLatents

_FLOW, _VARIANCE = NoiseLevels("flow", "flow"), NoiseLevels("variance", "epsilon")


def _noise(seed: int) -> torch.Tensor:
    return torch.randn((2, 4, 6, 8), generator=torch.Generator().manual_seed(seed))


def _known(levels: NoiseLevels) -> KnownLatents:
    fresh = torch.zeros(1, 1, 6, 8)
    fresh[..., 2:5] = 1.0
    return KnownLatents(_noise(1)[:1], fresh, levels)


@pytest.mark.parametrize("levels", [_FLOW, _VARIANCE])
def test_kept_latents_are_the_pictures_at_each_level(levels: NoiseLevels) -> None:
    """After a step the kept part is x0 and noise in the level's proportion, and at the end x0 itself."""
    known, noise, made = _known(levels), _noise(2), _noise(3)
    for sigma in (0.7, 0.2, 0.0):
        put = known.put_back(made, StepContext(0.9, sigma, 900.0, 0, 1), noise)
        assert torch.equal(put[..., 2:5], made[..., 2:5])
        expected = (known.clean * (1.0 - sigma if levels is _FLOW else 1.0) + noise * sigma)[..., :2]
        torch.testing.assert_close(put[..., :2], expected)


def test_without_a_mask_nothing_is_put_back() -> None:
    """img2img keeps nothing."""
    known = KnownLatents(_noise(1)[:1], None, _FLOW)
    assert torch.equal(known.put_back(_noise(3), StepContext(0.9, 0.5, 900.0, 0, 1), _noise(2)), _noise(3))
    assert known.with_content(_noise(4)) is known


def test_content_goes_only_into_the_mask() -> None:
    """Other latents stand in the hole; what is kept stays."""
    known = _known(_FLOW)
    changed = known.with_content(_noise(4)).clean
    torch.testing.assert_close(changed[..., 2:5], _noise(4)[..., 2:5])
    assert torch.equal(changed[:1, ..., :2], known.clean[..., :2])
