"""The spatial layers of diffusers' video U-Nets, each called as its stock block calls it, on some images at a time.

Owns: what goes with the images of one forward (time, prompts), and the ways in and out of a U-Net that both families
share. Does not own: the order of layers (motion_unet.py, unet3d.py), nor when they run (engine.parallel.forward).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, cast

import torch

from engine.errors import BadModelError
from engine.parallel.forward import Forward
from engine.parallel.unet import blocks_of, layers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
    from diffusers.models.unets.unet_motion_model import UNetMotionModel
    from torch import Tensor, nn

    from engine.parallel.forward import SpatialLayer
    from engine.parallel.spatial import Images

    Backbone = UNetMotionModel | UNet3DConditionModel


def images_of(sample: Tensor) -> Tensor:
    """(B, C, T, H, W) as images (B * T, C, H, W), batch outermost; a view for a batch of one."""
    return sample.transpose(1, 2).flatten(0, 1)


def video_of(images: Tensor, batch: int) -> Tensor:
    """The way back, a view."""
    return images.reshape(batch, -1, *images.shape[1:]).transpose(1, 2)


class SpatialLayers:
    """The spatial layers of one forward."""

    def __init__(
        self,
        unet: Backbone,
        sample: Tensor,
        timestep: float | Tensor,
        prompts: Tensor,
        *,
        told: Tensor | None,
        down_residuals: Sequence[Tensor] | None,
        middle_residual: Tensor | None,
    ) -> None:
        """Embed the time.

        Args:
            unet: The model.
            sample: Its input, (B, C, T, H, W).
            timestep: One for all, as the stock model takes it.
            prompts: Embeddings, (B, tokens, channels) or those of each frame, (B * T, tokens, channels).
            told: The embedded guidance, (B, channels), for models that take it.
            down_residuals: What controls add to each skip, (B * T, ...), in the order in which skips are kept.
            middle_residual: What they add to what the middle block makes.
        """
        batch, _, frames, height, width = sample.shape
        time = torch.as_tensor(timestep, device=sample.device).expand(batch)
        projected = cast("Tensor", unet.time_proj(time)).to(unet.dtype)
        embedded = cast("Tensor", unet.time_embedding(projected, told))
        self._time = _for_each_frame(embedded, frames)
        self._prompts = prompts if len(prompts) == batch * frames else _for_each_frame(prompts, frames)
        self._unet = unet
        self._down_residuals = down_residuals
        self._middle_residual = middle_residual
        factor = 2 ** (len(unet.up_blocks) - 1)
        self._is_odd = bool(height % factor or width % factor)

    def enter(self, forward: Forward) -> None:
        """The first convolution."""
        forward.apply(_alone(self._unet.conv_in))

    def leave(self, forward: Forward) -> Tensor:
        """The last norm, activation and convolution; the images that they make."""
        if self._unet.conv_norm_out is not None:
            forward.apply(_alone(self._unet.conv_norm_out), _alone(cast("nn.Module", self._unet.conv_act)))
        forward.apply(_alone(self._unet.conv_out))
        return forward.finish()

    def resnet(self, module: nn.Module) -> SpatialLayer:
        return lambda hidden, images: module(hidden, images.of(self._time))

    def attention(self, module: nn.Module) -> SpatialLayer:
        """A transformer over the pixels of an image and its prompt."""

        def attend(hidden: Tensor, images: Images) -> Tensor:
            return module(hidden, encoder_hidden_states=images.of(self._prompts), return_dict=False)[0]

        return attend

    def downsample(self, forward: Forward, block: nn.Module) -> None:
        """The end of a down block, a skip of its own."""
        for module in layers_of(block, "downsamplers"):
            forward.apply(_alone(module))
            forward.keep()

    def leave_middle(self, forward: Forward) -> None:
        """The end of the middle block."""
        residual = self._middle_residual
        if residual is not None:
            forward.apply(lambda hidden, images: hidden + images.of(residual))

    def join(self, forward: Forward) -> None:
        """The newest skip."""
        forward.join(None if self._down_residuals is None else self._down_residuals[forward.skips - 1])

    def upsample(self, forward: Forward, block: nn.Module) -> None:
        """The end of an up block: to the size of the next skip where halving did not come out even."""
        for module in layers_of(block, "upsamplers"):
            size = forward.skip_size if self._is_odd else None
            forward.apply(_upsampler(module, size))


class SpreadForward(ABC):
    """The forward of one rank, called as the stock model is, but for what Onetake never gives it."""

    def __init__(self, unet: Backbone, output: Callable[[Tensor], object]) -> None:
        """`output` makes the stock model's output object of a sample."""
        self._stock = unet
        self._output = output

    def __call__(
        self,
        sample: Tensor,
        timestep: float | Tensor,
        encoder_hidden_states: Tensor,
        *,
        timestep_cond: Tensor | None = None,
        down_block_additional_residuals: Sequence[Tensor] | None = None,
        mid_block_additional_residual: Tensor | None = None,
        return_dict: bool = True,
    ) -> object:
        """From (B, C, T, h, w) to the model's output of the same shape; prompts as SpatialLayers takes them."""
        forward = Forward(images_of(sample))
        layers = SpatialLayers(
            self._stock,
            sample,
            timestep,
            encoder_hidden_states,
            told=timestep_cond,
            down_residuals=down_block_additional_residuals,
            middle_residual=mid_block_additional_residual,
        )
        layers.enter(forward)
        self.run_blocks(layers, forward)
        video = video_of(layers.leave(forward), sample.shape[0])
        return self._output(video) if return_dict else (video,)

    @abstractmethod
    def run_blocks(self, layers: SpatialLayers, forward: Forward) -> None:
        """Send the frames through all blocks, in the stock model's order."""


def check_plain(unet: Backbone) -> None:
    """Raise BadModelError if the model wants more than a time and a prompt, or has FreeU switched on."""
    if unet.config.get("addition_embed_type") or getattr(unet, "encoder_hid_proj", None) is not None:
        raise BadModelError("the video model wants more than a prompt, which Onetake cannot give it; use a plain model")
    if any(getattr(block, "s1", None) for block in blocks_of(unet)):
        raise BadModelError("FreeU is switched on, which long takes do without; call unet.disable_freeu()")


def _alone(module: nn.Module) -> SpatialLayer:
    return lambda hidden, _: module(hidden)


def _upsampler(module: nn.Module, size: torch.Size | None) -> SpatialLayer:
    return lambda hidden, _: module(hidden, output_size=size)


def _for_each_frame(embeddings: Tensor, frames: int) -> Tensor:
    """(B, ...) as (B * frames, ...), a view for a batch of one."""
    return embeddings[:, None].expand(-1, frames, *embeddings.shape[1:]).flatten(0, 1)
