"""Owns Papercut's DivControl while it learns: layers held as factors, the gate before them, the alignment beside them.

What a kind's layer computes is what engine.control.divcontrol mixes once; here each row of a batch has its own kind, so
a layer runs its components one by one: right factor, each component's strength for the row, left factor.
Source: DivControl, arXiv:2507.23620; alignment, REPA, arXiv:2410.06940.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] - its paths are typed loosely
from torch import Tensor, nn
from torch.nn import functional

from engine.control.divcontrol import CLASS_NAME, TABLE, Gate, embed_words, factorise, tailor_of_component
from papercut.autoencoder import fold_encoder, load_autoencoder
from papercut.control import begin, make_adapter
from papercut.layout import LATENT_CHANNELS
from papercut.stream import to_signal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from diffusers.models.controlnets.controlnet import ControlNetModel
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

INSTRUCTIONS = {
    "canny": "thin edge lines to picture",
    "scribble": "thick hand drawn lines to picture",
    "depth": "grey surface map to picture",
    "segment": "coloured class map to picture",
    "lineart_standard": "thin grey drawn lines to picture",
    "normal": "coloured surface map to picture",
}
"""What the gate reads. The last two kinds are never trained on: they are said in words that the others share."""
TAILORS = 48
ACTIVE = 24
"""Half of them, as in the paper. A tailor has one to three components of each weight, by the weight's rank."""
MIXED = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
"""Layers of the copied blocks whose weights are mixed, the paper's. With the convolutions among them the error of a
step was a tenth larger after 30 steps of 8 rows (0.36 and, with 2.5 times the learning rate, 0.35 to 0.33)."""
ALIGNMENT_WEIGHT = 0.05
_PATCHES = 2
"""Patches of E along a side of the middle layer's cell."""


class _Pair(nn.Module):
    """The two factors of a matrix."""

    def __init__(self, left: Tensor, right: Tensor) -> None:
        super().__init__()
        self.left, self.right = nn.Parameter(left), nn.Parameter(right)


class _Matrix(nn.Module):
    """A weight as factors, named as in the folder."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        factors = factorise(weight)
        self.genes = _Pair(factors.genes_left, factors.genes_right)
        self.tailors = _Pair(factors.tailors_left, factors.tailors_right)


class Strengths:
    """Those of the rows at hand, (B, tailors), which all layers share."""

    def __init__(self) -> None:
        self.rows = torch.ones(1, TAILORS)


class Divided(nn.Module):
    """A linear layer or convolution of factors."""

    def __init__(self, layer: nn.Linear | nn.Conv2d, strengths: Strengths) -> None:
        super().__init__()
        self.weight, self.bias = _Matrix(layer.weight.detach()), layer.bias
        self._kernel = tuple(layer.weight.shape[2:])
        self._stride = layer.stride if isinstance(layer, nn.Conv2d) else (1, 1)
        self._padding = cast("tuple[int, int]", layer.padding) if isinstance(layer, nn.Conv2d) else (0, 0)
        self._strengths = strengths

    def forward(self, hidden: Tensor) -> Tensor:
        """The layer's answer, each row with its own strengths."""
        genes, tailors = self.weight.genes, self.weight.tailors
        right, left = torch.cat([genes.right, tailors.right]), torch.cat([genes.left, tailors.left], 1)
        rows = self._strengths.rows
        each = rows[:, tailor_of_component(len(tailors.right), rows.shape[1])]
        factor = torch.cat([each.new_ones(len(each), len(genes.right)), each], 1)
        if not self._kernel:
            return functional.linear(functional.linear(hidden, right) * factor[:, None], left, self.bias)
        inner = hidden.shape[1]
        parts = functional.conv2d(
            hidden, right.reshape(-1, inner, *self._kernel), stride=self._stride, padding=self._padding
        )
        return functional.conv2d(parts * factor[:, :, None, None], left[:, :, None, None], self.bias)


