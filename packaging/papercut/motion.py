"""Owns the motion adapter (a stock MotionAdapter): its clips on disk and its training over the frozen denoiser.

What moves in a scene moves because its noise goes round (layout.orbit), and the denoiser draws that frame by frame.
The motion modules hold neighbouring frames together. Trained in two roles, as a take is sampled: one step from the
clip's own noise; and the frames of such a step, all noised halfway again with one noise, brought to the clip's truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor
from diffusers.models.unets.unet_motion_model import MotionAdapter, UNetMotionModel
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType] - untyped in safetensors
from torch.nn import functional
from torch.utils.data import IterableDataset

from papercut.captions import write_caption
from papercut.checkpoints import Average, Clock, load, save
from papercut.grammar import sample_scene
from papercut.layout import CELL, LATENT_CHANNELS, draw_noise, orbit
from papercut.pool import Encoders, Rows, batches, fill, process_rng
from papercut.render import render
from papercut.text import MAX_TOKENS, WIDTH
from papercut.training import as_tensor, descend, half_precision, read_rows, seed_torch, set_learning_rate
from papercut.unet import load_unet, predict

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

FRAMES = 16  # of a clip
SIDE = 256
LEARNING_RATE = 1e-3
NOISIEST = 0.5  # of what is refined: engine.sampling.schedule noises the first step's frames as much again
CHANGE_WEIGHT = 4.0  # next to the frames' own error, of which the modules can mend little
STILL = 0.02  # changes from frame to frame count squared up to this, then by their size: flicker is many small ones


class ClipPool(Rows):
    """Rows of clips: their two noises, latents of all frames, text features."""

    def __init__(self, work: Path, *, capacity: int | None = None) -> None:
        super().__init__(work / "pool-clips", capacity)
        grid = (LATENT_CHANNELS, SIDE // CELL, SIDE // CELL)
        self.noise = self.open("noise", (2, *grid), np.float16)
        self.latents = self.open("latents", (FRAMES, *grid), np.float16)
        self.features = self.open("features", (MAX_TOKENS, WIDTH), np.float16)


class _Clip(NamedTuple):
    pictures: NDArray[np.uint8]
    noises: NDArray[np.float16]
    caption: str


class _Clips(IterableDataset[_Clip]):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[_Clip]:
        rng = process_rng(17, self.seed)
        while True:
            scene = sample_scene(rng)
            pair = np.stack([draw_noise(rng, SIDE, SIDE), draw_noise(rng, SIDE, SIDE)]).astype(np.float16)
            first, second = pair.astype(np.float32)
            pictures = [render(scene, orbit(first, second, frame)).picture for frame in range(FRAMES)]
            yield _Clip(np.stack(pictures), pair, write_caption(scene, rng))


def fill_clips(work: Path, count: int, *, workers: int = 1, batch: int = 4) -> None:
    """Render and encode until the pool holds `count` clips; a killed run continues where it stopped."""
    pool, encoders = ClipPool(work, capacity=max(count, 1)), Encoders(work)

    def store(place: slice, rows: list[_Clip]) -> None:
        frames = np.concatenate([row.pictures for row in rows])
        pool.latents[place] = encoders.latents(frames).reshape(len(rows), FRAMES, *pool.latents.shape[2:])
        pool.features[place] = encoders.features([row.caption for row in rows])
        pool.noise[place] = np.stack([row.noises for row in rows])

    fill(pool, count, batches(_Clips(pool.count), batch, workers), store)


def make_adapter() -> MotionAdapter:
    """10M weights: one temporal transformer behind every layer of the denoiser."""
    return MotionAdapter(
        block_out_channels=(96, 192, 288),
        motion_layers_per_block=1,
        motion_mid_block_layers_per_block=1,
        motion_num_attention_heads=6,
        motion_max_seq_length=2 * FRAMES,
        use_motion_mid_block=True,
    )


def _named_modules(model: torch.nn.Module) -> list[tuple[str, torch.nn.Module]]:
    return list(model.named_modules())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType, reportUnknownVariableType]


def orbit_noise(pair: NDArray[Any]) -> NDArray[np.float32]:
    """The noise of a clip's frames, (C, T, h, w), from its two noises, (2, C, h, w)."""
    first, second = pair.astype(np.float32)
    return np.stack([orbit(first, second, frame) for frame in range(FRAMES)], axis=1)


