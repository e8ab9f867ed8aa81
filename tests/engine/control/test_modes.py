"""engine.control.modes: the numbers that sd-webui-controlnet's modes stand for."""

from __future__ import annotations

import pytest

from engine.control.modes import Mode, feature_factors, only_positive, residual_factors


def test_balanced_leaves_every_block_alone() -> None:
    """All factors are one, whatever the network."""
    assert set(residual_factors("balanced", 13)) == set(feature_factors("balanced", 4)) == {1.0}


@pytest.mark.parametrize("mode", ["prompt", "control"])
def test_the_outer_blocks_are_weakened(mode: Mode) -> None:
    """13 residuals: 0.825^(12 - i), the middle whole; 4 features: a quarter of the largest, the smallest whole."""
    assert residual_factors(mode, 13) == pytest.approx([0.825 ** (12 - index) for index in range(13)])
    assert feature_factors(mode, 4) == pytest.approx([0.25, 0.62, 0.825, 1.0])


def test_other_depths_run_between_the_same_ends() -> None:
    """Networks with fewer blocks rise as evenly, and their last block is whole, too."""
    assert residual_factors("prompt", 1) == [1.0]
    assert residual_factors("prompt", 10)[-1] == 1.0
    assert feature_factors("prompt", 3) == pytest.approx([0.25, (0.62 + 0.825) / 2, 1.0])


def test_only_control_spares_the_negative_side() -> None:
    """Balanced and prompt act on both sides of guidance."""
    assert [only_positive(mode) for mode in ("balanced", "prompt", "control")] == [False, False, True]
