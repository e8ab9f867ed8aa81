"""The languages: every string of the source is in them, finished, with its placeholders, and loads."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest
from languages import FOLDER, LANGUAGES, ROOT, release
from PySide6.QtCore import QCoreApplication, QLocale

from app.detector_words import SETTINGS, SUMMARIES, TITLES
from app.languages import Language, speak, spoken
from app.words import frames_text, sentence
from engine.messages.detectors import DETECTORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

REMEDY = "run `python packaging/languages.py` and translate what it names"
TRANSLATED = [language for language in LANGUAGES if language != "en"]
CALLS = ("translate", "QCoreApplication.translate", "QT_TRANSLATE_NOOP")


class Text(NamedTuple):
    """A string of the source, by the context that it is looked up in."""

    context: str
    source: str


class Reader(ast.NodeVisitor):
    """Every string of one module that is to be translated, and every call whose string no tool could find."""

    def __init__(self) -> None:
        self.texts: set[Text] = set()
        self.unfound: list[str] = []
        self.looked_up: set[str] = set()
        """Contexts of strings that are looked up by a name; QT_TRANSLATE_NOOP has them in the same module."""
        self._classes: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        given = [each.value for each in node.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name == "self.tr" and self._classes and given:
            self.texts.add(Text(self._classes[-1], given[0]))
        elif name in CALLS and len(given) == len(node.args) == 2:
            self.texts.add(Text(given[0], given[1]))
        elif name in CALLS and given and isinstance(node.args[1], ast.Name):
            self.looked_up.add(given[0])
        elif name == "tr" or name.endswith(".tr") or name in CALLS:
            self.unfound.append(f"line {node.lineno}: {ast.unparse(node)}")
        self.generic_visit(node)


def read_module(file: Path) -> Reader:
    reader = Reader()
    reader.visit(ast.parse(file.read_text(encoding="utf-8")))
    return reader


MODULES = {str(file.relative_to(ROOT)): file for file in sorted((ROOT / "app").rglob("*.py"))}


def messages(language: str) -> Iterator[tuple[Text, ET.Element]]:
    for context in ET.parse(FOLDER / f"onetake_{language}.ts").getroot().iter("context"):
        for message in context.iter("message"):
            yield Text(context.findtext("name", ""), message.findtext("source", "")), message


def translations(message: ET.Element) -> list[str]:
    forms = [form.text or "" for form in message.iter("numerusform")]
    return forms or [message.findtext("translation", "")]


def placeholders(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{\w*(?::[^{}]*)?\}|%n|%\d", text))


def margins(text: str) -> tuple[str, str]:
    """The spaces before and behind a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_every_string_of_the_source_can_be_found() -> None:
    """Only `self.tr("...")` in a class and `translate("context", "...")`: what lupdate reads as Qt looks it up.

    It does not see the number in `translate("context", "%n ...", "", n)`, nor what \\N{...} stands for.
    """
    unfound: dict[str, list[str]] = {}
    for name, file in MODULES.items():
        reader = read_module(file)
        listed = {text.context for text in reader.texts}
        if reader.unfound or reader.looked_up - listed:
            unfound[name] = [*reader.unfound, *reader.looked_up]
    assert unfound == {}


def test_the_words_of_the_detectors_are_known() -> None:
    """The engine has them as data: each title, setting and explanation is listed for translation."""
    options = [option for spec in DETECTORS for option in spec.options]
    said = {spec.title for spec in DETECTORS} | {sentence(text) for o in options for text in (o.name, o.summary)}
    assert said == {*TITLES, *SETTINGS, *SUMMARIES}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_languages_have_every_string_of_the_source(language: str) -> None:
    """None is missing and none is left over, each in the context in which the program looks it up."""
    source = {text for file in MODULES.values() for text in read_module(file).texts}
    assert len(source) > 600
    known = {text for text, _ in messages(language)}
    assert sorted(source - known) == [], REMEDY
    assert sorted(known - source) == [], REMEDY


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_string_is_translated(language: str) -> None:
    """Finished, and not empty."""
    open_ones = [
        text.source
        for text, message in messages(language)
        if message.find("translation[@type]") is not None or not all(translations(message))
    ]
    assert open_ones == [], REMEDY


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    """A figure or a name that the source shows is in every form of the translation once, too."""
    wrong: list[str] = []
    for text, message in messages(language):
        wanted = placeholders(text.source)
        for form in translations(message):
            # One thing may be counted in words: "1 picture".
            is_singular = message.get("numerus") == "yes" and placeholders(form) + Counter(["%n"]) == wanted
            if placeholders(form) != wanted and not is_singular:
                wrong.append(f"{text.source!r} is {form!r}")
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_form_of_the_source(language: str) -> None:
    """Lines, dots that promise a dialog, the mark of a key, and no space that the source has not."""
    wrong: list[str] = []
    for text, message in messages(language):
        for form in translations(message):
            same = (
                form.count("\n") == text.source.count("\n")
                and form.endswith("…") == text.source.endswith("…")
                and ("&" in form) == ("&" in text.source)
                and margins(form) == margins(text.source)
            )
            if not same:
                wrong.append(f"{text.source!r} is {form!r}")
    assert wrong == []


def test_what_is_shipped_is_made_of_the_sources(tmp_path: Path) -> None:
    """The .qm files are those of the .ts files beside them."""
    release(FOLDER, tmp_path)
    for language in LANGUAGES:
        name = f"onetake_{language}.qm"
        assert (FOLDER / name).read_bytes() == (tmp_path / name).read_bytes(), REMEDY


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (["de-AT", "en"], Language.GERMAN),
        (["fr-FR", "ja-JP", "en-US"], Language.JAPANESE),
        (["fr-FR", "pt-BR"], Language.ENGLISH),
        (["en-GB", "de"], Language.ENGLISH),
        (["C"], Language.ENGLISH),
        ([], Language.ENGLISH),
    ],
)
def test_the_system_says_which_language_it_wants_first(system: list[str], expected: Language) -> None:
    """The first that we have of its list, whatever the region; English when there is none."""
    assert spoken(Language.SYSTEM, system) is expected
    assert spoken(Language.JAPANESE, system) is Language.JAPANESE


@pytest.fixture
def english(qapp: QApplication) -> Iterator[QApplication]:
    """The application, which speaks English again afterwards."""
    yield qapp
    speak(qapp, Language.SYSTEM, FOLDER)


def test_a_language_brings_words_plurals_numbers_and_the_dialogs_of_qt(english: QApplication) -> None:
    """All of it at once, and all of it goes with the texts."""
    texts = speak(english, Language.GERMAN, FOLDER)
    assert (frames_text(1), frames_text(1000)) == ("1 Frame", "1000 Frames")
    assert QLocale().toString(1.5, "f", 1) == "1,5"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    texts = speak(english, Language.JAPANESE, FOLDER)
    assert (frames_text(1), frames_text(2)) == ("1 フレーム", "2 フレーム")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "キャンセル"
    texts = speak(english, Language.ENGLISH, FOLDER)
    assert texts
    assert (frames_text(1), frames_text(2)) == ("1 frame", "2 frames")
    assert QLocale().toString(1.5, "f", 1) == "1.5"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_a_missing_or_damaged_language_leaves_the_words_of_the_source(english: QApplication, tmp_path: Path) -> None:
    """The window opens all the same."""
    (tmp_path / "onetake_de.qm").write_bytes(b"no texts")
    for language in (Language.GERMAN, Language.JAPANESE):
        texts = speak(english, language, tmp_path)
        assert len(texts) == 1, "those of Qt alone"
        assert frames_text(2) == "2 frames"
