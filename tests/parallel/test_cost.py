"""The cost model, and a simulated world of 64 ranks."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch._C._distributed_c10d import FakeProcessGroup  # torch's own simulated group; it has no public name

from engine.models.families import motion_unet, unet3d
from engine.parallel.cost import BackboneProfile, Device, interior_bytes, received_bytes, simulate
from engine.parallel.mesh import Group, GroupTransport, Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Scope
from tests.parallel.models import LATENT_SHAPE, tiny_motion_unet, tiny_unet3d
from tests.parallel.takes import Take, compute_run

VIDEOCRAFTER = BackboneProfile(17_060_000, 7_530_000, 2 * 32 * 105, halo=4, exchanges=169, flops=0.785e12)
"""At 512x320, from the design's measurements of VideoCrafter2."""
ADA = Device(flops_per_s=48e12, link_bytes_per_s=4e9)


@pytest.mark.parametrize(("rank", "scope"), [(0, Blocks(6, 3)), (31, Dual(5, 64)), (63, Dual(5, 64))])
def test_in_a_world_of_64_shapes_and_bytes_are_right(rank: int, scope: Scope) -> None:
    """On torch's simulated group, whose data mean nothing, a rank gives its run and receives what the formula says."""
    unet, partition = tiny_unet3d(), Partition.even(64 * 5, 64)
    group = FakeProcessGroup._create_internal(rank, 64)  # pyright: ignore[reportPrivateUsage]
    mesh = Mesh(rank, 64, GroupTransport(cast("Group", cast("object", group))))
    with torch.inference_mode():
        run = compute_run(unet, Take.of(partition.num_frames), mesh, partition, scope)
    assert run.shape == (2, LATENT_SHAPE[0], 5, *LATENT_SHAPE[1:])
    expected = received_bytes(
        unet3d.profile(unet, *LATENT_SHAPE[1:], scope), partition, rank, scope, batch=2, element_bytes=4
    )
    assert mesh.take_traffic().received_bytes == {
        "attention": expected.attention,
        "convolution": expected.convolution,
        "norm": expected.norm,
    }


def test_an_interior_rank_receives_the_closed_formula() -> None:
    """B b [S_a (2p + g (N - 1) / N) + 8 S_c], of hidden states: half of what keys and values would take."""
    partition, scope = Partition.even(64, 4), Dual(window=5, anchors=4)
    closed = interior_bytes(VIDEOCRAFTER, window=5, anchors=4, world_size=4, batch=2, element_bytes=2)
    counted = received_bytes(VIDEOCRAFTER, partition, 1, scope, batch=2, element_bytes=2)
    assert counted.attention + counted.convolution == closed == 2 * 2 * (17_060_000 * (4 + 3) + 8 * 7_530_000)


def test_the_traffic_of_the_paper_is_the_closed_formula_twice() -> None:
    """Video-Infinity's 16 neighbours and 16 anchors on 8 devices: 4.3 GB a step as keys and values, half of it here."""
    ours = interior_bytes(VIDEOCRAFTER, window=17, anchors=16, world_size=8, batch=2, element_bytes=2)
    convolutions = 2 * 2 * 8 * 7_530_000
    assert 2 * (ours - convolutions) + convolutions == pytest.approx(4.3e9, rel=0.02)


def test_traffic_does_not_grow_with_the_frames_of_a_rank() -> None:
    """Only the norms' numbers do, a small part even at 2,304 frames; with more ranks a few more anchors come."""

    def at(num_frames: int, world_size: int) -> float:
        partition, scope = Partition.even(num_frames, world_size), Dual(16, 16)
        received = received_bytes(VIDEOCRAFTER, partition, world_size // 2, scope, batch=2, element_bytes=2)
        assert received.norm < 0.06 * received.total
        return received.attention + received.convolution

    assert at(8 * 144, 8) == at(8 * 288, 8)
    assert at(8 * 144, 8) < at(16 * 144, 16) < 1.05 * at(8 * 144, 8)


def test_the_modelled_step_is_its_slowest_rank() -> None:
    """47 TFLOP a frame over 30 steps with guidance at 48 TFLOP/s is the paper's second a frame."""
    one = simulate(VIDEOCRAFTER, Partition.even(16, 1), Dual(), [ADA], batch=2, element_bytes=2)
    assert 30 * one.step_s == pytest.approx(16 * 0.98, rel=0.01)
    assert one.exchange_share == 0
    mixed = [Device(96e12, 4e9), ADA]
    even = simulate(VIDEOCRAFTER, Partition.even(480, 2), Dual(), mixed, batch=2, element_bytes=2)
    weighted = simulate(VIDEOCRAFTER, Partition.weighted(480, [2, 1]), Dual(), mixed, batch=2, element_bytes=2)
    assert even.step_s == even.ranks[1].total_s
    assert weighted.step_s < 0.7 * even.step_s


def test_what_is_hidden_behind_work_costs_no_time() -> None:
    """With full overlap a step costs its compute or its exchange, whichever is longer."""
    arguments = (VIDEOCRAFTER, Partition.even(8 * 288, 8), Dual(), [ADA] * 8)
    exposed = simulate(*arguments, batch=2, element_bytes=2)
    hidden = simulate(*arguments, batch=2, element_bytes=2, overlap=1.0)
    assert hidden.step_s == exposed.ranks[4].compute_s
    assert exposed.step_s > hidden.step_s
    assert (hidden.exchange_share, 0 < exposed.exchange_share < 0.1) == (0, True)


def test_devices_and_runs_must_agree() -> None:
    """A model of eight devices needs eight runs."""
    with pytest.raises(ValueError, match="8 devices for 2 runs"):
        simulate(VIDEOCRAFTER, Partition.even(9, 2), Dual(), [ADA] * 8, batch=2, element_bytes=2)


def test_windows_exchange_once_where_scopes_exchange_twice() -> None:
    """A block of two attentions costs `blocks` one exchange of what enters it, `dual` one for each attention."""
    unet = tiny_motion_unet()
    dual = motion_unet.profile(unet, 8, 8, Dual())
    blocks = motion_unet.profile(unet, 8, 8, Blocks())
    assert dual.attention_elements == 2 * blocks.attention_elements
    assert dual.convolution_elements == blocks.convolution_elements == 0
