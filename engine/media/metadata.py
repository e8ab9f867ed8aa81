"""What a picture says about how it was made, and the request that makes it again. Never imports torch.

Owns the keys of a picture's text: `parameters`, which other programs read, and `onetake`, our own JSON, exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine.errors import BadInputError, EngineError
from engine.media.exif_texts import read_exif_texts
from engine.media.foreign_settings import request_from_foreign
from engine.media.infotext import format_infotext, request_from_infotext
from engine.media.png import read_texts
from engine.messages import ImageRequest

if TYPE_CHECKING:
    from pathlib import Path

_KEY = "onetake"
_INFOTEXT_KEY = "parameters"
_FORMAT = 1


class PictureRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Our own JSON in a picture.

    Attributes:
        request: The batch's request.
        seed: This picture's own seed; with it and a count of one the request gives this picture alone.
        model: Name of the model and the digests of its files.
        plan: How it was computed (ExecutionPlan).
        versions: Of Onetake and of the libraries that decide pixels.
        inputs: Digests of the files that the request names, by path.
        format: Version of this record.
    """

    request: ImageRequest
    seed: int
    model: dict[str, str]
    plan: dict[str, str | int | bool]
    versions: dict[str, str]
    inputs: dict[str, str] = {}
    format: int = _FORMAT


def picture_texts(record: PictureRecord) -> dict[str, str]:
    """The text chunks of the record's picture, by key."""
    version = record.versions.get("onetake", "")
    return {
        _INFOTEXT_KEY: format_infotext(record.request, seed=record.seed, version=version),
        _KEY: msgspec.json.encode(record).decode(),
    }


def read_settings(source: Path | bytes) -> ImageRequest | None:
    """The request that makes a picture again, for a file dropped on the window.

    Ours are restored exactly; those of A1111, ComfyUI, InvokeAI and SwarmUI as far as our requests can say it.

    Returns:
        None for anything without settings that we understand, whatever it is.

    Raises:
        BadInputError: Settings are there, but from a newer version or damaged; or the file cannot be read.
    """
    texts = read_texts(source)
    if _KEY in texts:
        return _own_request(texts[_KEY])
    if not texts and not isinstance(source, bytes):
        texts = read_exif_texts(source)
    return request_from_foreign(texts) or request_from_infotext(texts.get(_INFOTEXT_KEY, ""))


def _own_request(document: str) -> ImageRequest:
    try:
        record = msgspec.json.decode(document, type=PictureRecord)
        return msgspec.structs.replace(record.request, seed=record.seed, count=1)
    except (msgspec.DecodeError, EngineError, RecursionError) as error:
        raise BadInputError(f"the picture's settings cannot be read ({str(error)[:200]}); update Onetake") from error
