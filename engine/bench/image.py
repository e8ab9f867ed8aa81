"""One-step pictures, ours and those of a stock diffusers pipeline with the same weights, measured in turn.

Owns what is run and how it is timed. Every prompt is new, so text is tokenised and encoded each time; measurements of
all kinds alternate, so that whatever else the machine does falls on all alike.
"""

from __future__ import annotations

import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import psutil
import torch

from engine.acceleration.plan import plan_for
from engine.errors import BadModelError
from engine.media.png import write_png
from engine.messages import ImageRequest
from engine.tasks.image import make_pictures
from engine.tasks.loading import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel

BATCH = 8
_PROMPT = "winter mountains at night with a moon on the left"


class ImageReport(msgspec.Struct, frozen=True, kw_only=True):
    """Medians in seconds; ratios are our time over diffusers', below 1 where we are faster.

    Attributes:
        seconds_per_picture: Prompt to uint8 picture, one step, warm.
        seconds_per_picture_with_file: The same and its PNG written, flushed and read back.
        diffusers_seconds_per_picture: A stock pipeline call in fp32, as its documentation shows it.
        diffusers_same_dtype_seconds_per_picture: The same in our plan's dtype.
        batch8_seconds_per_picture: Ours in a batch of 8, per picture; likewise for diffusers.
        load_seconds: Checking and loading the model, libraries being imported.
        peak_bytes: Largest memory of the process (on CUDA, of the device) with our model alone, all work included.
    """

    model: str
    device: str
    dtype: str
    width: int
    height: int
    threads: int
    rounds: int
    machine: str
    torch: str
    diffusers: str
    seconds_per_picture: float
    seconds_per_picture_with_file: float
    diffusers_seconds_per_picture: float
    diffusers_same_dtype_seconds_per_picture: float
    ratio_to_diffusers: float
    ratio_to_diffusers_same_dtype: float
    batch8_seconds_per_picture: float
    diffusers_batch8_seconds_per_picture: float
    diffusers_same_dtype_batch8_seconds_per_picture: float
    ratio_batch8: float
    ratio_batch8_same_dtype: float
    load_seconds: float
    peak_bytes: int


class _Pipeline(Protocol):
    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def to(self, device: str) -> _Pipeline: ...
    def __call__(self, prompt: str, **options: object) -> object: ...


class _PipelineClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...


