"""How closely pictures follow their controls beside pictures without any, and what one control costs, in one run.

Owns the protocol. A source picture's map controls pictures of other seeds; the same prompts and seeds without control
are what it is compared with, so that differences are paired. Cost is measured in turn, as in engine.bench.image.
Source of the protocol: Li et al., ControlNet++, arXiv:2404.07987, section 4.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import torch

from engine.acceleration.plan import plan_for
from engine.adapters import adapters_for, choose_adapter, read_adapters
from engine.bench.control_looks import has_metric, look_of
from engine.bench.control_scores import bootstrap_interval
from engine.bench.control_sources import make_sources, pictures_of, read_sources, request_for
from engine.bench.image import machine_name, median_seconds
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError, EngineError
from engine.messages import ControlLayer, check_int
from engine.tasks.controls import ControlSupply, ready_controls
from engine.tasks.image import make_pictures
from engine.tasks.loading import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.bench.control_sources import Source
    from engine.messages import ImageRequest, ModelSpec
    from engine.paths import Paths
    from engine.tasks.loading import LoadedModel

COST_BAR = 0.6
"""What one control may cost at most, as a part of an uncontrolled picture's time."""


@dataclass(frozen=True)
class ControlBench:
    """What is asked for. `adapters` are names or folders by kind; empty for those of the catalogue that fit."""

    adapters: Mapping[str, str] = field(default_factory=dict[str, str])
    pictures: Path | None = None
    sources: int = 4
    seeds: int = 4
    rounds: int = 9
    steps: int = 0
    side: int = 0
    device: str = "cpu"


