"""What a model's card, the README.md that it is published with, says of its licence and name. Never imports torch."""

from __future__ import annotations

import re
from pathlib import Path

_MAX_CHARS = 64 * 2**10
_TITLE = re.compile(r"^#[ \t]+(.+)$", re.MULTILINE)
_FIELD = re.compile(r"^(license|license_name):[ \t]*[\"']?([^\"'#\n]+)", re.MULTILINE)


def read_licence(folder: Path) -> str:
    """The licence's name or identifier, as the card's head has it; empty without a card, or if it says nothing."""
    head, _ = _read(folder)
    fields = {key: value.strip()[:80] for key, value in _FIELD.findall(head)}
    licence = fields.get("license", "")
    return fields.get("license_name", licence) if licence in ("", "other") else licence


def is_named(word: str, folder: Path) -> bool:
    """Whether a model bears a word in its name: that of its folder, of the hub's repository, or its card's title.

    For what its configurations share with another model's, such as those of a student with its teacher's.
    """
    title = _TITLE.search(_read(folder)[1])
    names = [folder.name, title[1] if title else ""]
    if folder.parent.name == "snapshots":  # of the hub's cache
        names.append(folder.parent.parent.name)
    return any(word in name.lower() for name in names)


def _read(folder: Path) -> tuple[str, str]:
    """The card's head, which stands between two lines of dashes, and its text; empty where there is none."""
    try:
        with (folder / "README.md").open(encoding="utf-8-sig", errors="replace") as card:
            text = card.read(_MAX_CHARS)
    except OSError:
        return "", ""
    parts = re.split(r"^---[ \t]*$", text, maxsplit=2, flags=re.MULTILINE)
    return ("", text) if len(parts) < 3 or parts[0].strip() else (parts[1], parts[2])
