"""Where painted masks and maps are kept: working files that change with every stroke, and sent copies that never do.

Owns names and copies; pixels are `canvas.painting`'s. A job names a sent copy, so that it can wait, and be made
again, whatever is painted meanwhile. Nothing is ever written beside the artist's picture.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.image_edit import write_atomically
from engine.errors import BadInputError
from engine.messages import ImageRequest

if TYPE_CHECKING:
    from typing import TypeVar

    from engine.messages import VideoRequest

    Painted = TypeVar("Painted", ImageRequest, VideoRequest)

_DIGITS = 16


class MaskFiles:
    """The folder of masks: `PICTURE-N.png` for what is being painted, `sent/DIGEST.png` for what was sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fresh: list[str] = []
        """Sent copies that were not there before, since whoever cares emptied this list."""

    def working(self, picture: str) -> str:
        """The file of the mask last painted for a picture, or the one that a first stroke will make."""
        found = self._of(picture)
        return str(max(found, key=_age) if found else self._name(picture, 1))

    def another(self, picture: str) -> str:
        """A new working file for a picture: those that are there stay as they are."""
        number = max((int(file.stem.rpartition("-")[2]) for file in self._of(picture)), default=0) + 1
        return str(self._name(picture, number))

    def may_change(self, mask: str) -> bool:
        """Whether `mask` is a working file: any other is a job's or the artist's, and is only read."""
        return bool(mask) and Path(mask).parent == self._folder

    def freeze(self, mask: str) -> str:
        """A file with the same mask that will not change: a copy of a working file, any other as it is.

        Returns:
            Its path; empty for a working file that is not there, since nothing is painted.

        Raises:
            BadInputError: It cannot be copied.
        """
        if not self.may_change(mask):
            return mask
        try:
            document = Path(mask).read_bytes()
            sent = self._folder / "sent" / f"{hashlib.sha256(document).hexdigest()}.png"
            if not sent.exists():
                write_atomically(sent, document)
                self.fresh.append(str(sent))
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise BadInputError(f"the mask {mask} cannot be copied ({error.strerror}); free some room") from error
        return str(sent)

    def kept(self, request: Painted) -> Painted:
        """The request with a mask and maps that stay as they are while the artist paints on.

        Raises:
            BadInputError: Nothing is painted of what is to be filled, or a file cannot be copied.
        """
        if any(self.may_change(layer.picture) for layer in request.controls):
            controls = [replace(layer, picture=self._frozen_map(layer.picture)) for layer in request.controls]
            request = replace(request, controls=tuple(controls))
        edit = request.edit if isinstance(request, ImageRequest) else None
        if edit is None or not edit.is_masked:
            return request
        mask = self.freeze(edit.mask)
        if edit.mask and not mask and edit.method == "inpaint":
            raise BadInputError("nothing is masked yet; paint over what is to be made anew")
        return replace(request, edit=replace(edit, mask=mask, invert_mask=edit.invert_mask and bool(mask)))

    def _frozen_map(self, picture: str) -> str:
        kept = self.freeze(picture)
        if picture and not kept:
            raise BadInputError(f"the painted map {picture} is not there any more; reset the map of its control")
        return kept

    def _of(self, picture: str) -> list[Path]:
        found = self._folder.glob(f"{_digest(picture)}-*.png")
        return [file for file in found if file.stem.rpartition("-")[2].isdigit()]

    def _name(self, picture: str, number: int) -> Path:
        return self._folder / f"{_digest(picture)}-{number}.png"


def _digest(picture: str) -> str:
    return hashlib.sha256(picture.encode()).hexdigest()[:_DIGITS]


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
