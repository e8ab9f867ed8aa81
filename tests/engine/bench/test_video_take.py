"""engine.bench.video_rank: what ranks and the stock pipeline measure of tiny takes; ranks are threads here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.acceleration.plan import plan_for
from engine.bench.video_commands import Failed, MakeStock, MakeTake, MeasureLink, StockMeasured, TakeMeasured
from engine.bench.video_rank import RankBench
from engine.bench.video_take import measure_link, measure_take
from engine.messages import Segment, Timeline, VideoRequest
from engine.protocol import Group
from engine.tasks.loading import load_video, video_plan
from tests.tiny_videos import STRIDE, write_tiny_video_model

if TYPE_CHECKING:
    from engine.messages import ModelSpec

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    """A tiny video model in Papercut's way; leave its folder as it is."""
    return write_tiny_video_model(tmp_path_factory.mktemp("models") / "papercut")


def request_of(frames: int) -> VideoRequest:
    timeline = Timeline(segments=(Segment(prompt="a moon", frames=frames),))
    return VideoRequest(timeline=timeline, seed=1, width=64, height=64, steps=2, model="tiny video")


def takes(folder: Path, spec: ModelSpec, ranks: int) -> list[MakeTake]:
    (folder / "take").mkdir()
    (folder / "meeting").mkdir(mode=0o700)
    group = Group(rank=0, devices=("cpu",) * ranks, meeting=str(folder / "meeting"), take=str(folder / "take"))
    return [
        MakeTake(
            request=request_of(12), spec=spec, group=msgspec.structs.replace(group, rank=rank),
            movie=str(folder / "movie.tmp"),
        )
        for rank in range(ranks)
    ]  # fmt: skip


def ask(commands: list[MakeTake], spec: ModelSpec) -> list[TakeMeasured]:
    """One rank for each; commands and answers go through their JSON, as between processes."""
    loaded = load_video(spec, video_plan(plan_for("cpu")))  # once: diffusers cannot load in two threads

    def measure(command: MakeTake) -> TakeMeasured:
        heard = msgspec.json.decode(msgspec.json.encode(command), type=MakeTake)
        return msgspec.json.decode(msgspec.json.encode(measure_take(heard, deepcopy(loaded))), type=TakeMeasured)

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(measure, commands))


def test_two_ranks_count_the_bytes_of_the_formula(tmp_path: Path, spec: ModelSpec) -> None:
    """By purpose, and the times of a rank contain one another."""
    for answer in ask(takes(tmp_path, spec, 2), spec):
        assert answer.frames == 6
        assert answer.formula.total > 0
        assert answer.received_bytes == {"attention": answer.formula.attention, "norm": answer.formula.norm}
        assert 0 < answer.exchange_s < answer.denoise_s < answer.frames_s < answer.whole_s
        assert 0 < answer.skip_bytes < answer.peak_bytes
        assert answer.dtype == "float32"
    assert (tmp_path / "movie.tmp").stat().st_size > 0


def test_a_rank_alone_receives_nothing(tmp_path: Path, spec: ModelSpec) -> None:
    """And the formula agrees."""
    (answer,) = ask(takes(tmp_path, spec, 1), spec)
    assert (answer.frames, answer.formula.total, sum(answer.received_bytes.values())) == (12, 0, 0)


def test_the_wire_is_measured(tmp_path: Path) -> None:
    """Both ranks give a speed and a latency."""
    tmp_path.chmod(0o700)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(measure_link, [MeasureLink(rank=rank, meeting=str(tmp_path)) for rank in range(2)]))
    assert all(min(answer.bytes_per_s, answer.latency_s) > 0 for answer in answers)


def test_the_stock_pipeline_runs_on_the_same_folder(spec: ModelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    """With FreeNoise on more frames than a window has, with both strides, one after the other."""
    import tqdm

    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)  # no thread for progress bars
    bench = RankBench()
    for stride in (STRIDE, STRIDE - 1):
        answer = bench.answer(MakeStock(request=request_of(13), spec=spec, device="cpu", stride=stride))
        assert isinstance(answer, StockMeasured), answer
        assert (answer.frames, answer.dtype) == (13, "float32")
        assert answer.seconds > 0


def test_a_failure_is_an_answer_of_one_line(tmp_path: Path, spec: ModelSpec) -> None:
    """A missing folder is named; the rank goes on."""
    gone = msgspec.structs.replace(spec, folder=str(tmp_path / "gone"))
    (command,) = takes(tmp_path, gone, 1)
    answer = RankBench().answer(command)
    assert isinstance(answer, Failed)
    assert answer.kind == "bad_model"
    assert "is missing" in answer.message
