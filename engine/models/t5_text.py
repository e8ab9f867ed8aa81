"""T5 and UMT5 text encoders of a model folder: prompts to embeddings.

Owns the stock encoder and its tokenizer, and that a prompt's padding is told by zeros, where it is told. Does not own
which words mean what to a network (engine.models.families).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import torch

from engine.models.folder import find_network
from engine.models.stock import load_network
from engine.models.tokenizer import load_tokenizer
from engine.models.weighted_text import encode_about_empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from engine.messages.prompt_weights import PromptRun
    from engine.models.tokenizer import Tokenizer, Tokens


class T5TextEncoder:
    """A loaded encoder."""

    def __init__(
        self, tokenizer: Tokenizer, encoder: nn.Module, *, sees_padding: bool, keeps_padding: bool = False
    ) -> None:
        """Join the parts.

        Args:
            tokenizer: Of the encoder.
            encoder: The network.
            sees_padding: Whether words attend to the padding behind them, as the model was trained.
            keeps_padding: The network that is told the prompt takes the embeddings of padding, too, instead of zeros.
        """
        self.tokenizer = tokenizer
        self.encoder = encoder
        self._sees_padding = sees_padding
        self._keeps_padding = keeps_padding

    @staticmethod
    def load(
        folder: Path,
        class_name: str,
        max_tokens: int,
        device: torch.device,
        dtype: torch.dtype,
        *,
        sees_padding: bool,
        keeps_padding: bool = False,
        place: str = "",
    ) -> T5TextEncoder:
        """Load `folder`/tokenizer and `folder`/text_encoder, which must be of the class `class_name`.

        `place` ends both names in folders with several encoders, e.g. "_2".

        Raises:
            BadModelError: A file is missing, damaged, unsafe or of another class.
        """
        component = find_network(folder, f"text_encoder{place}", (class_name,))
        # Stock pipelines say the length; tokenizers say that of some other model, 120 or 512.
        tokenizer = load_tokenizer(folder, max_tokens, f"tokenizer{place}", exactly=True)
        encoder = load_network(component, dtype).to(device)
        return T5TextEncoder(tokenizer, encoder, sees_padding=sees_padding, keeps_padding=keeps_padding)

    @property
    def width(self) -> int:
        """Channels of an embedding."""
        return cast("_Encoder", self.encoder).config.d_model

    def encode(self, prompts: Sequence[str]) -> Tensor:
        """Embeddings (n, tokens, channels), in the encoder's dtype and on its device.

        The rows of padding are zero, and no others are: `text_mask` reads them back, also from a mixture of prompts.
        Not so where the encoder keeps its padding.
        """
        # One by one: a prompt's numbers must not depend on its company.
        return torch.cat([self._encode(prompt) for prompt in prompts])

    def encode_weighted(self, runs: list[PromptRun]) -> Tensor:
        """The same of one prompt whose parts have weights, (1, tokens, channels)."""
        tokens = self.tokenizer.framed([token for run in runs for token in self.tokenizer.pieces(run.text)])
        return self._without_padding(encode_about_empty(runs, self.tokenizer, self._states), tokens)

    def _encode(self, prompt: str) -> Tensor:
        tokens = self.tokenizer.encode(prompt)
        return self._without_padding(self._states(tokens), tokens)

    def _states(self, tokens: Tokens) -> Tensor:
        device = next(self.encoder.parameters()).device
        ids, is_text = torch.tensor([tokens.ids], device=device), torch.tensor([tokens.is_text], device=device)
        mask = torch.ones_like(ids) if self._sees_padding else is_text.long()
        return cast("_EncoderOutput", self.encoder(ids, attention_mask=mask)).last_hidden_state

    def _without_padding(self, states: Tensor, tokens: Tokens) -> Tensor:
        if self._keeps_padding:
            return states
        return states * torch.tensor([tokens.is_text], device=states.device)[..., None]


def text_mask(embeddings: Tensor) -> Tensor:
    """Which rows of (n, tokens, channels) are no padding: (n, tokens), bool."""
    return (embeddings != 0).any(dim=-1)


class _EncoderOutput(Protocol):
    last_hidden_state: Tensor


class _EncoderConfig(Protocol):
    d_model: int


class _Encoder(Protocol):
    config: _EncoderConfig
