"""Encoded prompts, kept: artists vary seeds far more often than words.

Owns the cache of one loaded model. The encoding is the model's.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.models.denoiser import Conditioning
    from engine.models.image_model import ImageModel


class PromptCache:
    """The last prompts of one model, least recently used dropped first."""

    def __init__(self, model: ImageModel, capacity: int = 64) -> None:
        self._model = model
        self._capacity = capacity
        self._encoded: OrderedDict[str, Conditioning] = OrderedDict()

    def encode(self, text: str) -> Conditioning:
        """The model's encoding of `text`, computed at most once while it stays in the cache."""
        found = self._encoded.get(text)
        if found is None:
            found = self._encoded[text] = self._model.encode_prompt(text)
            if len(self._encoded) > self._capacity:
                self._encoded.popitem(last=False)
        self._encoded.move_to_end(text)
        return found
