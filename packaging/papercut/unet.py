"""Owns the denoiser (a stock UNet2DConditionModel) and its training in two roles at once.

With x the latents, e the noise and x_t = (1 - t) x + t e, the network predicts x itself (the
schedulers' prediction_type "sample"); its timestep input is 1000 t. A small network has better
things to do than to hand the noise through, which a velocity would ask of it. At t = 1
(timesteps from 999) it is the one-step student: e is the noise the scene was laid out from, so
the answer is determined and regression stays crisp. At t < 0.98 it is the flow-matching
teacher with independent noise; its loss is weighted as the velocity's, 1/t^2, up to a limit.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from torch.nn import functional

from papercut.autoencoder import load_autoencoder, reconstruction_loss
from papercut.checkpoints import Average, Clock, load, save
from papercut.grammar import SLOTS
from papercut.layout import LATENT_CHANNELS
from papercut.pool import Pool
from papercut.stream import to_signal
from papercut.text import WIDTH, encode_captions, load_text_encoder, make_tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEACHER_LIMIT = 0.98
WEIGHT_LIMIT = 8.0
TEACHER_WEIGHT = 0.3  # its errors are larger by nature; the student must not drown in them
LEARNING_RATE = 7e-4


def make_unet() -> UNet2DConditionModel:
    """24.6M weights; attention only where the grid is 8x8 and smaller."""
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        layers_per_block=1,
        block_out_channels=(96, 192, 288),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=32,
    )


@torch.no_grad()
def seed_noise_paths(model: UNet2DConditionModel) -> None:
    """Give the way down channels that carry local averages of each noise channel, at unit variance.

    A layout number is a weighted average over some forty noise values among thousands. Finding it
    by gradient descent from random weights takes far longer than a CPU budget; among the few
    averages that these paths bring to the 8x8 and 4x4 levels it is found at once. The paths are
    only a beginning: every weight stays trainable.
    """
    noise = torch.randn(64, LATENT_CHANNELS, 16, 16, generator=torch.Generator().manual_seed(0))
    count = LATENT_CHANNELS
    stages: list[tuple[nn.Conv2d, slice, slice]] = []
    first, second, third = model.down_blocks
    low, middle, deep = (slice(width - count, width) for width in model.config.block_out_channels)
    stages.append((model.conv_in, low, slice(0, count)))
    stages.append((first.downsamplers[0].conv, low, low))
    stages.append((second.resnets[0].conv_shortcut, middle, low))
    stages.append((second.downsamplers[0].conv, middle, middle))
    stages.append((third.resnets[0].conv_shortcut, deep, middle))
    for resnet, place in ((first.resnets[0], low), (second.resnets[0], middle), (third.resnets[0], deep)):
        resnet.conv2.weight[place] = 0
        resnet.conv2.bias[place] = 0
    for attention, place in ((second.attentions[0], middle), (third.attentions[0], deep)):
        attention.proj_out.weight[place] = 0
        attention.proj_out.bias[place] = 0
    for conv, out, into in stages:
        size = conv.kernel_size[0]
        kernel = torch.ones(count, 1, size, size)
        averaged = functional.conv2d(noise, kernel, stride=conv.stride, padding=conv.padding, groups=count)
        gain = 1 / averaged.std()
        noise = averaged * gain
        conv.weight[out] = 0
        if conv.bias is not None:
            conv.bias[out] = 0
        for channel in range(count):
            conv.weight[out.start + channel, into.start + channel] = gain


def measure_scale(pool: Pool) -> float:
    """One over the latents' standard deviation, the autoencoder's scaling_factor."""
    return round(float(1 / np.asarray(pool.latents[: min(2000, pool.count)], np.float32).std()), 4)


@torch.no_grad()
def empty_features(work: Path) -> Tensor:
    """Text features of the empty caption, (1, tokens, width)."""
    features: Tensor = load_text_encoder(work)(input_ids=encode_captions(make_tokenizer(), [""])).last_hidden_state
    return features


def train_unet(  # noqa: PLR0915 - one training step, read top to bottom
    work: Path, budget_s: float, device: torch.device, *, batch: int = 48, student_share: float = 0.65,
    decoded: int = 0, sizes: tuple[tuple[int, int], ...] = (), emphasis: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Train until the time budget is spent, resuming from work/unet.pt.

    Args:
        work: Folder of checkpoints and pools.
        budget_s: Training seconds over all sittings.
        device: Where to train.
        batch: Rows a step.
        student_share: Part of the batch that trains the one-step student.
        decoded: How many of the student's rows are also compared as decoded pictures.
        emphasis: Slots whose rows are drawn five times as often where the caption names them.
        sizes: Further (height, width) pools, each used in a twentieth of the steps.
    """
    torch.manual_seed(3)
    model = make_unet().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    # The fused attention's backward pass is slow on CPUs; at this size the plain one wins.
    model.set_attn_processor(AttnProcessor())
    average = Average(model, 0.95)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    path = work / "unet.pt"
    state = load(path)
    step, spent = 0, 0.0
    pools = [Pool(work), *(Pool(work, height, width) for height, width in sizes)]
    if state is not None:
        model.load_state_dict(state["model"])
        average.weights = state["average"]
        optimizer.load_state_dict(state["optimizer"])
        step, spent, scale = state["step"], state["spent"], state["scale"]
    else:
        seed_noise_paths(model)
        average = Average(model, 0.95)
        scale = measure_scale(pools[0])
    autoencoder = load_autoencoder(work).to(device, memory_format=torch.channels_last) if decoded else None  # type: ignore[call-overload]
    empty = empty_features(work).to(device)
    rng = np.random.default_rng([3, step])
    torch.manual_seed(step)
    students = round(batch * student_share)
    clock = Clock(budget_s, spent, warmup_steps=60)
    totals, counted = np.zeros(3), 0
    while not clock.over:
        other = len(pools) > 1 and rng.random() < 0.05 * (len(pools) - 1)
        pool = pools[int(rng.integers(1, len(pools)))] if other else pools[0]
        rows = _draw_rows(pool, batch, emphasis, rng)
        x = torch.from_numpy(np.asarray(pool.latents[rows], np.float32)).to(device) * scale
        noise = torch.from_numpy(np.asarray(pool.noise[rows], np.float32)).to(device)
        features = torch.from_numpy(np.asarray(pool.features[rows], np.float32)).to(device)
        t = torch.sigmoid(torch.randn(batch, device=device)).clamp(0.002, TEACHER_LIMIT)
        t[:students] = 1.0
        noise[students:] = torch.randn_like(noise[students:])
        dropped = torch.rand(batch, device=device) < 0.1
        dropped[:students] = False
        features[dropped] = empty
        timesteps = 1000 * t
        timesteps[:students] -= torch.rand(students, device=device)
        weight = t[:, None, None, None]
        noisy = ((1 - weight) * x + weight * noise).contiguous(memory_format=torch.channels_last)
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * clock.factor(step)
        with torch.autocast(device.type, torch.bfloat16):
            output = model(noisy, timesteps, encoder_hidden_states=features).sample.float()
        error = (output - x).square().mean((1, 2, 3)) / t.square().clamp_min(1 / WEIGHT_LIMIT)
        student, teacher = error[:students].mean(), error[students:].mean()
        loss = (error[:students].sum() + TEACHER_WEIGHT * error[students:].sum()) / batch
        pixels = torch.zeros(())
        if autoencoder is not None and decoded:
            # Decode what one step gives and compare with the render itself: crispness counts there.
            with torch.autocast(device.type, torch.bfloat16):
                picture = autoencoder.decode(output[:decoded] / scale).sample.float()
            target = to_signal(torch.from_numpy(np.asarray(pool.pictures[rows[:decoded]])).permute(0, 3, 1, 2)).to(
                device
            )
            pixels = reconstruction_loss(picture, target)
            loss = loss + 0.5 * pixels
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 4 == 0:  # averaging every step would cost a tenth of it on a CPU
            average.update(model, step // 4)
        step += 1
        totals += (student.item(), teacher.item(), pixels.item())
        counted += 1
        if step % 25 == 0:
            student_mean, teacher_mean, pixel_mean = totals / counted
            print(
                f"unet step {step} {clock.spent_s:.0f}s student {student_mean:.4f} teacher {teacher_mean:.4f} "
                f"pixels {pixel_mean:.4f} lr {optimizer.param_groups[0]['lr']:.2e} pool {pool.count}",
                flush=True,
            )
            totals, counted = np.zeros(3), 0
        if step % 150 == 0 or clock.over:
            save(
                {
                    "model": model.state_dict(),
                    "average": average.weights,
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": clock.spent_s,
                    "scale": scale,
                },
                path,
            )


def _draw_rows(pool: Pool, batch: int, emphasis: tuple[str, ...], rng: np.random.Generator) -> NDArray[np.int64]:
    count = pool.count
    if not emphasis:
        return rng.integers(0, count, batch)
    named = np.asarray(pool.labels[:count])[:, [list(SLOTS).index(slot) for slot in emphasis]].any(1)
    weight = np.cumsum(1.0 + 4.0 * named)
    return np.searchsorted(weight, rng.random(batch) * weight[-1])


def load_unet(work: Path) -> tuple[UNet2DConditionModel, float]:
    """The averaged denoiser and the latents' scale."""
    state = load(work / "unet.pt")
    if state is None:
        raise ValueError(f"no denoiser in {work}; run the unet command first")
    model = make_unet()
    model.load_state_dict(state["average"])
    return model.eval().requires_grad_(requires_grad=False), float(state["scale"])
