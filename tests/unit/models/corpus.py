"""Safetensors files, whole and broken in every way that a download or an attacker breaks them."""

from __future__ import annotations

import json
import pickle
import struct
import zipfile
from io import BytesIO


def safetensors(header: object, data: bytes) -> bytes:
    """A file of that header and data, whether or not they fit."""
    document = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(document)) + document + data


def tensor(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, object]:
    """A header's entry."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


WHOLE = safetensors({"a": tensor([2], 0, 8), "b": tensor([1, 2], 8, 16)}, bytes(16))


class _Canary:
    """Says so if it is ever unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (_fire, ("a pickle ran code",))


def _fire(message: str) -> None:
    raise AssertionError(message)


def _torch_zip() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(_Canary()))
    return stream.getvalue()


# Name of the damage: the file, and words that its message must hold.
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "truncated"),
    "truncated in its length": (WHOLE[:5], "truncated"),
    "truncated in its header": (WHOLE[:40], "truncated"),
    "truncated in its data": (WHOLE[:-1], "truncated"),
    "junk at its end": (WHOLE + b"x", "junk"),
    "a pickle": (pickle.dumps(_Canary()), "pickle"),
    "a zipped pickle": (_torch_zip(), "pickle"),
    "a huge header": (struct.pack("<Q", 2**62) + b"{}", "header"),
    "a header that is no JSON": (safetensors(b"not json", b""), "not JSON"),
    "a header that is a list": (safetensors([1], b""), "no table"),
    "a header nested without end": (safetensors(b'{"a":' * 100_000, b""), "JSON"),
    "a header of bad UTF-8": (safetensors(b'{"\xff": 1}', b""), "JSON"),
    "a gap": (safetensors({"a": tensor([1], 0, 4), "b": tensor([1], 8, 12)}, bytes(12)), "gaps"),
    "an overlap": (safetensors({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, bytes(12)), "overlap"),
    "a late start": (safetensors({"a": tensor([1], 4, 8)}, bytes(8)), "gaps"),
    "a shape that does not fit": (safetensors({"a": tensor([3], 0, 8)}, bytes(8)), "malformed"),
    "a negative shape": (safetensors({"a": tensor([-1, -2], 0, 8)}, bytes(8)), "malformed"),
    "a shape of fractions": (safetensors({"a": {**tensor([2], 0, 8), "shape": [2.0]}}, bytes(8)), "malformed"),
    "an unknown dtype": (safetensors({"a": tensor([2], 0, 8, "OBJ")}, bytes(8)), "malformed"),
    "an entry that is no table": (safetensors({"a": 7}, b""), "malformed"),
    "reversed offsets": (safetensors({"a": tensor([2], 8, 0)}, bytes(8)), "malformed"),
    "too many tensors": (safetensors({str(i): tensor([0], 0, 0) for i in range(50_001)}, b""), "50,001"),
}
