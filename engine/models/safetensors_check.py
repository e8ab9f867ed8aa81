"""Proof, before any library touches it, that a file is a whole safetensors file and nothing else.

Owns the header's rules. Does not read tensor data: a digest (engine.models.folder) proves that.
Format: 8 bytes little-endian header length, JSON header, data without gaps.
"""

from __future__ import annotations

import json
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, cast

from engine.errors import BadModelError

if TYPE_CHECKING:
    from pathlib import Path

MAX_HEADER_BYTES = 25 * 10**6
MAX_TENSORS = 50_000
_BITS_OF_DTYPE = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
}  # fmt: skip
_GET_AGAIN = "get the model again"


def check_safetensors(file: Path) -> None:
    """Check the file's header against its length.

    Raises:
        BadModelError: Missing, a pickle under another name, truncated, with trailing bytes, or malformed.
    """
    try:
        size_bytes = file.stat().st_size
        with file.open("rb") as stream:
            start = stream.read(9)
            length = int.from_bytes(start[:8], "little")
            _check_start(file, start, length, size_bytes)
            stream.seek(8)
            header = stream.read(length)
    except FileNotFoundError:
        raise BadModelError(f"{file} is missing; {_GET_AGAIN}") from None
    except OSError as error:
        raise BadModelError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    data_bytes = _data_bytes(file, header)
    found_bytes = size_bytes - 8 - length
    if found_bytes < data_bytes:
        raise BadModelError(f"{file} is truncated: {found_bytes:,} of {data_bytes:,} bytes of weights; {_GET_AGAIN}")
    if found_bytes > data_bytes:
        raise BadModelError(f"{file} has {found_bytes - data_bytes:,} bytes of junk at its end; {_GET_AGAIN}")


def _check_start(file: Path, start: bytes, length: int, size_bytes: int) -> None:
    # The length of a header, too, may begin with a pickle's first byte; then a table follows.
    is_pickle = start[:1] == b"\x80" and start[8:] != b"{"
    if is_pickle or start[:4] == b"PK\x03\x04":
        raise BadModelError(f"{file} is a pickle, which may run code, not safetensors; {_GET_AGAIN} as safetensors")
    if len(start) < 8:
        raise BadModelError(f"{file} is truncated: {len(start)} bytes in all; {_GET_AGAIN}")
    if length > MAX_HEADER_BYTES:
        raise BadModelError(
            f"{file} announces a header of {length:,} bytes, more than {MAX_HEADER_BYTES:,}; {_GET_AGAIN}"
        )
    if 8 + length > size_bytes:
        raise BadModelError(f"{file} is truncated inside its header; {_GET_AGAIN}")


def _data_bytes(file: Path, header: bytes) -> int:
    """Length of the data that the header describes; the tensors must cover it without gap or overlap."""
    try:
        document = cast("object", json.loads(header))
    except (ValueError, RecursionError):
        raise BadModelError(f"{file} is no safetensors file: its header is not JSON; {_GET_AGAIN}") from None
    if not isinstance(document, dict):
        raise BadModelError(f"{file} is no safetensors file: its header is no table; {_GET_AGAIN}")
    entries = cast("dict[str, object]", document)
    entries.pop("__metadata__", None)
    if len(entries) > MAX_TENSORS:
        raise BadModelError(f"{file} lists {len(entries):,} tensors, more than {MAX_TENSORS:,}; {_GET_AGAIN}")
    spans = sorted(_span(file, name, entry) for name, entry in entries.items())
    if (spans and spans[0][0] != 0) or any(first[1] != second[0] for first, second in pairwise(spans)):
        raise BadModelError(f"{file} is damaged: its tensors leave gaps or overlap; {_GET_AGAIN}")
    return spans[-1][1] if spans else 0


def _span(file: Path, name: str, entry: object) -> tuple[int, int]:
    """Start and end of one tensor's data, checked against its shape and dtype."""
    try:
        fields = cast("dict[str, object]", entry)
        shape = cast("list[int]", fields["shape"])
        start, end = cast("list[int]", fields["data_offsets"])
        whole = all(type(number) is int and number >= 0 for number in (start, end, *shape))
        fits = whole and (end - start) * 8 == prod(shape) * _BITS_OF_DTYPE[cast("str", fields["dtype"])]
    except (KeyError, TypeError, ValueError):
        fits, start, end = False, 0, 0
    if not fits:
        raise BadModelError(f"{file} is damaged: tensor {name[:80]!r} is malformed; {_GET_AGAIN}")
    return start, end
