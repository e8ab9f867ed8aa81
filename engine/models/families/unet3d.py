"""UNet3DConditionModel (VideoCrafter2, ModelScope, zeroscope) spread over the ranks of a mesh.

Owns: which of its layers are temporal, which are spatial, and what stands before what.
Does not own: how either is computed (engine.parallel), loading, or the sampler.

Relied upon in diffusers 0.42.1 (adoption.py lists the layers themselves; `check` fails on a change of structure):
    transformer_in gets the output of conv_in
    down_blocks, mid_block, up_blocks hold resnets, temp_convs, attentions, temp_attentions, downsamplers, upsamplers
    temp_convs[i] gets the output of resnets[i], temp_attentions[i] that of attentions[i]
    in up blocks each resnet gets the newest skip behind its input's channels; skips are the outputs of
        transformer_in, of each column of layers on the way down and of each downsampler
    temporal transformers are called with return_dict=False and no prompt: attn2 is self-attention
    frames are images of the batch, (batch * frames, ...), batch outermost; the model repeats prompts for each frame
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import TemporalConvLayer
from diffusers.models.transformers.transformer_temporal import TransformerTemporalModel
from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel, UNet3DConditionOutput

from engine.errors import BadModelError
from engine.models.families.motion_unet import added_by
from engine.models.families.unet_layers import SpatialLayers, SpreadForward, check_plain
from engine.parallel.adoption import Adoption, check_transformer, convolution_stages, exchanges_of
from engine.parallel.convolution import stack_depth
from engine.parallel.cost import BackboneProfile
from engine.parallel.forward import Forward
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.patch import Patches
from engine.parallel.scopes import Scope
from engine.parallel.unet import blocks_of, layers_of, no_frames, pixels_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.models.denoiser import Residuals
    from engine.parallel.forward import TemporalLayer

    Pair = tuple[nn.Module, nn.Module]

BLOCK_CHILDREN = {"resnets", "temp_convs", "attentions", "temp_attentions", "downsamplers", "upsamplers"}

RESNETS, ATTENTIONS = ("resnets", "temp_convs"), ("attentions", "temp_attentions")
"""Layers within frames, and the layers over time behind them."""


@contextmanager
def spread(unet: UNet3DConditionModel, mesh: Mesh, partition: Partition, scope: Scope) -> Generator[None]:
    """Within the context, `unet(...)` computes this rank's run of frames of the take.

    Call it with the rank's own frames, latents (B, C, len(run), H, W) and prompt embeddings (B, tokens, channels),
    on every rank alike. The frames that come out do not depend on the number of ranks or the lengths of their runs.
    A rank without frames calls it too, with none, and gets none. Afterwards the model is the stock model again.

    Raises:
        BadModelError: The model is not built as we expect, or is in training mode.
    """
    adoption = Adoption(mesh, partition, scope, unet.device)
    check(unet)
    over_time: dict[nn.Module, TemporalLayer] = {unet.transformer_in: adoption.transformer(unet.transformer_in)}
    for block in blocks_of(unet):
        over_time |= {module: adoption.convolution(module) for module in layers_of(block, "temp_convs")}
        over_time |= {module: adoption.transformer(module) for module in layers_of(block, "temp_attentions")}
    with Patches() as patches:
        if adoption.run:
            patches.forward(unet, _Spread(unet, over_time))
        else:
            patches.forward(unet, no_frames(unet.conv_out.out_channels, UNet3DConditionOutput))
        yield


def predict(
    unet: UNet3DConditionModel,
    latents: Tensor,
    timestep: float,
    prompts: Tensor,
    residuals: Residuals | None = None,
    *,
    told: Tensor | None = None,
) -> Tensor:
    """The output for one rank's run, (1, C, T, h, w), within `spread`; prompts of each frame, (T, tokens, channels).

    `residuals` is what controls add, (T, ...) each; `told` the embedded guidance, (1, channels).
    The stock model repeats one prompt for all frames; here each attention to the prompt gets those of its frames.
    """
    added = added_by(residuals)
    return cast("tuple[Tensor]", unet(latents, timestep, prompts, timestep_cond=told, **added, return_dict=False))[0]


def check(unet: UNet3DConditionModel) -> None:
    """Raise BadModelError unless every layer is one that we know how to spread, in evaluation mode."""
    if unet.training:
        raise BadModelError("the video model is in training mode, where dropout is random; call unet.eval()")
    check_plain(unet)
    _check_attention(unet.transformer_in)
    for block in blocks_of(unet):
        names = {name for name, _ in block.named_children()}
        unlike = any(len(layers_of(block, a)) != len(layers_of(block, b)) for a, b in (RESNETS, ATTENTIONS))
        if not names <= BLOCK_CHILDREN or unlike:
            raise BadModelError(f"{type(block).__name__} is made of {', '.join(sorted(names))}; use diffusers 0.42")
        for module in layers_of(block, "temp_attentions"):
            _check_attention(module)
        for module in layers_of(block, "temp_convs"):
            if not isinstance(module, TemporalConvLayer):
                raise BadModelError(f"{type(module).__name__} is no temporal convolution we know; use diffusers 0.42")
            convolution_stages(module)


def profile(unet: UNet3DConditionModel, latent_height: int, latent_width: int, scope: Scope) -> BackboneProfile:
    """What a frame of this size carries through the exchanges of this model."""
    attention = convolution = numbers = exchanges = halo = 0
    attended = [(unet.transformer_in, latent_height * latent_width)]
    convolved: list[tuple[nn.Module, int]] = []
    for block, pixels in zip(blocks_of(unet), pixels_of(unet, latent_height, latent_width), strict=True):
        attended += [(module, pixels) for module in layers_of(block, "temp_attentions")]
        convolved += [(module, pixels) for module in layers_of(block, "temp_convs")]
    for module, pixels in attended:
        norm = cast("nn.GroupNorm", module.norm)
        inner = cast("nn.Linear", module.proj_in).out_features
        sites = exchanges_of(module, scope)
        attention += pixels * (norm.num_channels + (sites - 1) * inner)
        numbers += 2 * norm.num_groups
        exchanges += sites + 1
    for module, pixels in convolved:
        stages = convolution_stages(module)
        convolution += pixels * stages[0].norm.num_channels
        numbers += sum(2 * stage.norm.num_groups for stage in stages)
        exchanges += 1 + len(stages)
        halo = stack_depth(stages)
    return BackboneProfile(attention, convolution, numbers, halo, exchanges)


def _check_attention(module: nn.Module) -> None:
    if not isinstance(module, TransformerTemporalModel):
        raise BadModelError(f"{type(module).__name__} is no temporal transformer we know; use diffusers 0.42")
    for layer in check_transformer(module):
        if not isinstance(layer, BasicTransformerBlock):
            raise BadModelError(f"{type(layer).__name__} is no transformer block we know; use diffusers 0.42")


class _Spread(SpreadForward):
    """The forward of one rank."""

    def __init__(self, unet: UNet3DConditionModel, over_time: Mapping[nn.Module, TemporalLayer]) -> None:
        super().__init__(unet, lambda video: UNet3DConditionOutput(sample=video))
        self._unet = unet
        self._over_time = over_time

    def run_blocks(self, layers: SpatialLayers, forward: Forward) -> None:
        unet = self._unet
        forward.cross(self._over_time[unet.transformer_in])
        forward.keep()
        for block in cast("Iterable[nn.Module]", unet.down_blocks):
            for resnet, attention in _columns(block):
                self._resnet(resnet, layers, forward)
                self._attention(attention, layers, forward)
                forward.keep()
            layers.downsample(forward, block)
        first, *resnets = _pairs(unet.mid_block, RESNETS)
        self._resnet(first, layers, forward)
        for attention, resnet in zip(_pairs(unet.mid_block, ATTENTIONS), resnets, strict=True):
            self._attention(attention, layers, forward)
            self._resnet(resnet, layers, forward)
        layers.leave_middle(forward)
        for block in cast("Iterable[nn.Module]", unet.up_blocks):
            for resnet, attention in _columns(block):
                layers.join(forward)
                self._resnet(resnet, layers, forward)
                self._attention(attention, layers, forward)
            layers.upsample(forward, block)

    def _resnet(self, pair: Pair, layers: SpatialLayers, forward: Forward) -> None:
        forward.apply(layers.resnet(pair[0]))
        forward.cross(self._over_time[pair[1]])

    def _attention(self, pair: Pair | None, layers: SpatialLayers, forward: Forward) -> None:
        if pair is not None:
            forward.apply(layers.attention(pair[0]))
            forward.cross(self._over_time[pair[1]])


def _pairs(block: nn.Module, names: tuple[str, str]) -> list[Pair]:
    """Layers within frames, each with the layer over time behind it."""
    within, over = (layers_of(block, name) for name in names)
    return list(zip(within, over, strict=True))


def _columns(block: nn.Module) -> list[tuple[Pair, Pair | None]]:
    """The pairs of a down or up block that follow each other: of a resnet, and of an attention if it has any."""
    resnets, attentions = _pairs(block, RESNETS), _pairs(block, ATTENTIONS)
    return list(zip(resnets, attentions or [None] * len(resnets), strict=True))
