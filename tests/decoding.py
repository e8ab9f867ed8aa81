"""Pictures decoded in the test's own process, for tests that are not about the child which decodes them.

Starting that child takes longer than all else that many of them do. The answers come from the child's own code; that a
hostile file can do no harm there is proved in tests/engine/media.
"""

from __future__ import annotations

import io
import threading
import warnings
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image

from engine.media import reading
from engine.media.decoder import answer_picture
from engine.media.reading import ReadingLimits, decoder_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

run_child = reading._run  # pyright: ignore[reportPrivateUsage]
one_at_a_time = threading.Lock()


def decode_here(command: Sequence[str], document: BinaryIO, limits: ReadingLimits) -> tuple[bytes, int, bool]:
    """What the child would answer. A child that is not ours is started as ever."""
    ours = decoder_command()
    if tuple(command[: len(ours)]) != ours:
        return run_child(command, document, limits)
    options = list(command[len(ours) :])
    frame = int(options[options.index("--frame") + 1]) if "--frame" in options else None
    output = io.BytesIO()
    # Both are the child's own, and the same for all threads here.
    with one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        usual = Image.MAX_IMAGE_PIXELS
        try:
            answer_picture(document, output, frame=frame, look="--look" in options, most_pixels=limits.pixels)
        finally:
            Image.MAX_IMAGE_PIXELS = usual
    return output.getvalue(), 0, False


def spare_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pictures decoded without a child until the end of the test."""
    monkeypatch.setattr(reading, "_run", decode_here)
