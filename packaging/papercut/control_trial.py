"""Owns the trial of control networks at one budget: one for each kind, one for all, and DivControl; then a new kind.

The budget is counted in steps, so that the table does not depend on what else the machine does: the network for all
kinds and DivControl take all steps, each network for one kind a quarter. Then the kind that none has seen is taught
from 200 examples: all weights of the network for all kinds, the tailors alone of DivControl.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from diffusers.models.attention_processor import Attention, AttnProcessor

from papercut.checkpoints import Average, load, save
from papercut.control import AVERAGE, LEARNING_RATE, ControlPool, begin, make_adapter, plain_maps, predict_controlled
from papercut.control_maps import KINDS
from papercut.control_step import draw_batch, steered_loss
from papercut.divcontrol import ALIGNMENT_WEIGHT, Alignment, DividedControl, make_divided
from papercut.training import channels_last, descend, half_precision, seed_torch, set_learning_rate
from papercut.unet import LEVELS, load_unet

if TYPE_CHECKING:
    from pathlib import Path

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor, nn

    from papercut.control_step import Batch

WARMUP_STEPS = 20
STEPS = 144
BATCH = 16
STUDENTS = 14
EXAMPLES = 200
NEW_KIND = "normal"


@dataclass(frozen=True)
class Arm:
    """One network of the trial.

    Attributes:
        name: Of its checkpoint.
        kinds: That it is trained on.
        share: Of the steps.
        is_divided: Whether it is a DivControl.
        parent: The arm from which it goes on; empty for one that starts anew.
        rows: How many of the pool's rows it sees; 0 for all.
    """

    name: str
    kinds: tuple[str, ...]
    share: float = 1.0
    is_divided: bool = False
    parent: str = ""
    rows: int = 0


ARMS = (
    Arm("divcontrol", KINDS, is_divided=True),
    Arm("unified", KINDS),
    *(Arm(kind, (kind,), share=1 / len(KINDS)) for kind in KINDS),
    Arm("divcontrol-new", (NEW_KIND,), 0.2, is_divided=True, parent="divcontrol", rows=EXAMPLES),
    Arm("unified-new", (NEW_KIND,), 0.2, parent="unified", rows=EXAMPLES),
)


def path_of(work: Path, name: str) -> Path:
    """Where an arm's checkpoint lies."""
    return work / "control-trial" / f"{name}.pt"


def run_trial(work: Path, steps: int, device: torch.device) -> None:
    """Train every arm that is not done yet, resuming the one that was cut short."""
    for arm in ARMS:
        train_arm(work, arm, round(arm.share * steps), device)


def make_arm(arm: Arm, unet: UNet2DConditionModel, maps: Tensor) -> nn.Module:
    """Its network as training begins, over the denoiser; `maps` (B, 3, H, W) as in papercut.control.begin."""
    if arm.is_divided:
        return make_divided(unet, maps)
    adapter = make_adapter(unet)
    begin(adapter, maps)
    return adapter


def train_arm(work: Path, arm: Arm, steps: int, device: torch.device) -> None:
    """Train one arm to its last step."""
    pupil, pool = _Pupil(work, arm, device), ControlPool(work)
    rng = np.random.default_rng([31, pupil.step])
    seed_torch(pupil.step)
    totals, counted = np.zeros(3), 0
    while pupil.step < steps:
        rows = rng.integers(0, min(arm.rows or pool.count, pool.count), BATCH)
        drawn = draw_batch(pool, rows, pupil.scale, rng, device, students=STUDENTS, kinds=arm.kinds)
        totals += pupil.learn(drawn, LEARNING_RATE * _factor(pupil.step, steps))
        counted += 1
        if pupil.step % 20 == 0 or pupil.step == steps:
            student, teacher, apart = totals / counted
            told = f"student {student:.4f} teacher {teacher:.4f} alignment {apart:.3f}"
            print(f"{arm.name} step {pupil.step} {pupil.spent_s:.0f}s {told}", flush=True)
            totals, counted = np.zeros(3), 0
        if pupil.step % 40 == 0 or pupil.step == steps:
            pupil.save()