class DividedControl(nn.Module):
    """A ControlNetModel whose chosen layers are divided, with their gate; called as the stock network is.

    `choose` says the rows' kinds beforehand.
    """

    def __init__(self, adapter: ControlNetModel) -> None:
        super().__init__()
        self._strengths = Strengths()
        layers = cast("list[tuple[str, nn.Module]]", list(nn.Module.named_modules(adapter)))  # pyright: ignore[reportUnknownArgumentType]
        for name, layer in layers:
            if name.startswith(("down_blocks.", "mid_block.")) and name.endswith(MIXED):
                assert isinstance(layer, (nn.Linear, nn.Conv2d))
                parent, _, own = name.rpartition(".")
                setattr(adapter.get_submodule(parent), own, Divided(layer, self._strengths))
        self.adapter, self.gate = adapter, Gate(TAILORS, ACTIVE)
        self._words = {kind: embed_words(words) for kind, words in INSTRUCTIONS.items()}
        self.seen: Tensor | None = None
        adapter.get_submodule("down_blocks.1.attentions.0").register_forward_hook(self._watch)

    def choose(self, kinds: Sequence[str]) -> None:
        """Mix for these kinds of the rows to come."""
        words = torch.stack([self._words[kind] for kind in kinds])
        device = next(self.parameters()).device
        self._strengths.rows = self.gate.strengths(words.to(device))

    def forward(self, *inputs: object, **options: object) -> object:
        """The adapter's answer."""
        return self.adapter(*inputs, **options)

    def _watch(self, _module: nn.Module, _inputs: object, output: tuple[Tensor]) -> None:
        self.seen = output[0]


def make_divided(unet: UNet2DConditionModel, maps: Tensor) -> DividedControl:
    """One over the denoiser's first half, begun as the stock adapter is (papercut.control.begin)."""
    adapter = make_adapter(unet)
    begin(adapter, maps)
    return DividedControl(adapter)


class Alignment(nn.Module):
    """How far the middle layer's cells tell what E sees in the map: E's patches are those of Papercut's autoencoder.

    The paper aligns with DINOv2's patches of the map; ours is the encoder there is, a principal-component analysis of
    16 x 16 pixels.
    """

    def __init__(self, work: Path, width: int) -> None:
        super().__init__()
        with torch.no_grad():
            self._encoder = [fold_encoder(load_autoencoder(work))]  # in a list: no part of what is trained
        told = LATENT_CHANNELS * _PATCHES**2
        self.reader = nn.Sequential(nn.Linear(width, 256), nn.SiLU(), nn.Linear(256, told))

    def forward(self, seen: Tensor, maps: Tensor) -> Tensor:
        """One less the mean cosine, for cells (B, C, h, w) and maps (B, 3, H, W) in 0..1."""
        with torch.no_grad():
            encoder = self._encoder[0].to(maps.device)
            patches = functional.pixel_unshuffle(encoder(to_signal(255 * maps)), _PATCHES)
        told = cast("Tensor", self.reader(seen.permute(0, 2, 3, 1)))
        return 1 - functional.cosine_similarity(told, patches.permute(0, 2, 3, 1), dim=-1).mean()


def write_folder(state: Mapping[str, Tensor], config: Mapping[str, object], folder: Path, kinds: Sequence[str]) -> None:
    """Write a trained state as a folder that the engine loads, in half precision.

    Args:
        state: Of a DividedControl.
        config: Of its ControlNetModel.
        folder: Made if it is not there.
        kinds: That it names, each with its instruction.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name.removeprefix("adapter."): value.half().contiguous() for name, value in state.items()}
    save_file(weights, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    table = {"kinds": {kind: INSTRUCTIONS[kind] for kind in kinds}, "tailors": TAILORS, "active": ACTIVE}
    plain = {name: value for name, value in config.items() if not name.startswith("_")}
    document = {"_class_name": CLASS_NAME, **plain, TABLE: table}
    (folder / "config.json").write_text(json.dumps(document, indent=2) + "\n")
