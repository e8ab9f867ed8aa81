"""How figures are said to a person: sizes, counts, times, and an engine's message as a sentence."""

from __future__ import annotations

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


def clock(seconds: float) -> str:
    """Seconds as m:ss or h:mm:ss."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def sentence(message: str) -> str:
    """An engine's one-line message, beginning as a sentence does."""
    return message[:1].upper() + message[1:]
