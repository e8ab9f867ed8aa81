"""UNet3DConditionModel (VideoCrafter2, ModelScope, zeroscope) spread over the ranks of a mesh.

Owns: which of its layers are temporal, which are spatial, and what stands before what.
Does not own: how either is computed (engine.parallel), loading, or the sampler.

Relied upon in diffusers 0.42.1 (adoption.py lists the layers themselves; `check` fails on a change of structure):
    transformer_in gets the output of conv_in
    down_blocks, mid_block, up_blocks hold resnets, temp_convs, attentions, temp_attentions, downsamplers, upsamplers
    temp_convs[i] gets the output of resnets[i], temp_attentions[i] that of attentions[i]
    temporal transformers are called with return_dict=False and no prompt: attn2 is self-attention
    frames are images of the batch, (batch * frames, ...), batch outermost; the model repeats prompts for each frame
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.resnet import TemporalConvLayer
from diffusers.models.transformers.transformer_temporal import TransformerTemporalModel
from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel, UNet3DConditionOutput

from engine.errors import BadModelError
from engine.parallel.adoption import Adoption, check_transformer, convolution_stages, exchanges_of
from engine.parallel.convolution import stack_depth
from engine.parallel.cost import BackboneProfile
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.patch import Patches, on_hidden_states
from engine.parallel.scopes import Scope
from engine.parallel.spatial import InChunks
from engine.parallel.unet import blocks_of, layers_of, no_frames, pixels_of

if TYPE_CHECKING:
    from torch import Tensor, nn

BLOCK_CHILDREN = {"resnets", "temp_convs", "attentions", "temp_attentions", "downsamplers", "upsamplers"}


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
    with Patches() as patches:
        if not adoption.run:
            patches.forward(unet, no_frames(unet.conv_out.out_channels, UNet3DConditionOutput))
        first = adoption.transformer(unet.transformer_in)
        patches.forward(unet.transformer_in, on_hidden_states(first, in_tuple=True))
        patches.forward(unet.conv_in, InChunks(unet.conv_in.forward, first.entrance))
        for layer in (unet.conv_norm_out, unet.conv_out):
            if layer is not None:
                patches.forward(layer, InChunks(layer.forward))
        for block in blocks_of(unet):
            _spread_block(block, adoption, patches)
        yield


def predict(unet: UNet3DConditionModel, latents: Tensor, timestep: float, prompts: Tensor) -> Tensor:
    """The output for one rank's run, (1, C, T, h, w), within `spread`; prompts of each frame, (T, tokens, channels).

    The stock model repeats one prompt for all frames; here each attention to the prompt gets those of its frames.
    """
    with Patches() as patches:
        for block in blocks_of(unet):
            for layer in layers_of(block, "attentions"):
                patches.forward(layer, _WithPrompts(layer.forward, prompts))
        return cast("tuple[Tensor]", unet(latents, timestep, prompts[:1], return_dict=False))[0]


def check(unet: UNet3DConditionModel) -> None:
    """Raise BadModelError unless every layer is one that we know how to spread, in evaluation mode."""
    if unet.training:
        raise BadModelError("the video model is in training mode, where dropout is random; call unet.eval()")
    _check_attention(unet.transformer_in)
    for block in blocks_of(unet):
        names = {name for name, _ in block.named_children()}
        pairs = (("resnets", "temp_convs"), ("attentions", "temp_attentions"))
        if not names <= BLOCK_CHILDREN or any(len(layers_of(block, a)) != len(layers_of(block, b)) for a, b in pairs):
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


class _WithPrompts:
    """The forward of a spatial transformer, with the prompts of its frames in place of the repeated one."""

    def __init__(self, forward: Callable[..., object], prompts: Tensor) -> None:
        self._forward = forward
        self._prompts = prompts

    def __call__(self, *args: object, **kwargs: object) -> object:
        return self._forward(*args, **{**kwargs, "encoder_hidden_states": self._prompts})


def _check_attention(module: nn.Module) -> None:
    if not isinstance(module, TransformerTemporalModel):
        raise BadModelError(f"{type(module).__name__} is no temporal transformer we know; use diffusers 0.42")
    for layer in check_transformer(module):
        if not isinstance(layer, BasicTransformerBlock):
            raise BadModelError(f"{type(layer).__name__} is no transformer block we know; use diffusers 0.42")


def _spread_block(block: nn.Module, adoption: Adoption, patches: Patches) -> None:
    for spatial, module in zip(layers_of(block, "resnets"), layers_of(block, "temp_convs"), strict=True):
        stack = adoption.convolution(module)
        patches.forward(module, on_hidden_states(stack))
        patches.forward(spatial, InChunks(spatial.forward, stack.entrance))
    for spatial, module in zip(layers_of(block, "attentions"), layers_of(block, "temp_attentions"), strict=True):
        adopted = adoption.transformer(module)
        patches.forward(module, on_hidden_states(adopted, in_tuple=True))
        patches.forward(spatial, InChunks(spatial.forward, adopted.entrance))
    for layer in (*layers_of(block, "downsamplers"), *layers_of(block, "upsamplers")):
        patches.forward(layer, InChunks(layer.forward))
