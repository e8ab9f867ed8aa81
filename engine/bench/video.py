"""Long video: how it scales over ranks, what it exchanges and holds, beside diffusers' FreeNoise and the cost model.

Owns what is run and how the numbers come from it. Ranks are processes with a thread of torch each, which meet over
gloo as the product's do. Measurements that are compared alternate, so that whatever else the machine does falls on
all alike; medians count.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bench.video_memory import MemoryFit, fit_memory
from engine.bench.video_prediction import predict
from engine.bench.video_quality import QualityReport, judge_take
from engine.bench.video_ranks import RankPool
from engine.bench.video_report import RankTraffic, VideoBench, VideoReport
from engine.bench.video_weights import model_to_measure
from engine.errors import BadInputError
from engine.media.clip import Clip
from engine.messages import Segment, Timeline, VideoRequest
from engine.tasks.provenance import versions

if TYPE_CHECKING:
    from engine.bench.video_commands import StockMeasured, TakeMeasured
    from engine.messages import ModelSpec

PROMPT = "winter mountains at night with a moon on the left"
FREE_NOISE_STRIDE = 4
"""What diffusers takes unless told otherwise."""
MEMORY_STEPS = 2
"""The second step holds all that later ones do."""


def measure_video(spec: ModelSpec, bench: VideoBench) -> VideoReport:
    """Measure all but the looks.

    Raises:
        BadModelError: The model cannot be used, or has no stock pipeline to compare with.
        BadInputError: It cannot do such takes, or the device is not there.
        JobFailedError: A take failed.
    """
    with tempfile.TemporaryDirectory(prefix="onetake-bench-") as folder, model_to_measure(spec, Path(folder)) as model:
        return _measure(*model, bench)


def measure_quality(spec: ModelSpec, bench: VideoBench) -> QualityReport:
    """Make one long take of one prompt on all ranks and measure its drift and its seams; raises as `measure_video`."""
    with tempfile.TemporaryDirectory(prefix="onetake-bench-") as folder, model_to_measure(spec, Path(folder)) as model:
        measured, weights = model
        request = _request(measured, bench, bench.quality_frames)
        if bench.quality_frames < 2 * max(round(request.fps), bench.ranks):
            raise BadInputError(f"{bench.quality_frames} frames are too few to see drift; use at least two seconds")
        with RankPool(bench.ranks) as pool:
            pool.make_take(request, measured, bench.device, bench.ranks, keep=True)
            assert measured.video is not None
            return judge_take(Clip.open(pool.clip_folder), bench.ranks, measured.video.stride, measured.name, weights)


def _measure(spec: ModelSpec, weights: str, bench: VideoBench) -> VideoReport:
    video = spec.video
    assert video is not None
    if bench.stock_frames < video.window:
        raise BadInputError(f"FreeNoise needs a whole window; use at least {video.window} stock frames")
    alone, together = (_request(spec, bench, bench.frames * ranks) for ranks in (1, bench.ranks))
    request = _request(spec, bench, bench.stock_frames)
    strides = dict.fromkeys((min(FREE_NOISE_STRIDE, video.window), video.stride))
    with RankPool(bench.ranks) as pool:
        link = pool.measure_link()
        _warm(pool, spec, bench)
        singles: list[TakeMeasured] = []
        groups: list[list[TakeMeasured]] = []
        for _ in range(bench.rounds):
            singles += pool.make_take(alone, spec, bench.device)
            groups.append(pool.make_take(together, spec, bench.device, bench.ranks))
    ours: list[TakeMeasured] = []
    stock: dict[int, list[StockMeasured]] = {stride: [] for stride in strides}
    with RankPool(1) as pool, RankPool(1) as stock_pool:
        _warm(pool, spec, bench)
        stock_pool.make_stock(_request(spec, bench, video.window, steps=1), spec, bench.device, video.stride)
        for _ in range(bench.rounds):
            ours += pool.make_take(request, spec, bench.device)
            for stride, measured in stock.items():
                measured.append(stock_pool.make_stock(request, spec, bench.device, stride))
    fps = bench.stock_frames / statistics.median(take.frames_s for take in ours)
    stock_fps = [
        bench.stock_frames / statistics.median(take.seconds for take in measured) for measured in stock.values()
    ]
    denoise_s = statistics.median(take.denoise_s for take in singles)
    group_denoise_s = statistics.median(max(take.denoise_s for take in group) for group in groups)
    whole_s = statistics.median(take.whole_s for take in singles)
    group_whole_s = statistics.median(max(take.whole_s for take in group) for group in groups)
    shares = tuple(
        statistics.median(group[rank].exchange_s / group[rank].denoise_s for group in groups)
        for rank in range(bench.ranks)
    )
    return VideoReport(
        model=spec.name,
        weights=weights,
        device=bench.device,
        dtype=singles[0].dtype,
        threads=singles[0].threads,
        width=alone.width,
        height=alone.height,
        steps=alone.steps,
        rounds=bench.rounds,
        ranks=bench.ranks,
        frames_per_rank=bench.frames,
        versions=versions(),
        weak_scaling_efficiency=denoise_s / group_denoise_s,
        weak_scaling_efficiency_end_to_end=whole_s / group_whole_s,
        one_rank_denoise_seconds=denoise_s,
        all_ranks_denoise_seconds=group_denoise_s,
        one_rank_seconds=whole_s,
        all_ranks_seconds=group_whole_s,
        exchange_share=max(shares),
        exchange_share_by_rank=shares,
        bytes_per_step=tuple(_traffic(rank) for rank in groups[0]),
        peak_bytes=_measure_memory(spec, bench),
        freenoise_frames=bench.stock_frames,
        frames_per_second=fps,
        freenoise_frames_per_second=stock_fps[0],
        freenoise_same_windows_frames_per_second=stock_fps[-1],
        freenoise_peak_bytes=max(take.peak_bytes for measured in stock.values() for take in measured),
        ratio_to_freenoise=fps / stock_fps[0],
        ratio_to_freenoise_same_windows=fps / stock_fps[-1],
        prediction=predict(
            together,
            spec,
            link,
            alone_step_s=denoise_s / alone.steps,
            measured_step_s=group_denoise_s / alone.steps,
            ranks=groups[0],
        ),
    )


def _request(spec: ModelSpec, bench: VideoBench, frames: int, *, steps: int = 0) -> VideoRequest:
    """A take of one prompt.

    Raises:
        BadInputError: The model cannot do it.
    """
    assert spec.video is not None
    # What is drawn small and enlarged takes no longer than what is drawn.
    width, height = spec.drawn_size(bench.side or spec.default_width, bench.side or spec.default_height)
    request = VideoRequest(
        timeline=Timeline(segments=(Segment(prompt=PROMPT, frames=frames),)),
        seed=7,
        model=spec.name,
        width=width,
        height=height,
        fps=spec.video.default_fps,
        steps=steps or bench.steps or spec.video.default_steps,
        guidance_scale=spec.default_guidance,
    )
    spec.check(request)
    return request


def _warm(pool: RankPool, spec: ModelSpec, bench: VideoBench) -> None:
    """Load the model in every process and let its libraries choose their kernels; does not count."""
    assert spec.video is not None
    request = _request(spec, bench, spec.video.window * pool.ranks, steps=1)
    pool.make_take(request, spec, bench.device, pool.ranks)


def _measure_memory(spec: ModelSpec, bench: VideoBench) -> MemoryFit:
    takes: list[TakeMeasured] = []
    for frames in bench.memory_frames:
        with RankPool(1) as pool:
            takes += pool.make_take(_request(spec, bench, frames, steps=MEMORY_STEPS), spec, bench.device)
    return fit_memory(bench.memory_frames, [take.peak_bytes for take in takes], takes[0].skip_bytes)


def _traffic(rank: TakeMeasured) -> RankTraffic:
    return RankTraffic(
        counted=rank.received_bytes,
        formula={purpose: size for purpose, size in asdict(rank.formula).items() if size},
        counted_total=sum(rank.received_bytes.values()),
        formula_total=rank.formula.total,
    )