class KindReport(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of control.

    Attributes:
        adapter: Its name or folder.
        metric: "f1", "rmse" (levels of 255), "miou" or "ms_ssim".
        higher_is_better: Whether more of it is better.
        scored_by: What looked at source and result; it never made the maps that were followed.
        none: The mean score of the pictures without control.
        controlled: Of those with it.
        gain: By how much control is better, whatever the direction of the metric.
        gain_interval: The bootstrap interval of 95 % over the pairs.
        pairs: How many, sources by seeds.
        seconds_per_picture: Median of one controlled picture: adapter and map ready, its embedding included.
        cost_on_top: By what part of an uncontrolled picture's time that is more.
    """

    adapter: str
    metric: str
    higher_is_better: bool
    scored_by: str
    none: float
    controlled: float
    gain: float
    gain_interval: tuple[float, float]
    pairs: int
    seconds_per_picture: float
    cost_on_top: float


class ControlReport(msgspec.Struct, frozen=True, kw_only=True):
    """All kinds. `not_measured` says why of the others; `cost_on_top` is the largest, beside its bar."""

    model: str
    device: str
    dtype: str
    width: int
    height: int
    steps: int
    sources: str
    threads: int
    rounds: int
    machine: str
    seconds_per_picture: float
    cost_on_top: float
    cost_bar: float
    kinds: dict[str, KindReport]
    not_measured: dict[str, str]


def measure_control(spec: ModelSpec, bench: ControlBench, paths: Paths) -> ControlReport:
    """Measure the model of `spec`.

    Raises:
        BadInputError: There are no adapters, or an option is out of range, or no kind could be measured.
        BadModelError: The model or an adapter cannot be used.
    """
    for name, value in (("pictures", bench.sources), ("seeds", bench.seeds), ("rounds", bench.rounds)):
        check_int(name, value, 1, 1000)
    adapters = dict(bench.adapters) or _adapters_of(spec, paths)
    for kind, adapter in adapters.items():  # a slip in the last costs no measurement of the first
        choose_adapter(ControlLayer(kind=kind, picture="-", adapter=adapter, is_map=True), spec, paths)
    not_measured = {kind: f"there is no metric for {kind} controls" for kind in adapters if not has_metric(kind)}
    if len(not_measured) == len(adapters):
        raise _nothing(not_measured)
    plan = plan_for(bench.device)
    torch.set_num_threads(plan.threads)
    run = _Run(spec, bench, paths, load(spec, plan))
    kinds: dict[str, KindReport] = {}
    with tempfile.TemporaryDirectory() as folder:
        sources = run.sources(Path(folder))
        for kind in filter(has_metric, adapters):
            try:
                kinds[kind] = run.measure(kind, adapters[kind], sources)
            except EngineError as error:
                # Weights of an extractor, for one: other kinds are measured nevertheless.
                not_measured[kind] = error.message
        if not kinds:
            raise _nothing(not_measured)
    return ControlReport(
        model=spec.name,
        device=plan.device,
        dtype=plan.dtype,
        width=run.size[0],
        height=run.size[1],
        steps=run.steps,
        sources=str(bench.pictures) if bench.pictures else "the model's own pictures",
        threads=plan.threads,
        rounds=bench.rounds,
        machine=machine_name(plan.device),
        seconds_per_picture=min(run.plain_seconds),
        cost_on_top=max(report.cost_on_top for report in kinds.values()),
        cost_bar=COST_BAR,
        kinds=kinds,
        not_measured=not_measured,
    )


def _adapters_of(spec: ModelSpec, paths: Paths) -> dict[str, str]:
    """Of each kind that has a metric, the first adapter of the catalogue that fits the model."""
    found: dict[str, str] = {}
    for adapter in adapters_for(spec, read_adapters(paths)):
        for kind in adapter.kinds:
            if has_metric(kind):
                found.setdefault(kind, adapter.name)
    if not found:
        raise BadInputError(
            f"{spec.name} has no control adapter in the catalogue; name one: --adapter canny=FOLDER, once for each kind"
        )
    return found


def _nothing(reasons: Mapping[str, str]) -> BadInputError:
    return BadInputError("; ".join(f"{kind}: {reason}" for kind, reason in reasons.items()))


class _Run:
    """One run over one loaded model."""

    def __init__(self, spec: ModelSpec, bench: ControlBench, paths: Paths, loaded: LoadedModel) -> None:
        self._bench, self._loaded = bench, loaded
        device = loaded.plan.torch_device
        self._shelf = DetectorShelf(WeightStore(paths.models / "annotators"), str(device))
        adapters = AdapterShelf(device, channels_last=loaded.plan.channels_last)
        self._supply = ControlSupply(paths, adapters, HintStore(lambda: self._shelf))
        # What is drawn small and enlarged shows no more than what is drawn.
        self.size = spec.drawn_size(bench.side or spec.default_width, bench.side or spec.default_height)
        self.steps = bench.steps or spec.default_steps
        self.plain_seconds: list[float] = []
        self._plain: dict[Path, list[NDArray[np.uint8]]] = {}
        spec.check(request_for(loaded, "a picture", self.size, self.steps, 0))

    def sources(self, folder: Path) -> list[Source]:
        if self._bench.pictures is not None:
            return read_sources(self._bench.pictures, self.size, self._bench.sources)
        return make_sources(self._loaded, self.size, self.steps, folder, self._bench.sources)

    def measure(self, kind: str, adapter: str, sources: Sequence[Source]) -> KindReport:
        """Score the kind over all sources and seeds, and time one picture."""
        layers = [source.layer(kind, adapter) for source in sources]
        look = look_of(kind, self._shelf, is_drawn=all(layer.is_map for layer in layers))
        none: list[float] = []
        controlled: list[float] = []
        for source, layer in zip(sources, layers, strict=True):
            for seed, uncontrolled in enumerate(self._plain_of(source)):
                none.append(look.score(source.pixels, uncontrolled, self._shelf))
                request = request_for(self._loaded, source.prompt, self.size, self.steps, seed, controls=(layer,))
                controlled.append(look.score(source.pixels, self._controlled(request), self._shelf))
        sign = 1.0 if look.higher_is_better else -1.0
        gains = [sign * (after - before) for before, after in zip(none, controlled, strict=True)]
        plain = request_for(self._loaded, sources[0].prompt, self.size, self.steps, 0)
        requests = {"plain": plain, "controlled": msgspec.structs.replace(plain, controls=(layers[0],))}
        calls: dict[str, Callable[[], object]] = {
            name: lambda request=request: self._controlled(request) for name, request in requests.items()
        }
        seconds = median_seconds(calls, self._bench.rounds, self._loaded.plan.device)
        self.plain_seconds.append(seconds["plain"])
        return KindReport(
            adapter=adapter,
            metric=look.metric,
            higher_is_better=look.higher_is_better,
            scored_by=look.extractor,
            none=float(np.mean(none)),
            controlled=float(np.mean(controlled)),
            gain=float(np.mean(gains)),
            gain_interval=bootstrap_interval(gains),
            pairs=len(gains),
            seconds_per_picture=seconds["controlled"],
            cost_on_top=seconds["controlled"] / seconds["plain"] - 1.0,
        )

    def _plain_of(self, source: Source) -> list[NDArray[np.uint8]]:
        """The uncontrolled pictures of all seeds, made once for all kinds."""
        if source.file not in self._plain:
            seeds = range(self._bench.seeds)
            self._plain[source.file] = pictures_of(self._loaded, source.prompt, self.size, self.steps, seeds)
        return self._plain[source.file]

    def _controlled(self, request: ImageRequest) -> NDArray[np.uint8]:
        """The one picture of a request, whose maps are made once and kept."""
        ready = ready_controls(request, self._loaded, self._supply, lambda: None)
        (picture,) = make_pictures(request, self._loaded, lambda _done: None, ready.controls)
        return picture.pixels
