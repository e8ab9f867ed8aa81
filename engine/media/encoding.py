"""What every writer of movies is told, and how it proves its file. Writers do not know each other. No torch here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from engine.errors import JobFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.media.clip import Clip


class Movie(NamedTuple):
    """What a format's writer is told.

    Attributes:
        clip: Where the frames are; all of `frames` were whole a moment ago.
        frames: Global frame ids in the order in which they are shown; one may be shown again.
        size: Width and height of the result, in pixels.
        codec: One of engine.messages' codecs.
        quality: One of engine.messages' qualities.
        fps: Frames a second.
        texts: What the file says about itself, by key: "comment", "description", ...
        after_frame: Told how many frames are encoded; may raise to stop.
    """

    clip: Clip
    frames: Sequence[int]
    size: tuple[int, int]
    codec: str
    quality: str
    fps: float
    texts: Mapping[str, str]
    after_frame: Callable[[int], None]

    @property
    def is_scaled(self) -> bool:
        """Whether the result has another size than the take."""
        return self.size != (self.clip.manifest.width, self.clip.manifest.height)

    def pictures(self) -> Iterator[NDArray[np.uint8]]:
        """What is shown, one (H, W, 3) uint8 RGB picture after the other; a repeated frame is read once.

        Scaled by Lanczos' windowed sinc over the sRGB values as they are, which is what editing programs do.

        Raises:
            JobFailedError: A frame is missing or damaged.
        """
        shown, pixels = -1, np.empty((0, 0, 3), np.uint8)
        for frame in self.frames:
            if frame != shown:
                shown, pixels = frame, self.clip.read(frame)
                if self.is_scaled:
                    pixels = np.asarray(Image.fromarray(pixels).resize(self.size, Image.Resampling.LANCZOS))
            yield pixels


def texts_as_ascii(texts: Mapping[str, str]) -> str:
    """The texts as one line of JSON in ASCII, for formats that have a single comment of undefined encoding."""
    return json.dumps(dict(texts), ensure_ascii=True)


def check_same(path: Path, what: str, found: object, wanted: object) -> None:
    """Raise JobFailedError unless what was read back from a movie is what was written."""
    if found != wanted:
        shown = f" ({found!r}, not {wanted!r})" if isinstance(wanted, int) else ""
        raise JobFailedError(f"{path} reads back with a different {what}{shown}; check that disk")
