"""Prompt text to the token ids that a model's text encoder was trained on.

Owns padding and truncation to the encoder's length. Reads `tokenizer.json` with the tokenizers library alone;
folders with only the older vocab.json and merges.txt go through transformers' CLIPTokenizer, which costs seconds, and
those with only T5's word pieces through engine.models.sentencepiece.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from tokenizers import AddedToken
from tokenizers import Tokenizer as Backend

from engine.errors import BadModelError
from engine.models.folder import MAX_CONFIG_BYTES, class_name_in, read_config
from engine.models.sentencepiece import read_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SPECIAL_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token")
_TOKENIZERS = (
    "CLIPTokenizer", "CLIPTokenizerFast", "PreTrainedTokenizerFast", "T5Tokenizer", "T5TokenizerFast",
    "TokenizersBackend",
)  # fmt: skip


@dataclass(frozen=True)
class Tokens:
    """One encoded prompt: ids of fixed length, and which of them are no padding."""

    ids: tuple[int, ...]
    is_text: tuple[bool, ...]


class Tokenizer(Protocol):
    """Turns a prompt into ids of fixed length."""

    def encode(self, text: str) -> Tokens:
        """Ids of `text`, truncated and padded to the encoder's length."""
        ...


def load_tokenizer(folder: Path, max_tokens: int) -> Tokenizer:
    """The tokenizer in `folder`/tokenizer; `max_tokens` is how many positions the text encoder has.

    Raises:
        BadModelError: A file is missing, malformed or of an unknown class.
    """
    place = folder / "tokenizer"
    file = place / "tokenizer_config.json"
    config = read_config(file)
    class_name_in(config, "tokenizer_class", file, _TOKENIZERS)
    length = config.get("model_max_length", max_tokens)
    # Absent lengths are saved as 10^30.
    length = min(int(length), max_tokens) if isinstance(length, (int, float)) and length >= 1 else max_tokens
    if (place / "tokenizer.json").is_file():
        return _FastTokenizer(_read_backend(place / "tokenizer.json"), place, config, length)
    if (place / "spiece.model").is_file():
        return _FastTokenizer(read_pieces(place / "spiece.model"), place, config, length)
    return _StockClipTokenizer(place, length)


class _FastTokenizer:
    def __init__(self, backend: Backend, place: Path, config: Mapping[str, object], length: int) -> None:
        self._backend = backend
        # The stock class recognises these in a prompt even where tokenizer.json does not list them as special.
        texts = [_token_text(config, place, key) for key in _SPECIAL_TOKENS]
        known = [text for text in texts if text and self._backend.token_to_id(text) is not None]
        added = [AddedToken(text, normalized=False, special=True) for text in known]
        self._backend.add_special_tokens(added)  # pyright: ignore[reportUnknownMemberType]
        pad = _token_text(config, place, "pad_token")
        pad_id = self._backend.token_to_id(pad) if pad else None
        if pad_id is None:
            raise BadModelError(f"{place / 'tokenizer_config.json'}: pad_token is not in the vocabulary; get it again")
        self._backend.enable_truncation(max_length=length)  # pyright: ignore[reportUnknownMemberType]
        self._backend.enable_padding(  # pyright: ignore[reportUnknownMemberType]
            length=length, pad_id=pad_id, pad_token=pad
        )

    def encode(self, text: str) -> Tokens:
        encoding = self._backend.encode(text)
        return Tokens(tuple(encoding.ids), tuple(bit == 1 for bit in encoding.attention_mask))


def _read_backend(file: Path) -> Backend:
    if file.stat().st_size > MAX_CONFIG_BYTES:
        raise BadModelError(f"{file} is larger than {MAX_CONFIG_BYTES:,} bytes; get the model again")
    try:
        return Backend.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise BadModelError(f"{file} is no tokenizer ({error}); get the model again") from error


class _StockClipTokenizer:
    def __init__(self, place: Path, length: int) -> None:
        for name in ("vocab.json", "merges.txt"):
            if not (place / name).is_file():
                raise BadModelError(f"{place / name} is missing; get the model again")
        read_config(place / "vocab.json")
        from transformers import CLIPTokenizer  # noqa: PLC0415 -- seconds that most folders need not wait

        stock = cast("_StockTokenizerClass", CLIPTokenizer)
        try:
            self._backend = stock.from_pretrained(str(place), local_files_only=True)
        except Exception as error:  # the library raises nothing narrower
            raise BadModelError(f"{place} holds no readable tokenizer ({error}); get the model again") from error
        self._length = length

    def encode(self, text: str) -> Tokens:
        encoding = self._backend(text, padding="max_length", max_length=self._length, truncation=True)
        return Tokens(tuple(encoding["input_ids"]), tuple(bit == 1 for bit in encoding["attention_mask"]))


class _StockTokenizer(Protocol):
    def __call__(self, text: str, *, padding: str, max_length: int, truncation: bool) -> Mapping[str, list[int]]: ...


class _StockTokenizerClass(Protocol):
    def from_pretrained(self, folder: str, *, local_files_only: bool) -> _StockTokenizer: ...


def _token_text(config: Mapping[str, object], place: Path, key: str) -> str:
    """A special token's text; older folders keep it in special_tokens_map.json, and some as a table."""
    token = config.get(key)
    if token is None and (place / "special_tokens_map.json").is_file():
        token = read_config(place / "special_tokens_map.json").get(key)
    if isinstance(token, dict):
        token = cast("dict[str, object]", token).get("content")
    return token if isinstance(token, str) else ""
