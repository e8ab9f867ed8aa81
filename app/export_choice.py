"""What the artist has chosen for an export, the request it makes, and what is wrong with it, setting by setting.

The panel shows it; nothing here is kept. What is wrong with a place is said in the window's language, what the engine
finds wrong in the engine's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from app.place_looks import is_file
from engine.errors import BadInputError
from engine.messages import (
    SUFFIX_OF_CODEC,
    WITH_QUALITY,
    Codec,
    ExportRequest,
    Quality,
    check_codec,
    check_rate,
    estimate_bytes,
    fit_size,
    retimed_length,
)

if TYPE_CHECKING:
    from engine.messages import VideoRequest

MORE_PER_FRAME_S = 1e-6


class ExportChoice(NamedTuple):
    """The settings of one export of a take.

    Attributes:
        codec: What is written.
        percent: Share of the take's size; 0 for `width`.
        width: In pixels, where there is no share.
        fps: Frames a second of the file.
        every_frame: At another rate, show every frame once instead of keeping the take's speed.
        quality: How large the file may be.
        span: The frames, of the take.
        file: The target as typed.
    """

    codec: Codec
    percent: int
    width: int
    fps: float
    every_frame: bool
    quality: Quality
    span: range
    file: str

    def size(self, take: VideoRequest) -> tuple[int, int]:
        """Width and height of the result, in pixels; (0, 0) for the take's own."""
        if self.percent == 100:
            return 0, 0
        wanted = self.width or round(take.width * self.percent / 100)
        return fit_size(self.codec, take.width, take.height, max(wanted, 1))

    def is_retimed(self, take: VideoRequest) -> bool:
        """Whether frames are repeated or left out."""
        return not self.every_frame and abs(self.fps - take.fps) > MORE_PER_FRAME_S

    def frames(self, take: VideoRequest) -> int:
        """Frames of the result.

        Raises:
            BadInputError: More than a take can have.
        """
        return retimed_length(len(self.span), take.fps, self.fps) if self.is_retimed(take) else len(self.span)

    def size_bytes(self, take: VideoRequest) -> int:
        """About how large the result becomes."""
        width, height = self.size(take)
        quality = self.quality if self.codec in WITH_QUALITY else "best"
        return estimate_bytes(self.codec, quality, width or take.width, height or take.height, self.frames(take))

    def request(self, job: str, take: VideoRequest) -> ExportRequest:
        """The request for the frames of the take with this job id.

        Raises:
            BadInputError: The choice makes no valid request.
        """
        width, height = self.size(take)
        check_codec(self.codec, width or take.width, height or take.height)
        check_rate(self.codec, self.fps)
        return ExportRequest(
            take=job,
            codec=self.codec,
            fps=self.fps,
            first=self.span.start,
            end=0 if self.span.stop >= take.frames else self.span.stop,
            width=width,
            height=height,
            quality=self.quality if self.codec in WITH_QUALITY else "best",
            retimed=self.is_retimed(take),
        )


def problems_of(choice: ExportChoice, take: VideoRequest) -> dict[str, str]:
    """What is wrong but for the place, as one-line messages by the setting that can put it right: "size" or "speed"."""
    found: dict[str, str] = {}
    try:
        check_rate(choice.codec, choice.fps)
        choice.frames(take)
    except BadInputError as error:
        found["speed"] = error.message
    try:
        choice.request("take", take)
    except BadInputError as error:
        if "speed" not in found:
            found["size"] = error.message
    return found


class Target(NamedTuple):
    """What a look at the place for a file or folder has shown.

    Attributes:
        why_not: Why nothing can be written there; empty when it can.
        is_there: Whether that replaces a file.
    """

    why_not: str = ""
    is_there: bool = False


def look_at(text: str, suffix: str) -> Target:
    """Look at a place as typed, whose disk may take long; an empty `suffix` stands for a folder of pictures."""
    reason = why_no_target(text, suffix)
    return Target(reason, not reason and is_file(str(Path(text).expanduser())))


def why_no_target(text: str, suffix: str) -> str:
    """Why nothing can be written there; empty when it can."""
    translate = QCoreApplication.translate
    if not text.strip():
        return translate("ExportChoice", "name a file") if suffix else translate("ExportChoice", "name a folder")
    target = Path(text)
    try:
        target = target.expanduser()
        if not target.is_absolute():
            return translate("ExportChoice", "{place} is no full path; choose a place").format(place=text)
        if not target.parent.is_dir():
            words = translate("ExportChoice", "the folder {place} does not exist; choose another")
            return words.format(place=target.parent)
        return _why_no_file(target, suffix) if suffix else _why_no_folder(target)
    except (OSError, ValueError, RuntimeError) as error:
        words = translate("ExportChoice", "this place cannot be read ({error}); choose another")
        return words.format(error=error)


def _why_no_file(target: Path, suffix: str) -> str:
    translate = QCoreApplication.translate
    if target.suffix.lower() != suffix:
        return translate("ExportChoice", "this format ends in {suffix}; rename the file").format(suffix=suffix)
    if target.is_dir():
        return translate("ExportChoice", "{name} is a folder; name a file").format(name=target.name)
    return ""


def _why_no_folder(target: Path) -> str:
    translate = QCoreApplication.translate
    if target.is_file():
        return translate("ExportChoice", "{name} is a file; name a folder").format(name=target.name)
    if target.is_dir() and any(target.iterdir()):
        return translate("ExportChoice", "the folder {name} is not empty; name a new one").format(name=target.name)
    return ""


def renamed(text: str, suffix: str) -> str:
    """The target with the ending of another format; only endings of formats are replaced."""
    target = Path(text)
    known = {*SUFFIX_OF_CODEC.values(), ".otio"} - {""}
    if not target.name:
        return text
    stem = target.stem if target.suffix.lower() in known else target.name
    return str(target.with_name(stem + suffix))
