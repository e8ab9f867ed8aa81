"""Tensors out of a torch checkpoint (.pth, .pt) without unpickling it: nothing that the file names is imported or run.

The published weights of detectors exist in this format alone. torch.load, even restricted, runs a pickle machine on
them (CVE-2025-32434, CVE-2026-24747); here the instructions are only read. The few that build plain containers and
tensors are carried out by this module's own code; any other object becomes an inert marker.

Owns both layouts: the zip of torch >= 1.6 and the stream before it. Source: torch/serialization.py, torch/_utils.py.
"""

from __future__ import annotations

import pickletools  # it disassembles and does not execute
import struct
import zipfile
import zlib
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

import torch

from engine.control.pickle_reading import Marker, NotReadableError, StorageRef, TensorRef, interpret
from engine.errors import BadModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Document: TypeAlias = "dict[object, object]"

_MAGIC = 0x1950A86A20F9469CFC6C
_MAX_PICKLE_BYTES = 64 * 2**20
_MAX_DEPTH = 24
_DTYPES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


def read_torch_file(file: Path) -> Document:
    """The dictionary that a checkpoint holds: tensors on the CPU, plain values, and markers for all else.

    Raises:
        BadModelError: The file is damaged, no checkpoint, or holds no dictionary; the message names it.
    """
    try:
        with file.open("rb") as stream:
            document = _read_zip(stream) if zipfile.is_zipfile(stream) else _read_stream(stream)
    except OSError as error:
        raise BadModelError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    except (
        NotReadableError,
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        LookupError,
        ValueError,
        RuntimeError,
    ) as error:
        reason = " ".join(str(error).split())[:160]
        raise BadModelError(f"{file} is damaged or no torch checkpoint ({reason}); get it again") from error
    if not isinstance(document, dict):
        raise BadModelError(f"{file} holds no weights by name; get the file that the detector wants")
    return cast("Document", document)


def _read_zip(stream: BinaryIO) -> object:
    with zipfile.ZipFile(stream) as archive:
        names = [name for name in archive.namelist() if name.rpartition("/")[2] == "data.pkl"]
        if len(names) != 1:
            raise NotReadableError("no data.pkl")
        folder = names[0].removesuffix("data.pkl")
        if archive.getinfo(names[0]).file_size > _MAX_PICKLE_BYTES:
            raise NotReadableError("its table of contents is too large")
        if f"{folder}byteorder" in archive.namelist() and archive.read(f"{folder}byteorder") != b"little":
            raise NotReadableError("it is big-endian")

        def fetch(storage: StorageRef) -> torch.Tensor:
            dtype = _dtype(storage)
            entry = archive.getinfo(f"{folder}data/{storage.key}")
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != storage.count * dtype.itemsize:
                raise NotReadableError(f"storage {storage.key[:20]} has {entry.file_size} bytes")
            return _from_bytes(archive.read(entry), dtype)

        with archive.open(names[0]) as content:
            tree = interpret(pickletools.genops(content))
        return _Builder(fetch).build(tree)


def _read_stream(stream: BinaryIO) -> object:
    """Five pickles (magic number, version, system, content, keys), then each storage with its length."""
    stream.seek(0)
    if stream.read(1) != b"\x80":
        raise NotReadableError("unknown format")
    stream.seek(0)
    if interpret(pickletools.genops(stream)) != _MAGIC:
        raise NotReadableError("no magic number")
    _version, _system, tree, keys = (interpret(pickletools.genops(stream)) for _ in range(4))
    places = {str(key): 0 for key in cast("list[object]", keys)} if isinstance(keys, list) else {}
    refs = _storages_in(tree)
    loaded: dict[str, torch.Tensor] = {}
    for key in places:
        storage = refs.get(key)
        if storage is None:
            raise NotReadableError(f"nothing refers to storage {key[:20]}")
        dtype = _dtype(storage)
        (count,) = struct.unpack("<q", stream.read(8))
        if count != storage.count:
            raise NotReadableError(f"storage {key[:20]} has {count} values instead of {storage.count}")
        content = stream.read(count * dtype.itemsize)
        if len(content) != count * dtype.itemsize:
            raise NotReadableError("it is truncated")
        loaded[key] = _from_bytes(content, dtype)
    return _Builder(lambda storage: loaded[storage.key]).build(tree)


def _dtype(storage: StorageRef) -> torch.dtype:
    if storage.kind not in _DTYPES:
        raise NotReadableError(f"values of type {storage.kind[:40]}")
    return _DTYPES[storage.kind]


def _from_bytes(content: bytes, dtype: torch.dtype) -> torch.Tensor:
    return torch.frombuffer(bytearray(content), dtype=dtype) if content else torch.empty(0, dtype=dtype)


def _storages_in(tree: object) -> dict[str, StorageRef]:
    """Every storage that the tree refers to, by key."""
    found: dict[str, StorageRef] = {}
    seen: set[int] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, TensorRef):
            found[node.storage.key] = node.storage
        elif isinstance(node, (dict, list, tuple)) and id(cast("object", node)) not in seen:
            seen.add(id(cast("object", node)))
            if isinstance(node, dict):
                waiting.extend(cast("dict[object, object]", node).values())
            else:
                waiting.extend(cast("Iterable[object]", node))
    return found


@dataclass(frozen=True)
class _Builder:
    """Puts tensors in the place of references; a storage that several tensors share is read once."""

    fetch: Callable[[StorageRef], torch.Tensor]

    def build(self, tree: object) -> object:
        return self._build(tree, {}, {}, 0)

    def _build(self, node: object, done: dict[int, object], read: dict[str, torch.Tensor], depth: int) -> object:
        if depth > _MAX_DEPTH:
            raise NotReadableError("nested too deeply")
        if isinstance(node, Marker) or not isinstance(node, (dict, list, tuple, TensorRef)):
            return node
        key = id(cast("object", node))
        if key not in done:
            if isinstance(node, TensorRef):
                if node.storage.key not in read:
                    read[node.storage.key] = self.fetch(node.storage)
                done[key] = _tensor(node, read[node.storage.key])
            elif isinstance(node, dict):
                entries = cast("dict[object, object]", node)
                done[key] = {name: self._build(value, done, read, depth + 1) for name, value in entries.items()}
            else:
                items = cast("list[object]", node)
                done[key] = [self._build(item, done, read, depth + 1) for item in items]
        return done[key]


def _tensor(ref: TensorRef, storage: torch.Tensor) -> torch.Tensor:
    """The view that `ref` describes, proved to lie within its storage and to repeat nothing."""
    numbers = (ref.offset, *ref.shape, *ref.strides)
    if len(ref.shape) != len(ref.strides) or any(type(number) is not int or number < 0 for number in numbers):
        raise NotReadableError("a tensor is malformed")
    count = prod(ref.shape)
    last = ref.offset + sum((side - 1) * stride for side, stride in zip(ref.shape, ref.strides, strict=True))
    if count and (count > storage.numel() or last >= storage.numel()):
        raise NotReadableError("a tensor passes the end of its storage")
    return torch.as_strided(storage, ref.shape, ref.strides, ref.offset) if count else storage.new_empty(ref.shape)