def measure_image(spec: ModelSpec, device: str, rounds: int) -> ImageReport:
    """Measure the model of `spec`, `rounds` times each kind.

    Raises:
        BadModelError: The model cannot be used, or is of a family without a stock pipeline here.
        BadInputError: The device is not there.
    """
    plan = plan_for(device)
    torch.set_num_threads(plan.threads)
    started = time.perf_counter()
    loaded = load(spec, plan)
    load_seconds = time.perf_counter() - started
    prompts = _Prompts()
    with tempfile.TemporaryDirectory() as folder:
        ours: dict[str, Callable[[], object]] = {
            "ours": lambda: _pictures(loaded, prompts.new()),
            "ours with file": lambda: _pictures(loaded, prompts.new(), Path(folder) / "picture.tmp"),
        }
        our_batch = {"ours": lambda: _pictures(loaded, prompts.new(), count=BATCH)}
        median_seconds({**ours, **our_batch}, 1, plan.device)
        peak_bytes = _peak_bytes(plan.device)  # before the pipelines of others take their share
        stock = {"fp32": _stock(spec, device, torch.float32), "same": _stock(spec, device, plan.torch_dtype)}
        single = median_seconds({**ours, **_calls(stock, spec, prompts, 1)}, rounds, plan.device)
        batch = median_seconds({**our_batch, **_calls(stock, spec, prompts, BATCH)}, -(-rounds // 4), plan.device)
    return ImageReport(
        model=spec.name,
        device=plan.device,
        dtype=plan.dtype,
        width=spec.default_width,
        height=spec.default_height,
        threads=plan.threads,
        rounds=rounds,
        machine=machine_name(plan.device),
        torch=str(torch.__version__),
        diffusers=_diffusers_version(),
        seconds_per_picture=single["ours"],
        seconds_per_picture_with_file=single["ours with file"],
        diffusers_seconds_per_picture=single["fp32"],
        diffusers_same_dtype_seconds_per_picture=single["same"],
        ratio_to_diffusers=_ratio(single, "fp32"),
        ratio_to_diffusers_same_dtype=_ratio(single, "same"),
        batch8_seconds_per_picture=batch["ours"] / BATCH,
        diffusers_batch8_seconds_per_picture=batch["fp32"] / BATCH,
        diffusers_same_dtype_batch8_seconds_per_picture=batch["same"] / BATCH,
        ratio_batch8=_ratio(batch, "fp32"),
        ratio_batch8_same_dtype=_ratio(batch, "same"),
        load_seconds=load_seconds,
        peak_bytes=peak_bytes,
    )


class _Prompts:
    """A prompt that has not been encoded before, each time."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"{_PROMPT} {self._count}"


def _pictures(loaded: LoadedModel, prompt: str, part: Path | None = None, count: int = 1) -> None:
    spec = loaded.spec
    request = ImageRequest(
        prompt=prompt,
        seed=7,
        model=spec.name,
        width=spec.default_width,
        height=spec.default_height,
        count=count,
        guidance_scale=spec.default_guidance,
    )
    for picture in make_pictures(request, loaded, lambda _done: None):
        if part is not None:
            write_png(part, picture.pixels, {"parameters": prompt})


def _stock(spec: ModelSpec, device: str, dtype: torch.dtype) -> _Pipeline:
    # Whoever measures waits for this import; whoever makes pictures must not.
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import (  # noqa: PLC0415
        StableDiffusionPipeline,
    )

    if spec.family != "stable_diffusion":
        raise BadModelError(f"{spec.name} has no stock pipeline to compare with; measure papercut")
    stock = cast("_PipelineClass", StableDiffusionPipeline)
    pipeline = stock.from_pretrained(
        spec.folder, dtype=dtype, safety_checker=None, requires_safety_checker=False, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def _calls(
    pipelines: Mapping[str, _Pipeline], spec: ModelSpec, prompts: _Prompts, count: int
) -> dict[str, Callable[[], object]]:
    def call(pipeline: _Pipeline) -> object:
        return pipeline(
            prompts.new(),
            num_inference_steps=1,
            guidance_scale=spec.default_guidance,
            width=spec.default_width,
            height=spec.default_height,
            num_images_per_prompt=count,
        )

    return {name: lambda pipeline=pipeline: call(pipeline) for name, pipeline in pipelines.items()}


def median_seconds(calls: Mapping[str, Callable[[], object]], rounds: int, device: str) -> dict[str, float]:
    """Median time of each call, called in turn, after one round that does not count."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            if device != "cpu":
                torch.cuda.synchronize(device)
            if turn:
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def _ratio(seconds: Mapping[str, float], other: str) -> float:
    return seconds["ours"] / seconds[other]


def _peak_bytes(device: str) -> int:
    if device != "cpu":
        return torch.cuda.max_memory_allocated(device)
    memory = psutil.Process().memory_info()
    try:
        import resource  # noqa: PLC0415 -- not on Windows, where the process knows its own peak
    except ImportError:
        return int(getattr(memory, "peak_wset", memory.rss))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform.system() == "Darwin" else peak * 1024


def machine_name(device: str) -> str:
    if device != "cpu":
        return torch.cuda.get_device_name(device)
    name = torch.cpu.get_capabilities().get("cpu_name") or platform.processor() or platform.machine()
    return f"{name}, {psutil.cpu_count(logical=False)} cores"


def _diffusers_version() -> str:
    import diffusers  # noqa: PLC0415 -- as above

    return diffusers.__version__
