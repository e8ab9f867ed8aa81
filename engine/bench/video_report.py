"""What the video benchmark is asked and what it answers. Owns the forms alone; engine.bench.video fills them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from engine.bench.video_memory import MemoryFit
from engine.bench.video_prediction import Prediction
from engine.errors import BadInputError
from engine.messages import check_int


@dataclass(frozen=True)
class VideoBench:
    """What to measure; see `onetake bench video --help`. Sizes are in pixels, 0 is the model's default."""

    frames: int = 48
    """Of each rank, for weak scaling."""
    stock_frames: int = 96
    memory_frames: tuple[int, ...] = (16, 48)
    quality_frames: int = 480
    ranks: int = 2
    rounds: int = 3
    steps: int = 0
    side: int = 0
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name, least in (("frames", 1), ("stock_frames", 1), ("quality_frames", 2), ("ranks", 2), ("rounds", 1)):
            check_int(name.replace("_", " "), getattr(self, name), least, 100_000)
        if len(set(self.memory_frames)) < 2 or min(self.memory_frames) < 1:
            raise BadInputError("memory needs at least two lengths of 1 frame or more, for instance 48,480,2304")


class RankTraffic(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes that one rank receives in one step, by purpose: as its mesh counted them, and by the formula."""

    counted: dict[str, int]
    formula: dict[str, int]
    counted_total: int
    formula_total: int


class VideoReport(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds are medians over the rounds; a take takes as long as its slowest rank. No previews are made.

    Attributes:
        weights: "trained", or "random" where the model has no motion adapter yet: such numbers are of speed alone.
        weak_scaling_efficiency: Denoising N frames on 1 rank over denoising ranks x N frames on all; 1 is ideal.
        weak_scaling_efficiency_end_to_end: The same from the request to the encoded movie, models being loaded.
        exchange_share: The part of denoising in which a rank hands over or waits; the largest of any rank.
        exchange_share_by_rank: Of each.
        bytes_per_step: Of each rank.
        peak_bytes: On one rank, a fresh process for each length.
        ratio_to_freenoise: Our frames a second over those of AnimateDiffPipeline with FreeNoise at diffusers' default
            stride, prompt to frames. Ours are in the Clip by then, with checkpoints; its are in memory.
        ratio_to_freenoise_same_windows: The same with its windows where ours are.
        prediction: The cost model's step on all ranks, from the speed of one and the measured wire.
    """

    model: str
    weights: str
    device: str
    dtype: str
    threads: int
    width: int
    height: int
    steps: int
    rounds: int
    ranks: int
    frames_per_rank: int
    versions: dict[str, str]
    weak_scaling_efficiency: float
    weak_scaling_efficiency_end_to_end: float
    one_rank_denoise_seconds: float
    all_ranks_denoise_seconds: float
    one_rank_seconds: float
    all_ranks_seconds: float
    exchange_share: float
    exchange_share_by_rank: tuple[float, ...]
    bytes_per_step: tuple[RankTraffic, ...]
    peak_bytes: MemoryFit
    freenoise_frames: int
    frames_per_second: float
    freenoise_frames_per_second: float
    freenoise_same_windows_frames_per_second: float
    freenoise_peak_bytes: int
    ratio_to_freenoise: float
    ratio_to_freenoise_same_windows: float
    prediction: Prediction
