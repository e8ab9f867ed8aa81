"""The window in other languages: nothing that is seen is left out, and it opens in each of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from languages import FOLDER
from PySide6.QtCore import QObject, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from app.commands import commands_of
from app.languages import Language, speak
from tests.gui.test_project_files import press
from tests.requests import FREE_TEXT, PAPERCUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from app.application import Application

OPEN, CLOSE = "⟦", "⟧"


class Marker(QTranslator):
    """Puts a mark around everything that is translated."""

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"{OPEN}{source}{CLOSE}"


@pytest.fixture
def marked(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything that is built now says whether it was translated."""
    marker = Marker()

    def speak_marked(app: QApplication, _language: Language, _folder: Path) -> list[QTranslator]:
        app.installTranslator(marker)
        return []

    monkeypatch.setattr("app.opening.speak", speak_marked)
    yield
    qapp.removeTranslator(marker)


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    """The application speaks English again afterwards."""
    yield
    speak(qapp, Language.SYSTEM, FOLDER)


def texts_of(thing: QObject) -> list[str]:
    """Everything that a widget or an action says to people."""
    texts: list[str] = []
    if isinstance(thing, QAction):
        texts += [thing.text(), thing.toolTip()]
    if isinstance(thing, QWidget):
        texts += [thing.toolTip(), thing.accessibleName(), thing.accessibleDescription(), thing.windowTitle()]
    if isinstance(thing, QLabel | QAbstractButton):
        texts.append(thing.text())
    if isinstance(thing, QGroupBox):
        texts.append(thing.title())
    if isinstance(thing, QLineEdit | QPlainTextEdit):
        texts.append(thing.placeholderText())
    if isinstance(thing, QSpinBox):
        texts += [thing.prefix(), thing.suffix(), thing.specialValueText()]
    if isinstance(thing, QComboBox):
        texts += [thing.itemText(row) for row in range(thing.count())]
    return texts


def is_own(text: str) -> bool:
    """Whether a text is no word of a language: figures, keys, names of models and devices, units."""
    names = {PAPERCUT.title, FREE_TEXT.title, PAPERCUT.description, FREE_TEXT.description}
    names |= {"Onetake", "English", "Deutsch", "日本語", "fps", "px", "s", "ms"}
    before, rest = "", text
    while rest != before:
        # From the inside: a translated sentence may hold translated words.
        before, rest = rest, re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", rest)
    return text in names or all(word in names for word in re.findall(r"[^\W\d_]{2,}", rest))


def test_everything_in_the_window_is_translated(
    qtbot: QtBot, marked: None, open_window: Callable[[], Application]
) -> None:
    """Every label, button, tip, action, choice and name for screen readers goes through the translator."""
    onetake = open_window()
    onetake.wing.open()
    press(onetake, "example_take")
    left: dict[str, str] = {}
    for thing in onetake.window.findChildren(QObject):
        is_inner = isinstance(thing.parent(), QAbstractSpinBox | QComboBox)
        for text in [] if is_inner else texts_of(thing):
            if not is_own(text):
                left[text] = f"{type(thing).__name__} {thing.objectName()} in {type(thing.parent()).__name__}"
    assert left == {}


@pytest.mark.parametrize("language", [Language.GERMAN, Language.JAPANESE])
def test_the_window_opens_in_the_language_that_was_chosen_before(
    english: None, open_window: Callable[[], Application], language: Language
) -> None:
    """The choice is in the View menu; it is kept, and the next window speaks it, its menus and fields too."""
    first = open_window()
    press(first, f"language_{language}")
    first.window.close()
    second = open_window()
    words = {
        Language.GERMAN: ("&Datei", "Erzeugen", "Datei"),
        Language.JAPANESE: ("ファイル(&F)", "生成", "ファイル"),
    }[language]
    assert second.window.menus.file.title() == words[0]
    assert second.prompt.generate.text() == words[1]
    assert commands_of(second.window.menuBar())[0].place == words[2], "the letter of the key is no word"
    checked = [action.text() for action in second.controls.languages.actions() if action.isChecked()]
    assert checked == [{Language.GERMAN: "Deutsch", Language.JAPANESE: "日本語"}[language]]
