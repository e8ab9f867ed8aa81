"""Owns Papercut's control adapter (a stock ControlNetModel) and its training over the frozen denoiser.

One adapter reads maps of all kinds; what a map is, it sees from the map. Each map meets noise that lays the scene out
otherwise, since that is how the adapter is used: the map decides, and what it leaves open is the noise's.
Zhang et al., arXiv:2302.05543: the adapter is a copy of the denoiser's first half.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn
from torch.utils.data import IterableDataset

from papercut.captions import write_caption
from papercut.checkpoints import Average, Clock, load, save
from papercut.control_maps import KINDS, draw_map
from papercut.control_step import draw_batch, steered_loss
from papercut.grammar import Scene, sample_scene
from papercut.layout import CELL, LATENT_CHANNELS, draw_noise
from papercut.pool import Encoders, Rows, batches, fill, process_rng, smallness_of
from papercut.render import render
from papercut.text import MAX_TOKENS, WIDTH
from papercut.training import (
    as_tensor,
    channels_last,
    descend,
    half_precision,
    seed_torch,
    set_learning_rate,
)
from papercut.unet import load_unet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from numpy.typing import NDArray

SIDE = 256
EMBEDDING = (8, 16, 32, 96, 96)
"""Channels on the way from a map's pixels to the grid of latents; each step after the first halves its sides. With
twice as many at full size a step took half as long again."""
LEARNING_RATE = 1e-3
HINT = 0.3
"""Deviation of a map's embedding at the beginning; that of the noise beside it is 1.1."""
AVERAGE = 0.98


class ControlPool(Rows):
    """Rows of scenes with their truth."""

    def __init__(self, work: Path, *, capacity: int | None = None) -> None:
        super().__init__(work / "pool-control", capacity)
        grid = (LATENT_CHANNELS, SIDE // CELL, SIDE // CELL)
        self.noise = self.open("noise", grid, np.float16)
        self.latents = self.open("latents", grid, np.float16)
        self.features = self.open("features", (MAX_TOKENS, WIDTH), np.float16)
        self.smallness = self.open("smallness", grid[1:], np.uint8)
        self.pictures = self.open("pictures", (SIDE, SIDE, 3), np.uint8)
        self.depths = self.open("depths", (SIDE, SIDE), np.uint8)
        self.segmentations = self.open("segmentations", (SIDE, SIDE), np.uint8)

    def draw_map(self, row: int, kind: str, rng: np.random.Generator | None) -> NDArray[np.uint8]:
        """The control map of a row, (H, W, 3)."""
        return draw_map(kind, self.pictures[row], self.depths[row], self.segmentations[row], rng)


class Truth(NamedTuple):
    """A scene's picture with what is true of it, the noise it was laid out from, and its caption."""

    picture: NDArray[np.uint8]
    depth: NDArray[np.uint8]
    segmentation: NDArray[np.uint8]
    noise: NDArray[np.float32]
    caption: str


class _Rows(IterableDataset[Truth]):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[Truth]:
        rng = process_rng(23, self.seed)
        while True:
            yield render_truth(sample_scene(rng), rng)


def render_truth(scene: Scene, rng: np.random.Generator) -> Truth:
    """A scene of random layout, drawn with what is true of it."""
    noise = draw_noise(rng, SIDE, SIDE).astype(np.float16).astype(np.float32)
    # Nobody draws a map of flakes; only edges that a detector finds in a picture have them.
    truth = render(replace(scene, snow=False, rain=False), noise, maps=True)
    falls = scene.snow or scene.rain
    picture = render(scene, noise).picture if falls else truth.picture
    assert truth.depth is not None
    assert truth.segmentation is not None
    depth = np.rint(255 * np.clip(truth.depth, 0, 1)).astype(np.uint8)
    return Truth(picture, depth, truth.segmentation, noise, write_caption(scene, rng))


def fill_controls(work: Path, count: int, *, workers: int = 1, batch: int = 32) -> None:
    """Render and encode until the pool holds `count` rows; a killed run continues where it stopped."""
    pool, encoders = ControlPool(work, capacity=max(count, 1)), Encoders(work)

    def store(place: slice, rows: list[Truth]) -> None:
        pictures = np.stack([row.picture for row in rows])
        pool.pictures[place] = pictures
        pool.latents[place] = encoders.latents(pictures)
        pool.features[place] = encoders.features([row.caption for row in rows])
        pool.noise[place] = np.stack([row.noise for row in rows])
        pool.depths[place] = np.stack([row.depth for row in rows])
        pool.segmentations[place] = np.stack([row.segmentation for row in rows])
        pool.smallness[place] = np.stack([smallness_of(row.segmentation) for row in rows])

    fill(pool, count, batches(_Rows(pool.count), batch, workers), store)


class _Answer(Protocol):
    sample: Tensor


class _Embedding(Protocol):
    conv_in: nn.Conv2d
    blocks: list[nn.Conv2d]
    conv_out: nn.Conv2d


class _Parts(Protocol):
    """What we reach into a ControlNetModel for."""

    controlnet_cond_embedding: _Embedding
    controlnet_down_blocks: list[nn.Conv2d]
    controlnet_mid_block: nn.Conv2d


def make_adapter(unet: UNet2DConditionModel) -> ControlNetModel:
    """11M weights, most of them copies of the denoiser's first half. It adds nothing yet, whatever the map."""
    return ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=EMBEDDING)


