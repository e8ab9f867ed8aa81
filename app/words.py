"""How figures are said to a person: sizes, counts, times, and an engine's message as a sentence."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication


def size_text(width: int, height: int) -> str:
    """Width and height of a picture."""
    return f"{width} \N{MULTIPLICATION SIGN} {height}"


def pictures_text(count: int) -> str:
    """A number of pictures."""
    translate = QCoreApplication.translate
    if count == 1:
        return translate("words", "1 picture")
    return translate("words", "{count} pictures").format(count=count)


def steps_text(count: int) -> str:
    """A number of steps."""
    translate = QCoreApplication.translate
    if count == 1:
        return translate("words", "1 step")
    return translate("words", "{count} steps").format(count=count)


def frames_text(count: int) -> str:
    """A number of frames."""
    translate = QCoreApplication.translate
    if count == 1:
        return translate("words", "1 frame")
    return translate("words", "{count} frames").format(count=count)


def length_text(frames: int, fps: float) -> str:
    """How long frames last: seconds below a minute, else minutes and seconds."""
    seconds = frames / fps
    return f"{seconds:.1f} s" if seconds < 60 else clock(seconds)


def bytes_text(size_bytes: int) -> str:
    """The size of a file, in steps of a thousand, as file managers show it."""
    size, units = float(size_bytes), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.1f} {units[0]}" if size < 10 and units[0] not in ("B", "kB") else f"{size:.0f} {units[0]}"


def timecode(frame: int, fps: float) -> str:
    """When a frame comes, as m:ss and the frame within its second: 0:03:05 is frame 5 of second 3."""
    seconds = int(frame / fps)
    within = frame - math.ceil(seconds * fps)
    return f"{seconds // 60}:{seconds % 60:02}:{max(within, 0):02}"


def clock(seconds: float) -> str:
    """Seconds as m:ss or h:mm:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def sentence(message: str) -> str:
    """An engine's one-line message, beginning as a sentence does."""
    return message[:1].upper() + message[1:]
