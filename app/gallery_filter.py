"""Which results the gallery shows: by words, kind, model, date and star. No Qt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from engine.messages import ControlMapRequest, ImageRequest, VideoRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.job_record import JobRecord

Kind = Literal["", "picture", "edit", "take", "map"]


class GalleryFilter(NamedTuple):
    """What is asked for; by default everything.

    Attributes:
        words: All of them must be in the prompts, or be the seed; without regard to case.
        kind: Empty for all.
        model: Its name; empty for all.
        days: Made since the midnight that began today (1), or so many days before that; 0 for any time.
        starred: Only those with a star.
    """

    words: str = ""
    kind: Kind = ""
    model: str = ""
    days: int = 0
    starred: bool = False

    @property
    def choices(self) -> int:
        """How many things are asked for beside the words."""
        return sum(map(bool, (self.kind, self.model, self.days, self.starred)))

    def since(self, now: float) -> float:
        """When what is shown was made at the earliest, in Unix seconds."""
        if not self.days:
            return 0.0
        today = time.localtime(now)
        # Not so many times 24 hours: two days of the year are not as long.
        return time.mktime((today.tm_year, today.tm_mon, today.tm_mday - (self.days - 1), 0, 0, 0, 0, 0, -1))

    def accepts(self, record: JobRecord, since: float, text: Callable[[JobRecord], str] | None = None) -> bool:
        """Whether a job's results are shown, stars apart.

        Args:
            record: The job.
            since: As the method of that name says.
            text: What is searched; `text_of`, unless it is known already.
        """
        if record.ended_at < since:
            return False
        if self.kind and kind_of(record) != self.kind:
            return False
        if self.model and getattr(record.request, "model", "") != self.model:
            return False
        words = self.words.casefold().split()
        if not words:
            return True
        said = (text or text_of)(record)
        return all(word in said for word in words)


def kind_of(record: JobRecord) -> Kind:
    """What a job makes; empty for what is no result of its own."""
    request = record.request
    if isinstance(request, ImageRequest):
        return "picture" if request.edit is None else "edit"
    if isinstance(request, VideoRequest):
        return "take"
    return "map" if isinstance(request, ControlMapRequest) else ""


def text_of(record: JobRecord) -> str:
    """What a search looks through: all prompts and the seeds."""
    request = record.request
    parts = [request.prompt]
    if isinstance(request, ImageRequest | VideoRequest):
        parts.append(request.negative_prompt)
    if isinstance(request, VideoRequest):
        parts += [segment.prompt for segment in request.timeline.segments]
    parts += [str(request.seed + index) for index in range(len(record.info.outputs))]
    return "\n".join(parts).casefold()
