"""Owns the 16x autoencoder, a stock AutoencoderTiny: an encoder in closed form and a decoder that is trained.

The encoder has no activations; its strided convolutions are set to a hierarchical
principal-component analysis of 16x16 patches. Latents are then known before any training, are
smooth in the picture and nearly Gaussian, and the denoiser and the decoder can be trained at
the same time. The decoder is not linear: it learns where the paper's edges are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
from torch import Tensor, nn
from torch.nn import functional

from papercut.checkpoints import Average, Clock, load, save
from papercut.grammar import sample_scene
from papercut.layout import LATENT_CHANNELS, draw_noise
from papercut.render import render
from papercut.stream import stream_batches, to_signal
from papercut.training import as_tensor, channels_last, descend, half_precision, seed_torch, set_learning_rate

WIDTH = 64
NOISE = 0.05  # latent noise in training: the decoder must forgive the denoiser's small errors
CROP = 128
LEARNING_RATE = 1e-3
COMPRESSION = 0.6  # components are divided by their deviation to this power: 1 would be whitening
SPREAD = 0.6  # the latents' deviation; AutoencoderTiny clamps softly beyond 3


class _Encoded(Protocol):
    latents: Tensor


class _Decoded(Protocol):
    sample: Tensor


def encode(model: AutoencoderTiny, pictures: Tensor) -> Tensor:
    """Latents (B, 24, H/16, W/16) of pictures in [-1, 1], (B, 3, H, W)."""
    return cast("_Encoded", model.encode(pictures)).latents


def decode(model: AutoencoderTiny, latents: Tensor) -> Tensor:
    """Pictures of latents: the inverse of `encode`, near enough; values may leave [-1, 1] a little."""
    return cast("_Decoded", model.decode(latents)).sample


def make_autoencoder() -> AutoencoderTiny:
    """A 16x autoencoder whose decoder spends next to nothing at full resolution, where the time goes."""
    return AutoencoderTiny(
        encoder_block_out_channels=(WIDTH,) * 5,
        decoder_block_out_channels=(WIDTH,) * 5,
        num_encoder_blocks=(0,) * 5,
        num_decoder_blocks=(4, 3, 2, 1, 0),
        latent_channels=LATENT_CHANNELS,
    )


@torch.no_grad()
def fit_encoder(model: AutoencoderTiny, pictures: Tensor) -> None:
    """Set the encoder to the principal components of the pictures' patches.

    Args:
        model: Changed in place.
        pictures: Sample of renders in [-1, 1], (B, 3, H, W), both sides multiples of 16.
    """
    first, *strided, last = _convolutions(model.encoder.layers)
    for layer in (first, *strided, last):
        layer.weight.zero_()
        if layer.bias is not None:
            layer.bias.zero_()
    first.weight[:3, :, 1, 1] = torch.eye(3)
    _bias(first)[:3] = -0.5
    hidden, channels = pictures.add(1).div(2) - 0.5, 3
    for layer in strided:
        # Taps 1 and 2 of the stride-2 kernel cover each 2x2 block once, so borders need no care.
        blocks = functional.unfold(hidden, 2, stride=2).transpose(1, 2).reshape(-1, 4 * channels)
        keep = min(WIDTH, 4 * channels)
        basis = _principal_axes(blocks.T.double() @ blocks.double())[1][:, :keep].T.float()
        layer.weight[:keep, :channels, 1:, 1:] = basis.reshape(keep, channels, 2, 2)
        hidden, channels = functional.conv2d(hidden, layer.weight[:keep, :channels, 1:, 1:], stride=2), keep
    rows = hidden.transpose(0, 1).reshape(channels, -1).T
    centre = rows.mean(0)
    spread, axes = _principal_axes((rows - centre).T.double() @ (rows - centre).double() / len(rows))
    vectors = axes[:, :LATENT_CHANNELS].T.float()
    deviation = spread[:LATENT_CHANNELS].sqrt().float()
    scaled = vectors / deviation[:, None] ** COMPRESSION
    overall = SPREAD / ((rows - centre) @ scaled.T).square().mean().sqrt()
    last.weight[:, :channels, 1, 1] = scaled * overall
    _bias(last)[:] = -(last.weight[:, :channels, 1, 1] @ centre)


def _principal_axes(covariance: Tensor) -> tuple[Tensor, Tensor]:
    """Variances and axes (one a column) of a covariance, the largest first."""
    values, vectors = cast("tuple[Tensor, Tensor]", torch.linalg.eigh(covariance))  # pyright: ignore[reportUnknownMemberType]
    return values.flip(0), vectors.flip(1)


def _solve(matrix: Tensor, right: Tensor) -> Tensor:
    return cast("Tensor", torch.linalg.solve(matrix, right))  # pyright: ignore[reportUnknownMemberType]


def _convolutions(layers: nn.Module) -> list[nn.Conv2d]:
    return [layer for layer in layers.children() if isinstance(layer, nn.Conv2d)]


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


@torch.no_grad()
def fold_encoder(model: AutoencoderTiny) -> nn.Conv2d:
    """The fitted encoder as the single 16x16 convolution that it equals, for encoding in bulk."""
    units = torch.eye(3 * 256).reshape(-1, 3, 16, 16)
    offset = encode(model, torch.zeros(1, 3, 16, 16))
    folded = nn.Conv2d(3, LATENT_CHANNELS, 16, stride=16)
    folded.weight[:] = (encode(model, units) - offset)[:, :, 0, 0].T.reshape(folded.weight.shape)
    _bias(folded)[:] = offset[0, :, 0, 0]
    return folded.requires_grad_(requires_grad=False)


@torch.no_grad()
def start_decoder(model: AutoencoderTiny, pictures: Tensor) -> None:
    """Start the decoder as a painter of flat 16x16 blocks, from which training only has to refine.

    Each latent enters as its positive and its negative part, residual branches start at zero,
    upsampling convolutions at the identity, and the last one is solved by least squares.
    """
    layers = model.decoder.layers
    for block in layers.children():
        if hasattr(block, "fuse"):
            branch = _convolutions(block.get_submodule("conv"))
            for conv in branch:
                nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
                nn.init.zeros_(_bias(conv))
            branch[-1].weight.zero_()
    first, *rest = _convolutions(layers)
    first.weight.mul_(0.3)
    _bias(first).zero_()
    for channel in range(LATENT_CHANNELS):
        first.weight[2 * channel : 2 * channel + 2] *= 0.1
        first.weight[2 * channel, channel, 1, 1] = 1
        first.weight[2 * channel + 1, channel, 1, 1] = -1
    for conv in rest[:-1]:
        conv.weight.mul_(0.1)
        conv.weight[:, :, 1, 1] += torch.eye(WIDTH)
    hidden = layers[:-1](torch.tanh(encode(model, pictures) / 3) * 3)
    rows = functional.avg_pool2d(hidden, 4).permute(0, 2, 3, 1).reshape(-1, WIDTH)
    rows = torch.cat([rows, torch.ones(len(rows), 1)], 1).double()
    target = functional.avg_pool2d(pictures.add(1).div(2), 4).permute(0, 2, 3, 1).reshape(-1, 3).double()
    ridge = 1e-3 * len(rows) * torch.eye(WIDTH + 1, dtype=torch.float64)
    solution = _solve(rows.T @ rows + ridge, rows.T @ target).T.float()
    rest[-1].weight.zero_()
    rest[-1].weight[:, :, 1, 1] = solution[:, :WIDTH]
    _bias(rest[-1])[:] = solution[:, WIDTH]


def sample_pictures(count: int, seed: int) -> Tensor:
    """Fresh training renders in [-1, 1], (count, 3, 256, 256)."""
    rng = np.random.default_rng(seed)
    pictures = [render(sample_scene(rng), draw_noise(rng)).picture for _ in range(count)]
    return to_signal(as_tensor(np.stack(pictures)).permute(0, 3, 1, 2)).contiguous()


def edges(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Differences of neighbouring pixels, across and down."""
    return pictures[..., 1:] - pictures[..., :-1], pictures[..., 1:, :] - pictures[..., :-1, :]


