"""Weighted prompts to embeddings: what `(word:1.2)` and BREAK do to the hidden states of a text encoder.

Owns three ways. `encode_by_token` is AUTOMATIC1111's: each token's state is multiplied by its weight and the mean of
all is put back; prompts longer than the encoder go through it in chunks, which the network reads one behind the other.
`encode_states_by_token` is the same for models that take several states. `encode_about_empty` is ComfyUI's, and here
T5's: each token's state moves along the line from what the empty prompt has in its place. `encode_by_words` is for
encoders that gather the whole prompt in registers behind it, as Papercut's does, where a word's own state is hardly
read. The grammar is engine.messages.prompt_weights.
Source: stable-diffusion-webui, `modules/sd_hijack_clip.py` (chunks, commas, pooled states) and
`modules/sd_emphasis.py` ("Original"); ComfyUI, `comfy/sd1_clip.py`, `encode_token_weights`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import torch

from engine.messages.prompt_weights import read_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from engine.messages import Weighting
    from engine.messages.prompt_weights import PromptRun
    from engine.models.clip_text import ClipStates
    from engine.models.tokenizer import Tokenizer, Tokens

COMMA_BACKTRACK = 20
"""A chunk that is full ends at a comma, if there is one among so many of its last tokens."""


class _Weighted(NamedTuple):
    id: int
    weight: float


def encode_by_token(
    prompt: str, tokenizer: Tokenizer, encode: Callable[[Tokens], Tensor], *, chunked: bool = True
) -> Tensor:
    """Embeddings of a prompt for models that were trained on free text.

    Args:
        prompt: With weights.
        tokenizer: The encoder's.
        encode: Hidden states of one chunk, (1, tokens, channels).
        chunked: What is longer than the encoder goes on in another chunk; else it is cut, and BREAK is nothing.

    Returns:
        (1, chunks * tokens, channels).
    """
    chunks = _chunks(read_runs(prompt), tokenizer) if chunked else [_cut(read_runs(prompt), tokenizer)]
    hidden = (encode(tokenizer.framed([token.id for token in chunk])) for chunk in chunks)
    return torch.cat([_weigh(states, chunk) for states, chunk in zip(hidden, chunks, strict=True)], dim=1)


def encode_states_by_token(
    prompt: str, tokenizer: Tokenizer, encode: Callable[[Tokens], ClipStates], *, chunked: bool
) -> ClipStates:
    """The same where models take the penultimate states, which are weighed, and a pooled one, which is not.

    Of several chunks, the pooled state is that of the first.
    """
    chunks = _chunks(read_runs(prompt), tokenizer) if chunked else [_cut(read_runs(prompt), tokenizer)]
    states = [encode(tokenizer.framed([token.id for token in chunk])) for chunk in chunks]
    weighed = [_weigh(each.penultimate, chunk) for each, chunk in zip(states, chunks, strict=True)]
    return replace(states[0], penultimate=torch.cat(weighed, dim=1))


def encode_about_empty(runs: list[PromptRun], tokenizer: Tokenizer, encode: Callable[[Tokens], Tensor]) -> Tensor:
    """Embeddings of a prompt for models whose encoder marks no beginning; what does not fit is cut.

    A token of weight w has w times its way from the state that the empty prompt has in its place.

    Args:
        runs: Of the prompt.
        tokenizer: The encoder's.
        encode: Hidden states of a prompt, (1, tokens, channels).

    Returns:
        (1, tokens, channels).
    """
    chunk = _cut(runs, tokenizer)
    states = encode(tokenizer.framed([token.id for token in chunk]))
    if all(token.weight == 1.0 for token in chunk):
        return states
    empty = encode(tokenizer.framed([])).float()
    weights = torch.ones(states.shape[1])
    weights[: len(chunk)] = torch.tensor([token.weight for token in chunk])
    # Written so that a weight of 1 leaves a state as it is, to the bit.
    whole = states.float()
    weighed = whole + (whole - empty) * (weights - 1.0).to(states.device)[None, :, None]
    return weighed.to(states.dtype)


def encode_by_words(prompt: str, tokenizer: Tokenizer, encode: Callable[[Tokens], Tensor]) -> Tensor:
    """Embeddings of a prompt for models that gather it in registers; what does not fit is cut.

    A run of weight w moves them to w times the way from the prompt without it: 0 leaves it out, 1 changes nothing.

    Args:
        prompt: With weights.
        tokenizer: The encoder's.
        encode: Hidden states of a prompt, (1, tokens, channels).

    Returns:
        (1, tokens, channels).
    """
    runs = [(tokenizer.pieces(run.text), run.weight) for run in read_runs(prompt)]
    whole = encode(tokenizer.framed([token for ids, _ in runs for token in ids]))
    weighted = whole.float()
    for index, (ids, weight) in enumerate(runs):
        if ids and weight != 1.0:
            others = [token for other, (rest, _) in enumerate(runs) if other != index for token in rest]
            without = encode(tokenizer.framed(others)).float()
            weighted = weighted + (weight - 1.0) * (whole.float() - without)
    return weighted.to(whole.dtype)


def encode_weighted(
    prompt: str,
    weighting: Weighting,
    tokenizer: Tokenizer,
    encode: Callable[[Tokens], Tensor],
    *,
    chunked: bool = True,
) -> Tensor:
    """Embeddings of a prompt as the model's spec says that it takes weights (ModelSpec.weighting)."""
    if weighting == "tokens":
        return encode_by_token(prompt, tokenizer, encode, chunked=chunked)
    if weighting == "words":
        return encode_by_words(prompt, tokenizer, encode)
    return encode(tokenizer.encode(prompt))


def _weigh(hidden: Tensor, chunk: list[_Weighted]) -> Tensor:
    if all(token.weight == 1.0 for token in chunk):
        return hidden
    weights = torch.ones(hidden.shape[1])
    # The first token marks the beginning.
    weights[1 : 1 + len(chunk)] = torch.tensor([token.weight for token in chunk])
    states = hidden.float()
    weighted = states * weights.to(hidden.device)[None, :, None]
    # "Likely not correct, but it seems to work well to prevent artifacts" (there), and pictures depend on it.
    mean = weighted.mean()
    restored = weighted * (states.mean() / mean) if mean != 0 else weighted
    return restored.to(hidden.dtype)


def _cut(runs: list[PromptRun], tokenizer: Tokenizer) -> list[_Weighted]:
    tokens = (_Weighted(token, run.weight) for run in runs for token in tokenizer.pieces(run.text))
    return list(tokens)[: tokenizer.room]


def _chunks(runs: list[PromptRun], tokenizer: Tokenizer) -> list[list[_Weighted]]:
    """Tokens with weights, cut into chunks of at most `room`, at least one."""
    room, comma = tokenizer.room, tokenizer.pieces(",")
    chunks: list[list[_Weighted]] = [[]]
    last_comma = -1
    for run in runs:
        if run.is_break:
            chunks.append([])
            last_comma = -1
            continue
        for token in tokenizer.pieces(run.text):
            chunk = chunks[-1]
            if (token,) == comma:
                last_comma = len(chunk)
            elif len(chunk) == room and last_comma != -1 and len(chunk) - last_comma <= COMMA_BACKTRACK:
                chunks.append(chunk[last_comma + 1 :])
                del chunk[last_comma + 1 :]
                last_comma = -1
            if len(chunks[-1]) == room:
                chunks.append([])
                last_comma = -1
            chunks[-1].append(_Weighted(token, run.weight))
    return chunks[:-1] if len(chunks) > 1 and not chunks[-1] else chunks
