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
from engine.messages.checks import MAX_PROMPT_CHARS
from engine.models.folder import MAX_CONFIG_BYTES, class_name_in, read_config
from engine.models.sentencepiece import read_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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

    room: int
    """Ids of text that fit between those that mark its ends."""

    def encode(self, text: str) -> Tokens:
        """Ids of `text`, truncated and padded to the encoder's length."""
        ...

    def pieces(self, text: str) -> tuple[int, ...]:
        """Ids of all of `text`, without those that mark its ends."""
        ...

    def framed(self, ids: Sequence[int]) -> Tokens:
        """The first `room` of these ids between those that mark the ends, padded."""
        ...


def load_tokenizer(folder: Path, max_tokens: int, name: str = "tokenizer", *, exactly: bool = False) -> Tokenizer:
    """A model's tokenizer.

    Args:
        folder: The model's.
        max_tokens: How many positions the text encoder has, or how many tokens the model was trained on.
        name: Of the tokenizer's folder in it.
        exactly: Prompts are padded and cut to `max_tokens`, even if the tokenizer's file says a smaller number.

    Raises:
        BadModelError: A file is missing, malformed or of an unknown class.
    """
    place = folder / name
    file = place / "tokenizer_config.json"
    config = read_config(file)
    class_name_in(config, "tokenizer_class", file, _TOKENIZERS)
    length = max_tokens if exactly else config.get("model_max_length", max_tokens)
    # Absent lengths are saved as 10^30.
    length = int(min(length, max_tokens)) if isinstance(length, (int, float)) and length >= 1 else max_tokens
    if (place / "tokenizer.json").is_file():
        return _FastTokenizer(_read_backend(place / "tokenizer.json"), place, config, length)
    if (place / "spiece.model").is_file():
        return _FastTokenizer(read_pieces(place / "spiece.model"), place, config, length)
    return _StockClipTokenizer(place, length)


@dataclass(frozen=True)
class _Frame:
    """The ids that stand around a text, and its length with them."""

    start: tuple[int, ...]
    end: tuple[int, ...]
    pad: int
    length: int

    @property
    def room(self) -> int:
        return self.length - len(self.start) - len(self.end)

    def around(self, ids: Sequence[int]) -> Tokens:
        whole = (*self.start, *ids[: self.room], *self.end)
        padding = self.length - len(whole)
        return Tokens((*whole, *[self.pad] * padding), (*[True] * len(whole), *[False] * padding))


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
        self._backend.no_truncation()
        self._backend.no_padding()
        sample = self._backend.encode("a")
        text = [index for index, mark in enumerate(sample.special_tokens_mask) if not mark]
        self._frame = _Frame(tuple(sample.ids[: text[0]]), tuple(sample.ids[text[-1] + 1 :]), pad_id, length)
        self.room = self._frame.room

    def encode(self, text: str) -> Tokens:
        return self.framed(self.pieces(text))

    def pieces(self, text: str) -> tuple[int, ...]:
        return tuple(self._backend.encode(text, add_special_tokens=False).ids)

    def framed(self, ids: Sequence[int]) -> Tokens:
        return self._frame.around(ids)


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
        start, end = self._backend("", padding="do_not_pad", max_length=length, truncation=True)["input_ids"]
        pad = self._backend("", padding="max_length", max_length=length, truncation=True)["input_ids"][-1]
        self._frame = _Frame((start,), (end,), pad, length)
        self.room = self._frame.room

    def encode(self, text: str) -> Tokens:
        return self.framed(self.pieces(text))

    def pieces(self, text: str) -> tuple[int, ...]:
        # Longer than the model reads is no mistake here: what is cut, the caller decides.
        ids = self._backend(text, padding="do_not_pad", max_length=MAX_PROMPT_CHARS, truncation=True)["input_ids"]
        return tuple(ids[1:-1])

    def framed(self, ids: Sequence[int]) -> Tokens:
        return self._frame.around(ids)


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
