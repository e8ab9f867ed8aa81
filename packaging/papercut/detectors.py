"""Owns Papercut's own detectors: depth and classes of a picture, by stock networks of transformers, and their training.

They learn from the rendered truth of the control pool, and see its pictures as people bring them: scaled, turned in
colour, a little noisy and blurred. What snow and rain hide, the truth shows; so shall they.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from papercut.checkpoints import Average, Clock, load, save
from papercut.control import SIDE, ControlPool
from papercut.control_maps import class_colours
from papercut.stage import CLASSES
from papercut.training import as_tensor, descend, half_precision, seed_torch, set_learning_rate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_Example = tuple["NDArray[np.uint8]", "NDArray[np.float32] | NDArray[np.int64]"]
TASKS = ("depth", "segment")
LEARNING_RATE = 2e-3
AVERAGE = 0.98
CROPS = (128, 160, 192, 256)
"""Sides of the parts of pictures from which the network of classes learns, all brought to `SIDE`."""
WHOLE = 384
"""Side at which it sees whole pictures, half of the time and in use. Boats are a few pixels, and its answer has a
quarter of the sides of what it is shown; but from parts alone it took the ground for the sky."""
PICTURE_MEAN, PICTURE_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, which transformers' processors know."""


def make_detector(task: str) -> nn.Module:
    """A small GLPN (depth, Kim et al., arXiv:2201.07436) or SegFormer (classes, Xie et al., arXiv:2105.15203)."""
    from transformers import (  # noqa: PLC0415 - each takes a second to import
        GLPNConfig,
        GLPNForDepthEstimation,
        SegformerConfig,
        SegformerForSemanticSegmentation,
    )

    # Their keywords are numbers and lists of numbers, which no type of a dictionary says.
    encoder: dict[str, Any] = {
        "depths": [1, 1, 1, 1],
        "hidden_sizes": [24, 48, 96, 128],
        "num_attention_heads": [1, 2, 3, 4],
        "mlp_ratios": [2, 2, 2, 2],
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "drop_path_rate": 0.0,
    }
    if task == "depth":
        return GLPNForDepthEstimation(GLPNConfig(**encoder, decoder_hidden_size=16, max_depth=1))
    config = SegformerConfig(**encoder, decoder_hidden_size=64, classifier_dropout_prob=0.0)
    config.id2label = dict(enumerate(CLASSES))
    # Not a field of theirs: the colours in which the control adapter knows the classes.
    cast("Any", config).palette = class_colours().tolist()
    return SegformerForSemanticSegmentation(config)


