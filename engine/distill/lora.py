"""Low-rank adapters of a network's weights, and the file in which diffusers' pipelines take them.

Hu et al., arXiv:2106.09685: a weight W becomes W + up @ down with `rank` rows in between. While attached, the frozen
network computes with the sum; its own code does not change. The file holds the names of PEFT, which
`StableDiffusionPipeline.load_lora_weights` reads, with no scale but that in the matrices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType] - its paths are typed loosely
from torch import nn
from torch.nn.utils import parametrize

from engine.errors import BadModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
FEED_FORWARD = ("proj_in", "proj_out", "ff.net.0.proj", "ff.net.2")
CONVOLUTIONS = ("conv1", "conv2", "conv_shortcut", "conv_in", "conv_out", "downsamplers.0.conv", "upsamplers.0.conv")


class _LowRank(nn.Module):
    """The sum, as a parametrisation of one weight."""

    def __init__(self, weight: Tensor, rank: int, generator: torch.Generator | None) -> None:
        super().__init__()
        out, fan_in = weight.flatten(1).shape
        first = torch.empty(rank, fan_in).normal_(0.0, fan_in**-0.5, generator=generator)
        self.down = nn.Parameter(first.to(weight.device))
        self.up = nn.Parameter(torch.zeros(out, rank, device=weight.device))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + (self.up @ self.down).reshape(weight.shape).to(weight.dtype)


class LowRankAdapter:
    """An adapter attached to a network, whose own weights are frozen from then on."""

    def __init__(
        self,
        network: nn.Module,
        rank: int,
        targets: Sequence[str] = (*ATTENTION, *FEED_FORWARD, *CONVOLUTIONS),
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        """Attach to the layers whose names end in one of `targets`. Nothing changes until it is trained.

        Args:
            network: Any diffusers U-Net, changed in place.
            rank: Rows between each pair of matrices, >= 1.
            targets: Ends of the names of linear and convolution layers.
            generator: From which it begins, on the CPU.

        Raises:
            ValueError: The rank is below 1, or the network has no such layer.
        """
        if rank < 1:
            raise ValueError(f"rank {rank} holds nothing; use at least 1")
        ends = tuple(f".{target}" for target in targets)
        modules = cast("Iterable[tuple[str, nn.Module]]", network.named_modules())
        layers = {
            name: module
            for name, module in modules
            if isinstance(module, (nn.Linear, nn.Conv2d)) and f".{name}".endswith(ends)
        }
        if not layers:
            raise ValueError(f"{type(network).__name__} has no layer whose name ends in {', '.join(targets)}")
        network.requires_grad_(requires_grad=False)
        self._layers = layers
        self._parts: dict[str, _LowRank] = {}
        for name, layer in layers.items():
            self._parts[name] = _LowRank(layer.weight, rank, generator)
            parametrize.register_parametrization(layer, "weight", self._parts[name])

    def parameters(self) -> list[nn.Parameter]:
        """All there is to train."""
        return [weight for part in self._parts.values() for weight in (part.down, part.up)]

    @torch.no_grad()
    def state(self) -> dict[str, Tensor]:
        """The matrices under PEFT's names: A (rank, in, ...) and B (out, rank, ...) as its layers hold them."""
        tensors: dict[str, Tensor] = {}
        for name, layer in self._layers.items():
            part, shape = self._parts[name], layer.weight.shape
            tensors[f"unet.{name}.lora_A.weight"] = part.down.reshape(-1, *shape[1:]).detach().clone()
            tensors[f"unet.{name}.lora_B.weight"] = part.up.reshape(*part.up.shape, *[1] * (len(shape) - 2)).clone()
        return tensors

    @torch.no_grad()
    def load_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Take over what `state` gave.

        Raises:
            BadModelError: They are those of another network or rank.
        """
        own = self.state()
        if unfit := sorted(name for name in own.keys() | tensors.keys() if not _same_shape(own, tensors, name)):
            raise BadModelError(
                f"{unfit[0]} does not fit this network; attach the adapter with the rank it was made with"
            )
        for name, part in self._parts.items():
            part.down.copy_(tensors[f"unet.{name}.lora_A.weight"].reshape(part.down.shape))
            part.up.copy_(tensors[f"unet.{name}.lora_B.weight"].reshape(part.up.shape))

    def save(self, file: Path) -> None:
        """Write the adapter as a file for `load_lora_weights`."""
        save_file({name: tensor.contiguous() for name, tensor in self.state().items()}, file)

    def load(self, file: Path) -> None:
        """Read such a file.

        Raises:
            BadModelError: It cannot be read, or is that of another network or rank.
        """
        try:
            tensors = load_file(file)
        except Exception as error:  # safetensors raises classes of its own, which are not exported
            raise BadModelError(f"{file} is no readable adapter ({str(error)[:120]}); make or get it again") from error
        self.load_state(tensors)

    def merge(self) -> None:
        """End the attachment; the network keeps the sums as its weights."""
        for layer in self._layers.values():
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)


def _same_shape(one: Mapping[str, Tensor], other: Mapping[str, Tensor], name: str) -> bool:
    return name in one and name in other and one[name].shape == other[name].shape
