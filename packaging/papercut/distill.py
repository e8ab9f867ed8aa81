"""Owns the runs that compare the one- and few-step methods of engine/distill on Papercut, at one equal budget.

All begin from the shipped denoiser in its role of a flow-matching teacher, below t = 0.98, and learn from that teacher
as evaluate.py judges it: 25 Euler steps with guidance 2 from independent noise. The network also holds the shipped
one-step student, at t = 1, made by regression on the renderer; no method asks it there, but that it knows how to draw
in one pass may help them all alike. The budget is processor time and counts whatever a method needs, its teacher's
pairs included.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor

from engine.models.denoiser import Conditioning
from engine.models.noise_levels import NoiseLevels
from engine.sampling.guidance import GuidedDenoiser
from papercut.checkpoints import Average, load, save
from papercut.layout import LATENT_CHANNELS
from papercut.pool import Rows
from papercut.shipped import ShippedModel
from papercut.text import MAX_TOKENS, WIDTH
from papercut.training import as_tensor, channels_last, descend, half_precision, read_rows, set_learning_rate
from papercut.unet import TEACHER_LIMIT, predict

if TYPE_CHECKING:
    from pathlib import Path

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor, nn

    from engine.models.denoiser import StepContext

LEVELS = NoiseLevels("flow", "sample")
FIRST = TEACHER_LIMIT
"""The level of noise alone: the noisiest at which the network is a teacher."""
TEACHER_STEPS = 25
GUIDANCE = 2.0
AVERAGE = 0.98
WARM_UP = 10
SAVE_S = 120.0


class PapercutDenoiser:
    """A Papercut denoiser behind the engine's seam; implements Denoiser."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        self.unet = unet

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        hidden = conditioning.hidden_states.expand(len(latents), -1, -1)
        timesteps = torch.full((len(latents),), step.timestep, device=latents.device)
        with half_precision(latents.device):
            return predict(self.unet, latents.contiguous(memory_format=torch.channels_last), timesteps, hidden).float()


class Examples:
    """Latents of rendered scenes and the features of their captions, from whichever pool the work folder has."""

    def __init__(self, work: Path, scale: float, device: torch.device) -> None:
        """Open the pool.

        Raises:
            ValueError: There is none.
        """
        folders = [folder for name in ("pool-256x256", "pool-control") if (folder := work / name).exists()]
        if not folders:
            raise ValueError(f"no pool in {work}; run the pool command first")
        self._rows, self._scale, self._device = Rows(folders[0], None), scale, device
        self._latents = self._rows.open("latents", (LATENT_CHANNELS, 16, 16), np.float16)
        self._features = self._rows.open("features", (MAX_TOKENS, WIDTH), np.float16)

    def draw(self, count: int, rng: np.random.Generator) -> Tensor:
        """Numbers of rows, (count,)."""
        return as_tensor(rng.integers(0, self._rows.count, count))

    def latents(self, rows: Tensor) -> Tensor:
        """At the denoiser's scale, (B, 24, 16, 16)."""
        return read_rows(self._latents[rows.numpy()], self._device) * self._scale

    def captions(self, rows: Tensor) -> Conditioning:
        """What the denoiser is told of those rows."""
        return Conditioning(read_rows(self._features[rows.numpy()], self._device))


@dataclass(frozen=True)
class Turn:
    """One turn of the loop, the same however often the run was killed before."""

    share: float
    """How much of the budget is spent, in 0..1."""
    rng: np.random.Generator
    device: torch.device

    def noise(self, count: int) -> Tensor:
        """Standard normal noise, (count, 24, 16, 16)."""
        noise = self.rng.standard_normal((count, LATENT_CHANNELS, 16, 16), dtype=np.float32)
        return as_tensor(noise).to(self.device)


class Method(Protocol):
    """One method's way to train. Which there are, is distill_methods.py's."""

    learning_rate: float
    module: nn.Module
    """Whose parameters are trained."""
    student: UNet2DConditionModel

    def loss(self, turn: Turn) -> Tensor | None:
        """The loss of one turn; None where the turn only made something to learn from."""
        ...

    def kept(self) -> dict[str, Tensor]:
        """What must survive a kill beside weights."""
        ...

    def restore(self, kept: dict[str, Tensor]) -> None:
        """Take over what `kept` gave."""
        ...

    def schedule(self, steps: int) -> tuple[StepContext, ...]:
        """How the trained student is sampled in so many steps."""
        ...


