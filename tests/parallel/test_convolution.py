"""Convolutions over time."""

from __future__ import annotations

import math
from copy import deepcopy

import pytest
import torch
from diffusers.models.resnet import TemporalConvLayer
from torch import Tensor

from engine.errors import BadModelError
from engine.parallel.adoption import Adoption, convolution_stages
from engine.parallel.convolution import convolved_frames, stack_depth
from engine.parallel.mesh import Mesh
from engine.parallel.norms import Statistics
from engine.parallel.partition import Partition
from engine.parallel.scopes import Full
from tests.parallel.virtual import on_ranks


def _layer() -> TemporalConvLayer:
    layer = TemporalConvLayer(8, 8, dropout=0.1, norm_num_groups=4).eval()
    generator = torch.Generator().manual_seed(1)
    for parameter in layer.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator) * 0.3
    return layer


def _images(num_frames: int, batch: int = 2) -> Tensor:
    return torch.randn(batch * num_frames, 8, 3, 2, generator=torch.Generator().manual_seed(num_frames))


def _compute(layer: TemporalConvLayer, images: Tensor, partition: Partition) -> Tensor:
    video = images.reshape(2, -1, *images.shape[1:])
    copies = [deepcopy(layer) for _ in partition.runs]

    def work(mesh: Mesh) -> Tensor:
        run = partition.runs[mesh.rank]
        own = video[:, run.start : run.stop]
        if run:
            stack = Adoption(mesh, partition, Full(), torch.device("cpu")).convolution(copies[mesh.rank])
            own = stack(own.flatten(0, 1)).reshape(own.shape)
        return own

    return torch.cat(on_ranks(partition.world_size, work), dim=1).flatten(0, 1)


@pytest.mark.parametrize(
    "partition",
    [Partition.even(20, 1), Partition.even(20, 3), Partition.weighted(20, [1, 9, 3, 7]), Partition.even(3, 4)],
    ids=["one rank", "three", "uneven", "runs of one frame under a halo of four"],
)
def test_a_spread_stack_is_the_stock_layer(partition: Partition) -> None:
    """With halos and shared norms, any runs give what the layer gives for all frames."""
    layer, images = _layer(), _images(partition.num_frames)
    with torch.inference_mode():
        expected = layer(images, num_frames=partition.num_frames)
    torch.testing.assert_close(_compute(layer, images, partition), expected, atol=1e-5, rtol=0)


def test_a_shot_is_convolved_alone() -> None:
    """At a cut a convolution sees the zeros that it sees at the ends of a take."""
    layer, images = _layer(), _images(9)
    whole = _compute(layer, images, Partition.even(9, 2, cuts=[5])).reshape(2, 9, -1)
    with torch.inference_mode():
        for shot in (range(5), range(5, 9)):
            part = images.reshape(2, 9, 8, 3, 2)[:, shot.start : shot.stop].flatten(0, 1)
            alone = layer(part, num_frames=len(shot)).reshape(2, len(shot), -1)
            torch.testing.assert_close(whole[:, shot.start : shot.stop], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("poisoned", [[0], [9], [0, 1, 8, 9]])
def test_frames_beyond_the_halo_change_nothing(poisoned: list[int]) -> None:
    """NaN in a frame that the stage does not reach stays there; one step nearer it shows."""
    stage = convolution_stages(_layer())[0]
    video = torch.randn(1, 10, 8, 3, 2, generator=torch.Generator().manual_seed(3))
    statistics = Statistics(torch.zeros(1, 4), torch.ones(1, 4))

    def compute(video: Tensor) -> Tensor:
        with torch.inference_mode():
            return convolved_frames(stage, video, statistics, span=range(10), target=range(3, 7), shot=range(10))

    clean = compute(video)
    video[:, poisoned] = math.nan
    assert torch.equal(compute(video), clean)
    video[:, 2] = math.nan
    assert compute(video).isnan().any()


def test_a_stack_reaches_as_far_as_its_stages_together() -> None:
    """Four kernels of three frames read four frames on each side."""
    assert stack_depth(convolution_stages(_layer())) == 4


def test_an_unknown_stack_is_refused() -> None:
    """A layer that an upgrade changed fails by name, not in the picture."""
    layer = _layer()
    layer.conv2[-1] = torch.nn.Conv3d(8, 8, (3, 3, 3), padding=1)
    with pytest.raises(BadModelError, match="TemporalConvLayer cannot be spread over frames: conv2 is"):
        convolution_stages(layer)
    del layer.conv3
    with pytest.raises(BadModelError, match="made of conv1, conv2, conv4"):
        convolution_stages(layer)
