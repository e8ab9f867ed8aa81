"""The take that player and timeline show: which frames it has, who makes them, and their pictures.

It follows one job of the job model. Pixels come from previews or, through `take_frames`, from the Clip on disk.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.pictures import SIDES, decode_bytes
from app.take_frames import frames_ahead
from engine.messages import JobState

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from app.background import Background, Problem
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.take_frames import FrameCache
    from engine.messages import Preview, VideoRequest

KEPT_PREVIEWS = 384


class FrameState(Enum):
    """How far a frame is."""

    VACANT = "vacant"
    PREVIEW = "preview"
    READY = "ready"


class Take(QObject):
    """Shows nothing until `show_job`; then it follows that job to its end."""

    changed = Signal()
    """Another job, or its state, devices or progress."""
    frames_changed = Signal(int, int)
    """Pictures of these frames, from and up to, are new."""

    def __init__(
        self, jobs: JobModel, cache: FrameCache, background: Background, takes: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._cache = cache
        self._background = background
        self._takes = takes
        self._key = ""
        self._previews: OrderedDict[int, tuple[Preview, QImage]] = OrderedDict()
        jobs.candidate_arrived.connect(self._take_preview)
        jobs.frames_arrived.connect(self._take_frames)
        jobs.job_changed.connect(self._take_change)
        jobs.job_named.connect(self._take_name)
        cache.loaded.connect(self._take_loaded)

    @property
    def key(self) -> str:
        """The job's key; empty when there is none."""
        return self._key

    @property
    def record(self) -> JobRecord | None:
        return self._jobs.record(self._key) if self._key else None

    @property
    def request(self) -> VideoRequest | None:
        record = self.record
        return record.video if record is not None else None

    @property
    def length(self) -> int:
        """Frames; 0 without a take."""
        return self.request.frames if self.request is not None else 0

    @property
    def is_done(self) -> bool:
        record = self.record
        return record is not None and record.state is JobState.DONE

    def show_job(self, key: str) -> None:
        """Follow this job, if it is a take."""
        record = self._jobs.record(key)
        if key == self._key or record is None or record.video is None:
            return
        self._key = key
        self._previews.clear()
        self.changed.emit()
        self.frames_changed.emit(0, self.length)
        if record.state is JobState.FAILED or not (record.is_live or record.state.is_final):
            # It failed, or it began before this window: what was reported then is looked up on the disk.
            frames = range(self.length)
            self._background.run(partial(_whole_frames, self._takes, key, frames), partial(self._take_found, key))

    def state(self, frame: int) -> FrameState:
        """How far a frame is."""
        record = self.record
        if record is None:
            return FrameState.VACANT
        if self.is_done or frame in record.take.ready:
            return FrameState.READY
        return FrameState.PREVIEW if frame in record.candidates else FrameState.VACANT

    def is_ready(self, frame: int) -> bool:
        """Whether a frame is in the Clip."""
        return self.state(frame) is FrameState.READY

    def is_there(self, frame: int) -> bool:
        """Whether a frame can be shown at all."""
        return self.state(frame) is not FrameState.VACANT

    def is_read(self, frame: int) -> bool:
        """Whether a frame can be shown at once; if not, it is being read. Reads ahead."""
        request = self.request
        if request is not None:
            following = range(frame, min(frame + frames_ahead(request.width, request.height), self.length))
            ready = [ahead for ahead in following if self.state(ahead) is FrameState.READY]
            self._cache.read_ahead(self._key, ready, SIDES[-1])
        return self.state(frame) is not FrameState.READY or self._cache.held(self._key, frame, SIDES[-1])

    def maker(self, frame: int) -> str:
        """The device that makes a frame; empty where none has said so."""
        record = self.record
        return record.take.makers.get(frame, "") if record is not None else ""

    def survey(self, frames: range) -> list[tuple[str, FrameState]]:
        """Maker and state of each of these frames: what `maker` and `state` say one by one, for who paints them all."""
        record = self.record
        if record is None:
            return [("", FrameState.VACANT)] * len(frames)
        makers, previews, ready = record.take.makers, record.candidates, record.take.ready
        if self.is_done:
            return [(makers.get(frame, ""), FrameState.READY) for frame in frames]
        return [
            (
                makers.get(frame, ""),
                FrameState.READY if frame in ready else FrameState.PREVIEW if frame in previews else FrameState.VACANT,
            )
            for frame in frames
        ]

    def devices(self) -> list[str]:
        """All devices of the take, in the order of their ranks."""
        record = self.record
        if record is None:
            return []
        named = [*record.info.devices, *sorted(record.take.ranks), *sorted(set(record.take.makers.values()))]
        return list(dict.fromkeys(named))

    def picture(self, frame: int) -> QImage | None:
        """A frame in full size; None while it is being read or when it is not in the Clip."""
        if self.state(frame) is not FrameState.READY:
            return None
        image = self._cache.get(self._key, frame, SIDES[-1])
        return image if image is not None and not image.isNull() else None

    def thumbnail(self, frame: int, side: int) -> QImage | None:
        """A frame small: its preview at once, else from the Clip; None while there is neither."""
        image = self.preview(frame)
        if image is not None:
            return image
        if self.state(frame) is not FrameState.READY:
            return None
        image = self._cache.get(self._key, frame, side)
        return image if image is not None and not image.isNull() else None

    def preview(self, frame: int) -> QImage | None:
        """The newest small picture that a device has sent of a frame, or None."""
        record = self.record
        event = record.candidates.get(frame) if record is not None else None
        held = self._previews.get(frame)
        if event is None:
            # A finished take gives its previews back; those still decoded here serve the strip on.
            return held[1] if held is not None else None
        if held is None or held[0] is not event:
            held = self._previews[frame] = (event, decode_bytes(event.image, SIDES[0]))
            while len(self._previews) > KEPT_PREVIEWS:
                self._previews.popitem(last=False)
        self._previews.move_to_end(frame)
        return None if held[1].isNull() else held[1]

    def _take_preview(self, key: str, frame: int) -> None:
        if key == self._key:
            self.frames_changed.emit(frame, frame + 1)

    def _take_frames(self, key: str, start: int, stop: int) -> None:
        if key == self._key:
            self._cache.forget_missing(key, start, stop)
            self.frames_changed.emit(start, stop)

    def _take_change(self, key: str) -> None:
        if key != self._key:
            return
        if self.record is None:
            self._key = ""
        elif self.is_done:
            self.frames_changed.emit(0, self.length)
        self.changed.emit()

    def _take_found(self, key: str, frames: list[int] | Problem) -> None:
        record = self.record
        if key == self._key and record is not None and isinstance(frames, list):
            record.take.ready.update(frames)
            if len(record.info.devices) == 1:
                # Nobody is left to say so, and nobody else can have made them.
                record.take.makers = dict.fromkeys(frames, record.info.devices[0]) | record.take.makers
            self.frames_changed.emit(0, self.length)

    def _take_name(self, token: str, job: str) -> None:
        if token == self._key:
            self._key = job
            self.changed.emit()

    def _take_loaded(self, frame: int) -> None:
        self.frames_changed.emit(frame, frame + 1)


def _whole_frames(takes: Path, job: str, frames: range) -> list[int]:
    # Imported here: it loads NumPy and Pillow, which a window without takes does without.
    from engine.media.clip import Clip  # noqa: PLC0415

    clip = Clip.open(takes / job / "clip")
    missing = set(clip.missing(range(min(len(frames), len(clip.frames)))))
    return [frame for frame in frames if frame not in missing]


def device_number(device: str, devices: list[str]) -> int:
    """The number that is written on a device's frames: its own, or its place where others have the same."""
    numbers = {name: _own_number(name) for name in devices}
    if len(set(numbers.values())) < len(numbers):
        return devices.index(device) if device in devices else 0
    return numbers.get(device, _own_number(device))


def _own_number(device: str) -> int:
    found = re.search(r"[:#](\d+)$", device)
    return int(found[1]) if found else 0
