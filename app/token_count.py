"""How many tokens a prompt is for a model, how many its text encoder reads, and from where the rest is cut. No Qt.

Reads `tokenizer.json` and the encoder's length as the engine does. Of several encoders the one counts that reads most:
what CLIP cuts off, T5 still reads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from engine.errors import BadModelError
from engine.messages.prompt_weights import PromptRun, read_runs
from engine.messages.text_lengths import (
    FLUX_TOKENS,
    LTX_TOKENS,
    PIXART_TOKENS,
    QWEN_IMAGE_TOKENS,
    SCHNELL_TOKENS,
    SD3_TOKENS,
    WAN_TOKENS,
    Z_IMAGE_TOKENS,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from engine.messages import ModelSpec

LARGEST_FILE_BYTES = 64 * 2**20
_BEFORE_WORDS = "<|im_start|>user\n"
"""What Qwen's template puts before the user's words."""


class TokenCount(NamedTuple):
    """Tokens of the prompt and room for them, without those that mark its ends."""

    tokens: int
    room: int
    cut_at: int | None
    """The place in the text, in code points, of the first letter that is not read; None when all is."""


class _Reader(NamedTuple):
    """A text encoder of a model: where its tokenizer is, and how many tokens it reads."""

    tokenizer: Path
    length: int
    before: str = ""
    """What stands before every prompt and counts."""


class TokenCounter:
    """Counts for one model.

    Args:
        tokenizer: Of the encoder that reads most.
        limit: How many tokens that reads, the marks of the ends among them.
    """

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


def load_counter(spec: ModelSpec) -> TokenCounter | None:
    """The counter of a model; None where its files do not say how much it reads.

    Raises:
        BadModelError: A file is malformed.
        OSError: A file cannot be read.
    """
    reader = _find_reader(spec)
    file = None if reader is None else reader.tokenizer / "tokenizer.json"
    if reader is None or file is None or not file.is_file() or file.stat().st_size > LARGEST_FILE_BYTES:
        return None
    # Loaded in the background, and only once there is a prompt to count.
    from tokenizers import Tokenizer  # noqa: PLC0415

    try:
        backend = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise BadModelError(f"{file} is no tokenizer ({error}); get the model again") from error
    backend.no_truncation()
    backend.no_padding()
    before = len(backend.encode(reader.before, add_special_tokens=False).ids)
    return TokenCounter(backend, reader.length - before)


def _find_reader(spec: ModelSpec) -> _Reader | None:
    folder = Path(spec.folder)
    # A family of videos alone has its name in the model's part for videos.
    family = spec.video.family if spec.video is not None and spec.video.family in ("wan", "ltx") else spec.family
    match family:
        case "flux":
            scheduler = _read(folder / "scheduler" / "scheduler_config.json")
            is_schnell = not spec.embeds_guidance and scheduler.get("use_dynamic_shifting") is not True
            found = _Reader(folder / "tokenizer_2", SCHNELL_TOKENS if is_schnell else FLUX_TOKENS)
        case "sd3" if _names(_read(folder / "model_index.json").get("text_encoder_3")):
            found = _Reader(folder / "tokenizer_3", SD3_TOKENS)
        case "pixart":
            pipeline = _read(folder / "model_index.json").get("_class_name")
            length = PIXART_TOKENS.get(pipeline) if isinstance(pipeline, str) else None
            found = None if length is None else _Reader(folder / "tokenizer", length)
        case "qwen_image":
            found = _Reader(folder / "tokenizer", QWEN_IMAGE_TOKENS)
        case "z_image":
            found = _Reader(folder / "tokenizer", Z_IMAGE_TOKENS, _BEFORE_WORDS)
        case "wan":
            found = _Reader(folder / "tokenizer", WAN_TOKENS)
        case "ltx":
            found = _Reader(folder / "tokenizer", LTX_TOKENS)
        case _:
            found = _find_clip(folder)
    return found


def _find_clip(folder: Path) -> _Reader | None:
    positions = _number(folder / "text_encoder" / "config.json", "max_position_embeddings")
    if positions is None:
        return None
    length = _number(folder / "tokenizer" / "tokenizer_config.json", "model_max_length")
    return _Reader(folder / "tokenizer", min(positions, length) if length else positions)


def _names(entry: object) -> bool:
    """Whether a folder's index names an encoder; one that is left out has null for its library and class."""
    return isinstance(entry, list) and any(part is not None for part in cast("list[object]", entry))


def _number(file: Path, key: str) -> int | None:
    """A positive whole number in a JSON file; None when it is not there."""
    value = _read(file).get(key)
    # Absent lengths are saved as 10^30.
    return int(value) if isinstance(value, int | float) and value >= 1 else None


def _read(file: Path) -> dict[str, object]:
    """A JSON file's object; empty when there is none."""
    if not file.is_file() or file.stat().st_size > LARGEST_FILE_BYTES:
        return {}
    try:
        document: object = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadModelError(f"{file} is no JSON ({error}); get the model again") from error
    return cast("dict[str, object]", document) if isinstance(document, dict) else {}
