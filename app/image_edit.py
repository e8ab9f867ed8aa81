"""What the artist has typed and chosen for the next pictures, valid or not, and how it is kept on disk.

A request is made from it only when it is sent; until then nothing here is refused, so no text is ever lost.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import msgspec

from engine.messages import ImageRequest, ModelSpec, draw_seed


class ImageEdit(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the prompt panel. Field names are those of ImageRequest where they mean the same."""

    prompt: str = ""
    negative_prompt: str = ""
    model: str = "papercut"
    width: int = 256
    height: int = 256
    count: int = 4
    seed: int = msgspec.field(default_factory=draw_seed)
    seed_locked: bool = False
    steps: int = 1
    guidance_scale: float = 1.0

    def request(self, spec: ModelSpec | None) -> ImageRequest:
        """The frozen request. What the model does not take is left out, as the panel shows it greyed.

        Raises:
            BadInputError: The request is not valid; the message says what to change.
        """
        request = ImageRequest(
            prompt=self.prompt.strip(),
            negative_prompt=self.negative_prompt.strip() if spec is None or spec.takes_negative else "",
            model=self.model,
            width=self.width,
            height=self.height,
            count=self.count,
            seed=self.seed,
            steps=self.steps,
            guidance_scale=self.guidance_scale if spec is None or spec.takes_guidance else spec.default_guidance,
        )
        if spec is not None:
            spec.check(request)
        return request

    @staticmethod
    def of_request(request: ImageRequest) -> ImageEdit:
        """The edit that makes `request` again: its seed is locked."""
        return ImageEdit(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            model=request.model,
            width=request.width,
            height=request.height,
            count=request.count,
            seed=request.seed,
            seed_locked=True,
            steps=request.steps,
            guidance_scale=request.guidance_scale,
        )


def read_edit(file: Path) -> ImageEdit | None:
    """The edit of the last session; None when there is none or the file is damaged."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=ImageEdit)
    except (OSError, msgspec.DecodeError):
        return None


def write_atomically(file: Path, document: bytes) -> None:
    """Replace `file` as a whole, so that a crash leaves the old or the new content.

    Raises:
        OSError: It cannot be written; the old content stands.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(document)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        raise
