"""Taking over the temporal layers of a diffusers model, after checking that they are what we know how to replace.

Owns: the list of what we rely on in diffusers 0.42.1, by attribute names, so that an upgrade that changes a layer
fails here with its name and not in the picture. Does not own: where these layers sit in a model (engine.models).

Relied upon:
    temporal transformers: norm (GroupNorm over all frames), proj_in, transformer_blocks, proj_out, residual
    their blocks: norm1, pos_embed.pe added before both attentions, attn1, norm2, attn2 (self-attention), norm3, ff
    attention: to_q, to_k, to_v, to_out[projection, dropout], heads; no norm, scale or residual of its own
    temporal convolutions: conv1 to conv4, each (GroupNorm over all frames, pointwise layers, Conv3d (k, 1, 1))
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from engine.errors import BadModelError
from engine.parallel.convolution import Stage, TemporalConvolution, stack_depth
from engine.parallel.exchange import Exchange
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.plan import plan_pieces
from engine.parallel.scopes import Blocks, Full, Halo, Scope, check_scope
from engine.parallel.transformer import Block, TemporalTransformer, Transformer

CONVOLUTIONS = ("conv1", "conv2", "conv3", "conv4")
PLAIN_ATTENTION: dict[str, object] = {
    "group_norm": None,
    "spatial_norm": None,
    "norm_q": None,
    "norm_k": None,
    "norm_cross": None,
    "residual_connection": False,
    "rescale_output_factor": 1.0,
    "upcast_attention": False,
    "fused_projections": False,
    "is_cross_attention": False,
}


class Adoption:
    """Makes the replacements of a model's temporal layers; they share their exchanges."""

    def __init__(self, mesh: Mesh, partition: Partition, scope: Scope, device: torch.device) -> None:
        """Plan for one mesh, partition and scope; `device` is the one that the model computes on."""
        self.scope = scope
        self._mesh = mesh
        self._partition = partition
        self._context = Exchange(mesh, partition, scope, "attention")
        self._norms = Exchange(mesh, partition, Full(), "norm")
        self._plans = plan_pieces(scope, self._context, device)
        self._halos: dict[int, Exchange] = {}

    @property
    def run(self) -> range:
        """The frames of this rank."""
        return self._partition.runs[self._mesh.rank]

    def transformer(self, module: nn.Module) -> TemporalTransformer:
        """The replacement of a temporal transformer.

        Raises:
            BadModelError: It is not built as we expect.
            ValueError: The scope takes more positions than the module has.
        """
        blocks = check_transformer(module)
        positions = [_positions(block) for block in blocks]
        for table in positions:
            check_scope(self.scope, self._partition.shots, None if table is None else table.shape[0])
        known = [cast("Block", cast("object", block)) for block in blocks]
        layers = cast("Transformer", cast("object", module))
        return TemporalTransformer(
            layers, known, positions, plans=self._plans, context=self._context, norms=self._norms
        )

    def convolution(self, module: nn.Module) -> TemporalConvolution:
        """The replacement of a stack of temporal convolutions.

        Raises:
            BadModelError: It is not built as we expect.
        """
        stages = convolution_stages(module)
        depth = stack_depth(stages)
        if depth not in self._halos:
            self._halos[depth] = Exchange(self._mesh, self._partition, Halo(depth), "convolution")
        return TemporalConvolution(stages, self._halos[depth], self._norms)


def check_transformer(module: nn.Module) -> list[nn.Module]:
    """The blocks of a temporal transformer, or BadModelError if something about it is not as expected."""
    _expect_children(module, {"norm", "proj_in", "transformer_blocks", "proj_out"})
    _expect_group_norm(module, module.norm)
    blocks = list(cast("nn.ModuleList", module.transformer_blocks))
    for block in blocks:
        expected = {"norm1", "attn1", "norm3", "ff"}
        optional = {"norm2", "attn2", "pos_embed"}
        _expect_children(block, expected, optional)
        if getattr(block, "norm_type", None) != "layer_norm":
            raise _unknown(block, f"its norm_type is {getattr(block, 'norm_type', None)!r}")
        for name in ("attn1", "attn2"):
            if getattr(block, name, None) is not None:
                _expect_plain_attention(cast("nn.Module", getattr(block, name)))
    return blocks


def exchanges_of(module: nn.Module, scope: Scope) -> int:
    """Exchanges of hidden states in one forward of a temporal transformer."""
    blocks = check_transformer(module)
    return sum(1 if isinstance(scope, Blocks) or getattr(block, "attn2", None) is None else 2 for block in blocks)


def convolution_stages(module: nn.Module) -> list[Stage]:
    """The stages of a stack of temporal convolutions, or BadModelError if something about it is not as expected."""
    _expect_children(module, set(CONVOLUTIONS))
    stages: list[Stage] = []
    for name in CONVOLUTIONS:
        norm, *pointwise, convolution = cast("Iterable[nn.Module]", getattr(module, name))
        norm = _expect_group_norm(module, norm)
        if not isinstance(convolution, nn.Conv3d):
            raise _unknown(module, f"{name} does not end in a Conv3d")
        size = convolution.kernel_size
        if (
            size[0] % 2 == 0
            or size[1:] != (1, 1)
            or convolution.padding != (size[0] // 2, 0, 0)
            or (*convolution.stride, *convolution.dilation, convolution.groups) != (1,) * 7
        ):
            raise _unknown(module, f"{name} is {convolution}")
        stages.append(Stage(norm, tuple(pointwise), convolution))
    return stages


def _positions(block: nn.Module) -> Tensor | None:
    embedding = getattr(block, "pos_embed", None)
    if embedding is None:
        return None
    table = getattr(embedding, "pe", None)
    if not isinstance(table, Tensor) or table.ndim != 3 or table.shape[0] != 1:
        raise _unknown(block, "its pos_embed has no table `pe` of (1, positions, channels)")
    return table[0]


def _expect_children(module: nn.Module, expected: set[str], optional: set[str] | None = None) -> None:
    names = {name for name, _ in module.named_children()}
    if not expected <= names <= expected | (optional or set()):
        raise _unknown(module, f"it is made of {', '.join(sorted(names))}")


def _expect_group_norm(owner: nn.Module, norm: object) -> nn.GroupNorm:
    if not isinstance(norm, nn.GroupNorm):
        raise _unknown(owner, f"its norm is a {type(norm).__name__}")
    return norm


def _expect_plain_attention(attention: nn.Module) -> None:
    for name, value in PLAIN_ATTENTION.items():
        if getattr(attention, name, "missing") != value:
            raise _unknown(attention, f"its {name} is {getattr(attention, name, 'missing')!r}")
    _expect_children(attention, {"to_q", "to_k", "to_v", "to_out"})
    if len(cast("nn.ModuleList", attention.to_out)) != 2:
        raise _unknown(attention, "its to_out is not a projection and a dropout")


def _unknown(module: nn.Module, what: str) -> BadModelError:
    return BadModelError(
        f"{type(module).__name__} cannot be spread over frames: {what}; "
        f"use a stock model of diffusers 0.42 without FreeNoise, fused projections or split inference"
    )
