"""What the window speaks: which languages there are, and putting one in force before anything is built.

The texts are in resources/languages, one `.ts` per language and the `.qm` made of it by `packaging/languages.py`.
English is in the source; its file has the plurals alone. Painted for by the first frame: imports next to nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QCoreApplication


class Language(StrEnum):
    """By their codes; SYSTEM is the one that the desktop speaks, or English."""

    SYSTEM = "system"
    ENGLISH = "en"
    GERMAN = "de"
    JAPANESE = "ja"


def spoken(language: Language, wanted_by_system: list[str]) -> Language:
    """The language itself, or the first one that we have of those that the system wants, as in `de-AT`."""
    if language is not Language.SYSTEM:
        return language
    known = [code for code in Language if code is not Language.SYSTEM]
    codes = (name.replace("_", "-").split("-")[0] for name in wanted_by_system)
    return next((Language(code) for code in codes if code in known), Language.ENGLISH)


def speak(app: QCoreApplication, language: Language, folder: Path) -> list[QTranslator]:
    """Put a language in force for all that is built from now on, Qt's own dialogs, numbers and dates included.

    Args:
        app: What is to speak it.
        language: What the artist chose.
        folder: The `.qm` files. One that is missing or damaged leaves the words of the source.

    Returns:
        The texts; they are in force as long as they live. The application is no parent for them: to look for those of
        an earlier call among its children loads all of QStyle into Python.
    """
    system = QLocale.system()
    chosen = spoken(language, system.uiLanguages())
    # Whoever's system speaks the language has dates and numbers as the system writes them.
    is_own = language is Language.SYSTEM or spoken(Language.SYSTEM, [system.name()]) is chosen
    QLocale.setDefault(system if is_own else QLocale(chosen.value))
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    found: list[QTranslator] = []
    for name, place in ((f"qtbase_{chosen}", qt), (f"onetake_{chosen}", str(folder))):
        texts = QTranslator()
        if texts.load(name, place) and app.installTranslator(texts):
            found.append(texts)
    return found
