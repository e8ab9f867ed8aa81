"""How many tokens a prompt is for a model, how many its text encoder reads, and from where the rest is cut. No Qt.

Reads `tokenizer.json` and the encoder's length as the engine does. Owns the count of CLIP's encoders alone: the length
of others is a choice of the engine, not of the model's files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from engine.errors import BadModelError
from engine.messages.prompt_weights import PromptRun, read_runs

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LARGEST_FILE_BYTES = 64 * 2**20


class TokenCount(NamedTuple):
    """Tokens of the prompt and room for them, without those that mark its ends."""

    tokens: int
    room: int
    cut_at: int | None
    """The place in the text, in code points, of the first letter that is not read; None when all is."""


class TokenCounter:
    """Counts for one model. `limit` is how many positions its text encoder has."""

    def __init__(self, tokenizer: Tokenizer, limit: int) -> None:
        self._tokenizer, self._limit = tokenizer, limit

    def count(self, text: str, *, weighted: bool = False, chunked: bool = False) -> TokenCount:
        """Count a prompt's tokens.

        Args:
            text: The prompt.
            weighted: Whether `(word:1.2)` is a weight for the model, not characters.
            chunked: Whether it reads long prompts in chunks, so that nothing is cut.
        """
        runs = read_runs(text) if weighted else [PromptRun(text, 1.0, tuple(range(len(text))))]
        starts: list[int] = []
        for run in runs:
            encoding = self._tokenizer.encode(run.text, add_special_tokens=False)
            starts += [run.places[start] for start, _ in encoding.offsets]
        room = self._limit - len(self._tokenizer.encode("").ids)
        if chunked:
            return TokenCount(len(starts), room * max(1, -(-len(starts) // room)), None)
        return TokenCount(len(starts), room, starts[room] if len(starts) > room else None)


def load_counter(folder: Path) -> TokenCounter | None:
    """The counter of the model in `folder`; None where its files do not say how much it reads.

    Raises:
        BadModelError: A file is malformed.
        OSError: A file cannot be read.
    """
    tokenizer, encoder = folder / "tokenizer" / "tokenizer.json", folder / "text_encoder" / "config.json"
    positions = _number(encoder, "max_position_embeddings")
    if positions is None or not tokenizer.is_file() or tokenizer.stat().st_size > LARGEST_FILE_BYTES:
        return None
    length = _number(folder / "tokenizer" / "tokenizer_config.json", "model_max_length")
    # Loaded in the background, and only once there is a prompt to count.
    from tokenizers import Tokenizer  # noqa: PLC0415

    try:
        backend = Tokenizer.from_file(str(tokenizer))
    except Exception as error:  # the library raises nothing narrower
        raise BadModelError(f"{tokenizer} is no tokenizer ({error}); get the model again") from error
    backend.no_truncation()
    backend.no_padding()
    return TokenCounter(backend, min(positions, length) if length else positions)


def _number(file: Path, key: str) -> int | None:
    """A positive whole number in a JSON file; None when it is not there."""
    if not file.is_file() or file.stat().st_size > LARGEST_FILE_BYTES:
        return None
    try:
        document: object = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadModelError(f"{file} is no JSON ({error}); get the model again") from error
    value = cast("dict[str, object]", document).get(key) if isinstance(document, dict) else None
    # Absent lengths are saved as 10^30.
    return int(value) if isinstance(value, int | float) and value >= 1 else None
