"""engine.models.tokenizer: our ids are the stock tokenizers' ids."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import pytest

from engine.errors import BadModelError
from engine.models.tokenizer import load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.messages import ModelSpec

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

TEXTS = [
    "winter mountains at night",
    "WINTER, the moon... on the left!",
    "",
    "   ",
    "zzyzx castle",
    "winter " * 40,
    "雪 ☃ Zoë",
    "[PAD] [BOS] winter [EOS]",
]


class _Stock(Protocol):
    model_max_length: int

    def __call__(self, text: str, **options: object) -> Mapping[str, list[int]]: ...


class _StockClass(Protocol):
    def from_pretrained(self, folder: str) -> _Stock: ...


def as_the_pipeline_does(tokenizer: _Stock, text: str) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    encoding = tokenizer(text, padding="max_length", max_length=tokenizer.model_max_length, truncation=True)
    return tuple(encoding["input_ids"]), tuple(bit == 1 for bit in encoding["attention_mask"])


def test_a_word_tokenizer_gives_the_stock_ids(tiny_spec: ModelSpec) -> None:
    """tokenizer.json alone gives the ids and the mask that PreTrainedTokenizerFast gives to the pipeline."""
    from transformers import PreTrainedTokenizerFast

    stock = cast("_StockClass", PreTrainedTokenizerFast).from_pretrained(tiny_spec.folder + "/tokenizer")
    own = load_tokenizer(Path(tiny_spec.folder), 77)
    for text in TEXTS:
        tokens = own.encode(text)
        assert (tokens.ids, tokens.is_text) == as_the_pipeline_does(stock, text)


def test_an_old_clip_folder_gives_the_stock_ids(tmp_path: Path) -> None:
    """vocab.json and merges.txt, as in SD 1.5's folder, go through the stock CLIPTokenizer."""
    from transformers import CLIPTokenizer

    place = tmp_path / "tokenizer"
    place.mkdir()
    symbols = [*"abcdefghijklmnopqrstuvwxyz", *(letter + "</w>" for letter in "abcdefghijklmnopqrstuvwxyz")]
    words = [*symbols, "wi", "win", "<|startoftext|>", "<|endoftext|>"]
    (place / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (place / "merges.txt").write_text("#version: 0.2\nw i\nwi n\n")
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 20, "unk_token": "<|endoftext|>", **special}
    (place / "tokenizer_config.json").write_text(json.dumps(config))
    stock = cast("_StockClass", CLIPTokenizer).from_pretrained(str(place))
    own = load_tokenizer(tmp_path, 77)
    for text in ("winter", "a win", "winter " * 9, ""):
        tokens = own.encode(text)
        assert (tokens.ids, tokens.is_text) == as_the_pipeline_does(stock, text)
    (place / "merges.txt").unlink()
    with pytest.raises(BadModelError, match=r"merges\.txt is missing"):
        load_tokenizer(tmp_path, 77)


@pytest.mark.parametrize(("stated", "expected"), [(9, 9), (10**30, 12), (float("inf"), 12), (None, 12), ("many", 12)])
def test_prompts_never_exceed_the_encoder(tiny_spec: ModelSpec, tmp_path: Path, stated: object, expected: int) -> None:
    """Whatever length the configuration states, ids fit the text encoder's positions."""
    shutil.copytree(tiny_spec.folder + "/tokenizer", tmp_path / "tokenizer")
    file = tmp_path / "tokenizer" / "tokenizer_config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "model_max_length": stated}))
    assert len(load_tokenizer(tmp_path, 12).encode("winter " * 40).ids) == expected
    assert len(load_tokenizer(tmp_path, 12, exactly=True).encode("winter " * 40).ids) == 12
