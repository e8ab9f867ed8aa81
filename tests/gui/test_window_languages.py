"""The window in other languages: nothing that is seen is left out, and it opens in each of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from languages import FOLDER
from PIL import Image
from PySide6.QtCore import QObject, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from app import timeline_edits as edits
from app.commands import commands_of
from app.languages import Language, speak
from app.main_window import SMALLEST_PX
from app.settings import WindowSettings
from app.widgets.edit_bar import LEAST_FIELDS_PX, EditBar
from engine.messages import JobState
from tests.gui.test_project_files import press
from tests.gui.video import command, enter_video, generate_take, open_plan
from tests.requests import FREE_TEXT, PAPERCUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths

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


@pytest.mark.usefixtures("marked")
def test_why_a_take_is_not_branched_or_re_rolled_is_translated(
    qtbot: QtBot, open_window: Callable[[], Application]
) -> None:
    """Each reason, whole: nothing of it is said in English."""
    onetake = open_window()
    parts = enter_video(qtbot, onetake)
    open_plan(onetake)
    said: list[str] = []
    onetake.studio.refused.connect(said.append)
    command(onetake, "branch").setEnabled(True)
    command(onetake, "reroll").setEnabled(True)
    command(onetake, "branch").trigger()
    command(onetake, "reroll").trigger()
    record = generate_take(qtbot, onetake, JobState.DONE)
    onetake.studio.show_job(record.info.job)
    parts.playhead.seek(0)
    command(onetake, "branch").trigger()
    parts.playhead.seek(18)
    onetake.project.change_video("edit", edits.write_prompt(onetake.project.video, 0, "red balloon"))
    command(onetake, "branch").trigger()
    onetake.project.change_video("edit", edits.remove(onetake.project.video, (2, 3)))
    command(onetake, "reroll").trigger()
    onetake.project.change_video("edit", edits.remove(onetake.project.video, (1,)))
    command(onetake, "branch").trigger()
    onetake.project.change("size", width=128)
    command(onetake, "branch").trigger()
    command(onetake, "reroll").trigger()
    reasons = set(filter(None, said))
    assert len(reasons) == 8
    assert [text for text in reasons if not is_own(text)] == []


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


@pytest.mark.parametrize("language", [Language.ENGLISH, Language.GERMAN, Language.JAPANESE])
@pytest.mark.usefixtures("english")
def test_the_edit_bar_is_whole_in_the_smallest_window(
    qtbot: QtBot, open_window: Callable[[], Application], paths: Paths, language: Language
) -> None:
    """No method's name is shortened, no field is cut, and nothing lies beyond the window's edge."""
    WindowSettings(paths.home / "window.ini").language = language
    picture = paths.home / "lake.png"
    Image.new("RGB", (96, 64), "#446688").save(picture)
    onetake = open_window()
    window = onetake.window
    onetake.exchange.edit_wanted.emit(str(picture))
    window.resize(*SMALLEST_PX)
    bar = window.findChild(EditBar)
    assert isinstance(bar, EditBar)
    qtbot.waitUntil(lambda: bar.isVisible() and onetake.project.canvas.width == 96, timeout=30_000)
    assert (window.width(), window.height()) == SMALLEST_PX
    for method, button in bar.methods.items():
        button.click()
        assert onetake.project.canvas.method == method
        QApplication.processEvents()
        for name in bar.methods.values():
            assert name.width() >= name.sizeHint().width(), name.text()
        port = bar.fields.visibleRegion().boundingRect()
        lowest = max(field.mapTo(bar.fields, field.rect().bottomLeft()).y() for field in shown_of(bar))
        is_scrolled = bar.fields.height() > port.height()
        assert lowest <= port.bottom() or is_scrolled
        assert port.height() >= LEAST_FIELDS_PX or port.height() >= bar.fields.heightForWidth(bar.fields.width())
    right = window.queue_head.mapTo(window, window.queue_head.rect().topRight()).x()
    assert right < window.width()
    assert window.queue_head.minimumSizeHint().width() <= window.queue_head.width()


def shown_of(bar: EditBar) -> list[QWidget]:
    """The fields that the method has."""
    return [field for field in bar.fields.in_tab_order if field.isVisibleTo(bar)]
