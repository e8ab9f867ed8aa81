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
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional

from papercut.autoencoder import decode, load_autoencoder, reconstruction_loss
from papercut.checkpoints import Average, Clock, load, save
from papercut.grammar import SLOTS
from papercut.guide import Guide, seed_noise_paths
from papercut.layout import LATENT_CHANNELS, TRAVEL
from papercut.pool import PairPool, Pool
from papercut.stream import to_signal
from papercut.text import WIDTH, encode_captions, load_text_encoder, make_tokenizer
from papercut.training import (
    as_tensor,
    channels_last,
    descend,
    half_precision,
    read_rows,
    seed_torch,
    set_learning_rate,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEACHER_LIMIT = 0.98
WEIGHT_LIMIT = 8.0
TEACHER_WEIGHT = 0.3  # its errors are larger by nature; the student must not drown in them
GUIDE_WEIGHT = 0.15
CRISP = 0.15  # below this the student's error counts squared
SMALL_WEIGHT = 6.0  # how much more a cell counts that is all boat or bird: such cells are few, and people look there
TEACHER_SMALL_WEIGHT = 3.0  # the same for the teacher, less, for it pulls the mean of what may be there towards it
TIME_MEAN, TIME_SPREAD = 0.6, 1.2  # of the logit of the teacher's times
LEARNING_RATE = 7e-4
AVERAGE = 0.98
OTHER_SIZES = 0.5  # part of the steps that are of another size than 256x256
TRAVELS = 3  # rows of a batch that are on the way between two prompts
LEVELS = (96, 192, 288)  # channels at 16x16, 8x8 and 4x4


class _Predicted(Protocol):
    sample: Tensor


def predict(model: nn.Module, noisy: Tensor, timesteps: Tensor | float, features: Tensor) -> Tensor:
    """The denoiser's answer, x0 at the latents' scale, of the shape of `noisy`."""
    return cast("_Predicted", model(noisy, timesteps, encoder_hidden_states=features)).sample


def make_unet() -> UNet2DConditionModel:
    """24.6M weights; attention only where the grid is 8x8 and smaller."""
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        layers_per_block=1,
        block_out_channels=LEVELS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=32,
    )


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
    rate: float = LEARNING_RATE,
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
        sizes: Further (height, width) pools; every other step draws from one of them, with fewer rows the larger it is.
        rate: The highest learning rate. Adopted weights want a third of the first's, which undoes what they know.
    """
    seed_torch(3)
    model = channels_last(make_unet(), device)
    # The fused attention's backward pass is slow on CPUs; at this size the plain one wins.
    model.set_attn_processor(AttnProcessor())
    guide = Guide(model, LEVELS[-1]).to(device)
    average = Average(model, AVERAGE)
    optimizer = torch.optim.AdamW(
        [*model.parameters(), *guide.parameters()], lr=rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    path = work / "unet.pt"
    state = load(path)
    step, spent = 0, 0.0
    pools = [Pool(work), *(Pool(work, height, width) for height, width in sizes)]
    if state is not None:
        model.load_state_dict(state["model"])
        average.weights = state["average"]
        guide.load_state_dict(state["guide"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent, scale = state["step"], state["spent"], state["scale"]
    else:
        seed_noise_paths(model, LEVELS)
        average = Average(model, AVERAGE)
        scale = measure_scale(pools[0])
    pairs = PairPool(work) if (work / "pool-pairs").exists() else None
    autoencoder = channels_last(load_autoencoder(work), device) if decoded else None
    empty = empty_features(work).to(device)
    rng = np.random.default_rng([3, step])
    seed_torch(step)
    clock = Clock(budget_s, spent, warmup_steps=60)
    totals, counted = np.zeros(5), 0
    while not clock.over:
        other = len(pools) > 1 and rng.random() < OTHER_SIZES
        pool = pools[int(rng.integers(1, len(pools)))] if other else pools[0]
        # A step of larger pictures takes as long as one of small ones.
        count = max(2, round(batch * pools[0].cells / pool.cells))
        students = round(count * student_share)
        rows = _draw_rows(pool, count, emphasis, rng)
        x = read_rows(pool.latents[rows], device) * scale
        noise = read_rows(pool.noise[rows], device)
        features = read_rows(pool.features[rows], device)
        t = draw_times(count, device)
        t[:students] = 1.0
        noise[students:] = torch.randn_like(noise[students:])
        small = read_rows(pool.smallness[rows], device)[:, None] / 255
        travels = TRAVELS if pairs is not None and not other else 0
        if pairs is not None and travels:
            x[:TRAVELS], noise[:TRAVELS], features[:TRAVELS] = _between(pairs, rng, device, scale)
            small[:TRAVELS] = 0
        noise[:students] = redraw_travel(noise[:students])
        dropped = torch.rand(count, device=device) < 0.1
        dropped[:students] = False
        features[dropped] = empty
        timesteps = 1000 * t
        timesteps[:students] -= torch.rand(students, device=device)
        weight = t[:, None, None, None]
        noisy = ((1 - weight) * x + weight * noise).contiguous(memory_format=torch.channels_last)
        set_learning_rate(optimizer, rate * clock.factor(step))
        with half_precision(device):
            output = predict(model, noisy, timesteps, features).float()
        cells = 1 + TEACHER_SMALL_WEIGHT * small
        error = (cells * (output - x).square()).mean((1, 2, 3)) / cells.mean((1, 2, 3))
        error = error / t.square().clamp_min(1 / WEIGHT_LIMIT)
        student, teacher = error[:students].mean(), error[students:].mean()
        both = student_loss(output[:students], x[:students], small[:students])
        loss = (students * both / 2 + TEACHER_WEIGHT * error[students:].sum()) / count
        guiding, guessed, astray = guide(noise[:students])
        loss = loss + GUIDE_WEIGHT * guiding
        pixels = torch.zeros(())
        seen = slice(travels, min(travels + decoded, students))
        if autoencoder is not None and seen.start < seen.stop:
            # Decode what one step gives and compare with the render itself: crispness counts there. Between two prompts
            # there is no render.
            with half_precision(device):
                picture = decode(autoencoder, output[seen] / scale).float()
            truth = as_tensor(np.asarray(pool.pictures[rows[seen]])).permute(0, 3, 1, 2)
            target = to_signal(truth).to(device)
            pixels = reconstruction_loss(picture, target)
            loss = loss + 0.5 * pixels
        descend(loss, optimizer, model.parameters())
        if step % 4 == 0:  # averaging every step would cost a tenth of it on a CPU
            average.update(model, step // 4)
        step += 1
        totals += (student.item(), teacher.item(), pixels.item(), guessed.item(), astray.item())
        counted += 1
        if step % 25 == 0:
            student_mean, teacher_mean, pixel_mean, right, off = totals / counted
            print(
                f"unet step {step} {clock.spent_s:.0f}s student {student_mean:.4f} teacher {teacher_mean:.4f} "
                f"pixels {pixel_mean:.4f} guide {right:.3f} off {off:.3f} lr {optimizer.param_groups[0]['lr']:.2e} "
                f"pool {pool.count}",
                flush=True,
            )
            totals, counted = np.zeros(5), 0
        if step % 150 == 0 or clock.over:
            save(
                {
                    "model": model.state_dict(),
                    "average": average.weights,
                    "guide": guide.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": clock.spent_s,
                    "scale": scale,
                },
                path,
            )


def draw_times(count: int, device: torch.device) -> Tensor:
    """Times of the teacher's rows, (count,), in 0.002 .. TEACHER_LIMIT.

    Logit-normal (Esser et al., arXiv:2403.03206) with its middle moved towards noise: what a picture holds is decided
    above t = 0.6, where a standard one sends a third of the rows and 1.4 % above 0.9.
    """
    drawn = TIME_MEAN + TIME_SPREAD * torch.randn(count, device=device)
    return torch.sigmoid(drawn).clamp(0.002, TEACHER_LIMIT)


def redraw_travel(noise: Tensor) -> Tensor:
    """The same scenes' noise with another draw of what does not show, (B, 24, h, w).

    Of the travelling channels a picture shows the mean alone, and all of them turn from frame to frame of a take. A
    student that saw one draw for each picture takes the rest for something too: still things flicker then.
    """
    out = noise.clone()
    old = noise[:, TRAVEL]
    fresh = torch.randn_like(old)
    out[:, TRAVEL] = fresh - fresh.mean((2, 3), keepdim=True) + old.mean((2, 3), keepdim=True)
    return out


def student_loss(output: Tensor, truth: Tensor, small: Tensor) -> Tensor:
    """The loss of one step from noise.

    Where the student does not know a thing's place, the square asks for a ghost at every place, the absolute error for
    the likeliest one, which for small things may be none: so both.

    Args:
        output: Predicted latents, (B, C, h, w).
        truth: Those of the scenes.
        small: How much of each cell shows a small thing, 0..1, (B, 1, h, w).
    """
    weight = 1 + SMALL_WEIGHT * small
    crisp = functional.smooth_l1_loss(output, truth, beta=CRISP, reduction="none")
    return (weight * (crisp + (output - truth).square())).mean() / weight.mean()


def _between(
    pairs: PairPool, rng: np.random.Generator, device: torch.device, scale: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Rows on the way from one prompt to another: mixed features shall give the mixed picture.

    Without them the straight line between two prompts' features leads past third ones: from dusk to
    night through a bright day.
    """
    rows = rng.integers(0, pairs.count, TRAVELS)
    way = as_tensor(rng.uniform(0.1, 0.9, (TRAVELS, 1, 1)).astype(np.float32)).to(device)
    latents = read_rows(pairs.latents[rows], device) * scale
    features = read_rows(pairs.features[rows], device)
    mixed = torch.lerp(latents[:, 0], latents[:, 1], way[..., None])
    return mixed, read_rows(pairs.noise[rows], device), torch.lerp(features[:, 0], features[:, 1], way)


def _draw_rows(pool: Pool, batch: int, emphasis: tuple[str, ...], rng: np.random.Generator) -> NDArray[np.int64]:
    count = pool.count
    if not emphasis:
        return rng.integers(0, count, batch)
    named = np.asarray(pool.labels[:count])[:, [list(SLOTS).index(slot) for slot in emphasis]].any(1)
    weight = np.cumsum(1.0 + 4.0 * named)
    drawn: NDArray[np.float64] = rng.random(batch) * weight[-1]
    return np.searchsorted(weight, drawn)


def load_unet(work: Path) -> tuple[UNet2DConditionModel, float]:
    """The averaged denoiser and the latents' scale."""
    state = load(work / "unet.pt")
    if state is None:
        raise ValueError(f"no denoiser in {work}; run the unet command first")
    model = make_unet()
    model.load_state_dict(state["average"])
    model.eval()
    model.requires_grad_(requires_grad=False)
    return model, float(state["scale"])