class _Pupil:
    """An arm's network with all that its training goes on with."""

    def __init__(self, work: Path, arm: Arm, device: torch.device) -> None:
        seed_torch(29)
        frozen, self.scale = load_unet(work)
        self._device, self._path = device, path_of(work, arm.name)
        self.network = channels_last(make_arm(arm, frozen, plain_maps(ControlPool(work))), device)
        self._unet = channels_last(frozen, device)
        for module in (*self.network.modules(), *self._unet.modules()):
            if isinstance(module, Attention):  # the fused one's backward pass is slow on CPUs
                module.set_processor(AttnProcessor())
        if arm.parent:
            parent = load(path_of(work, arm.parent))
            assert parent is not None, f"{arm.parent} is trained before {arm.name}"
            self.network.load_state_dict(parent["average"])
        self.network.train()
        self._alignment = Alignment(work, LEVELS[1]).to(device) if arm.is_divided else None
        self._weights = trained_weights(self.network, self._alignment, is_new=bool(arm.parent))
        self._optimizer = torch.optim.AdamW(
            self._weights, lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
        )
        self._average, self.step, spent = Average(self.network, AVERAGE), 0, 0.0
        state = load(self._path)
        if state is not None:
            self.network.load_state_dict(state["model"])
            self._average.weights = state["average"]
            self._optimizer.load_state_dict(state["optimizer"])
            self.step, spent = state["step"], state["spent"]
            if self._alignment is not None:
                self._alignment.load_state_dict(state["alignment"])
        self._start_s = time.process_time() - spent

    @property
    def spent_s(self) -> float:
        """Seconds of processor time over all sittings."""
        return time.process_time() - self._start_s

    def learn(self, drawn: Batch, rate: float) -> tuple[float, float, float]:
        """One step; returns the errors of students and of the other rows, and how far from aligned."""
        set_learning_rate(self._optimizer, rate)
        divided = self.network if isinstance(self.network, DividedControl) else None
        if divided is not None:
            divided.choose(drawn.kinds)
        with half_precision(self._device):
            output = predict_controlled(
                self._unet, self.network, drawn.noisy, drawn.timesteps, drawn.features, drawn.maps
            )
        (loss, errors), apart = steered_loss(output.float(), drawn), 0.0
        if divided is not None and self._alignment is not None:
            assert divided.seen is not None
            aligned = self._alignment(divided.seen.float(), drawn.maps)
            loss, apart = loss + ALIGNMENT_WEIGHT * aligned, float(aligned.item())
        descend(loss, self._optimizer, self._weights)
        if self.step % 4 == 0:
            self._average.update(self.network, self.step // 4)
        self.step += 1
        return *errors, apart

    def save(self) -> None:
        """Keep all of it."""
        state = {
            "model": self.network.state_dict(),
            "average": self._average.weights,
            "optimizer": self._optimizer.state_dict(),
            "alignment": self._alignment.state_dict() if self._alignment is not None else {},
            "step": self.step,
            "spent": self.spent_s,
        }
        save(state, self._path)


def _factor(step: int, steps: int) -> float:
    """The learning-rate factor: a linear warm-up, then a cosine to a twentieth."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    return warm * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))


def trained_weights(network: nn.Module, alignment: Alignment | None, *, is_new: bool) -> list[nn.Parameter]:
    """What is trained: of a DivControl that learns a new kind, its tailors alone."""
    for name, weight in network.named_parameters():
        weight.requires_grad = ".tailors." in name or not (is_new and isinstance(network, DividedControl))
    beside = list(alignment.parameters()) if alignment is not None else []
    return beside + [weight for weight in network.parameters() if weight.requires_grad]
