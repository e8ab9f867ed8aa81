"""How fast each device made frames of late, so that the next take over unequal devices is shared out fairly.

Owns the measured paces of this service's time, and when they count. Does not own: how a worker measures its pace
(engine.tasks.pace), or how frames are shared out by it (engine.parallel.partition). What a take looks like does not
depend on it, so nothing here is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.executor.devices import device_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.messages import VideoRequest

NEARLY_EVEN = 1.25
"""Devices whose paces differ by no more than this factor get equal runs: so much may be chance."""

_Key = tuple[str, int, str, int, int]


class Paces:
    """The paces of devices at models and sizes."""

    def __init__(self) -> None:
        self._paces: dict[_Key, float] = {}

    def note(self, slot: str, slots: Sequence[str], request: VideoRequest, pace: float) -> None:
        """A rank on `slot`, one of `slots`, has made a take at `pace` frames a second; 0 if it had none to make."""
        if pace > 0:
            self._paces[_key(slot, slots, request)] = pace

    def speeds(self, slots: Sequence[str], request: VideoRequest) -> tuple[float, ...]:
        """The speed of each rank of a take; empty where they are alike, or one of them is not known yet."""
        found = [self._paces.get(_key(slot, slots, request), 0.0) for slot in slots]
        if not min(found) or max(found) <= NEARLY_EVEN * min(found):
            return ()
        return tuple(found)


def _key(slot: str, slots: Sequence[str], request: VideoRequest) -> _Key:
    """The ranks on the CPU share its cores, so that they are alike and their number counts."""
    device = device_of(slot)
    sharing = sum(device_of(other) == device for other in slots)
    return device, sharing, request.model, request.width, request.height