def train_detector(work: Path, task: str, budget_s: float, device: torch.device, *, batch: int = 8) -> None:
    """Train one until the time budget is spent, resuming from work/detector-<task>.pt."""
    seed_torch(37)
    network = make_detector(task).to(device).train()
    average = Average(network, AVERAGE)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    path, pool = work / f"detector-{task}.pt", ControlPool(work)
    state, step, spent = load(path), 0, 0.0
    if state is None and task == "depth" and (classes := load(work / "detector-segment.pt")) is not None:
        take_encoder(network, classes["average"])
        average = Average(network, AVERAGE)
    if state is not None:
        network.load_state_dict(state["model"])
        average.weights = state["average"]
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    clock, rng, total = Clock(budget_s, spent, warmup_steps=50), np.random.default_rng([37, step]), 0.0
    while not clock.over:
        whole = task == "depth" or rng.random() < 0.5
        many = batch if task == "depth" or not whole else max(1, batch * SIDE**2 // WHOLE**2)
        rows = rng.integers(0, pool.count, many)
        examples = [(_whole if whole else _part)(pool, row, task, rng) for row in rows]
        pictures = np.stack([vary(picture, rng) for picture, _ in examples])
        truth = as_tensor(np.stack([truth for _, truth in examples])).to(device)
        if rng.random() < 0.5:
            pictures, truth = pictures[:, :, ::-1], truth.flip(-1)
        set_learning_rate(optimizer, LEARNING_RATE * clock.factor(step))
        with half_precision(device):
            answer = look(network, prepare(np.ascontiguousarray(pictures)).to(device))
        loss = _loss(answer.float(), truth)
        descend(loss, optimizer, network.parameters())
        if step % 4 == 0:
            average.update(network, step // 4)
        step, total = step + 1, total + loss.item()
        if step % 25 == 0:
            print(f"{task} step {step} {clock.spent_s:.0f}s loss {total / 25:.4f}", flush=True)
            total = 0.0
        if step % 200 == 0 or clock.over:
            parts = {"model": network.state_dict(), "average": average.weights, "optimizer": optimizer.state_dict()}
            save({**parts, "step": step, "spent": clock.spent_s}, path)


# What GLPN's encoder calls the parts of SegFormer's, which it is.
_SEGFORMER_NAMES = (
    (r"glpn\.encoder\.patch_embeddings\.(\d)", r"segformer.stages.\1.patch_embeddings"),
    (r"glpn\.encoder\.block\.(\d)\.(\d)", r"segformer.stages.\1.blocks.\2"),
    (r"glpn\.encoder\.layer_norm\.(\d)", r"segformer.stages.\1.layer_norm"),
    (r"layer_norm_1", "layernorm_before"),
    (r"layer_norm_2", "layernorm_after"),
    (r"self\.(q|k|v)(uery|ey|alue)", r"\1_proj"),
    (r"self\.sr", "sequence_reduction.sequence_reduction"),
    (r"self\.layer_norm", "sequence_reduction.layer_norm"),
    (r"output\.dense", "o_proj"),
    (r"mlp\.dense(\d)", r"mlp.fc\1"),
)


def take_encoder(network: nn.Module, classes: dict[str, Tensor]) -> None:
    """Give a network of depth the encoder of the network of classes: it has found the things already."""
    mine = network.state_dict()
    for name in [name for name in mine if name.startswith("glpn.encoder.")]:
        theirs = name
        for pattern, word in _SEGFORMER_NAMES:
            theirs = re.sub(pattern, word, theirs)
        mine[name] = classes[theirs]
    network.load_state_dict(mine)


def load_detector(work: Path, task: str) -> nn.Module | None:
    """The averaged network; None where none was trained."""
    state = load(work / f"detector-{task}.pt")
    if state is None:
        return None
    network = make_detector(task)
    network.load_state_dict(state["average"])
    return network.eval().requires_grad_(requires_grad=False)


def vary(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture (H, W, 3) as it might arrive: other light and colours, a blur, the noise of a file."""
    seen = picture.astype(np.float32) / 255
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 1.2))
    seen = seen ** rng.uniform(0.8, 1.25) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    seen += rng.normal(0, rng.uniform(0, 0.03), seen.shape).astype(np.float32)
    return np.rint(255 * np.clip(seen, 0, 1)).astype(np.uint8)


def prepare(pictures: NDArray[np.uint8]) -> Tensor:
    """(B, H, W, 3) to what transformers' processors hand to these networks, (B, 3, H, W)."""
    seen = as_tensor(pictures).permute(0, 3, 1, 2).float() / 255
    return (seen - torch.tensor(PICTURE_MEAN)[:, None, None]) / torch.tensor(PICTURE_STD)[:, None, None]


def look(network: nn.Module, seen: Tensor) -> Tensor:
    """Depth (B, H, W), or each class's logit (B, classes, h, w)."""
    answer = network(seen)
    return cast("Tensor", answer.predicted_depth if hasattr(answer, "predicted_depth") else answer.logits)


def _whole(pool: ControlPool, row: int, task: str, _rng: np.random.Generator) -> _Example:
    """A picture and its truth."""
    if task == "depth":
        return pool.pictures[row], (pool.depths[row] / 255).astype(np.float32)
    seen = _resized(pool.pictures[row], WHOLE, Image.Resampling.BILINEAR)
    return seen, _half(pool.segmentations[row], WHOLE)


def _part(pool: ControlPool, row: int, _task: str, rng: np.random.Generator) -> _Example:
    """A part of a picture, (SIDE, SIDE, 3), around a pixel of some class, and its classes."""
    classes = pool.segmentations[row]
    side = int(rng.choice(CROPS))
    # A class first, then a pixel of it: the small ones come as often as the sky.
    ys, xs = np.nonzero(classes == rng.choice(np.unique(classes)))
    at = rng.integers(len(ys))
    top, left = (
        int(np.clip(centre - rng.integers(side // 4, side - side // 4), 0, SIDE - side)) for centre in (ys[at], xs[at])
    )
    part = np.s_[top : top + side, left : left + side]
    return _resized(pool.pictures[row][part], SIDE, Image.Resampling.BILINEAR), _half(classes[part], SIDE)


def _half(classes: NDArray[np.uint8], side: int) -> NDArray[np.int64]:
    """Half of the sides are enough for the loss, which costs as much as the network at all of them."""
    return _resized(classes, side // 2, Image.Resampling.NEAREST).astype(np.int64)


def _resized(pixels: NDArray[np.uint8], side: int, resampling: Image.Resampling) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(pixels).resize((side, side), resampling))


def _loss(answer: Tensor, truth: Tensor) -> Tensor:
    if truth.is_floating_point():
        # Errors at edges count twice: without, a balloon was the sky's depth, as most of its surroundings are.
        error = answer - truth
        return error.abs().mean() + error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    full = functional.interpolate(answer, size=truth.shape[-2:], mode="bilinear")
    return functional.cross_entropy(full, truth)


@torch.no_grad()
def score_depth(network: nn.Module, pool: ControlPool, rows: range) -> float:
    """Root mean square error of depth, in parts of 255."""
    errors = [
        (look(network, prepare(pool.pictures[row][None]))[0].numpy() * 255 - pool.depths[row]) ** 2 for row in rows
    ]
    return float(np.sqrt(np.mean(errors)))


@torch.no_grad()
def find_classes(network: nn.Module, picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Class ids, (SIDE, SIDE), of a picture (SIDE, SIDE, 3), shown at the side at which whole ones were learnt."""
    answer = look(network, prepare(_resized(picture, WHOLE, Image.Resampling.BILINEAR)[None]))
    return functional.interpolate(answer, size=(SIDE, SIDE), mode="bilinear")[0].argmax(0).numpy()


@torch.no_grad()
def score_classes(network: nn.Module, pool: ControlPool, rows: range) -> dict[str, float]:
    """Intersection over union of each class that occurs, in whole pictures."""
    common, either = np.zeros(len(CLASSES)), np.zeros(len(CLASSES))
    for row in rows:
        found = find_classes(network, pool.pictures[row])
        for k in range(len(CLASSES)):
            here, truth = found == k, pool.segmentations[row] == k
            common[k] += (here & truth).sum()
            either[k] += (here | truth).sum()
    return {name: common[k] / either[k] for k, name in enumerate(CLASSES) if either[k]}