def train_motion(  # noqa: PLR0915 - one training step, read top to bottom
    work: Path, budget_s: float, device: torch.device, *, batch: int = 2, student_share: float = 0.4
) -> None:
    """Train the motion modules until the time budget is spent, resuming from work/motion.pt.

    Args:
        work: Folder of checkpoints and pools.
        budget_s: Training seconds over all sittings.
        device: Where to train.
        batch: Clips a step.
        student_share: Probability that a step trains one step from the clips' own noise.
    """
    seed_torch(9)
    unet, scale = load_unet(work)
    # diffusers leaves these methods' types open.
    stock: Any = UNetMotionModel.from_unet2d(unet, make_adapter())
    stock.set_attn_processor(AttnProcessor())
    stock.freeze_unet2d_params()
    model: torch.nn.Module = stock.to(device)
    moving = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    modules = torch.nn.ModuleDict(
        {name.replace(".", "/"): module for name, module in _named_modules(model) if name.endswith("motion_modules")}
    )
    average = Average(modules, 0.98)
    optimizer = torch.optim.AdamW(moving.values(), lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    path, pool = work / "motion.pt", ClipPool(work)
    state = load(path)
    step, spent = 0, 0.0
    if state is not None:
        modules.load_state_dict(state["model"])
        average.weights = state["average"]
        if "optimizer" in state:
            optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    else:
        with torch.no_grad():  # the modules begin as if they were not there
            for name, weight in moving.items():
                if ".proj_out." in name:
                    weight.zero_()
        average = Average(modules, 0.98)
    clock, rng = Clock(budget_s, spent, warmup_steps=60), np.random.default_rng([9, step])
    seed_torch(step)
    totals, counted = np.zeros(4), np.zeros(4)
    while not clock.over:
        rows = rng.integers(0, pool.count, batch)
        x = read_rows(pool.latents[rows], device).transpose(1, 2) * scale
        noise = as_tensor(np.stack([orbit_noise(pool.noise[row]) for row in rows])).to(device)
        features = read_rows(pool.features[rows], device)
        frames = features.repeat_interleave(FRAMES, 0)
        student = rng.random() < student_share
        noisy, timestep = noise, 999.0
        if not student:
            t = rng.uniform(0.02, NOISIEST)
            noisy, timestep = _refinable(model, x, noise, frames, t=t, share=rng.random()), 1000 * t
        set_learning_rate(optimizer, LEARNING_RATE * clock.factor(step))
        with half_precision(device):
            output = predict(model, noisy, timestep, frames).float()
        error = (output - x).square().mean()
        # Where the truth changes from frame to frame, the output must change alike, and stand still where it does.
        change = functional.smooth_l1_loss(output.diff(dim=2), x.diff(dim=2), beta=STILL)
        loss = error + CHANGE_WEIGHT * change
        descend(loss, optimizer, moving.values())
        if step % 4 == 0:
            average.update(modules, step // 4)
        step += 1
        place = 0 if student else 2
        totals[place : place + 2] += (error.item(), change.item())
        counted[place : place + 2] += 1
        if step % 25 == 0:
            error_s, change_s, error_t, change_t = totals / np.maximum(counted, 1)
            print(
                f"motion step {step} {clock.spent_s:.0f}s student {error_s:.4f} change {change_s:.4f} "
                f"teacher {error_t:.4f} change {change_t:.4f} lr {optimizer.param_groups[0]['lr']:.2e} "
                f"clips {pool.count}",
                flush=True,
            )
            totals, counted = np.zeros(4), np.zeros(4)
        if step % 100 == 0 or clock.over:
            save(
                {
                    "model": modules.state_dict(),
                    "average": average.weights,
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": clock.spent_s,
                },
                path,
            )


@torch.no_grad()
def _refinable(model: torch.nn.Module, x: Tensor, noise: Tensor, features: Tensor, *, t: float, share: float) -> Tensor:
    """What a step behind the first one is given: the first one's frames, brought `share` nearer to the truth by steps
    before it, and noised again to the level `t`."""
    with half_precision(x.device):
        drawn = predict(model, noise, 999.0, features).float()
    # All frames of a take get one noise.
    frames = torch.lerp(drawn, x, share)
    return (1 - t) * frames + t * torch.randn_like(x[:, :, :1])


def load_motion(work: Path) -> MotionAdapter | None:
    """The averaged motion modules as an adapter, or None when none were trained."""
    state = load(work / "motion.pt")
    if state is None:
        return None
    adapter = make_adapter()
    weights = {name.replace("/", "."): value for name, value in state["average"].items()}
    adapter.load_state_dict(weights)
    return adapter.eval().requires_grad_(requires_grad=False)


def shipped_motion(folder: Path) -> dict[str, Tensor]:
    """The weights of a shipped folder's motion adapter, by name; none where it has none or hands frames through."""
    file = folder / "motion_adapter" / "diffusion_pytorch_model.safetensors"
    weights = load_file(file) if file.exists() else {}
    does_something = any(bool(weight.any()) for name, weight in weights.items() if ".proj_out." in name)
    return {name: weight.float() for name, weight in weights.items()} if does_something else {}


def adopt_motion(folder: Path, work: Path) -> None:
    """Write work/motion.pt from the adapter of a shipped folder, if it was trained. The optimizer begins afresh."""
    weights = shipped_motion(folder)
    if not weights:
        return
    # As train_motion names them: a module dictionary's keys have no dots.
    keys = {name: name.split(".motion_modules.", 1) for name in weights}
    named = {f"{place.replace('.', '/')}/motion_modules.{rest}": weights[name] for name, (place, rest) in keys.items()}
    save({"model": named, "average": named, "step": 0, "spent": 0.0}, work / "motion.pt")


@torch.no_grad()
def passing_adapter() -> MotionAdapter:
    """An adapter of zeros, which hands every frame through: what moves does so by its noise."""
    adapter = make_adapter()
    for weight in adapter.parameters():
        weight.zero_()
    return adapter.eval()
