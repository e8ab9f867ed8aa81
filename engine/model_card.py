"""What a model's card, the README.md that it is published with, says of its licence. Never imports torch."""

from __future__ import annotations

import re
from pathlib import Path

_MAX_CHARS = 64 * 2**10
_FIELD = re.compile(r"^(license|license_name):[ \t]*[\"']?([^\"'#\n]+)", re.MULTILINE)


def read_licence(folder: Path) -> str:
    """The licence's name or identifier, as the card's head has it; empty without a card, or if it says nothing."""
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as card:
            text = card.read(_MAX_CHARS)
    except OSError:
        return ""
    # The head stands between two lines of dashes.
    parts = re.split(r"^---[ \t]*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) < 3 or parts[0].strip():
        return ""
    fields = {key: value.strip()[:80] for key, value in _FIELD.findall(parts[1])}
    licence = fields.get("license", "")
    return fields.get("license_name", licence) if licence in ("", "other") else licence
