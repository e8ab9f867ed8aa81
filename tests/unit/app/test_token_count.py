"""Tokens of a prompt: counted as the engine counts them, and cut where the engine cuts them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from app.token_count import TokenCounter, load_counter
from engine.errors import BadModelError
from engine.models.tokenizer import load_tokenizer
from engine.paths import resources_folder

if TYPE_CHECKING:
    from pathlib import Path

PAPERCUT = resources_folder() / "models" / "papercut"
LONG = ", ".join(f"a {color} boat on the lake" for color in ("red", "blue", "green", "white", "black") * 4)


@pytest.fixture(scope="module")
def counter() -> TokenCounter:
    """Papercut's."""
    found = load_counter(PAPERCUT)
    assert found is not None
    return found


TEXTS = ("", "moon", "Winter MOUNTAINS, at night", "a dragon and a wyvern", "wörld 😀, moon", LONG)


@pytest.mark.parametrize("text", TEXTS)
def test_the_count_is_the_engines(counter: TokenCounter, text: str) -> None:
    """As many as the engine's tokenizer marks as text, up to the room there is."""
    counted = counter.count(text)
    engine = load_tokenizer(PAPERCUT, 64)
    ends = sum(engine.encode("").is_text)
    assert counted.room == 64 - ends
    assert min(counted.tokens, counted.room) == sum(engine.encode(text).is_text) - ends


def test_what_is_cut_makes_no_difference(counter: TokenCounter) -> None:
    """The text up to the cut has the engine's tokens of the whole; one word less has not."""
    counted, engine = counter.count(LONG), load_tokenizer(PAPERCUT, 64)
    assert counted.cut_at is not None
    assert engine.encode(LONG[: counted.cut_at]) == engine.encode(LONG)
    shorter = LONG[: counted.cut_at].rstrip(" ,").rpartition(" ")[0]
    assert engine.encode(shorter) != engine.encode(LONG)


def test_what_fits_is_not_cut(counter: TokenCounter) -> None:
    """Just full is not too much."""
    full = " ".join(["moon"] * counter.count("").room)
    assert counter.count(full).cut_at is None
    assert counter.count(full + " moon").cut_at == len(full) + 1


def test_places_count_code_points(counter: TokenCounter) -> None:
    """A letter beyond the basic plane before the cut does not shift it."""
    text = "😀 " + " ".join(["moon"] * 80)
    cut = counter.count(text).cut_at
    assert cut is not None
    assert text[cut:].startswith("moon")
    assert text[cut - 1] == " "


def test_other_encoders_are_not_counted(tmp_path: Path) -> None:
    """A folder without a tokenizer, or whose encoder has no fixed length, says nothing."""
    assert load_counter(tmp_path) is None
    shutil.copytree(PAPERCUT / "tokenizer", tmp_path / "tokenizer")
    (tmp_path / "text_encoder").mkdir()
    (tmp_path / "text_encoder" / "config.json").write_text(json.dumps({"model_type": "umt5"}))
    assert load_counter(tmp_path) is None


@pytest.mark.parametrize("name", ["tokenizer/tokenizer.json", "text_encoder/config.json"])
def test_a_malformed_file_is_named(tmp_path: Path, name: str) -> None:
    """With the remedy."""
    for folder in ("tokenizer", "text_encoder"):
        (tmp_path / folder).mkdir()
    for file in ("tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json", "text_encoder/config.json"):
        shutil.copyfile(PAPERCUT / file, tmp_path / file)
    (tmp_path / name).write_text("{")
    with pytest.raises(BadModelError, match=r"\.json .*get the model again"):
        load_counter(tmp_path)
