"""What a movie says about how it was made, and the request that makes it again. Never imports torch.

Owns the keys of a movie's texts: `comment` is our own JSON, exact; `description` is for people and other programs. How
texts lie in a file is that of the formats (engine.media.movie).
"""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec

from engine.errors import BadInputError, EngineError
from engine.messages import Timeline, VideoRequest, frame_rate

COMMENT, DESCRIPTION = "comment", "description"
_FORMAT = 1
_SHOWN_CHARS = 4000


class VideoRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Our own JSON in a movie.

    Attributes:
        request: The take's request; with it the take is made again.
        first: Global id of the movie's first frame: more than 0 in a part of the take.
        frames: Number of the take's frames that the movie shows; None for the whole take.
        fps: Frames a second of the movie, which an export may change; None for the take's own.
        retimed: Whether frames were repeated or left out to keep the take's speed at another `fps`.
        model: Name of the model and the digests of its files; empty where the exporter does not know them.
        plan: How it was computed (ExecutionPlan); empty where the exporter does not know it.
        versions: Of Onetake and of the libraries that decide pixels.
        inputs: Digests of the files that control it, by path, a folder's over those of its pictures; empty where the
            exporter does not know them.
        format: Version of this record.
    """

    request: VideoRequest
    first: int = 0
    frames: int | None = None
    fps: float | None = None
    retimed: bool = False
    model: dict[str, str] = {}
    plan: dict[str, str | int | bool] = {}
    versions: dict[str, str] = {}
    inputs: dict[str, str] = {}
    format: int = _FORMAT


def video_texts(record: VideoRecord) -> dict[str, str]:
    """The texts of the record's movie, by key."""
    frames = record.request.frames - record.first if record.frames is None else record.frames
    return {
        COMMENT: msgspec.json.encode(record).decode(),
        DESCRIPTION: describe(record.request.timeline, record.first, frames, _speed(record)),
    }


def _speed(record: VideoRecord) -> Fraction:
    """Frames of the movie for each frame of the take."""
    if not record.retimed or record.fps is None:
        return Fraction(1)
    return frame_rate(record.fps) / frame_rate(record.request.fps)


def describe(timeline: Timeline, first: int, frames: int, speed: Fraction = Fraction(1)) -> str:
    """The prompts of `frames` frames from `first` on, a line each with its frames as counted in the movie."""
    lines: list[str] = []
    for segment, span in zip(timeline.segments, timeline.spans(), strict=True):
        start, stop = max(span.start, first) - first, min(span.stop, first + frames) - first
        if start < stop:
            cut = "cut to " if segment.cut else ""
            start, stop = math.ceil(start * speed), max(math.ceil(stop * speed), math.ceil(start * speed) + 1)
            lines.append(f"{start}-{stop - 1}: {cut}{segment.prompt}")
    text = "\n".join(lines) if len(lines) > 1 else lines[0].partition(": ")[2]
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


def record_from_texts(texts: dict[str, str]) -> VideoRecord | None:
    """The record in a movie's texts; None where there is none of ours.

    Raises:
        BadInputError: It is there, but from a newer version or damaged.
    """
    document = texts.get(COMMENT, "")
    if not document.startswith('{"request":{"type":"video"'):
        return None
    try:
        return msgspec.json.decode(document, type=VideoRecord)
    except (msgspec.DecodeError, EngineError, RecursionError) as error:
        raise BadInputError(f"the movie's settings cannot be read ({str(error)[:200]}); update Onetake") from error
