"""Adapters from plain diffusers folders, checked before any library reads them.

Owns what a loaded adapter is. That it fits the model is engine.adapters' to say; what it does in a step is
engine.control.unet_adapters'.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import torch
from torch import nn

from engine.adapters import ADAPTER_CLASSES, read_adapter_config
from engine.control.divcontrol import CLASS_NAME as DIVCONTROL_CLASS
from engine.control.divcontrol import load_divcontrol
from engine.control.pixart_controlnet import CLASS_NAME as PIXART_CLASS
from engine.control.pixart_controlnet import PixArtControlNet
from engine.errors import BadModelError
from engine.model_files import check_files
from engine.models.folder import find_network, refuse_code
from engine.models.stock import load_placed, place_network
from engine.token_adapters import TOKEN_CONTROLNETS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.messages import AdapterSpec

_CHANNEL_ORDERS = ("rgb", "bgr")


class _Configured(Protocol):
    """The part of diffusers' ConfigMixin that is used here."""

    controlnet_cond_embedding: nn.Module
    input_hint_block: nn.Module | None

    def register_to_config(self, **changes: object) -> None:
        """Change the network's configuration."""
        ...


@dataclass(frozen=True)
class Adapter:
    """A loaded adapter.

    Attributes:
        spec: Where it comes from.
        class_name: The diffusers class of `network`.
        config: Its configuration file.
        network: The network. That of a ControlNet takes embedded hints instead of pictures.
        embed: A ControlNet's embedding of pictures, run once per hint instead of once per step; None for others, among
            them those that take pictures as latents.
    """

    spec: AdapterSpec
    class_name: str
    config: Mapping[str, object]
    network: nn.Module
    embed: nn.Module | None

    @property
    def is_bgr(self) -> bool:
        """Whether its maps have blue first."""
        return self.config.get("controlnet_conditioning_channel_order") == "bgr"

    @property
    def is_pooled(self) -> bool:
        """Whether its residuals are averaged over the picture: content, not form."""
        return self.config.get("global_pool_conditions") is True


def load_adapter(
    spec: AdapterSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool, kind: str = ""
) -> Adapter:
    """Check the adapter's folder, then load it; a DivControl for the maps of one `kind`.

    Raises:
        BadInputError: A DivControl knows no such kind.
        BadModelError: A file is missing, damaged, altered, unsafe or foreign; the message names it.
    """
    folder = Path(spec.folder)
    read_adapter_config(folder)
    refuse_code(folder)
    check_files(spec)
    component = find_network(folder.parent, folder.name, ADAPTER_CLASSES)
    if component.class_name == PIXART_CLASS:
        return Adapter(
            spec, component.class_name, component.config, PixArtControlNet.load(component, dtype).to(device), None
        )
    order = component.config.get("controlnet_conditioning_channel_order", "rgb")
    if order not in _CHANNEL_ORDERS:
        raise BadModelError(f"{folder / 'config.json'}: channel order {str(order)[:20]!r} is unknown; use rgb or bgr")
    if component.class_name == DIVCONTROL_CLASS:
        network = place_network(load_divcontrol(component, kind, dtype), device, channels_last=channels_last)
    else:
        network = load_placed(component, device, dtype, channels_last=channels_last)
    embed = _take_embedding(component.class_name, cast("_Configured", network))
    return Adapter(spec, component.class_name, component.config, network, embed)


def _take_embedding(class_name: str, network: _Configured) -> nn.Module | None:
    """Take the embedding out of a ControlNet, and with it what the network does to pictures and to its output.

    Order of colours and pooling would otherwise be applied to the embedded hint, and before the region mask.
    """
    if class_name in TOKEN_CONTROLNETS:
        hint_block = network.input_hint_block if class_name == "FluxControlNetModel" else None
        network.input_hint_block = None
        return hint_block
    if class_name == "T2IAdapter":
        return None
    embed = network.controlnet_cond_embedding
    network.controlnet_cond_embedding = nn.Identity()
    network.register_to_config(controlnet_conditioning_channel_order="rgb", global_pool_conditions=False)
    return embed
