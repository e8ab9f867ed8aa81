"""Owns what helps the denoiser to find its layout in the noise: the paths it begins with, and a guide in training.

Both serve training alone. Without them a network of this size takes hours on a CPU to find the averages of the noise
that decide a layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from papercut.layout import ARRANGED, ARRANGEMENTS, CHANNELS, LATENT_CHANNELS, arrangements, moves
from papercut.training import as_tensor

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel


@torch.no_grad()
def seed_noise_paths(model: UNet2DConditionModel, levels: tuple[int, ...]) -> None:
    """Give the way down channels that carry local averages of each noise channel, at unit variance.

    A layout number is a weighted average over some forty noise values among thousands. Finding it
    by gradient descent from random weights takes far longer than a CPU budget; among the few
    averages that these paths bring to the 8x8 and 4x4 levels it is found at once. The paths are
    only a beginning: every weight stays trainable.

    Args:
        model: A fresh denoiser, changed in place.
        levels: Its three levels' channels.
    """
    noise = torch.randn(64, LATENT_CHANNELS, 16, 16, generator=torch.Generator().manual_seed(0))
    count = LATENT_CHANNELS
    low, middle, deep = (slice(width - count, width) for width in levels)
    stages = [
        ("conv_in", low, slice(0, count)),
        ("down_blocks.0.downsamplers.0.conv", low, low),
        ("down_blocks.1.resnets.0.conv_shortcut", middle, low),
        ("down_blocks.1.downsamplers.0.conv", middle, middle),
        ("down_blocks.2.resnets.0.conv_shortcut", deep, middle),
    ]
    # Nothing is added to the paths' channels on their way.
    for name, place in (
        ("down_blocks.0.resnets.0.conv2", low),
        ("down_blocks.1.resnets.0.conv2", middle),
        ("down_blocks.2.resnets.0.conv2", deep),
        ("down_blocks.1.attentions.0.proj_out", middle),
        ("down_blocks.2.attentions.0.proj_out", deep),
    ):
        _silence(_convolution(model, name), place)
    for name, out, into in stages:
        conv = _convolution(model, name)
        kernel = torch.ones(count, 1, conv.kernel_size[0], conv.kernel_size[0])
        padding = conv.padding
        assert not isinstance(padding, str)
        averaged = functional.conv2d(noise, kernel, stride=conv.stride, padding=padding, groups=count)
        gain = 1 / averaged.std()
        noise = averaged * gain
        _silence(conv, out)
        for channel in range(count):
            conv.weight[out.start + channel, into.start + channel] = gain


def _convolution(model: nn.Module, name: str) -> nn.Conv2d:
    layer = model.get_submodule(name)
    assert isinstance(layer, nn.Conv2d), name
    return layer


def _silence(conv: nn.Conv2d, channels: slice) -> None:
    conv.weight[channels] = 0
    if conv.bias is not None:
        conv.bias[channels] = 0


class Guide(nn.Module):
    """Reads off the middle of the denoiser which arrangements its noise chooses, and how far things have moved.

    Both hide in averages over the whole picture. Asking for them directly makes the network
    find them in minutes; from the pictures alone it would take hours.
    """

    def __init__(self, model: UNet2DConditionModel, width: int) -> None:
        """Watch the middle block of `model`, whose output has `width` channels."""
        super().__init__()
        self.read = nn.Linear(width, len(ARRANGED) * ARRANGEMENTS + LATENT_CHANNELS - CHANNELS)
        self._middle: Tensor | None = None
        model.get_submodule("mid_block").register_forward_hook(self._keep)

    def _keep(self, _module: nn.Module, _inputs: object, output: Tensor) -> None:
        self._middle = output

    def forward(self, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Compare what the last pass's first rows tell with the truth in their noise.

        Args:
            noise: What those rows started from, (B, 24, H/16, W/16).

        Returns:
            The loss, the share of arrangements guessed rightly, and the mean error of the moves.
        """
        assert self._middle is not None
        truth = noise.cpu().numpy()
        chosen = as_tensor(arrangements(truth)).to(noise.device)
        moved = as_tensor(moves(truth)).to(noise.device)
        read = self.read(self._middle[: len(noise)].float().mean((2, 3)))
        guess, moving = read.split((len(ARRANGED) * ARRANGEMENTS, moved.shape[1]), 1)
        guess = guess.reshape(-1, ARRANGEMENTS, len(ARRANGED))
        loss = functional.cross_entropy(guess, chosen) + 4 * functional.mse_loss(moving, moved)
        return loss, (guess.argmax(1) == chosen).float().mean(), (moving - moved).abs().mean()