@torch.no_grad()
def begin(adapter: ControlNetModel, maps: Tensor) -> None:
    """Set the weights that diffusers leaves at zero, or too small, to where learning starts at once.

    The layers behind the copy begin by taking away what the denoiser read from its noise, and with it a layout that is
    not the map's. Those that embed maps (B, 3, H, W) get weights with which each layer's answers have deviation 1
    (Mishkin and Matas, arXiv:1511.06422): as they were, nine layers with small weights, a map reached the copy at a
    three hundredth of the noise beside it, and in 300 steps the adapter learned a scene's mean, never its map.
    """
    parts, hidden = cast("_Parts", adapter), maps
    for conv in (*parts.controlnet_down_blocks, parts.controlnet_mid_block):
        nn.init.dirac_(conv.weight)
        conv.weight.neg_()
    embedding = parts.controlnet_cond_embedding
    for conv in (embedding.conv_in, *embedding.blocks, embedding.conv_out):
        nn.init.kaiming_normal_(conv.weight)
        nn.init.zeros_(cast("Tensor", conv.bias))
        answer = conv(hidden)
        conv.weight /= answer.std()
        hidden = nn.functional.silu(answer / answer.std())
    embedding.conv_out.weight *= HINT


def predict_controlled(  # noqa: PLR0917 - the inputs of two networks
    unet: nn.Module, adapter: nn.Module, noisy: Tensor, timesteps: Tensor | float, features: Tensor, maps: Tensor
) -> Tensor:
    """The denoiser's answer, x0 at the latents' scale, with what the adapter adds for maps (B, 3, H, W) in 0..1."""
    steer = cast("Callable[..., tuple[list[Tensor], Tensor]]", adapter)
    down, middle = steer(noisy, timesteps, features, maps, return_dict=False)
    answer = unet(
        noisy,
        timesteps,
        encoder_hidden_states=features,
        down_block_additional_residuals=down,
        mid_block_additional_residual=middle,
    )
    return cast("_Answer", answer).sample


def train_control(
    work: Path, budget_s: float, device: torch.device, *, batch: int = 48, student_share: float = 0.85
) -> None:
    """Train the adapter until the time budget is spent, resuming from work/control.pt.

    Args:
        work: Folder of checkpoints and pools.
        budget_s: Training seconds over all sittings.
        device: Where to train.
        batch: Rows a step.
        student_share: Part of the batch that trains one step from noise.
    """
    seed_torch(29)
    frozen, scale = load_unet(work)
    adapter = channels_last(make_adapter(frozen), device)
    unet = channels_last(frozen, device)
    for network in (adapter, unet):
        network.set_attn_processor(AttnProcessor())
    adapter.train()
    adapter.requires_grad_(requires_grad=True)
    optimizer = torch.optim.AdamW(
        adapter.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True
    )
    path, pool = work / "control.pt", ControlPool(work)
    state = load(path)
    if state is None:
        begin(adapter, plain_maps(pool).to(device))
    average = Average(adapter, AVERAGE)
    step, spent = 0, 0.0
    if state is not None:
        adapter.load_state_dict(state["model"])
        average.weights = state["average"]
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    clock, rng = Clock(budget_s, spent, warmup_steps=60), np.random.default_rng([29, step])
    seed_torch(step)
    students = round(batch * student_share)
    totals, counted = np.zeros(2), 0
    while not clock.over:
        rows = rng.integers(0, pool.count, batch)
        drawn = draw_batch(pool, rows, scale, rng, device, students=students)
        set_learning_rate(optimizer, LEARNING_RATE * clock.factor(step))
        with half_precision(device):
            output = predict_controlled(unet, adapter, drawn.noisy, drawn.timesteps, drawn.features, drawn.maps)
        loss, errors = steered_loss(output.float(), drawn)
        descend(loss, optimizer, adapter.parameters())
        if step % 4 == 0:
            average.update(adapter, step // 4)
        step += 1
        totals += errors
        counted += 1
        if step % 25 == 0:
            student, teacher = totals / counted
            print(
                f"control step {step} {clock.spent_s:.0f}s student {student:.4f} teacher {teacher:.4f} "
                f"lr {optimizer.param_groups[0]['lr']:.2e} pool {pool.count}",
                flush=True,
            )
            totals, counted = np.zeros(2), 0
        if step % 100 == 0 or clock.over:
            parts = {"model": adapter.state_dict(), "average": average.weights, "optimizer": optimizer.state_dict()}
            save({**parts, "step": step, "spent": clock.spent_s}, path)


def plain_maps(pool: ControlPool) -> Tensor:
    """A few maps of each kind, (B, 3, H, W) in 0..1."""
    rows = range(min(pool.count, 8 * len(KINDS)))
    maps = [pool.draw_map(row, KINDS[row % len(KINDS)], None) for row in rows]
    return as_tensor(np.stack(maps)).permute(0, 3, 1, 2).float() / 255


def load_control(work: Path) -> tuple[ControlNetModel, int] | None:
    """The averaged adapter, and after how many steps; None where none was trained."""
    state = load(work / "control.pt")
    if state is None:
        return None
    unet, _ = load_unet(work)
    adapter = make_adapter(unet)
    adapter.load_state_dict(state["average"])
    adapter.eval()
    adapter.requires_grad_(requires_grad=False)
    return adapter, int(state["step"])
