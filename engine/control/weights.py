"""Where the weights of detectors lie, and their tensors.

Owns the places that are searched and the choice of format: safetensors before a torch checkpoint of the same name.
Downloads nothing and never unpickles (engine.control.torch_file).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch

from engine.control.torch_file import read_torch_file
from engine.errors import BadModelError
from engine.models.folder import find_weights
from engine.models.safetensors_check import check_safetensors
from engine.paths import resources_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.control.torch_file import Document
    from engine.messages.detectors import WeightFile

_REVISION = "main"
PICKLED = "pytorch_model.bin"
"""In a repository of transformers, what older ones hold in place of safetensors."""
_COMPUTED = ("relative_position_index",)


class WeightStore:
    """A folder of the user's, and behind it the cache of the Hugging Face hub."""

    def __init__(self, folder: Path, hub_cache: Path | None = None) -> None:
        """`folder` holds files under their own names (`Paths.models / "annotators"`); `hub_cache` is the hub's."""
        self._folder = folder
        self._hub_cache = hub_cache or _default_hub_cache()

    def find(self, wanted: WeightFile, kind: str) -> Path:
        """The file, or the folder of a whole repository; what ships is found where it was installed, and only there.

        Raises:
            BadModelError: It is nowhere; the message says what to put where.
        """
        if wanted.ships:
            place = resources_folder() / "models" / wanted.name
            if not (place / "config.json").is_file():
                raise BadModelError(f"{place} is missing; {wanted.remedy}")
            return place
        candidates = [self._folder / wanted.name]
        if wanted.path:
            candidates.insert(0, (self._folder / wanted.name).with_suffix(".safetensors"))
        snapshot = self._snapshot(wanted.repository)
        if snapshot is not None:
            candidates.append(snapshot / wanted.path if wanted.path else snapshot)
        for candidate in candidates:
            if candidate.is_file() if wanted.path else _is_whole(candidate):
                return candidate
        for candidate in candidates if not wanted.path else ():
            if candidate.is_dir():
                raise BadModelError(f"{kind} wants {wanted.name}, of which {candidate} holds a part; {wanted.remedy}")
        what = wanted.path or "all files"
        raise BadModelError(
            f"{kind} wants {wanted.name}, which is neither at {self._folder / wanted.name} nor in the hub's cache at "
            f"{self._hub_cache}; put it there ({what} of huggingface.co/{wanted.repository})"
        )

    def has(self, wanted: WeightFile, kind: str) -> bool:
        """Whether it is anywhere."""
        try:
            self.find(wanted, kind)
        except BadModelError:
            return False
        return True

    def read(self, wanted: WeightFile, kind: str) -> Document:
        """The dictionary in the file.

        Raises:
            BadModelError: Missing or damaged; the message names the file.
        """
        file = self.find(wanted, kind)
        if file.suffix == ".safetensors":
            check_safetensors(file)
            from safetensors.torch import load_file  # noqa: PLC0415  # pyright: ignore[reportUnknownVariableType]  # PathLike of what

            return {**load_file(file)}
        return read_torch_file(file)

    def load_into(
        self, network: torch.nn.Module, wanted: WeightFile, kind: str, *, under: str = "", flat: bool = False
    ) -> None:
        """Fill a network with the file's tensors, on the CPU, and set it to evaluate.

        Args:
            network: The network; every parameter must be in the file.
            wanted: The file.
            kind: The detector that wants it.
            under: Name of the dictionary inside the file's; files that hold tensors at the top are taken as they are.
            flat: The file's names lack the first component of the network's.

        Raises:
            BadModelError: Missing, damaged, or of another network; the message names the file.
        """
        document = self.read(wanted, kind)
        inner = document.get(under)
        tensors = tensors_in(cast("Document", inner) if isinstance(inner, dict) else document)
        names = network.state_dict()
        if flat:
            tensors = {name: tensors[short] for name in names if (short := name.partition(".")[2]) in tensors}
        # Newer versions of timm compute these tables, older checkpoints hold them.
        tensors = {name: tensor for name, tensor in tensors.items() if name in names or not name.endswith(_COMPUTED)}
        try:
            # Not the network's own method: ZoeDepth's forgives whatever is missing.
            torch.nn.Module.load_state_dict(network, tensors, strict=True)
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:160]
            raise BadModelError(f"{self.find(wanted, kind)} does not fit {kind} ({reason}); {wanted.remedy}") from error
        network.eval().requires_grad_(requires_grad=False)

    def _snapshot(self, repository: str) -> Path | None:
        """The folder in the hub's cache that holds the repository's main revision, else its only one."""
        place = self._hub_cache / f"models--{repository.replace('/', '--')}"
        reference = place / "refs" / _REVISION
        if reference.is_file():
            snapshot = place / "snapshots" / reference.read_text(encoding="utf-8").strip()
            return snapshot if snapshot.is_dir() else None
        found = sorted((place / "snapshots").glob("*"))
        return found[0] if len(found) == 1 else None


def _is_whole(folder: Path) -> bool:
    """Whether a folder of transformers' holds all that loading reads; a download that was cut short leaves less."""
    if not all((folder / name).is_file() for name in ("config.json", "preprocessor_config.json")):
        return False
    try:
        weights = find_weights(folder, "model")
    except BadModelError:
        return (folder / PICKLED).is_file()
    return all(part.is_file() for part in weights)


def tensors_in(document: Mapping[object, object]) -> dict[str, torch.Tensor]:
    """The dictionary's tensors by name, without the prefix that training on several GPUs leaves."""
    return {
        str(name).removeprefix("module."): value for name, value in document.items() if isinstance(value, torch.Tensor)
    }


def _default_hub_cache() -> Path:
    from huggingface_hub.constants import HF_HUB_CACHE  # noqa: PLC0415 -- it reads the environment

    return Path(HF_HUB_CACHE)
