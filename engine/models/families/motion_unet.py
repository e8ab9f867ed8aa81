"""UNetMotionModel (Papercut's motion, AnimateDiff, AnimateLCM) spread over the ranks of a mesh.

Owns: which of its layers are temporal, which are spatial, and what stands before what.
Does not own: how either is computed (engine.parallel), loading, or the sampler.

Relied upon in diffusers 0.42.1 (adoption.py lists the layers themselves; `check` fails on a change of structure):
    down_blocks, mid_block, up_blocks hold resnets, attentions, motion_modules, downsamplers, upsamplers
    each motion module gets the output of the attention of its index, or of the resnet where there is no attention
    frames are images of the batch, (batch * frames, ...), batch outermost
    encoder_hidden_states come repeated for each frame, (batch * frames, tokens, channels)
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.unets.unet_motion_model import AnimateDiffTransformer3D, UNetMotionModel, UNetMotionOutput

from engine.errors import BadModelError
from engine.parallel.adoption import Adoption, check_transformer, exchanges_of
from engine.parallel.cost import BackboneProfile
from engine.parallel.exchange import Entrance
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.patch import Patches, on_hidden_states
from engine.parallel.scopes import Scope
from engine.parallel.spatial import InChunks
from engine.parallel.unet import blocks_of, layers_of, no_frames, pixels_of

if TYPE_CHECKING:
    from torch import Tensor, nn

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
    with Patches() as patches:
        if not adoption.run:
            patches.forward(unet, no_frames(unet.conv_out.out_channels, UNetMotionOutput))
        patches.forward(unet.conv_in, InChunks(unet.conv_in.forward))
        for layer in (unet.conv_norm_out, unet.conv_out):
            if layer is not None:
                patches.forward(layer, InChunks(layer.forward))
        for block in blocks_of(unet):
            _spread_block(block, adoption, patches)
        yield


def predict(unet: UNetMotionModel, latents: Tensor, timestep: float, prompts: Tensor) -> Tensor:
    """The output for one rank's run, (1, C, T, h, w), within `spread`; prompts of each frame, (T, tokens, channels)."""
    return cast("tuple[Tensor]", unet(latents, timestep, prompts, return_dict=False))[0]


def check(unet: UNetMotionModel) -> None:
    """Raise BadModelError unless every layer is one that we know how to spread, in evaluation mode."""
    if unet.training:
        raise BadModelError("the motion model is in training mode, where dropout is random; call unet.eval()")
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


def _spread_block(block: nn.Module, adoption: Adoption, patches: Patches) -> None:
    modules = [adoption.transformer(module) for module in layers_of(block, "motion_modules")]
    for module, adopted in zip(layers_of(block, "motion_modules"), modules, strict=True):
        patches.forward(module, on_hidden_states(adopted))
    entrances: list[Entrance | None] = [adopted.entrance for adopted in modules]
    attentions, resnets = layers_of(block, "attentions"), layers_of(block, "resnets")
    for index, layer in enumerate(attentions or resnets):
        patches.forward(layer, InChunks(layer.forward, entrances[index] if index < len(entrances) else None))
    rest = [*(resnets if attentions else []), *layers_of(block, "downsamplers"), *layers_of(block, "upsamplers")]
    for layer in rest:
        patches.forward(layer, InChunks(layer.forward))
