"""ControlNet for PixArt: copies of the model's first blocks beside them, each joined by a layer that begins at zero.

Owns the network and its files; diffusers has none. What it does in a request is engine.control.pixart_controls'.
Source: Chen et al., PixArt-delta, arXiv:2401.05252, section 4 ("ControlNet-Transformer").

A folder holds two files, in the layout of published ones:

    config.json                            _class_name "PixArtControlNetAdapterModel", num_layers (13), and where the
                                           model is not of PixArt's usual size: num_attention_heads (16),
                                           attention_head_dim (72), cross_attention_dim (1152)
    diffusion_pytorch_model.safetensors    controlnet_blocks.N.transformer_block.*  a copy of the model's block N
                                           controlnet_blocks.N.after_proj.*         joins it behind the model's block N
                                           controlnet_blocks.0.before_proj.*        takes the map in
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]
from torch import Tensor, nn

from engine.errors import BadModelError
from engine.models.families.pixart_transformer import run_block
from engine.models.stock import read_weights, stock_class

if TYPE_CHECKING:
    from engine.models.families.pixart_transformer import Begun, PixArtTransformer
    from engine.models.folder import Component

CLASS_NAME = "PixArtControlNetAdapterModel"
_BLOCK = "BasicTransformerBlock"
SIZES: Mapping[str, int] = {
    "num_layers": 13, "num_attention_heads": 16, "attention_head_dim": 72, "cross_attention_dim": 1152,
}  # fmt: skip


class PixArtControlNet(nn.Module):
    """The network; a new one changes nothing until it is trained."""

    def __init__(self, **sizes: int) -> None:
        """`sizes` are those of SIZES that differ, named as in config.json; `num_layers` blocks are copied."""
        super().__init__()
        self.sizes = {**SIZES, **sizes}
        self.controlnet_blocks = nn.ModuleList(_Block(self.sizes, index) for index in range(self.sizes["num_layers"]))

    @staticmethod
    def from_transformer(transformer: PixArtTransformer, layers: int = SIZES["num_layers"]) -> PixArtControlNet:
        """A new one for `transformer`, whose first `layers` blocks it copies.

        Raises:
            ValueError: There are not so many blocks before the last.
        """
        if not 1 <= layers < len(transformer.blocks):
            raise ValueError(f"{layers} blocks of {len(transformer.blocks)} cannot be copied; leave the last out")
        config = cast("Mapping[str, int]", transformer.network.config)
        network = PixArtControlNet(num_layers=layers, **{key: config[key] for key in SIZES if key != "num_layers"})
        for own, copied in zip(network.blocks, transformer.blocks, strict=False):
            own.transformer_block.load_state_dict(copied.state_dict())
        return network

    @staticmethod
    def load(component: Component, dtype: torch.dtype) -> PixArtControlNet:
        """That of a checked folder, on the CPU and in evaluation mode.

        Raises:
            BadModelError: A size or a weight is missing or wrong.
        """
        sizes = {key: component.config.get(key, default) for key, default in SIZES.items()}
        if any(type(size) is not int or not 1 <= size <= 100_000 for size in sizes.values()):
            raise BadModelError(f"{component.folder / 'config.json'}: {', '.join(SIZES)}; get the adapter again")
        stock_class(_BLOCK)  # not first imported where tensors have no content
        # The weights come from the file: random ones would take longer than reading it.
        with torch.device("meta"):
            network = PixArtControlNet(**cast("dict[str, int]", sizes))
        weights = {name: weight.to(dtype) for name, weight in read_weights(component).items()}
        for name, wanted in network.state_dict().items():
            found = weights.get(name)
            if found is None or found.shape != wanted.shape:
                what = "is missing" if found is None else f"has the shape {tuple(found.shape)}"
                raise BadModelError(f"{component.weights[0]}: weight {name} {what}; get the adapter again")
        network.load_state_dict({name: weights[name] for name in network.state_dict()}, assign=True)
        return network.eval().requires_grad_(requires_grad=False)

    def save(self, folder: Path) -> None:
        """Write it to `folder`, which is made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: weight.contiguous() for name, weight in self.state_dict().items()}
        save_file(weights, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
        document = {"_class_name": CLASS_NAME, **self.sizes}
        (folder / "config.json").write_text(json.dumps(document, indent=2), encoding="utf-8")

    def forward(self, hidden: Tensor, hint: Tensor, begun: Begun) -> list[Tensor]:
        """What it adds behind the model's first blocks, one tensor (B, tokens, channels) for each of its own.

        Args:
            hidden: Behind the model's first block, (B, tokens, channels).
            hint: Tokens of the map's latents, likewise.
            begun: What the model's blocks are told.
        """
        state = hidden + cast("Tensor", self.before_proj(hint))
        residuals: list[Tensor] = []
        for block in self.blocks:
            state = run_block(block.transformer_block, state, begun)
            residuals.append(cast("Tensor", block.after_proj(state)))
        return residuals

    @property
    def blocks(self) -> Sequence[_Block]:
        """In order."""
        return cast("Sequence[_Block]", self.controlnet_blocks)

    @property
    def before_proj(self) -> nn.Module:
        """Takes the map in."""
        return cast("nn.Module", self.blocks[0].before_proj)


class _Block(nn.Module):
    def __init__(self, sizes: Mapping[str, int], index: int) -> None:
        super().__init__()
        heads, channels_of_head = sizes["num_attention_heads"], sizes["attention_head_dim"]
        width = heads * channels_of_head
        if index == 0:
            self.before_proj = _zero(nn.Linear(width, width))
        self.transformer_block = cast("Callable[..., nn.Module]", stock_class(_BLOCK))(
            width,
            heads,
            channels_of_head,
            cross_attention_dim=sizes["cross_attention_dim"],
            activation_fn="gelu-approximate",
            num_embeds_ada_norm=1000,
            attention_bias=True,
            norm_type="ada_norm_single",
            norm_elementwise_affine=False,
            norm_eps=1e-6,
        )
        self.after_proj = _zero(nn.Linear(width, width))


def _zero(layer: nn.Linear) -> nn.Linear:
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