def reconstruction_loss(output: Tensor, target: Tensor) -> Tensor:
    """L1 on pixels and on their differences, so that paper edges stay crisp."""
    across, down = edges(output)
    across_target, down_target = edges(target)
    return functional.l1_loss(output, target) + 0.7 * (
        functional.l1_loss(across, across_target) + functional.l1_loss(down, down_target)
    )


def prepare_encoder(work: Path) -> None:
    """Fit the encoder once and keep it in work/encoder.pt; everything else waits for this file."""
    if not (work / "encoder.pt").exists():
        seed_torch(1)
        model = make_autoencoder()
        fit_encoder(model, sample_pictures(400, 11))
        save({"model": model.state_dict()}, work / "encoder.pt")


def train_decoder(work: Path, budget_s: float, device: torch.device, *, batch: int = 2) -> None:
    """Train the decoder until the time budget is spent, resuming from work/ae.pt.

    Args:
        work: Folder of checkpoints.
        budget_s: Training seconds over all sittings.
        device: Where to train.
        batch: Pictures a step; four crops of 128 px are taken from each.
    """
    prepare_encoder(work)
    model = channels_last(load_autoencoder(work), device)
    model.decoder.requires_grad_(requires_grad=True)
    average = Average(model.decoder)
    path = work / "ae.pt"
    state = load(path)
    step, spent = 0, 0.0
    optimizer = torch.optim.AdamW(
        model.decoder.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=1e-4, fused=True
    )
    if state is not None:
        model.decoder.load_state_dict(state["decoder"])
        average.weights = state["average"]
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    else:
        start_decoder(model, sample_pictures(24, 12))
        average = Average(model.decoder)
    clock = Clock(budget_s, spent, warmup_steps=50)
    batches = stream_batches(1000 + step, batch)
    errors: list[float] = []
    while not clock.over:
        pictures = to_signal(next(batches)[0]).to(device)
        height, width = pictures.shape[-2:]
        crops: list[Tensor] = []
        for _ in range(4):
            y = int(torch.randint(0, height - CROP + 1, ()))
            x = int(torch.randint(0, width - CROP + 1, ()))
            crops.append(pictures[..., y : y + CROP, x : x + CROP])
        target = torch.cat(crops).contiguous(memory_format=torch.channels_last)
        set_learning_rate(optimizer, LEARNING_RATE * clock.factor(step))
        with half_precision(device):
            with torch.no_grad():
                latents = encode(model, target)
            output = decode(model, latents + NOISE * torch.randn_like(latents))
        output = output.float()
        loss = reconstruction_loss(output, target)
        descend(loss, optimizer, model.decoder.parameters())
        average.update(model.decoder, step)
        step += 1
        errors.append((output.detach() - target).square().mean().item() / 4)
        if step % 25 == 0:
            psnr = -10 * float(np.log10(np.mean(errors[-25:])))
            print(f"ae step {step} {clock.spent_s:.0f}s loss {loss.item():.4f} psnr {psnr:.2f}", flush=True)
        if step % 150 == 0 or clock.over:
            save(
                {
                    "decoder": model.decoder.state_dict(),
                    "average": average.weights,
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": clock.spent_s,
                },
                path,
            )


def load_autoencoder(work: Path) -> AutoencoderTiny:
    """The fitted encoder and the averaged decoder as far as it is trained, frozen."""
    fitted = load(work / "encoder.pt")
    if fitted is None:
        raise ValueError(f"no encoder in {work}; run the ae command first")
    model = make_autoencoder()
    model.load_state_dict(fitted["model"])
    state = load(work / "ae.pt")
    if state is not None:
        model.decoder.load_state_dict(state["average"])
    return model.eval().requires_grad_(requires_grad=False)
