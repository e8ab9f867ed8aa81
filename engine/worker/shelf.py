"""What a worker keeps loaded. Owns how many models, and when a changed folder is loaded anew.

Does not own: how many detectors (engine.control.shelf).
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from engine.media.known_pictures import KnownPictures
from engine.model_files import fingerprint
from engine.tasks.loading import LoadedModel, LoadedVideo, load, load_video, video_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.acceleration.plan import ExecutionPlan
    from engine.control.shelf import DetectorShelf
    from engine.messages import ModelSpec
    from engine.model_files import Fingerprint
    from engine.tasks.controls import ControlSupply

_Loaded = TypeVar("_Loaded", LoadedModel, LoadedVideo)


class ModelShelf:
    """The last models used, for one device."""

    def __init__(self, plan: ExecutionPlan, capacity: int = 2) -> None:
        """`plan` is that of pictures; videos get `video_plan` of it."""
        self._plan = plan
        self._capacity = capacity
        self._loaded: OrderedDict[tuple[ModelSpec, type], tuple[Fingerprint, LoadedModel | LoadedVideo]] = OrderedDict()

    def fetch(self, spec: ModelSpec) -> LoadedModel:
        """The loaded model of `spec` for pictures, loading it unless its very files are on the shelf.

        Raises:
            BadModelError: Its folder cannot be used.
        """
        return self._fetch(spec, LoadedModel, lambda: load(spec, self._plan))

    def fetch_video(self, spec: ModelSpec) -> LoadedVideo:
        """The same for videos.

        Raises:
            BadModelError: Its folder cannot be used.
        """
        return self._fetch(spec, LoadedVideo, lambda: load_video(spec, video_plan(self._plan)))

    def _fetch(self, spec: ModelSpec, kind: type[_Loaded], load: Callable[[], _Loaded]) -> _Loaded:
        found_print = fingerprint(Path(spec.folder))
        found = self._loaded.pop((spec, kind), None)
        if found is not None and found[0] == found_print and isinstance(found[1], kind):
            model = found[1]
        else:
            del found  # frees the old weights before the new ones arrive
            while len(self._loaded) >= self._capacity:
                self._loaded.popitem(last=False)
            model = load()
        self._loaded[spec, kind] = (found_print, model)
        return model

    def clear(self) -> None:
        """Drop all models, to give their memory back."""
        self._loaded.clear()


class Shelves:
    """The models, detectors and controls of one worker."""

    def __init__(
        self,
        models: ModelShelf,
        open_detectors: Callable[[], DetectorShelf],
        open_controls: Callable[[Callable[[], DetectorShelf]], ControlSupply],
        pictures: KnownPictures | None = None,
    ) -> None:
        """What opens a shelf is called once, when the first job wants it.

        Args:
            models: The shelf of models.
            open_detectors: Makes the shelf of detectors.
            open_controls: Makes the supply of controls from what gives it the shelf of detectors.
            pictures: What reads the pictures of edits.
        """
        self.models = models
        self.pictures = pictures or KnownPictures()
        self._open_detectors = open_detectors
        self._open_controls = open_controls
        self._detectors: DetectorShelf | None = None
        self._controls: ControlSupply | None = None

    @property
    def detectors(self) -> DetectorShelf:
        """The detectors; their imports come with the first job that wants one, and not with the worker's start."""
        if self._detectors is None:
            self._detectors = self._open_detectors()
        return self._detectors

    @property
    def controls(self) -> ControlSupply:
        """Adapters and hints; their imports, too, come with the first job that wants one."""
        if self._controls is None:
            self._controls = self._open_controls(lambda: self.detectors)
        return self._controls

    def clear(self) -> None:
        """Drop everything loaded, to give its memory back."""
        self.models.clear()
        self.pictures.clear()
        if self._controls is not None:
            self._controls.clear()
        if self._detectors is not None:
            self._detectors.clear()
