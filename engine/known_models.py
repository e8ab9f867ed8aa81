"""Models that the service looks up again and again, for each picture of live mode: read anew only when they changed.

Owns the memory, and what counts as a change. What is read is engine.catalogue's. Never imports torch.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.adapters import read_adapters
from engine.catalogue import find_model
from engine.model_files import fingerprint
from engine.paths import resources_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import ModelSpec
    from engine.model_files import Fingerprint
    from engine.paths import Paths

_CAPACITY = 16
_TICK_NS = 2 * 10**9
"""File systems count time in ticks, the coarsest of 2 s: a file that changes twice in one looks the same."""


@dataclass(frozen=True)
class _Known:
    """A model as it was read; `stamp` is that of its sources before, None where it would not tell the next change."""

    spec: ModelSpec
    adapters: tuple[Path, ...]
    stamp: Fingerprint | None


class KnownModels:
    """Finds models as engine.catalogue.find_model does. May be called in any thread."""

    def __init__(self, paths: Paths, *, now: Callable[[], int] = time.time_ns) -> None:
        """`paths` say where the catalogue is, and `now` the time, as files have it."""
        self._paths = paths
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, name: str) -> ModelSpec:
        """The model of that name, or the diffusers folder at that path, as it is now.

        Raises:
            UnknownModelError: Neither exists.
            BadModelError: The folder is there, but is no model folder we can run.
        """
        with self._guard:
            known = self._known.pop(name, None)
        # Before reading: what changes meanwhile is another stamp the next time.
        began, stamp = self._now(), self._stamp(known) if known else ()
        if known is None or known.stamp != stamp:
            spec = find_model(name, self._paths)
            adapters = tuple(Path(adapter.folder) / "config.json" for adapter in read_adapters(self._paths).values())
            has_moved = known is None or (known.spec.folder, known.adapters) != (spec.folder, adapters)
            is_fresh = any(abs(began - each) < _TICK_NS for *_, content, entry in stamp for each in (content, entry))
            known = _Known(spec, adapters, None if has_moved or is_fresh else stamp)
        with self._guard:
            self._known[name] = known
            while len(self._known) > _CAPACITY:
                self._known.popitem(last=False)
        return known.spec

    def _stamp(self, known: _Known) -> Fingerprint:
        """Sizes and times of change of all that a model was read from."""
        catalogues = (resources_folder() / "models.toml", self._paths.home / "models.toml")
        return (*fingerprint(Path(known.spec.folder)), *(_stamp_of(file) for file in (*catalogues, *known.adapters)))


def _stamp_of(file: Path) -> tuple[str, int, int, int]:
    """Of one file; of one that is not there, or not ours to see, without a size."""
    try:
        stat = file.stat()
    except OSError:
        return str(file), -1, 0, 0
    return str(file), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
