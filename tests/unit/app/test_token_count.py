"""Tokens of a prompt: counted as the engine counts them, and cut where the engine cuts them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, cast

import pytest
import torch
from msgspec.structs import replace
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from app.token_count import TokenCounter, load_counter
from engine.catalogue import find_model
from engine.errors import BadModelError
from engine.messages import ModelSpec, VideoSpec
from engine.models.image_model import load_image_model
from engine.models.tokenizer import load_tokenizer
from engine.paths import Paths, resources_folder
from tests.tiny_flow_models import write_flow_model
from tests.tiny_models import TOKENS, WORDS
from tests.tiny_pixart import write_tiny_pixart

if TYPE_CHECKING:
    from pathlib import Path

    from engine.models.image_model import ImageModel
    from tests.tiny_flow_models import FlowKind

PAPERCUT = resources_folder() / "models" / "papercut"
LONG = ", ".join(f"a {color} boat on the lake" for color in ("red", "blue", "green", "white", "black") * 4)


@pytest.fixture(scope="module")
def counter() -> TokenCounter:
    """Papercut's."""
    found = load_counter(find_model("papercut", Paths(PAPERCUT)))
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


LENGTHS = {
    "flux dev": 512,
    "flux guided": 512,
    "flux schnell": 256,
    "sd3": 256,
    "sd3 without t5": TOKENS,
    "pixart alpha": 120,
    "pixart sigma": 300,
}


@pytest.fixture(scope="module", params=LENGTHS)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelSpec, ImageModel]:
    """A tiny one of a kind, loaded."""
    kind, folder = str(request.param), tmp_path_factory.mktemp("model") / "model"
    if kind.startswith("pixart"):
        spec = write_tiny_pixart(folder, sigma=kind == "pixart sigma")
    else:
        spec = write_flow_model(folder, cast("FlowKind", kind))
    loaded = load_image_model(spec, torch.device("cpu"), torch.float32, channels_last=False)
    return replace(spec, name=kind), loaded


def test_what_the_encoder_that_reads_most_cuts_makes_no_difference(model: tuple[ModelSpec, ImageModel]) -> None:
    """To the loaded model the text up to the cut is the whole; a word less is not. T5 reads what CLIP does not."""
    spec, loaded = model
    counter, length = load_counter(spec), LENGTHS[spec.name]
    assert counter is not None
    assert counter.count("").room == length - (2 if length == TOKENS else 1)
    text = " ".join(WORDS[number % len(WORDS)] for number in range(length + 20))
    counted = counter.count(text, weighted=True)
    assert (counted.tokens, counted.cut_at is None) == (length + 20, False)
    whole = loaded.encode_prompt(text).hidden_states
    read = text[: counted.cut_at].rstrip()
    assert torch.equal(loaded.encode_prompt(read).hidden_states, whole)
    assert not torch.equal(loaded.encode_prompt(read.rpartition(" ")[0]).hidden_states, whole)


@pytest.mark.parametrize(("family", "room"), [("qwen_image", 1024), ("z_image", 512 - 3), ("wan", 512), ("ltx", 128)])
def test_language_models_and_videos_have_their_pipelines_length(tmp_path: Path, family: str, room: int) -> None:
    """The words that a template puts before the prompt take room where they count."""
    (tmp_path / "tokenizer").mkdir()
    bare = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    # As Qwen's: the mark, the word, the end of the line.
    bare.pre_tokenizer = Split(Regex(r"<\|im_start\|>|\w+|\n"), "isolated")
    bare.save(str(tmp_path / "tokenizer" / "tokenizer.json"))
    is_video = family in ("wan", "ltx")
    spec = ModelSpec(
        name="tiny", title="Tiny", folder=str(tmp_path), licence="",
        family="video" if is_video else family, video=VideoSpec(family=family) if is_video else None,
    )  # fmt: skip
    counter = load_counter(spec)
    assert counter is not None
    assert counter.count("moon").room == room


def test_other_encoders_are_not_counted(tmp_path: Path) -> None:
    """A folder without a tokenizer, or whose encoder has no fixed length, says nothing."""
    spec = replace(find_model("papercut", Paths(PAPERCUT)), folder=str(tmp_path))
    assert load_counter(spec) is None
    shutil.copytree(PAPERCUT / "tokenizer", tmp_path / "tokenizer")
    (tmp_path / "text_encoder").mkdir()
    (tmp_path / "text_encoder" / "config.json").write_text(json.dumps({"model_type": "umt5"}))
    assert load_counter(spec) is None


@pytest.mark.parametrize("name", ["tokenizer/tokenizer.json", "text_encoder/config.json"])
def test_a_malformed_file_is_named(tmp_path: Path, name: str) -> None:
    """With the remedy."""
    for folder in ("tokenizer", "text_encoder"):
        (tmp_path / folder).mkdir()
    for file in ("tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json", "text_encoder/config.json"):
        shutil.copyfile(PAPERCUT / file, tmp_path / file)
    (tmp_path / name).write_text("{")
    with pytest.raises(BadModelError, match=r"\.json .*get the model again"):
        load_counter(replace(find_model("papercut", Paths(PAPERCUT)), folder=str(tmp_path)))
