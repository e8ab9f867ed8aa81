"""Owns the judge: a small classifier that reads the slots from a picture.

It is trained on renders only, never on a generated picture, and shares no weights with the
model it judges.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType] - its paths are typed loosely
from torch import Tensor, nn
from torch.nn import functional

from papercut.checkpoints import Clock, load, save
from papercut.grammar import POSITIONS, SLOTS, sample_scene
from papercut.layout import draw_noise
from papercut.pool import Pool
from papercut.render import render
from papercut.stream import to_signal
from papercut.training import as_tensor, channels_last, descend, half_precision, seed_torch, set_learning_rate

WEIGHTS = Path(__file__).with_name("judge.safetensors")
LEARNING_RATE = 1.5e-3


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1), nn.GroupNorm(8, channels), nn.SiLU(),
            nn.Conv2d(channels, channels, 3, padding=1), nn.GroupNorm(8, channels),
        )  # fmt: skip

    def forward(self, hidden: Tensor) -> Tensor:
        return functional.silu(hidden + self.body(hidden))


class Judge(nn.Module):
    """Reads every slot of SLOTS from pictures (B, 3, H, W) in [-1, 1]."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for channels in (32, 64, 128):
            layers += [
                nn.Conv2d(before, channels, 4 if before > 3 else 5, stride=2, padding=1 if before > 3 else 2),
                nn.GroupNorm(8, channels),
                nn.SiLU(),
            ]
            if channels >= 64:
                layers.append(_Residual(channels))
            before = channels
        self.trunk = nn.Sequential(*layers, _Residual(before))
        self.squeeze = nn.Conv2d(before, 24, 1)
        self.heads = nn.ModuleDict(
            {
                slot: nn.Sequential(nn.Linear(2 * before + 24 * 64, 96), nn.SiLU(), nn.Linear(96, len(values)))
                for slot, values in SLOTS.items()
            }
        )

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """Return logits for each slot."""
        hidden = self.trunk(functional.avg_pool2d(pictures, 2))
        places = functional.adaptive_avg_pool2d(self.squeeze(hidden), 8).flatten(1)
        features = torch.cat([hidden.mean((2, 3)), hidden.amax((2, 3)), places], 1)
        return {slot: head(features) for slot, head in self.heads.items()}


def judged_slots(labels: Tensor, slot: str) -> Tensor:
    """Which rows have an answer for a slot: a position left to the noise has none."""
    column = labels[:, list(SLOTS).index(slot)]
    return column != POSITIONS.index("any") if slot == "position" else torch.ones_like(column, dtype=torch.bool)


def train_judge(
    work: Path, budget_s: float, device: torch.device, *, batch: int = 48, rate: float = LEARNING_RATE
) -> None:
    """Train on the pool's renders until the budget is spent, then write judge.safetensors and print its accuracy.

    Args:
        work: Folder of checkpoints and pools; training goes on from work/judge.pt.
        budget_s: Training seconds over all sittings.
        device: Where to train.
        batch: Pictures a step.
        rate: The highest learning rate.
    """
    seed_torch(4)
    model = channels_last(Judge(), device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.02, fused=True)
    path = work / "judge.pt"
    state = load(path)
    step, spent = 0, 0.0
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    pool = Pool(work)
    clock = Clock(budget_s, spent, warmup_steps=60)
    rng = np.random.default_rng([4, step])
    while not clock.over:
        rows = np.sort(rng.integers(0, pool.count, batch))
        pictures = to_signal(as_tensor(np.asarray(pool.pictures[rows])).permute(0, 3, 1, 2)).to(device)
        # A generated picture is a little softer and noisier than a render; the judge must not mind.
        pictures = pictures + 0.06 * torch.rand(batch, 1, 1, 1, device=device) * torch.randn_like(pictures)
        if step % 3 == 0:
            pictures = functional.avg_pool2d(functional.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, 1)
        labels = as_tensor(np.asarray(pool.labels[rows])).long().to(device)
        set_learning_rate(optimizer, rate * clock.factor(step))
        with half_precision(device):
            logits = model(pictures.contiguous(memory_format=torch.channels_last))
        loss = torch.zeros((), device=device)
        for index, slot in enumerate(SLOTS):
            use = judged_slots(labels, slot)
            loss = loss + functional.cross_entropy(logits[slot].float()[use], labels[use, index])
        descend(loss, optimizer, model.parameters(), limit=5.0)
        step += 1
        if step % 25 == 0:
            print(f"judge step {step} {clock.spent_s:.0f}s loss {loss.item():.3f}", flush=True)
        if step % 100 == 0 or clock.over:
            save(
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": clock.spent_s,
                },
                path,
            )
    save_judge(model)
    for slot, accuracy in validate_judge(200).items():
        print(f"{slot:10s} {accuracy:.3f}", flush=True)


def save_judge(model: Judge) -> None:
    """Write the judge with its matrices as signed bytes and one scale a row: 4 MB instead of 16."""
    out: dict[str, Tensor] = {}
    for name, value in model.state_dict().items():
        if value.ndim < 2:
            out[name] = value.half().contiguous()
            continue
        rows = value.flatten(1)
        scale = rows.abs().amax(1).clamp_min(1e-8) / 127
        out[name] = (rows / scale[:, None]).round().to(torch.int8).reshape(value.shape).contiguous()
        out[f"{name}.scale"] = scale.float().contiguous()
    save_file(out, WEIGHTS)


def load_judge() -> Judge:
    """The trained judge, in single precision."""
    stored = load_file(WEIGHTS)
    state: dict[str, Tensor] = {}
    for name, value in stored.items():
        if name.endswith(".scale"):
            continue
        scale = stored.get(f"{name}.scale")
        state[name] = value.float() if scale is None else value.float() * scale.reshape(-1, *[1] * (value.ndim - 1))
    model = Judge()
    model.load_state_dict(state)
    return model.eval().requires_grad_(requires_grad=False)


@torch.no_grad()
def answers(judge: Judge, pictures: Tensor) -> Tensor:
    """The judge's reading of pictures (B, 3, H, W) in [-1, 1]: slot values, (B, slots)."""
    logits = judge(pictures)
    return torch.stack([logits[slot].argmax(1) for slot in SLOTS], 1)


def validate_judge(count: int) -> dict[str, float]:
    """The judge's own accuracy on fresh held-out renders."""
    judge, rng = load_judge(), np.random.default_rng(99)
    scenes = [sample_scene(rng, held_out=True) for _ in range(count)]
    labels = torch.tensor([list(scene.labels().values()) for scene in scenes])
    pictures = [as_tensor(render(scene, draw_noise(rng)).picture).permute(2, 0, 1) for scene in scenes]
    read = torch.cat([answers(judge, to_signal(torch.stack(pictures[i : i + 25]))) for i in range(0, count, 25)])
    out: dict[str, float] = {}
    for index, slot in enumerate(SLOTS):
        use = judged_slots(labels, slot)
        out[slot] = (read[use, index] == labels[use, index]).float().mean().item()
    return out
