"""Owns Papercut's own detectors: depth and classes of a picture, by stock networks of transformers, and their training.

They learn from the rendered truth of the control pool, and see its pictures as people bring them: scaled, turned in
colour, a little noisy and blurred. What snow and rain hide, the truth shows; so shall they.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from papercut.checkpoints import Average, Clock, load, save
from papercut.control import ControlPool
from papercut.control_maps import class_colours
from papercut.stage import CLASSES
from papercut.training import as_tensor, descend, half_precision, seed_torch, set_learning_rate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TASKS = ("depth", "segment")
LEARNING_RATE = 2e-3
AVERAGE = 0.98
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
    if state is not None:
        network.load_state_dict(state["model"])
        average.weights = state["average"]
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    clock, rng, total = Clock(budget_s, spent, warmup_steps=50), np.random.default_rng([37, step]), 0.0
    while not clock.over:
        rows = rng.integers(0, pool.count, batch)
        pictures = np.stack([vary(pool.pictures[row], rng) for row in rows])
        truth = as_tensor(np.stack([_truth(pool, row, task) for row in rows])).to(device)
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


def _truth(pool: ControlPool, row: int, task: str) -> NDArray[np.float32] | NDArray[np.int64]:
    if task == "depth":
        return (pool.depths[row] / 255).astype(np.float32)
    return pool.segmentations[row].astype(np.int64)


def _loss(answer: Tensor, truth: Tensor) -> Tensor:
    if truth.is_floating_point():
        return (answer - truth).abs().mean()
    full = functional.interpolate(answer, size=truth.shape[-2:], mode="bilinear")
    return functional.cross_entropy(full, truth)


@torch.no_grad()
def score_detector(network: nn.Module, pool: ControlPool, task: str, rows: range) -> float:
    """Root mean square error of depth in parts of 255, or mean intersection over union of the classes that occur."""
    answers = [look(network, prepare(pool.pictures[row][None]))[0] for row in rows]
    if task == "depth":
        errors = [(a.numpy() * 255 - pool.depths[row]) ** 2 for a, row in zip(answers, rows, strict=True)]
        return float(np.sqrt(np.mean(errors)))
    full = [functional.interpolate(a[None], size=pool.depths.shape[1:], mode="bilinear")[0] for a in answers]
    found, truth = np.stack([a.argmax(0).numpy() for a in full]), pool.segmentations[rows.start : rows.stop]
    both = [((found == k) & (truth == k)).sum() / ((found == k) | (truth == k)).sum() for k in np.unique(truth)]
    return float(np.mean(both))
