"""UNetMotionModel over ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from diffusers.models.unets.unet_motion_model import UNetMotionModel, UNetMotionOutput
from diffusers.pipelines.free_noise_utils import AnimateDiffFreeNoiseMixin
from torch import Tensor

from engine.errors import BadModelError
from engine.models.families.motion_unet import check, profile, spread
from engine.parallel.cost import received_bytes
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full, Scope
from tests.parallel.models import LATENT_SHAPE, POSITIONS, frame_prompts, latents, tiny_motion_unet
from tests.parallel.takes import Take, compute, received, stock

if TYPE_CHECKING:
    from collections.abc import Iterator

ALONE = Mesh.alone()


def _freenoise(unet: UNetMotionModel, length: int, stride: int) -> UNetMotionModel:
    """Diffusers' own FreeNoise put into the model, as `enable_free_noise` does."""
    mixin = AnimateDiffFreeNoiseMixin()
    mixin.device, mixin.dtype = unet.device, unet.dtype  # pyright: ignore[reportAttributeAccessIssue]  # the pipeline has them
    mixin._free_noise_context_length, mixin._free_noise_context_stride = length, stride  # pyright: ignore[reportPrivateUsage]
    mixin._free_noise_weighting_scheme = "pyramid"  # pyright: ignore[reportPrivateUsage]
    for block in (*unet.down_blocks, unet.mid_block, *unet.up_blocks):
        mixin._enable_free_noise_in_block(block)  # pyright: ignore[reportPrivateUsage, reportArgumentType]
    return unet.eval()


@pytest.mark.parametrize("world_size", [1, 3])
def test_the_full_scope_is_the_stock_model(world_size: int) -> None:
    """Up to the trained length, spreading changes nothing."""
    unet, take = tiny_motion_unet(), Take.of(POSITIONS)
    spread_out = compute(unet, take, Partition.even(POSITIONS, world_size), Full())
    torch.testing.assert_close(spread_out, stock(unet, take), atol=1e-5, rtol=0)


@pytest.mark.parametrize("scope", [Dual(8, 4), Blocks(POSITIONS, 3)])
def test_a_shot_that_fits_is_computed_as_the_stock_model_does(scope: Scope) -> None:
    """Short takes look the same with and without the scopes of long ones."""
    unet, take = tiny_motion_unet(), Take.of(9)
    torch.testing.assert_close(compute(unet, take, Partition.even(9, 2), scope), stock(unet, take), atol=1e-5, rtol=0)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Kernels that split an image between threads round up to 1.1e-5 apart; how they split hangs on the batch."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(
    ("num_frames", "length", "stride", "runs"), [(20, 8, 4, [1]), (20, 8, 4, [2, 9, 1]), (19, 4, 3, [1, 1])]
)
def test_blocks_are_freenoise(num_frames: int, length: int, stride: int, runs: list[float]) -> None:
    """The scope `blocks` on any runs is diffusers' FreeNoise on all frames, from the same latents."""
    take = Take.of(num_frames)
    oracle = stock(_freenoise(tiny_motion_unet(), length, stride), take)
    spread_out = compute(tiny_motion_unet(), take, Partition.weighted(num_frames, runs), Blocks(length, stride))
    torch.testing.assert_close(spread_out, oracle, atol=1e-5, rtol=0)


