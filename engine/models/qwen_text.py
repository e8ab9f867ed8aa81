"""Qwen language models as text encoders: a prompt, put into the words of a conversation, to hidden states.

Owns the stock encoder and its tokenizer. Which layer's states a family takes, and what is said around the prompt, is
that family's to say. There is no padding: prompts are encoded one by one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.errors import BadModelError
from engine.models.folder import class_name_in, find_network, read_config
from engine.models.stock import load_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

_TOKENIZERS = ("Qwen2Tokenizer", "Qwen2TokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend")


class QwenTextEncoder:
    """A loaded encoder."""

    def __init__(self, tokenizer: _Tokenizer, encoder: nn.Module, *, layer: int) -> None:
        """`layer`: whose output is taken, -1 for the last with its norm, -2 for what enters the last."""
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._layer = layer

    @staticmethod
    def load(
        folder: Path, classes: Sequence[str], device: torch.device, dtype: torch.dtype, *, layer: int
    ) -> QwenTextEncoder:
        """Load `folder`/text_encoder, of one of `classes`, as the first of them, and `folder`/tokenizer.

        Raises:
            BadModelError: A file is missing, damaged, unsafe or of another class.
        """
        component = replace(find_network(folder, "text_encoder", tuple(classes)), class_name=classes[0])
        tokenizer = _load_tokenizer(folder / "tokenizer")
        return QwenTextEncoder(tokenizer, load_network(component, dtype).to(device), layer=layer)

    def encode(self, text: str, max_tokens: int) -> Tensor:
        """States (1, tokens, channels) of a text of at most `max_tokens` tokens; what is beyond is cut off."""
        ids = self._tokenizer(text, max_length=max_tokens, truncation=True)["input_ids"]
        # Some wrap the language model together with one for pictures and a head, neither of which is asked.
        model = cast("nn.Module", getattr(self._encoder, "model", self._encoder))
        tokens = torch.tensor([ids], device=next(model.parameters()).device)
        output = model(input_ids=tokens, attention_mask=torch.ones_like(tokens), output_hidden_states=True)
        return cast("_Output", output).hidden_states[self._layer]

    def converse(self, prompt: str) -> str:
        """The prompt as the user's words, before the answer, by the folder's own template of conversations."""
        return self._tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True, enable_thinking=True
        )


def _load_tokenizer(place: Path) -> _Tokenizer:
    file = place / "tokenizer_config.json"
    class_name_in(read_config(file), "tokenizer_class", file, _TOKENIZERS)
    from transformers import AutoTokenizer  # noqa: PLC0415 -- seconds that other families need not wait

    stock = cast("_TokenizerClass", AutoTokenizer)
    try:
        return stock.from_pretrained(str(place), local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the library raises nothing narrower
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise BadModelError(f"{place} holds no readable tokenizer ({reason}); get the model again") from error


class _Tokenizer(Protocol):
    def __call__(self, text: str, *, max_length: int, truncation: bool) -> Mapping[str, list[int]]: ...
    def apply_chat_template(self, messages: Sequence[Mapping[str, str]], **options: bool) -> str: ...


class _TokenizerClass(Protocol):
    def from_pretrained(self, folder: str, *, local_files_only: bool, trust_remote_code: bool) -> _Tokenizer: ...


class _Output(Protocol):
    hidden_states: Sequence[Tensor]
