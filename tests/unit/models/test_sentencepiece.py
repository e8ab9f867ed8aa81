"""engine.models.sentencepiece: word pieces as transformers reads them, from a file written by hand."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Protocol, cast

import pytest

from engine.errors import BadModelError
from engine.models.sentencepiece import read_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PIECES = [
    ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), ("▁winter", -3.0), ("▁win", -3.5), ("ter", -4.0),
    ("▁night", -3.0), ("s", -2.5), ("▁mo", -4.5), ("on", -4.5),
]  # fmt: skip
TEXTS = ["winter nights", "  Winter\nwinterter moon ", "", "x"]


class _Tokenizes(Protocol):
    def __call__(self, text: str) -> Mapping[str, list[int]]: ...


def _field(number: int, kind: int, payload: bytes) -> bytes:
    size = bytes([len(payload) & 0x7F | 0x80, len(payload) >> 7]) if kind == 2 else b""
    return bytes([number << 3 | kind]) + size + payload


def _model(kind: int = 1) -> bytes:
    """The file of PIECES, as sentencepiece writes it; kind 1 is unigram, 2 byte pairs."""
    document = b""
    for piece, score in PIECES:
        inner = _field(1, 2, piece.encode()) + _field(2, 5, struct.pack("<f", score)) + _field(3, 0, b"\x01")
        document += _field(1, 2, inner)
    return document + _field(2, 2, _field(3, 0, bytes([kind]))) + _field(3, 2, _field(1, 2, b"nmt_nfkc"))


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_ids_are_those_of_the_stock_tokenizer(tmp_path: Path) -> None:
    """Known and unknown words, empty text and odd spaces."""
    from transformers import T5Tokenizer

    stock = cast("Callable[..., _Tokenizes]", T5Tokenizer)(vocab=PIECES, extra_ids=0)
    (tmp_path / "spiece.model").write_bytes(_model())
    ours = read_pieces(tmp_path / "spiece.model")
    for text in TEXTS:
        assert ours.encode(text).ids == stock(text)["input_ids"]


@pytest.mark.parametrize(
    "document",
    [b"", b"\x0a\xff", _model()[:-3], _model(kind=2), b"\x0b", b"\xff" * 20, _field(1, 2, _field(3, 0, b"\x01"))],
    ids=["empty", "cut in a length", "cut short", "byte pairs", "a group", "an endless number", "a piece without text"],
)
def test_another_file_is_named(tmp_path: Path, document: bytes) -> None:
    """Whatever is in it, the error says which file and what to do."""
    (tmp_path / "spiece.model").write_bytes(document)
    with pytest.raises(BadModelError, match=r"spiece\.model .*get the model again"):
        read_pieces(tmp_path / "spiece.model")
