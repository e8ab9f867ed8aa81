"""T5's word pieces from `spiece.model`, for folders that have no tokenizer.json beside it.

Owns reading the pieces and the table of characters out of the file, and the tokenizer that they make. Reads the file's
protocol buffers itself, without the libraries for them: it is data, and nothing in it is run.
Format: sentencepiece_model.proto of google/sentencepiece 0.2. Rules of T5: transformers' T5Tokenizer.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from engine.errors import BadModelError
from engine.models.folder import MAX_CONFIG_BYTES

_PIECES, _TRAINER, _NORMALISER = 1, 2, 3
_PIECE, _SCORE = 1, 2
_MODEL_TYPE, _UNIGRAM = 3, 1
_CHARACTER_TABLE = 2
_END, _UNKNOWN = "</s>", "<unk>"


def read_pieces(file: Path) -> Tokenizer:
    """The tokenizer of a T5 model: pieces of words, and the end of the sentence behind them.

    Raises:
        BadModelError: The file is no unigram model with T5's special pieces.
    """
    document = _read(file)
    try:
        pieces, table = _read_model(document)
        places = {piece: place for place, (piece, _) in enumerate(pieces)}
        tokenizer = Tokenizer(models.Unigram(pieces, unk_id=places[_UNKNOWN], byte_fallback=False))
        template = processors.TemplateProcessing(single=f"$A {_END}", special_tokens=[(_END, places[_END])])
        if table:
            tokenizer.normalizer = normalizers.Precompiled(table)  # pyright: ignore[reportAttributeAccessIssue]
    except Exception as error:  # the library raises nothing narrower
        raise BadModelError(f"{file} holds no word pieces of a T5 model ({error}); get the model again") from error
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(  # pyright: ignore[reportAttributeAccessIssue]
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", prepend_scheme="always", split=True)]
    )
    tokenizer.post_processor = template  # pyright: ignore[reportAttributeAccessIssue]
    return tokenizer


def _read(file: Path) -> bytes:
    try:
        size_bytes = file.stat().st_size
        document = file.read_bytes() if size_bytes <= MAX_CONFIG_BYTES else b""
    except OSError as error:
        raise BadModelError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    if size_bytes > MAX_CONFIG_BYTES:
        raise BadModelError(f"{file} is larger than {MAX_CONFIG_BYTES:,} bytes; get the model again")
    return document


def _read_model(document: bytes) -> tuple[list[tuple[str, float]], bytes]:
    """The pieces with their scores, and the compiled table of characters."""
    pieces: list[tuple[str, float]] = []
    table = b""
    for number, value in _fields(document):
        if number == _PIECES:
            inner = dict(_fields(_as_bytes(value)))
            (score,) = struct.unpack("<f", _as_bytes(inner.get(_SCORE, b"\0\0\0\0")))
            if not math.isfinite(score):
                raise ValueError("a score is not a number")
            pieces.append((_as_bytes(inner[_PIECE]).decode(), score))
        elif number == _TRAINER and dict(_fields(_as_bytes(value))).get(_MODEL_TYPE, _UNIGRAM) != _UNIGRAM:
            raise ValueError("it is no unigram model")
        elif number == _NORMALISER:
            table = _as_bytes(dict(_fields(_as_bytes(value))).get(_CHARACTER_TABLE, b""))
    return pieces, table


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer: numbers, or bytes for texts, messages and fixed-size numbers."""
    place = 0
    while place < len(message):
        key, place = _number(message, place)
        kind = key & 7
        if kind == 0:
            value, place = _number(message, place)
            yield key >> 3, value
            continue
        if kind == 2:
            size, place = _number(message, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field of kind {kind}")
        if place + size > len(message):
            raise ValueError("it ends too early")
        yield key >> 3, message[place : place + size]
        place += size


def _number(message: bytes, place: int) -> tuple[int, int]:
    """A number of variable length and the place behind it."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            raise ValueError("it ends too early")
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("a number is too long")


def _as_bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise TypeError("a field is a number")
    return value
