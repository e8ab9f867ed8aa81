"""transformers' own networks out of local folders, for detectors: named classes only, every weight found, no code run.

Owns the checked loading. What a network's answer means is its detector's.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any, cast

import torch

from engine.control.annotators import quiet
from engine.control.torch_file import read_torch_file
from engine.control.weights import PICKLED, tensors_in
from engine.errors import BadModelError
from engine.model_files import check_listed
from engine.models.folder import find_network, read_config

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    from engine.control.weights import WeightStore
    from engine.messages.detectors import DetectorSpec

# What their names come to: attributes of a network that no type of a lazily imported package knows.
Network = Any


def load_network(
    spec: DetectorSpec, weights: WeightStore, classes: tuple[str, ...], processor: str
) -> tuple[Network, Callable[..., Mapping[str, torch.Tensor]]]:
    """The network of a detector's folder, on the CPU and set to evaluate, and what prepares pictures for it.

    Args:
        spec: Whose first weights are a whole folder.
        weights: Where it is looked for.
        classes: Which classes of transformers the folder may name.
        processor: The class of transformers that reads the folder's way of preparing pictures.

    Returns:
        The network, and the processor: takes a picture and `return_tensors`, gives tensors by name.

    Raises:
        BadModelError: Missing, damaged, of another class, or without all weights; the message names the folder.
    """
    folder = weights.find(spec.weights[0], spec.kind)
    check_listed(folder)
    import transformers  # noqa: PLC0415 -- packages are imported when a detector is used

    library = cast("Any", transformers)
    try:
        with quiet(), _silent(library):
            class_name, given = _checked(folder, library, classes)
            network, report = getattr(library, class_name).from_pretrained(
                **given,
                local_files_only=True,
                use_safetensors=True,
                # Else as the folder was saved: of half numbers, for which the prepared pictures are no match.
                dtype=torch.float32,
                output_loading_info=True,
            )
            prepare = getattr(library, processor).from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError, TypeError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise BadModelError(f"{folder} cannot be loaded ({reason}); {spec.weights[0].remedy}") from error
    lacking = sorted((*report["missing_keys"], *(name for name, *_ in report["mismatched_keys"])))
    if lacking:
        # The library would go on with random numbers in their place.
        raise BadModelError(f"{folder} lacks {len(lacking)} weights, first {lacking[0]}; {spec.weights[0].remedy}")
    return network.eval().requires_grad_(requires_grad=False), prepare


def _checked(folder: Path, library: Network, classes: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    """Which class, and what its `from_pretrained` takes: the folder, or tensors read here where they are pickled."""
    pickled = folder / PICKLED
    if (folder / "model.safetensors").is_file() or not pickled.is_file():
        checked = find_network(folder.parent, folder.name, classes)
        return checked.class_name, {"pretrained_model_name_or_path": folder, "variant": checked.variant}
    config = read_config(folder / "config.json")
    named = config.get("architectures")
    class_name = cast("list[object]", named)[0] if isinstance(named, list) and named else None
    if class_name not in classes:
        raise ValueError(f"it is a {str(class_name)[:80]}, not {' or '.join(classes)}")
    made = getattr(library, str(class_name)).config_class.from_dict(config)
    tensors = tensors_in(read_torch_file(pickled))
    return str(class_name), {"pretrained_model_name_or_path": None, "config": made, "state_dict": tensors}


@contextlib.contextmanager
def _silent(library: Network) -> Generator[None]:
    """No reports, which we make ourselves; and no bar, which starts a thread of tqdm's that never ends."""
    told = library.utils.logging
    shown, level = told.is_progress_bar_enabled(), told.get_verbosity()
    told.disable_progress_bar()
    told.set_verbosity(logging.CRITICAL)
    try:
        yield
    finally:
        told.set_verbosity(level)
        if shown:
            told.enable_progress_bar()
