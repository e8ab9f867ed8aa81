"""The adapters that a worker keeps loaded. Owns how many, and when a changed folder is loaded anew."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from engine.adapters import read_adapter_config
from engine.control.adapter_loading import load_adapter
from engine.control.divcontrol import CLASS_NAME as DIVCONTROL_CLASS
from engine.model_files import fingerprint

if TYPE_CHECKING:
    import torch

    from engine.control.adapter_loading import Adapter
    from engine.messages import AdapterSpec
    from engine.model_files import Fingerprint


class AdapterShelf:
    """The last adapters used, for one device."""

    def __init__(self, device: torch.device, *, channels_last: bool, capacity: int = 4) -> None:
        """`capacity` bounds what is kept between requests; those of one request are all loaded at once."""
        self._device, self._channels_last = device, channels_last
        self._capacity = capacity
        self._loaded: OrderedDict[tuple[AdapterSpec, torch.dtype, str], tuple[Fingerprint, Adapter]] = OrderedDict()

    def fetch(self, spec: AdapterSpec, dtype: torch.dtype, kind: str = "") -> Adapter:
        """The adapter of `spec` in the number format `dtype`, loading it unless its very files are on the shelf.

        A DivControl is a network of its own for each `kind` of map; to others the kind is nothing.

        Raises:
            BadInputError: A DivControl knows no such kind.
            BadModelError: Its folder cannot be used; the message names the file.
        """
        found_print = fingerprint(Path(spec.folder))
        is_mixed = read_adapter_config(Path(spec.folder)).get("_class_name") == DIVCONTROL_CLASS
        key = (spec, dtype, kind if is_mixed else "")
        found = self._loaded.pop(key, None)
        if found is not None and found[0] == found_print:
            adapter = found[1]
        else:
            del found  # frees the old weights before the new ones arrive
            while len(self._loaded) >= self._capacity:
                self._loaded.popitem(last=False)
            adapter = load_adapter(spec, self._device, dtype, channels_last=self._channels_last, kind=kind)
        self._loaded[key] = (found_print, adapter)
        return adapter

    def clear(self) -> None:
        """Drop all adapters, to give their memory back."""
        self._loaded.clear()
