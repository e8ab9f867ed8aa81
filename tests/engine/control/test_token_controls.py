"""ControlNets of transformers from their folders to what they add: formats, sharing, and hints made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from engine.adapters import find_adapter
from engine.control.adapter_loading import load_adapter
from engine.control.token_controls import add_tokens
from engine.models.denoiser import TokenResiduals
from engine.paths import Paths
from tests.tiny_flow_models import write_flux_controlnet, write_sd3_controlnet

if TYPE_CHECKING:
    from pathlib import Path

    from engine.control.adapter_loading import Adapter

# diffusers warns of its own future.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")
CPU = torch.device("cpu")


def loaded(folder: Path) -> Adapter:
    spec = find_adapter(str(folder), Paths(folder.parent))
    return load_adapter(spec, CPU, torch.bfloat16, channels_last=True)


def test_each_class_loads_from_a_plain_folder(tmp_path: Path) -> None:
    """SD3ControlNetModel and FluxControlNetModel: in the format asked for, ready to compute, nothing to train."""
    for adapter in (loaded(write_sd3_controlnet(tmp_path / "sd3")), loaded(write_flux_controlnet(tmp_path / "flux"))):
        weights = list(adapter.network.parameters())
        assert {weight.dtype for weight in weights} == {torch.bfloat16}
        assert not any(weight.requires_grad for weight in weights)
        assert adapter.embed is None


def test_an_embedding_of_pictures_is_taken_out_to_run_once(tmp_path: Path) -> None:
    """XLabs' networks embed the picture themselves; the loaded one no longer does so in each step."""
    folder = write_flux_controlnet(tmp_path / "net", conditioning_embedding_channels=16, patch_size=2)
    adapter = loaded(folder)
    assert adapter.embed is not None
    assert adapter.network.input_hint_block is None


def test_sums_keep_what_blocks_share() -> None:
    """Blocks that get one tensor still get one after adding another control's, so that memory does not grow."""
    few, many = torch.ones(1, 3, 2), torch.full((1, 3, 2), 2.0)
    first = add_tokens(None, TokenResiduals((few, few, few), ()), 0.5)
    both = add_tokens(first, TokenResiduals((many, many, few), (many,)), 2.0)
    assert [float(part[0, 0, 0]) for part in both.blocks] == [4.5, 4.5, 2.5]
    assert both.blocks[0] is both.blocks[1]
    assert [float(part[0, 0, 0]) for part in both.single_blocks] == [4.0]
    alone = add_tokens(both, TokenResiduals((few, few, few), ()), 1.0)
    assert alone.single_blocks == both.single_blocks


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_factor_for_each_token_leaves_the_others_alone(share: float) -> None:
    """A region's share multiplies a token's channels, and no other token's."""
    factor = torch.tensor([[[share], [0.5]]])
    (added,) = add_tokens(None, TokenResiduals((torch.ones(2, 2, 4),)), factor).blocks
    assert torch.equal(added[:, 0], torch.full((2, 4), share))
    assert torch.equal(added[:, 1], torch.full((2, 4), 0.5))
