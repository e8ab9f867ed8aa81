"""How figures are said to a person: sizes, counts, times, and an engine's message as a sentence."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QLocale, QObject


class _Counts(QObject):
    """A class, since plurals are found in `self.tr` alone."""

    def pictures(self, count: int) -> str:
        return self.tr("%n pictures", "", count)

    def steps(self, count: int) -> str:
        return self.tr("%n steps", "", count)

    def frames(self, count: int) -> str:
        return self.tr("%n frames", "", count)


def size_text(width: int, height: int) -> str:
    """Width and height of a picture."""
    return f"{width} \N{MULTIPLICATION SIGN} {height}"


def pictures_text(count: int) -> str:
    """A number of pictures."""
    return _Counts().pictures(count)


def steps_text(count: int) -> str:
    """A number of steps."""
    return _Counts().steps(count)


def frames_text(count: int) -> str:
    """A number of frames."""
    return _Counts().frames(count)


def length_text(frames: int, fps: float) -> str:
    """How long frames last: seconds below a minute, else minutes and seconds."""
    seconds = frames / fps
    if seconds >= 60:
        return clock(seconds)
    return QCoreApplication.translate("words", "{seconds} s").format(seconds=decimal_text(seconds))


def decimal_text(number: float) -> str:
    """A number with one decimal, as the language writes it."""
    return QLocale().toString(number, "f", 1)


def rate_text(fps: float) -> str:
    """Frames a second, to a thousandth, as the language writes numbers: 8 or 23.976."""
    return QLocale().toString(round(fps, 3), "g", 6)


def bytes_text(size_bytes: int) -> str:
    """The size of a file, in steps of a thousand, as file managers show it."""
    size, units = float(size_bytes), ["B", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{decimal_text(size)} {units[0]}" if size < 10 and units[0] not in ("B", "kB") else f"{size:.0f} {units[0]}"


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