@dataclass(frozen=True)
class Material:
    """What every method begins with."""

    start: UNet2DConditionModel
    """The shipped denoiser, frozen."""
    teacher: GuidedDenoiser
    examples: Examples
    shipped: ShippedModel
    device: torch.device

    @classmethod
    def load(cls, folder: Path, work: Path, device: torch.device) -> Material:
        """Read the shipped folder, and open the work folder's pool."""
        shipped = ShippedModel.load(folder)
        unet = channels_last(shipped.unet, device)
        # The fused attention's backward pass is slow on CPUs; at this size the plain one wins.
        unet.set_attn_processor(AttnProcessor())
        unet.requires_grad_(requires_grad=False)
        with torch.no_grad():
            empty = Conditioning(shipped.read([""]).to(device))
        teacher = GuidedDenoiser(PapercutDenoiser(unet), empty, GUIDANCE)
        return cls(unet, teacher, Examples(work, shipped.scale, device), shipped, device)

    def student(self) -> UNet2DConditionModel:
        """A copy of the denoiser that is free to learn."""
        student = copy.deepcopy(self.start)
        student.requires_grad_(requires_grad=True)
        return student


class Budget(Protocol):
    """How much of a run is done."""

    def share(self, step: int) -> float:
        """In 0..1; at 1 the run is over."""
        ...


class ProcessorTime:
    """A budget in seconds of processor time over all sittings, so that what else the machine does is not counted."""

    def __init__(self, budget_s: float, spent_s: float) -> None:
        self._budget_s, self._before_s = budget_s, spent_s - time.process_time()

    @property
    def spent_s(self) -> float:
        """Seconds so far, earlier sittings included."""
        return self._before_s + time.process_time()

    def share(self, step: int) -> float:  # noqa: ARG002 - other budgets count steps
        return min(1.0, self.spent_s / self._budget_s)


def run(method: Method, path: Path, device: torch.device, *, budget_s: float, budget: Budget | None = None) -> None:
    """Train until the budget is spent, resuming from a checkpoint.

    Args:
        method: Fresh.
        path: The checkpoint, read if it exists, written now and then and at the end.
        device: Where to train.
        budget_s: Seconds of processor time over all sittings.
        budget: Another measure of what is done, for tests.
    """
    optimizer = torch.optim.AdamW(method.module.parameters(), lr=method.learning_rate, betas=(0.9, 0.99), fused=True)
    average, state = Average(method.module, AVERAGE), load(path)
    step, updates, spent = 0, 0, 0.0
    if state is not None:
        method.module.load_state_dict(state["module"])
        optimizer.load_state_dict(state["optimizer"])
        average.weights, step, updates, spent = state["average"], state["step"], state["updates"], state["spent"]
        method.restore(state["kept"])
    clock = ProcessorTime(budget_s, spent)
    measure, saved_s, total, counted = budget or clock, spent, 0.0, 0
    while (share := measure.share(step)) < 1.0:
        loss = method.loss(Turn(share, np.random.default_rng([31, step]), device))
        step += 1
        if loss is not None:
            set_learning_rate(optimizer, method.learning_rate * min(1.0, (updates + 1) / WARM_UP))
            descend(loss, optimizer, method.module.parameters())
            average.update(method.module, updates)
            updates += 1
            total, counted = total + loss.item(), counted + 1
        if step % 10 == 0:
            mean = f"loss {total / counted:.4f}" if counted else "gathering pairs"
            print(f"{path.stem} turn {step} update {updates} {clock.spent_s:.0f}s {mean}", flush=True)
            total, counted = 0.0, 0
        if clock.spent_s - saved_s > SAVE_S or measure.share(step) >= 1.0:
            saved_s = clock.spent_s
            parts: dict[str, Any] = {"module": method.module.state_dict(), "average": average.weights}
            parts |= {"optimizer": optimizer.state_dict(), "kept": method.kept()}
            save({**parts, "step": step, "updates": updates, "spent": clock.spent_s}, path)


@dataclass(frozen=True)
class Finished:
    """A run as it is judged: its averaged weights in the network, and what they cost."""

    method: Method
    updates: int
    spent_s: float


def read_run(method: Method, path: Path) -> Finished:
    """Put a checkpoint's averaged weights into a fresh method.

    Raises:
        ValueError: The method was never run.
    """
    state = load(path)
    if state is None:
        raise ValueError(f"{path} is missing; run `train.py distill {path.stem.removeprefix('distill-')}` first")
    method.module.load_state_dict(cast("dict[str, Tensor]", state["average"]))
    return Finished(method, int(state["updates"]), float(state["spent"]))
