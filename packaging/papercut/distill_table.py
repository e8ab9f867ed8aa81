"""Owns the judging of the comparison's students: pictures of held-out captions, FD_E, accuracy, distill.json."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor

from engine.distill.paths import steps_down
from engine.models.denoiser import Conditioning
from engine.sampling.solvers import sample
from papercut.card import Result, write_card
from papercut.distill import LEVELS, Material, PapercutDenoiser, read_run, run
from papercut.distill_card import DistilledRow, DistilledTable, write_table
from papercut.distill_methods import METHODS, even_levels
from papercut.grammar import SLOTS
from papercut.judge import answers, load_judge
from papercut.measures import BATCH, frechet_distance, judge_features
from papercut.questions import draw_questions, render_scenes, score, wilson
from papercut.stream import to_signal
from papercut.training import in_parts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.models.denoiser import Denoiser, StepContext

CAPTIONS = 200


class Bench:
    """Held-out captions, the noise each picture starts from, and renders to compare with."""

    def __init__(self, material: Material, count: int, seed: int) -> None:
        self._model, self._judge = material.shipped, load_judge()
        self._device, self._seed = material.device, seed
        self.questions = draw_questions(count, seed)
        with torch.no_grad():
            self._captions = torch.cat([self._model.read(part) for part in _lists(self.questions.captions)])
        generator = torch.Generator().manual_seed(seed)
        self._noise = torch.randn(self.questions.noise.shape, generator=generator)
        # From noise that no row has: a row that had the same would be closer than its pictures deserve.
        other = draw_questions(count, seed + 1).noise
        self._real = judge_features(self._judge, to_signal(render_scenes(self.questions.scenes, other)))
        with torch.no_grad():
            renders = render_scenes(self.questions.scenes, self.questions.noise)
            rebuilt = self._shown(self._model.keep(to_signal(renders)))
        self.floor = frechet_distance(judge_features(self._judge, rebuilt), self._real)

    def row(
        self, name: str, denoiser: Denoiser, schedule: Sequence[StepContext], *, noise: Tensor | None = None
    ) -> DistilledRow:
        """Judge one network as it is sampled by a schedule; nothing is said of its training."""
        pictures = self._shown(self._draw(denoiser, schedule, self._noise if noise is None else noise))
        read = torch.cat([answers(self._judge, part) for part in in_parts(pictures, BATCH)])
        table = score(read, self.questions)
        right, of = (sum(table[slot][key] for slot in SLOTS) for key in ("right", "of"))
        row: DistilledRow = {
            "name": name, "steps": len(schedule),
            "fd_e": frechet_distance(judge_features(self._judge, pictures), self._real),
            "right": right, "of": of, "interval": wilson(right, of), "trained": 0, "minutes": 0.0, "updates": 0,
        }  # fmt: skip
        print(f"{name}, {len(schedule)} steps: FD_E {row['fd_e']:.2f}, accuracy {right / of:.3f}", flush=True)
        return row

    @torch.no_grad()
    def _draw(self, denoiser: Denoiser, schedule: Sequence[StepContext], noise: Tensor) -> Tensor:
        drawn: list[Tensor] = []
        for index, (start, captions) in enumerate(
            zip(in_parts(noise, BATCH), in_parts(self._captions, BATCH), strict=True)
        ):
            generator = torch.Generator().manual_seed(self._seed + 1000 * (index + 1))
            latents = sample(
                denoiser, start.to(self._device), schedule, Conditioning(captions.to(self._device)),
                signal_scale=LEVELS.signal_scale,
                fresh_noise=lambda _, of=start, by=generator: torch.randn(of.shape, generator=by).to(self._device),
                after_step=lambda _step, _clean: None,
            )  # fmt: skip
            drawn.append(latents.cpu())
        return torch.cat(drawn)

    @torch.no_grad()
    def _shown(self, latents: Tensor) -> Tensor:
        return torch.cat([self._model.show(part) for part in in_parts(latents, BATCH)])


def compare(
    what: str, folder: Path, work: Path, budget_s: float, device: torch.device, *, count: int = CAPTIONS, seed: int
) -> None:
    """Run one method, all of them, or judge those that were run.

    Args:
        what: A name in METHODS; "table"; or "all", which is every method and then the table.
        folder: The shipped folder.
        work: A folder with a pool, where the checkpoints go. A method that was killed goes on from its own.
        budget_s: Seconds of processor time for each method, over all sittings.
        device: Where to train and sample.
        count: Held-out captions of the table.
        seed: Of captions and noise of the table.
    """
    material = Material.load(folder, work, device)
    for name, (make, _) in METHODS.items():
        if what in {name, "all"}:
            run(make(material), run_path(work, name), device, budget_s=budget_s)
    if what in {"table", "all"}:
        judge_methods(material, folder, work, count=count, seed=seed)


def judge_methods(material: Material, folder: Path, work: Path, *, count: int, seed: int) -> None:
    """Judge the students of a work folder, write distill.json, and CARD.md anew if there is a card.

    Args:
        material: From which they began.
        folder: The shipped folder, in which the table is kept.
        work: Where their checkpoints are; every method's must be there.
        count: Held-out captions; for FD_E more than its 128 features are best.
        seed: Of captions and noise.

    Raises:
        ValueError: A method was not run.
    """
    runs = {name: read_run(make(material), run_path(work, name)) for name, (make, _) in METHODS.items()}
    bench = Bench(material, count, seed)
    start = PapercutDenoiser(material.start)
    shipped = replace(steps_down(LEVELS, [1.0])[0], timestep=999.0)
    rows = [
        bench.row("renderer's regression (shipped student)", start, [shipped], noise=bench.questions.noise),
        *(bench.row("teacher", material.teacher, steps_down(LEVELS, even_levels(steps))) for steps in (1, 2, 4, 25)),
        bench.row("start: teacher without guidance", start, steps_down(LEVELS, even_levels(1))),
    ]
    for name, finished in runs.items():
        method = finished.method
        trained = sum(weight.numel() for weight in method.module.parameters())
        for steps in METHODS[name][1]:
            row = bench.row(name, PapercutDenoiser(method.student), method.schedule(steps))
            minutes = round(finished.spent_s / 60, 1)
            rows.append({**row, "trained": trained, "minutes": minutes, "updates": finished.updates})
    table: DistilledTable = {
        "seed": seed, "captions": count, "rows": rows, "floor_fd_e": bench.floor,
        "parameters": sum(weight.numel() for weight in material.start.parameters()),
    }  # fmt: skip
    write_table(folder, table)
    if (folder / "card.json").exists():
        write_card(folder, cast("Result", json.loads((folder / "card.json").read_text())))


def run_path(work: Path, name: str) -> Path:
    """The checkpoint of a method."""
    return work / f"distill-{name}.pt"


def _lists(captions: list[str]) -> list[list[str]]:
    return [captions[first : first + BATCH] for first in range(0, len(captions), BATCH)]
