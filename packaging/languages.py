"""Brings the languages up to the source: python packaging/languages.py

Reads every translatable string of app/ into resources/languages/*.ts, keeps what is translated, drops what is no
longer there, and makes the .qm files that the window loads. Says what is left to translate (Qt Linguist does it:
`pyside6-linguist resources/languages/*.ts`), and ends with 1 if there is anything.

Strings are found where they stand as `self.tr("...")` or `translate("context", "...")`; a test refuses other forms.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "languages"
LANGUAGES = ("en", "de", "ja")
"""English has its plurals alone: its other texts are those of the source."""


def update(folder: Path) -> None:
    """Bring the .ts files in `folder` up to the source."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "app").rglob("*.py"))
    for language in LANGUAGES:
        file = folder / f"onetake_{language}.ts"
        options = ["-source-language", "en", "-target-language", language, "-locations", "none", "-no-obsolete"]
        if language == "en":
            options.append("-pluralonly")
        _run("lupdate", "-silent", *sources, *options, "-ts", str(file))


def release(folder: Path, into: Path) -> None:
    """Make the .qm files of the .ts files in `folder`."""
    for language in LANGUAGES:
        source, made = folder / f"onetake_{language}.ts", into / f"onetake_{language}.qm"
        part = into / f".{made.name}.{os.getpid()}"
        try:
            _run("lrelease", "-silent", str(source), "-qm", str(part))
            # Never written in place: a window that has the file mapped would die of it.
            part.replace(made)
        finally:
            part.unlink(missing_ok=True)


def unfinished(file: Path) -> list[str]:
    """The texts of a .ts file that have no translation."""
    messages = ET.parse(file).getroot().iter("message")  # noqa: S314 - our own file
    return [
        message.findtext("source", "")
        for message in messages
        if (translation := message.find("translation")) is None or translation.get("type") == "unfinished"
    ]


def _run(tool: str, *arguments: str) -> None:
    name = f"{tool}.exe" if sys.platform == "win32" else tool
    subprocess.run([str(Path(PySide6.__path__[0]) / name), *arguments], cwd=ROOT, check=True)


def main() -> int:
    """Update, release, report."""
    update(FOLDER)
    release(FOLDER, FOLDER)
    left = {language: unfinished(FOLDER / f"onetake_{language}.ts") for language in LANGUAGES}
    for language, texts in left.items():
        for text in texts:
            print(f"{language}: {text}")
    return 1 if any(left.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
