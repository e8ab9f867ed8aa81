"""One of a model's CLIP encoders with its tokenizer: a prompt to the states that models with several encoders take.

Owns the pair and its loading. The forward pass is engine.models.clip_text's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.models.clip_text import ClipTextEncoder
from engine.models.folder import find_network
from engine.models.stock import read_weights
from engine.models.tokenizer import load_tokenizer
from engine.models.weighted_text import encode_states_by_token

if TYPE_CHECKING:
    from pathlib import Path

    from engine.models.clip_text import ClipStates
    from engine.models.tokenizer import Tokenizer, Tokens


@dataclass(frozen=True)
class ClipPrompt:
    """A loaded encoder."""

    tokenizer: Tokenizer
    encoder: ClipTextEncoder

    @staticmethod
    def load(folder: Path, suffix: str, class_name: str, device: torch.device, dtype: torch.dtype) -> ClipPrompt:
        """Load `folder`/text_encoder`suffix`, of the class `class_name`, and `folder`/tokenizer`suffix`.

        Raises:
            BadModelError: A file is missing, damaged, unsafe or of another class.
        """
        component = find_network(folder, f"text_encoder{suffix}", (class_name,))
        encoder = ClipTextEncoder(component)
        encoder.load_stock(component, read_weights(component))
        tokenizer = load_tokenizer(folder, encoder.config.max_position_embeddings, f"tokenizer{suffix}")
        return ClipPrompt(tokenizer, encoder.eval().requires_grad_(requires_grad=False).to(device, dtype))

    def encode(self, text: str, *, chunked: bool = False) -> ClipStates:
        """The states of one prompt, which may have weights, B = 1; a longer one is cut, or goes on in chunks."""
        return encode_states_by_token(text, self.tokenizer, self._encode_tokens, chunked=chunked)

    def _encode_tokens(self, tokens: Tokens) -> ClipStates:
        return self.encoder.encode_pooled(torch.tensor([tokens.ids], device=self.encoder.token_embedding.device))
