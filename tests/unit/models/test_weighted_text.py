"""engine.models.weighted_text: what weights and BREAK do to the states that an encoder gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from engine.messages.prompt_weights import read_runs
from engine.models.clip_text import ClipStates
from engine.models.tokenizer import Tokens
from engine.models.weighted_text import (
    encode_about_empty,
    encode_by_token,
    encode_by_words,
    encode_states_by_token,
    encode_weighted,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

LENGTH, CHANNELS = 12, 6
COMMA = 3


class Words:
    """A tokenizer of ten ids of text: a word is its length plus ten, a comma 3."""

    room = LENGTH - 2

    def encode(self, text: str) -> Tokens:
        return self.framed(self.pieces(text))

    def pieces(self, text: str) -> tuple[int, ...]:
        return tuple(COMMA if word == "," else 10 + len(word) for word in text.replace(",", " , ").split())

    def framed(self, ids: Sequence[int]) -> Tokens:
        whole = (1, *ids[: self.room], 2)
        return Tokens(whole + (0,) * (LENGTH - len(whole)), tuple(index < len(whole) for index in range(LENGTH)))


def encode(tokens: Tokens) -> Tensor:
    """A state for each token that depends on it and on all before it."""
    table = torch.randn(64, CHANNELS, generator=torch.Generator().manual_seed(5)) + 0.5
    return table[list(tokens.ids)].cumsum(0)[None]


def test_without_weights_a_prompt_is_encoded_as_it_is() -> None:
    """Neither way touches the states of a prompt without weights, not even by rounding."""
    plain = encode(Words().encode("one three five"))
    assert torch.equal(encode_by_token("one three five", Words(), encode), plain)
    assert torch.equal(encode_by_words("one three five", Words(), encode), plain)
    assert torch.equal(
        encode_weighted("(one three five)", "", Words(), encode), encode(Words().encode("(one three five)"))
    )


def test_a_token_is_multiplied_and_the_mean_of_all_put_back() -> None:
    """As in sd_emphasis.py: z * multipliers, times the old mean over the new."""
    plain = encode(Words().encode("one three five"))
    multipliers = torch.ones(LENGTH)
    multipliers[2] = 1.5
    expected = plain * multipliers[None, :, None]
    expected = expected * (plain.mean() / expected.mean())
    found = encode_by_token("one (three:1.5) five", Words(), encode)
    assert torch.allclose(found, expected)
    assert float(found.mean()) == pytest.approx(float(plain.mean()))


def test_a_long_prompt_goes_through_the_encoder_in_chunks() -> None:
    """Ten words fit; the eleventh begins a chunk of its own, with its own beginning and end."""
    words = [letter * (index + 1) for index, letter in enumerate("abcdefghijk")]
    found = encode_by_token(" ".join(words), Words(), encode)
    assert torch.equal(found[:, :LENGTH], encode(Words().encode(" ".join(words[:10]))))
    assert torch.equal(found[:, LENGTH:], encode(Words().encode(words[10])))
    cut = encode_by_token(" ".join(words), Words(), encode, chunked=False)
    assert torch.equal(cut, encode(Words().encode(" ".join(words[:10]))))


def test_a_full_chunk_ends_at_its_last_comma() -> None:
    """What stands behind the comma goes on to the next chunk whole."""
    found = encode_by_token("a b c d e, ff gg hh ii jj kk", Words(), encode)
    assert torch.equal(found[:, :LENGTH], encode(Words().encode("a b c d e,")))
    assert torch.equal(found[:, LENGTH:], encode(Words().encode("ff gg hh ii jj kk")))


def test_break_begins_another_chunk() -> None:
    """A BREAK at the very end begins none."""
    found = encode_by_token("sea BREAK sky BREAK", Words(), encode)
    assert torch.equal(found, torch.cat([encode(Words().encode("sea")), encode(Words().encode("sky"))], dim=1))


def test_several_states_are_weighed_but_the_pooled_one() -> None:
    """The penultimate states of each chunk about their own mean; of the pooled ones the first chunk's counts."""

    def states(tokens: Tokens) -> ClipStates:
        hidden = encode(tokens)
        return ClipStates(hidden, hidden.sum(dim=1))

    found = encode_states_by_token("one (three:1.5) BREAK five", Words(), states, chunked=True)
    expected = [encode_by_token(part, Words(), encode) for part in ("one (three:1.5)", "five")]
    assert torch.equal(found.penultimate, torch.cat(expected, dim=1))
    assert torch.equal(found.pooled, states(Words().encode("one three")).pooled)
    cut = encode_states_by_token("one three BREAK five", Words(), states, chunked=False)
    assert torch.equal(cut.penultimate, encode(Words().encode("one three five")))


def test_a_token_moves_on_from_the_empty_prompt() -> None:
    """0 is the empty prompt's state in that place, 2 twice the way; the others stay, and what is beyond is cut."""
    plain, empty = encode(Words().encode("one three five")), encode(Words().encode(""))
    for weight in (0.0, 0.5, 2.0):
        found = encode_about_empty(read_runs(f"one (three:{weight}) five"), Words(), encode)
        # Encoders of this kind mark no beginning.
        assert torch.allclose(found[:, 1], torch.lerp(empty[:, 1], plain[:, 1], weight), atol=1e-5)
        assert torch.equal(found[:, 2:], plain[:, 2:])
    long = " ".join("abcdefghijklm")
    assert torch.equal(encode_about_empty(read_runs(f"({long}:1.0)"), Words(), encode), encode(Words().encode(long)))


def test_weights_of_words_lead_from_the_prompt_without_them() -> None:
    """A weight of 0 leaves the words out, 0.5 stops halfway, 2 goes as far again."""
    whole, without = encode(Words().encode("one three five")), encode(Words().encode("one five"))
    for weight in (0.0, 0.5, 2.0):
        found = encode_by_words(f"one (three:{weight}) five", Words(), encode)
        assert torch.allclose(found, torch.lerp(without, whole, weight), atol=1e-5)
