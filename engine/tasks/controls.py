"""The controls of a request made ready for its sampler, once for all pictures of the batch.

Owns the order: choose the adapter, make the map, load the network, join them. Each of these is engine.control's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.adapters import choose_adapter
from engine.control.pixart_controls import make_pixart_controls
from engine.control.token_controls import make_token_controls
from engine.control.unet_adapters import make_controls
from engine.control.z_image_control import make_z_image_control
from engine.models.families.flow_transformer import FlowTransformer
from engine.models.families.pixart import PixArt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.control.adapter_loading import Adapter
    from engine.control.adapter_shelf import AdapterShelf
    from engine.control.hints import Hint, HintStore
    from engine.control.unet_adapters import Control
    from engine.messages import ImageRequest
    from engine.paths import Paths
    from engine.tasks.loading import LoadedModel


@dataclass(frozen=True)
class ControlSupply:
    """What a worker keeps for controls: where adapters are found and loaded, and the hints it has made."""

    paths: Paths
    adapters: AdapterShelf
    hints: HintStore

    def clear(self) -> None:
        """Drop adapters and hints, to give their memory back."""
        self.adapters.clear()
        self.hints.clear()


@dataclass(frozen=True)
class ReadyControls:
    """The controls of one request.

    Attributes:
        controls: For the sampler (engine.tasks.steering).
        digests: Of the files that they were made from, by path.
        notes: What was done to the files, for people.
    """

    controls: tuple[Control, ...] = ()
    digests: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()


def ready_controls(
    request: ImageRequest,
    loaded: LoadedModel,
    supply: ControlSupply | None,
    check_stop: Callable[[], None],
    *,
    cut: Callable[[Hint], Hint] | None = None,
    size: tuple[int, int] | None = None,
) -> ReadyControls:
    """Make the request's layers ready; layers that are off or weigh nothing cost nothing.

    Args:
        request: A request that the model's spec has checked, of the size that was asked for.
        loaded: The model.
        supply: Where adapters and hints come from; needed by a request with a layer that does something.
        check_stop: Called between the layers; raises JobCancelledError when the job is to end.
        cut: Changes each hint before the network sees it: for an edit that shows the model a part of its picture.
        size: That of the hints before `cut`, (width, height); that at which the model draws if left out.

    Raises:
        BadInputError: A file cannot be read, or a kind or the size does not suit an adapter.
        BadModelError: An adapter or a detector is missing, damaged or made for another model.
    """
    layers = [layer for layer in request.controls if layer.enabled and layer.weight]
    if not layers:
        return ReadyControls()
    assert supply is not None, "a worker has a supply of controls"
    # All names before any file: a slip in the last layer costs no detector's run.
    specs = [choose_adapter(layer, loaded.spec, supply.paths) for layer in layers]
    asked = (request.width, request.height)
    drawn = loaded.spec.drawn_size(*asked)
    # What is drawn small is stretched to the size that was asked for, and what controls show is to lie there.
    shape = asked if size is None else None
    pairs: list[tuple[Adapter, Hint]] = []
    digests: dict[str, str] = {}
    notes: list[str] = []
    for layer, spec in zip(layers, specs, strict=True):
        check_stop()
        hint = supply.hints.make(layer, size or drawn, shape=shape)
        digests |= hint.digests | {f"{spec.folder}/{file.path}": file.sha256 for file in spec.files}
        notes.extend(note for note in hint.notes if note not in notes)
        adapter = supply.adapters.fetch(spec, loaded.plan.torch_dtype, layer.kind)
        pairs.append((adapter, hint if cut is None else cut(hint)))
    return ReadyControls(_join(pairs, loaded, drawn), digests, tuple(notes))


def _join(pairs: Sequence[tuple[Adapter, Hint]], loaded: LoadedModel, size: tuple[int, int]) -> tuple[Control, ...]:
    """What the model's family makes of each layer's adapter and hint, for pictures of (width, height)."""
    model, device, dtype = loaded.model, loaded.plan.torch_device, loaded.plan.torch_dtype
    if isinstance(model, PixArt):
        return make_pixart_controls(pairs, model, device, dtype)
    if not isinstance(model, FlowTransformer):
        _, height, width = model.latent_shape(*size)
        return make_controls(pairs, (height, width), device, dtype)
    if loaded.spec.lone_control:
        (pair,) = pairs
        return (make_z_image_control(*pair, model, device, dtype),)
    return make_token_controls(pairs, model, device, dtype)
