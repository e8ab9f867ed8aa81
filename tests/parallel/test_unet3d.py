"""UNet3DConditionModel over ranks."""

from __future__ import annotations

import pytest
import torch
from diffusers.models.unets.unet_3d_condition import UNet3DConditionOutput

from engine.errors import BadModelError
from engine.models.families.unet3d import check, spread
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full, Scope
from tests.parallel.models import LATENT_SHAPE, frame_prompts, latents, tiny_unet3d
from tests.parallel.takes import Take, compute, stock

ALONE = Mesh.alone()


@pytest.mark.parametrize("runs", [[1], [1, 1], [2, 7, 1]], ids=["one rank", "two", "uneven"])
def test_the_full_scope_is_the_stock_model(runs: list[float]) -> None:
    """Attention, convolutions and norms over all frames, on any runs."""
    unet, take = tiny_unet3d(), Take.of(10)
    spread_out = compute(unet, take, Partition.weighted(10, runs), Full())
    torch.testing.assert_close(spread_out, stock(unet, take), atol=1e-5, rtol=0)


def test_each_temporal_layer_counts() -> None:
    """Without the norms over all frames, or without halos, the tiny model would tell: frames depend on each other."""
    unet, take = tiny_unet3d(), Take.of(10)
    alone = torch.cat([stock(unet, Take(take.video[:, :, i : i + 5], take.prompts[:, :1])) for i in (0, 5)], dim=2)
    assert (alone - stock(unet, take)).abs().max() > 0.1


@pytest.mark.parametrize("scope", [Dual(4, 3), Blocks(5, 2)])
def test_the_result_does_not_depend_on_the_ranks(scope: Scope) -> None:
    """With shots that end inside of runs, and halos beyond the neighbour."""
    unet, take, partition = tiny_unet3d(), Take.of(16), Partition.weighted(16, [9, 1, 1, 4], cuts=[6, 7])
    alone = compute(unet, take, Partition.even(16, 1, cuts=[6, 7]), scope)
    torch.testing.assert_close(compute(unet, take, partition, scope), alone, atol=1e-5, rtol=0)


def test_ranks_without_frames_change_nothing() -> None:
    """Three frames on four ranks, under halos of four."""
    unet, take = tiny_unet3d(), Take.of(3)
    torch.testing.assert_close(compute(unet, take, Partition.even(3, 4), Dual()), stock(unet, take), atol=1e-5, rtol=0)


def test_a_shot_can_be_computed_alone() -> None:
    """Attention, convolutions and norms all stop at a cut."""
    unet, take = tiny_unet3d(), Take.of(12)
    whole = compute(unet, take, Partition.even(12, 2, cuts=[5]), Dual(3, 2))
    alone = Take(take.video[:, :, :5], take.prompts)
    torch.testing.assert_close(whole[:, :, :5], stock(unet, alone), atol=1e-5, rtol=0)


def test_afterwards_the_model_is_the_stock_model_again() -> None:
    """The same modules and tensors, no attribute more, and the same output."""
    unet, take = tiny_unet3d(), Take.of(6)
    before = stock(unet, take)
    state = [(module, dict(module.__dict__)) for module in unet.modules()]
    with spread(unet, ALONE, Partition.even(6, 1), Full()):
        torch.testing.assert_close(stock(unet, take), before, atol=1e-5, rtol=0)
    after = [(module, dict(module.__dict__)) for module in unet.modules()]
    assert all(a is b and x == y for (a, x), (b, y) in zip(state, after, strict=True))
    assert torch.equal(stock(unet, take), before)


def test_a_patched_model_answers_as_the_stock_model_does() -> None:
    """An output object unless return_dict is False, on ranks with and without frames."""
    unet = tiny_unet3d()
    for num_frames, partition in ((4, Partition.even(4, 1)), (0, Partition((range(0),), ()))):
        with torch.inference_mode(), spread(unet, ALONE, partition, Full()):
            output = unet(latents(num_frames), 500, frame_prompts(1)[:, 0])
            assert isinstance(output, UNet3DConditionOutput)
            assert output.sample.shape == (2, LATENT_SHAPE[0], num_frames, *LATENT_SHAPE[1:])


def test_a_model_that_is_not_as_expected_is_refused() -> None:
    """Training mode, and a layer that an upgrade added."""
    with pytest.raises(BadModelError, match=r"call unet.eval\(\)"):
        check(tiny_unet3d().train())
    unet = tiny_unet3d()
    unet.down_blocks[0].add_module("temp_gates", torch.nn.Identity())
    with pytest.raises(BadModelError, match="temp_gates"):
        check(unet)
