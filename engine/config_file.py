"""Configurations of models whose folders nobody has checked yet, for lists of models. Never imports torch.

Owns that nothing in such a file can fail here: what is wrong with it is said when the model is loaded
(engine.models.folder).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_BYTES = 64 * 2**20


def read_if_sound(file: Path) -> Mapping[str, object]:
    """The JSON object in `file`; an empty one where there is none, or no readable one."""
    try:
        if file.stat().st_size > _MAX_BYTES:
            return {}
        document = cast("object", json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", document) if isinstance(document, dict) else {}
