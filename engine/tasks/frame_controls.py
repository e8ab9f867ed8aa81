"""The controls of a take made ready: for each frame of a rank's run its own hint.

Owns the order: adapters and lengths are checked before the first frame is made, hints are made for a rank's own frames,
a chunk at a time: of a movie of any length a few pictures are in memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.adapters import choose_adapter, read_adapter_config
from engine.control.footage import Footage
from engine.control.frame_controls import make_frame_controls
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.control.frame_controls import FrameControls
    from engine.control.hints import Hint
    from engine.messages import VideoRequest
    from engine.tasks.controls import ControlSupply
    from engine.tasks.loading import LoadedVideo


class TakeControls:
    """The controls of one take on one rank."""

    def __init__(
        self,
        request: VideoRequest,
        loaded: LoadedVideo,
        supply: ControlSupply,
        note: Callable[[str], None],
        check_stop: Callable[[], None],
    ) -> None:
        """Choose the adapters and look at the files, without decoding them.

        Args:
            request: A request that the model's spec has checked, of the size that was asked for.
            loaded: The model.
            supply: Where adapters and hints come from.
            note: Told what was done to the files of each control's first frame.
            check_stop: Called between frames; raises JobCancelledError when the job is to end.

        Raises:
            BadInputError: A file is missing, or a sequence is shorter than what it is to act on.
            BadModelError: An adapter is missing, damaged or made for another model.
        """
        layers = [layer for layer in request.controls if layer.enabled and layer.weight]
        self._loaded, self._supply = loaded, supply
        self._note, self._check_stop = note, check_stop
        self._asked = (request.width, request.height)
        self._drawn = loaded.spec.drawn_size(*self._asked)
        self._specs = [choose_adapter(layer, loaded.spec, supply.paths) for layer in layers]
        self._kinds = [layer.kind for layer in layers]
        for spec in self._specs:
            # diffusers' video U-Nets take no features inside their blocks (0.42.1: down_intrablock_additional_residuals
            # is UNet2DConditionModel's alone), and nothing published says whether they belong before or behind the
            # temporal layers. Whatever we added could be compared with nothing.
            if read_adapter_config(Path(spec.folder)).get("_class_name") == "T2IAdapter":
                raise BadInputError(f"{spec.name} is a T2I-Adapter, which videos do not take; choose a ControlNet")
        self._footage = [Footage(layer, request.frames, request.fps) for layer in layers]

    def of_frames(self, frames: Sequence[int]) -> FrameControls:
        """The controls of some frames, by their global ids.

        Raises:
            BadInputError: A file cannot be read, or the size or a kind does not suit an adapter.
            BadModelError: An adapter or a detector cannot be loaded.
        """
        plan = self._loaded.plan
        adapters = [
            self._supply.adapters.fetch(spec, plan.torch_dtype, kind)
            for spec, kind in zip(self._specs, self._kinds, strict=True)
        ]
        _, height, width = self._loaded.model.latent_shape(*self._drawn)
        hints = (self._hints(frame) for frame in frames)
        try:
            return make_frame_controls(adapters, hints, (height, width), plan.torch_device, plan.torch_dtype)
        finally:
            for footage in self._footage:
                footage.close()

    def digests(self) -> dict[str, str]:
        """Of the files that the take is made from, by path; a folder of pictures has one.

        Raises:
            BadInputError: A file cannot be read.
        """
        found: dict[str, str] = {}
        for footage, spec in zip(self._footage, self._specs, strict=True):
            self._check_stop()
            found |= footage.digests() | {f"{spec.folder}/{file.path}": file.sha256 for file in spec.files}
        return found

    def _hints(self, frame: int) -> list[Hint | None]:
        """The hint of each layer; None where it does not act on the frame."""
        made: list[Hint | None] = []
        told: list[str] = []
        for footage in self._footage:
            if frame not in footage.span:
                made.append(None)
                continue
            self._check_stop()
            sources = footage.sources(frame)
            hint = self._supply.hints.make(footage.at(frame), self._drawn, *sources, shape=self._asked)
            made.append(hint)
            told += (*hint.notes, *footage.notes) if frame == footage.span.start else ()
        for text in dict.fromkeys(told):
            self._note(text)
        return made
