"""The models that a worker keeps loaded. Owns how many, and when a changed folder is loaded anew."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from engine.tasks.loading import load

if TYPE_CHECKING:
    from engine.acceleration.plan import ExecutionPlan
    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel

# What identifies a folder's content cheaply: each file's path, size and time of change.
_Fingerprint = tuple[tuple[str, int, int], ...]


class ModelShelf:
    """The last models used, for one plan."""

    def __init__(self, plan: ExecutionPlan, capacity: int = 2) -> None:
        self._plan = plan
        self._capacity = capacity
        self._loaded: OrderedDict[ModelSpec, tuple[_Fingerprint, LoadedModel]] = OrderedDict()

    def fetch(self, spec: ModelSpec) -> LoadedModel:
        """The loaded model of `spec`, loading it unless its very files are on the shelf.

        Raises:
            BadModelError: Its folder cannot be used.
        """
        fingerprint = _fingerprint(Path(spec.folder))
        found = self._loaded.pop(spec, None)
        if found is None or found[0] != fingerprint:
            found = None  # frees the old weights before the new ones arrive
            while len(self._loaded) >= self._capacity:
                self._loaded.popitem(last=False)
            found = (fingerprint, load(spec, self._plan))
        self._loaded[spec] = found
        return found[1]

    def clear(self) -> None:
        """Drop all models, to give their memory back."""
        self._loaded.clear()


def _fingerprint(folder: Path) -> _Fingerprint:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    stats = ((str(file.relative_to(folder)), file.stat()) for file in files)
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
