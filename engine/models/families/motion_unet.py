"""UNetMotionModel (Papercut's motion, AnimateDiff, AnimateLCM) spread over the ranks of a mesh.

Owns: which of its layers are temporal, which are spatial, and what stands before what.
Does not own: how either is computed (engine.parallel), loading, or the sampler.

Relied upon in diffusers 0.42.1 (adoption.py lists the layers themselves; `check` fails on a change of structure):
    down_blocks, mid_block, up_blocks hold resnets, attentions, motion_modules, downsamplers, upsamplers
    each motion module gets the output of the attention of its index, or of the resnet where there is no attention
    in up blocks each resnet gets the newest skip behind its input's channels; skips are the outputs of conv_in, of
        each motion module on the way down and of each downsampler
    frames are images of the batch, (batch * frames, ...), batch outermost
    encoder_hidden_states come repeated for each frame, (batch * frames, tokens, channels)
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, cast

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.unets.unet_motion_model import AnimateDiffTransformer3D, UNetMotionModel, UNetMotionOutput

from engine.errors import BadModelError
from engine.models.families.unet_layers import SpatialLayers, SpreadForward, check_plain
from engine.parallel.adoption import Adoption, check_transformer, exchanges_of
from engine.parallel.cost import BackboneProfile
from engine.parallel.forward import Forward
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.patch import Patches
from engine.parallel.scopes import Scope
from engine.parallel.transformer import TemporalTransformer
from engine.parallel.unet import blocks_of, layers_of, no_frames, pixels_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.models.denoiser import Residuals

    Column = tuple[nn.Module | None, nn.Module | None, nn.Module | None]

BLOCK_CHILDREN = {"resnets", "attentions", "motion_modules", "downsamplers", "upsamplers"}


@contextmanager
def spread(unet: UNetMotionModel, mesh: Mesh, partition: Partition, scope: Scope) -> Generator[None]:
    """Within the context, `unet(...)` computes this rank's run of frames of the take.

    Call it with the rank's own frames, latents (B, C, len(run), H, W) and prompt embeddings (B * len(run), ...), on
    every rank alike. The frames that come out do not depend on the number of ranks or the lengths of their runs. A
    rank without frames calls it too, with none, and gets none. Afterwards the model is the stock model again.

    Raises:
        BadModelError: The model is not built as we expect, or is in training mode.
        ValueError: The scope takes more positions than the motion modules were trained for.
    """
    adoption = Adoption(mesh, partition, scope, unet.device)
    check(unet)
    motions = {
        module: adoption.transformer(module)
        for block in blocks_of(unet)
        for module in layers_of(block, "motion_modules")
    }
    with Patches() as patches:
        if adoption.run:
            patches.forward(unet, _Spread(unet, motions))
        else:
            patches.forward(unet, no_frames(unet.conv_out.out_channels, UNetMotionOutput))
        yield


def predict(
    unet: UNetMotionModel,
    latents: Tensor,
    timestep: float,
    prompts: Tensor,
    residuals: Residuals | None = None,
    *,
    told: Tensor | None = None,
) -> Tensor:
    """The output for one rank's run, (1, C, T, h, w), within `spread`.

    Args:
        unet: The network.
        latents: Of the run, (1, C, T, h, w).
        timestep: Of the step.
        prompts: Of each frame, (T, tokens, channels).
        residuals: What controls add, (T, ...) each.
        told: The embedded guidance, (1, channels), for networks that take it.
    """
    added = added_by(residuals)
    return cast("tuple[Tensor]", unet(latents, timestep, prompts, timestep_cond=told, **added, return_dict=False))[0]


def added_by(residuals: Residuals | None) -> dict[str, object]:
    """The arguments by which diffusers' U-Nets take what controls add."""
    if residuals is None:
        return {}
    return {
        "down_block_additional_residuals": residuals.down,
        "mid_block_additional_residual": residuals.middle,
    }


def check(unet: UNetMotionModel) -> None:
    """Raise BadModelError unless every layer is one that we know how to spread, in evaluation mode."""
    if unet.training:
        raise BadModelError("the motion model is in training mode, where dropout is random; call unet.eval()")
    check_plain(unet)
    for block in blocks_of(unet):
        names = {name for name, _ in block.named_children()}
        modules = layers_of(block, "motion_modules")
        before = layers_of(block, "attentions") or layers_of(block, "resnets")
        if not names <= BLOCK_CHILDREN or len(modules) > len(before):
            raise BadModelError(f"{type(block).__name__} is made of {', '.join(sorted(names))}; use diffusers 0.42")
        for module in modules:
            if not isinstance(module, AnimateDiffTransformer3D):
                raise BadModelError(f"{type(module).__name__} is no motion module we know; use diffusers 0.42")
            for layer in check_transformer(module):
                if not isinstance(layer, BasicTransformerBlock):
                    raise BadModelError(f"{type(layer).__name__} sits in the motion modules; disable FreeNoise first")


def profile(unet: UNetMotionModel, latent_height: int, latent_width: int, scope: Scope) -> BackboneProfile:
    """What a frame of this size carries through the exchanges of this model."""
    attention = numbers = exchanges = 0
    for block, pixels in zip(blocks_of(unet), pixels_of(unet, latent_height, latent_width), strict=True):
        for module in layers_of(block, "motion_modules"):
            norm = cast("nn.GroupNorm", module.norm)
            inner = cast("nn.Linear", module.proj_in).out_features
            sites = exchanges_of(module, scope)
            attention += pixels * (norm.num_channels + (sites - 1) * inner)
            numbers += 2 * norm.num_groups
            exchanges += sites + 1
    return BackboneProfile(attention, 0, numbers, halo=0, exchanges=exchanges)


class _Spread(SpreadForward):
    """The forward of one rank."""

    def __init__(self, unet: UNetMotionModel, motions: Mapping[nn.Module, TemporalTransformer]) -> None:
        super().__init__(unet, lambda video: UNetMotionOutput(sample=video))
        self._unet = unet
        self._motions = motions

    def run_blocks(self, layers: SpatialLayers, forward: Forward) -> None:
        unet = self._unet
        forward.keep(made_again=True)
        for block in cast("Iterable[nn.Module]", unet.down_blocks):
            for column in _columns(block):
                self._go_through(column, layers, forward)
                forward.keep()
            layers.downsample(forward, block)
        first, *resnets = layers_of(unet.mid_block, "resnets")
        forward.apply(layers.resnet(first))
        for (_, attention, motion), resnet in zip(_columns(unet.mid_block), resnets, strict=False):
            self._go_through((None, attention, motion), layers, forward)
            forward.apply(layers.resnet(resnet))
        layers.leave_middle(forward)
        for block in cast("Iterable[nn.Module]", unet.up_blocks):
            for column in _columns(block):
                layers.join(forward)
                self._go_through(column, layers, forward)
            layers.upsample(forward, block)

    def _go_through(self, column: Column, layers: SpatialLayers, forward: Forward) -> None:
        resnet, attention, motion = column
        if resnet is not None:
            forward.apply(layers.resnet(resnet))
        if attention is not None:
            forward.apply(layers.attention(attention))
        if motion is not None:
            forward.cross(self._motions[motion])


def _columns(block: nn.Module) -> list[Column]:
    """The layers of a block that follow each other: resnet, attention if it has any, motion module if it has any."""
    resnets, attentions, motions = (layers_of(block, name) for name in ("resnets", "attentions", "motion_modules"))
    return list(zip_longest(resnets, attentions, motions))
