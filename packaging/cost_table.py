"""`python packaging/cost_table.py`: the modelled time of 2,300 frames on 8 GPUs, with the source of every input.

Owns the inputs and the table. The model is engine.parallel.cost's: compute and exchange of the slowest rank, steps
times. What it leaves out: loading, text, decoding, encoding, and whatever a link loses when all talk at once.

Inputs are of three kinds. Counted here: AnimateDiff's floating-point operations and the elements that it exchanges,
from the stock network on torch's meta device. Measured for the design (shared probe of VideoCrafter2 on a CPU): its
operations and elements. From the literature: the speed of an RTX 6000 Ada on VideoCrafter2 and its link, fitted to
the times that Video-Infinity (arXiv:2406.16260) reports for 8 of them. A device of one's own is added with --device.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.models.families import motion_unet
from engine.parallel.cost import BackboneProfile, Device, received_bytes, simulate
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

FRAMES, RANKS = 2300, 8
LATENT_HEIGHT, LATENT_WIDTH = 40, 64  # of 512x320
WINDOW, ANCHORS = 16, 16
HALF_BYTES = 2
VIDEO_INFINITY_S = 312.0
"""Reported for 2,300 frames at 512x320, 30 steps with guidance, on 8 RTX 6000 Ada."""
LATENCY_S = 50e-6
"""Assumed, of one exchange between GPUs of a machine; not measured."""

VIDEOCRAFTER = BackboneProfile(17_060_000, 7_530_000, 2 * 32 * 105, halo=4, exchanges=169, flops=0.785e12)
"""VideoCrafter2 at 512x320, a frame of one sample: measured for the design."""


@dataclass(frozen=True)
class NamedDevice:
    """A GPU with its link, and where both numbers are from."""

    name: str
    device: Device
    source: str


ADA = (
    NamedDevice("6000 Ada, 4 GB/s", Device(48e12, 4e9, LATENCY_S), "literature: fitted to Video-Infinity's times"),
    NamedDevice("6000 Ada, 20 GB/s", Device(48e12, 20e9, LATENCY_S), "literature for compute; PCIe 4.0 x16 for link"),
)


@dataclass(frozen=True)
class Case:
    """A backbone under a scope, and how often it is called for one sample."""

    name: str
    profile: BackboneProfile
    scope: Scope
    steps: int
    batch: int


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="The modelled time of a long take on equal GPUs.")
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--ranks", type=int, default=RANKS)
    parser.add_argument(
        "--device",
        action="append",
        default=[],
        metavar="NAME:FLOP/S:BYTES/S",
        help="a GPU as measured elsewhere: sustained operations and link, e.g. H200:300e12:50e9",
    )
    arguments = parser.parse_args()
    devices = [*ADA, *map(_parse_device, cast("list[str]", arguments.device))]
    cases = _cases()
    print(f"{arguments.frames} frames at 512x320 on {arguments.ranks} GPUs, fp16; seconds\n")
    print(
        "| backbone, scope | steps x samples | GPU, link | GB/step and rank | compute | exchange | share "
        "| total | total, all hidden | frames/s | Video-Infinity's 312 s over it |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for case in cases:
        for device in devices:
            print(_row(case, device, arguments.frames, arguments.ranks))
    print("\nSources:")
    print(f"- VideoCrafter2, {_facts(VIDEOCRAFTER)}: measured for the design")
    for name in dict.fromkeys(case.name for case in cases if case.profile is not VIDEOCRAFTER):
        profile = next(case.profile for case in cases if case.name == name)
        print(f"- {name}, {_facts(profile)}: counted here on the stock network")
    for each in devices:
        device = each.device
        print(
            f"- {each.name}: {device.flops_per_s / 1e12:g} TFLOP/s, {device.link_bytes_per_s / 1e9:g} GB/s, "
            f"{device.link_latency_s * 1e6:g} us: {each.source}; the latency is assumed"
        )
    return 0


def _cases() -> list[Case]:
    network = animatediff()
    spatial, temporal = count_flops(network)
    dual, usual, wide = Dual(WINDOW, ANCHORS), Blocks(WINDOW, 4), Blocks(WINDOW, 8)
    cases = [Case("VideoCrafter2, dual 16+16", VIDEOCRAFTER, dual, steps, batch) for steps, batch in ((30, 2), (4, 1))]
    for name, scope, windows in (
        ("AnimateDiff SD1.5, dual 16+16", dual, 1.0),
        ("AnimateDiff SD1.5, blocks of 16 every 4", usual, WINDOW / usual.stride),
        ("AnimateDiff SD1.5, blocks of 16 every 8", wide, WINDOW / wide.stride),
    ):
        elements = motion_unet.profile(network, LATENT_HEIGHT, LATENT_WIDTH, scope)
        # Each frame is in so many windows, and the motion modules compute it in each.
        profile = BackboneProfile(
            elements.attention_elements,
            elements.convolution_elements,
            elements.norm_numbers,
            elements.halo,
            elements.exchanges,
            spatial + windows * temporal,
        )
        cases += [Case(name, profile, scope, steps, batch) for steps, batch in ((30, 2), (4, 1))]
    return cases


def animatediff() -> UNetMotionModel:
    """The network of AnimateDiff on Stable Diffusion 1.5, as shapes alone."""
    with torch.device("meta"):
        network = UNetMotionModel(
            cross_attention_dim=768,
            num_attention_heads=8,
            motion_num_attention_heads=8,
            motion_max_seq_length=32,
            use_motion_mid_block=True,
        )
    return network.eval()


def count_flops(network: UNetMotionModel) -> tuple[float, float]:
    """Floating-point operations of one frame of one sample outside of the motion modules, and in them.

    Two for each multiplication with its addition, of matrix products and convolutions, in a window of WINDOW frames.
    """
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        cast("nn.Module", network)(
            torch.empty(1, 4, WINDOW, LATENT_HEIGHT, LATENT_WIDTH, device="meta"),
            1,
            torch.empty(WINDOW, 77, 768, device="meta"),
        )
    counts = cast("Mapping[str, Mapping[object, int]]", counter.get_flop_counts())
    whole = sum(counts["Global"].values())
    motion = sum(
        sum(operations.values()) for name, operations in counts.items() if name.split(".")[-2:-1] == ["motion_modules"]
    )
    return (whole - motion) / WINDOW, motion / WINDOW


def _row(case: Case, named: NamedDevice, frames: int, ranks: int) -> str:
    partition, devices = Partition.even(frames, ranks), [named.device] * ranks
    exposed, hidden = (
        simulate(
            case.profile,
            partition,
            case.scope,
            devices,
            batch=case.batch,
            element_bytes=HALF_BYTES,
            overlap=overlap,
        )
        for overlap in (0.0, 1.0)
    )
    received = max(
        received_bytes(case.profile, partition, rank, case.scope, batch=case.batch, element_bytes=HALF_BYTES).total
        for rank in range(ranks)
    )
    slowest = max(exposed.ranks, key=lambda rank: rank.total_s)
    total = case.steps * exposed.step_s
    cells = (
        case.name,
        f"{case.steps} x {case.batch}",
        named.name,
        f"{received / 1e9:.2f}",
        f"{case.steps * slowest.compute_s:.1f}",
        f"{case.steps * slowest.exchange_s:.1f}",
        f"{100 * exposed.exchange_share:.0f} %",
        f"{total:.1f}",
        f"{case.steps * hidden.step_s:.1f}",
        f"{frames / total:.1f}",
        f"{VIDEO_INFINITY_S / total:.1f}x",
    )
    return f"| {' | '.join(cells)} |"


def _facts(profile: BackboneProfile) -> str:
    return (
        f"a frame of one sample: {profile.flops / 1e12:.3f} TFLOP, {profile.attention_elements / 1e6:.2f} M elements "
        f"for attention, {profile.convolution_elements / 1e6:.2f} M for convolutions, {profile.exchanges} exchanges"
    )


def _parse_device(text: str) -> NamedDevice:
    try:
        name, flops, link = text.rsplit(":", 2)
        return NamedDevice(name, Device(float(flops), float(link), LATENCY_S), "given on the command line")
    except ValueError:
        raise SystemExit(f"device {text!r} is not NAME:FLOP/S:BYTES/S; write it like H200:300e12:50e9") from None


if __name__ == "__main__":
    sys.exit(main())