@pytest.mark.parametrize("scope", [Dual(5, 4), Blocks(5, 2)])
def test_the_result_does_not_depend_on_the_ranks(scope: Scope) -> None:
    """With shots that end inside of runs, and halos beyond the neighbour."""
    unet, take, partition = tiny_motion_unet(), Take.of(17), Partition.weighted(17, [9, 1, 1, 4], cuts=[6, 7])
    alone = compute(unet, take, Partition.even(17, 1, cuts=[6, 7]), scope)
    torch.testing.assert_close(compute(unet, take, partition, scope), alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("scope", [Dual(5, 4), Blocks(5, 2)])
def test_a_shot_can_be_computed_alone(scope: Scope) -> None:
    """The frames of a shot within a take are those of the shot by itself."""
    unet, take = tiny_motion_unet(), Take.of(22)
    whole = compute(unet, take, Partition.even(22, 3, cuts=[9]), scope)
    alone = Take(take.video[:, :, 9:], take.prompts[:, 9:])
    torch.testing.assert_close(whole[:, :, 9:], compute(unet, alone, Partition.even(13, 1), scope), atol=1e-5, rtol=0)


def test_ranks_without_frames_change_nothing() -> None:
    """Four frames on five ranks, with two transformer blocks behind each other."""
    unet, take = tiny_motion_unet(temporal_layers=2), Take.of(4)
    alone = compute(unet, take, Partition.even(4, 1), Dual(2, 1))
    torch.testing.assert_close(compute(unet, take, Partition.even(4, 5), Dual(2, 1)), alone, atol=1e-5, rtol=0)


def test_a_single_frame_is_a_take() -> None:
    """One frame on two ranks is the stock model's one frame."""
    unet, take = tiny_motion_unet(), Take.of(1)
    torch.testing.assert_close(compute(unet, take, Partition.even(1, 2), Dual()), stock(unet, take), atol=1e-5, rtol=0)


def test_afterwards_the_model_is_the_stock_model_again() -> None:
    """The same modules and tensors, no attribute more, and the same output, also after an error."""
    unet, take = tiny_motion_unet(), Take.of(8)
    before = stock(unet, take)
    state = [(module, dict(module.__dict__)) for module in unet.modules()]

    def cancelled() -> None:
        with spread(unet, ALONE, Partition.even(8, 1), Full()):
            torch.testing.assert_close(stock(unet, take), before, atol=1e-5, rtol=0)
            raise RuntimeError("the job was cancelled")

    with pytest.raises(RuntimeError, match="the job was cancelled"):
        cancelled()
    after = [(module, dict(module.__dict__)) for module in unet.modules()]
    assert all(a is b and x == y for (a, x), (b, y) in zip(state, after, strict=True))
    assert torch.equal(stock(unet, take), before)


def test_a_patched_model_answers_as_the_stock_model_does() -> None:
    """An output object unless return_dict is False, on ranks with and without frames."""
    unet = tiny_motion_unet()
    for num_frames, partition in ((4, Partition.even(4, 1)), (0, Partition((range(0),), ()))):
        with torch.inference_mode(), spread(unet, ALONE, partition, Full()):
            output = unet(latents(num_frames), 500, frame_prompts(num_frames).flatten(0, 1))
            assert isinstance(output, UNetMotionOutput)
            assert output.sample.shape == (2, LATENT_SHAPE[0], num_frames, *LATENT_SHAPE[1:])


def test_counted_bytes_are_the_formula() -> None:
    """What a rank received in a forward is what the cost model says, for each scope and purpose."""
    unet, take = tiny_motion_unet(temporal_layers=2), Take.of(16)
    partition = Partition.weighted(16, [3, 1, 5], cuts=[3])
    for scope in (Dual(5, 4), Blocks(6, 3)):
        for rank, traffic in enumerate(received(unet, take, partition, scope)):
            expected = received_bytes(
                profile(unet, *LATENT_SHAPE[1:], scope), partition, rank, scope, batch=2, element_bytes=4
            )
            assert traffic == {"attention": expected.attention, "norm": expected.norm}


def test_a_model_in_training_mode_is_refused() -> None:
    """Dropout would differ from rank to rank."""
    with pytest.raises(BadModelError, match=r"call unet.eval\(\)"):
        check(tiny_motion_unet().train())


def test_a_model_with_freenoise_already_in_it_is_refused() -> None:
    """Two ways of long video at once are a mistake; the message names the block."""
    with pytest.raises(BadModelError, match="FreeNoiseTransformerBlock sits in"):
        check(_freenoise(tiny_motion_unet(), 8, 4))


def test_more_positions_than_trained_are_refused_and_leave_the_model_alone() -> None:
    """A full scope over a long take has no positions."""
    unet = tiny_motion_unet()
    with (
        pytest.raises(ValueError, match="trained for 12"),
        spread(unet, ALONE, Partition.even(13, 1), Full()),
    ):
        pass
    assert not any("forward" in module.__dict__ for module in unet.modules())


def test_every_frame_may_have_its_own_prompt() -> None:
    """Prompt travel: changing the last frame's prompt moves the last frame most."""
    unet, take = tiny_motion_unet(), Take.of(20)
    partition, scope = Partition.even(20, 2), Dual(5, 4)
    changed = Take(take.video, take.prompts.clone())
    changed.prompts[:, -1] += 1
    moved: Tensor = (compute(unet, changed, partition, scope) - compute(unet, take, partition, scope)).abs()
    by_frame = moved.mean((0, 1, 3, 4))
    assert int(by_frame.argmax()) == 19
