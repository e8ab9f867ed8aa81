"""Owns the last touch: the decoder learns to draw from the denoiser's own one-step latents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from papercut.autoencoder import CROP, NOISE, decode, load_autoencoder, reconstruction_loss
from papercut.checkpoints import Average, Clock, load, save
from papercut.layout import CELL
from papercut.pool import Pool
from papercut.stream import to_signal
from papercut.training import as_tensor, channels_last, descend, half_precision, read_rows, set_learning_rate
from papercut.unet import load_unet, predict

LEARNING_RATE = 6e-4


def polish_decoder(work: Path, budget_s: float, device: torch.device, *, rows_a_step: int = 3) -> None:
    """Train the decoder on predicted and on true latents of the pool's rows, two to one.

    A one-step prediction is softer than true latents, in a way that the decoder can learn to
    undo: it has seen many houses. The encoder, and so the latents, stay as they are. Resumes
    from work/polish.pt and writes the polished decoder to work/ae.pt.

    Args:
        work: Folder of checkpoints.
        budget_s: Training seconds over all sittings.
        device: Where to train.
        rows_a_step: Rows a step; three crops are taken from each.
    """
    unet, scale = load_unet(work)
    unet = channels_last(unet, device)
    model = channels_last(load_autoencoder(work), device)
    model.decoder.requires_grad_(requires_grad=True)
    average = Average(model.decoder, 0.98)
    optimizer = torch.optim.AdamW(model.decoder.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), fused=True)
    path, pool = work / "polish.pt", Pool(work)
    state = load(path)
    step, spent = 0, 0.0
    if state is not None:
        model.decoder.load_state_dict(state["decoder"])
        average.weights = state["average"]
        step, spent = state["step"], state["spent"]
    clock, rng = Clock(budget_s, spent, warmup_steps=20), np.random.default_rng([6, step])
    side, total = CROP // CELL, 0.0
    while not clock.over:
        rows = np.sort(rng.choice(pool.count, rows_a_step, replace=False))
        latents = read_rows(pool.latents[rows], device)
        noise = read_rows(pool.noise[rows], device)
        features = read_rows(pool.features[rows], device)
        pictures = to_signal(as_tensor(np.asarray(pool.pictures[rows])).permute(0, 3, 1, 2)).to(device)
        with torch.no_grad(), half_precision(device):
            times = torch.full((rows_a_step,), 999.0, device=device)
            predicted = predict(unet, noise, times, features).float() / scale
        sources: list[Tensor] = []
        targets: list[Tensor] = []
        for index in range(3 * rows_a_step):
            row = index % rows_a_step
            y, x = (int(rng.integers(size // CELL - side + 1)) for size in pictures.shape[-2:])
            latent = predicted[row] if index >= rows_a_step else latents[row] + NOISE * torch.randn_like(latents[row])
            sources.append(latent[:, y : y + side, x : x + side])
            targets.append(pictures[row, :, CELL * y : CELL * (y + side), CELL * x : CELL * (x + side)])
        set_learning_rate(optimizer, LEARNING_RATE * clock.factor(step))
        with half_precision(device):
            output = decode(model, torch.stack(sources).contiguous(memory_format=torch.channels_last))
        loss = reconstruction_loss(output.float(), torch.stack(targets))
        descend(loss, optimizer, model.decoder.parameters())
        average.update(model.decoder, step)
        step += 1
        total += loss.item()
        if step % 25 == 0:
            print(f"polish step {step} {clock.spent_s:.0f}s loss {total / 25:.4f}", flush=True)
            total = 0.0
        if step % 100 == 0 or clock.over:
            polished = {"decoder": model.decoder.state_dict(), "average": average.weights}
            save({**polished, "step": step, "spent": clock.spent_s}, path)
    if step:
        trained = load(work / "ae.pt")
        assert trained is not None
        save({**trained, "average": average.weights}, work / "ae.pt")
