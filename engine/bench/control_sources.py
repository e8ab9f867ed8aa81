"""The pictures whose controls a benchmark follows: from a folder, or made by the model itself.

Owns the form of such a folder: pictures, for each a text of the same name with its prompt (NAME.txt), if there is one,
and for each kind a folder of maps with the pictures' names (canny/NAME.png), if a detector is not to make them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.control.framing import frame_picture
from engine.errors import BadInputError
from engine.media.reading import read_picture
from engine.messages import ControlLayer, ImageRequest
from engine.messages.detectors import DETECTORS
from engine.tasks.image import make_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.tasks.loading import LoadedModel

PROMPTS = (
    "winter mountains at night with a moon on the left",
    "a castle by the sea",
    "a forest in summer with a river",
    "hills at sunset with birds",
)
_SOURCE_SEED = 9000
"""Far from the seeds of the pictures that are scored."""
_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


@dataclass(frozen=True)
class Source:
    """A picture to follow.

    Attributes:
        prompt: What it shows.
        file: Where it lies, in the form that control layers name.
        pixels: (H, W, 3) uint8, of the model's size.
        maps: Folder with folders of finished maps by kind; None where detectors make them.
    """

    prompt: str
    file: Path
    pixels: NDArray[np.uint8]
    maps: Path | None = None

    def layer(self, kind: str, adapter: str) -> ControlLayer:
        """Its control of a kind.

        Raises:
            BadInputError: There is neither a map nor a detector.
        """
        drawn = self.maps / kind / f"{self.file.stem}.png" if self.maps else None
        if drawn is not None and drawn.is_file():
            return ControlLayer(kind=kind, picture=str(drawn), adapter=adapter, is_map=True)
        if kind not in {spec.kind for spec in DETECTORS}:
            raise BadInputError(
                f"no detector makes {kind} maps; give pictures with --pictures FOLDER and their maps in FOLDER/{kind}"
            )
        return ControlLayer(kind=kind, picture=str(self.file), adapter=adapter)


def read_sources(folder: Path, size: tuple[int, int], most: int) -> list[Source]:
    """The first pictures of a folder by name, cut to `size`.

    Raises:
        BadInputError: It has none, or one or its prompt cannot be read.
    """
    files = sorted(file for file in folder.glob("*") if file.suffix.lower() in _SUFFIXES) if folder.is_dir() else []
    if not files:
        raise BadInputError(f"{folder} holds no pictures; name a folder of PNG, JPEG or WebP files")
    sources: list[Source] = []
    for file in files[:most]:
        pixels = read_picture(file).over()
        framed = frame_picture((pixels.shape[1], pixels.shape[0]), size, "crop").cut(pixels, size)
        told = file.with_suffix(".txt")
        try:
            prompt = told.read_text(encoding="utf-8").strip() if told.is_file() else file.stem.replace("_", " ")
        except UnicodeDecodeError:
            raise BadInputError(f"{told} is no UTF-8 text; save it again as UTF-8") from None
        sources.append(Source(prompt, file, np.array(framed), folder))
    return sources


def make_sources(loaded: LoadedModel, size: tuple[int, int], steps: int, folder: Path, most: int) -> list[Source]:
    """Pictures of the model's own, written to `folder`, from seeds that nothing else here uses."""
    sources: list[Source] = []
    for index in range(most):
        prompt = PROMPTS[index % len(PROMPTS)]
        (pixels,) = pictures_of(loaded, prompt, size, steps, [_SOURCE_SEED + index])
        file = folder / f"{index}.png"
        Image.fromarray(pixels).save(file)
        sources.append(Source(prompt, file, pixels))
    return sources


def request_for(
    loaded: LoadedModel,
    prompt: str,
    size: tuple[int, int],
    steps: int,
    seed: int,
    *,
    controls: tuple[ControlLayer, ...] = (),
) -> ImageRequest:
    """A request for one picture."""
    return ImageRequest(
        prompt=prompt,
        seed=seed,
        model=loaded.spec.name,
        width=size[0],
        height=size[1],
        steps=steps,
        guidance_scale=loaded.spec.default_guidance,
        controls=controls,
    )


def pictures_of(
    loaded: LoadedModel, prompt: str, size: tuple[int, int], steps: int, seeds: Sequence[int]
) -> list[NDArray[np.uint8]]:
    """Uncontrolled pictures, one of each seed."""
    return [
        picture.pixels
        for seed in seeds
        for picture in make_pictures(request_for(loaded, prompt, size, steps, seed), loaded, lambda _done: None)
    ]
