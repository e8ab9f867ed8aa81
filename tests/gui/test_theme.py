"""The theme at the start: dressed as the system was last seen, corrected when the system is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from app.settings import WindowSettings
from app.theme import DARK, LIGHT, Appearance, Scheme, Theme
from engine.paths import resources_folder

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QFont, QPalette
    from PySide6.QtWidgets import QApplication

NO_ANSWER, LIKES_DARK, LIKES_LIGHT = Qt.ColorScheme.Unknown, Qt.ColorScheme.Dark, Qt.ColorScheme.Light


class Hints(QObject):
    """What a system says of its colours, and how often it was asked."""

    colorSchemeChanged = Signal()  # noqa: N815 - Qt's name

    def __init__(self, scheme: Qt.ColorScheme) -> None:
        super().__init__()
        self.scheme = scheme
        self.asked = 0

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
        self.asked += 1
        return self.scheme


class Dressed:
    """The part of QApplication that a theme dresses; offscreen, the real one has no scheme."""

    def __init__(self, scheme: Qt.ColorScheme) -> None:
        self.hints = Hints(scheme)
        self.times = 0

    def styleHints(self) -> Hints:  # noqa: N802 - Qt's name
        return self.hints

    def setFont(self, font: QFont) -> None: ...  # noqa: N802 - Qt's name

    def setPalette(self, palette: QPalette) -> None: ...  # noqa: N802 - Qt's name

    def setStyleSheet(self, _sheet: str) -> None:  # noqa: N802 - Qt's name
        self.times += 1


def themed(app: Dressed) -> Theme:
    return Theme(cast("QApplication", app), resources_folder())


@pytest.mark.usefixtures("qapp")
def test_the_first_start_asks_the_system() -> None:
    """Nothing is known of it yet."""
    theme = themed(Dressed(LIKES_LIGHT))
    theme.choose(Appearance.SYSTEM, None)
    assert theme.tokens is LIGHT
    assert theme.scheme is Scheme.LIGHT


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(
    ("last_seen", "tokens"), [(Scheme.UNKNOWN, DARK), (Scheme.DARK, DARK), (Scheme.LIGHT, LIGHT)], ids=str
)
def test_a_later_start_takes_what_was_last_seen(last_seen: Scheme, tokens: object) -> None:
    """The system is not asked: its answer loads all names of Qt."""
    app = Dressed(NO_ANSWER)
    theme = themed(app)
    theme.choose(Appearance.SYSTEM, last_seen)
    assert theme.tokens is tokens
    assert not app.hints.asked


@pytest.mark.usefixtures("qapp")
def test_a_system_that_was_changed_meanwhile_is_followed_after_the_first_frame() -> None:
    """The window is dressed anew, once, and only then."""
    app = Dressed(LIKES_LIGHT)
    theme = themed(app)
    theme.choose(Appearance.SYSTEM, Scheme.DARK)
    theme.look_again()
    assert theme.tokens is LIGHT
    assert theme.scheme is Scheme.LIGHT
    assert app.times == 2
    theme.look_again()
    assert app.times == 2


@pytest.mark.usefixtures("qapp")
def test_a_system_that_answers_late_does_not_make_the_window_flash() -> None:
    """A light window stays light until the answer comes; one that never comes makes the next start dark."""
    app = Dressed(NO_ANSWER)
    theme = themed(app)
    theme.choose(Appearance.SYSTEM, Scheme.LIGHT)
    theme.look_again()
    assert theme.tokens is LIGHT
    assert theme.scheme is Scheme.UNKNOWN
    app.hints.scheme = LIKES_LIGHT
    app.hints.colorSchemeChanged.emit()
    assert theme.tokens is LIGHT
    assert theme.scheme is Scheme.LIGHT


@pytest.mark.usefixtures("qapp")
def test_the_window_follows_the_system_while_it_is_open() -> None:
    """Also to a system that says nothing, which is dark; and not at all with colours of the artist's choice."""
    app = Dressed(LIKES_LIGHT)
    theme = themed(app)
    theme.choose(Appearance.SYSTEM)
    app.hints.scheme = NO_ANSWER
    app.hints.colorSchemeChanged.emit()
    assert theme.tokens is DARK
    theme.choose(Appearance.LIGHT)
    app.hints.scheme = LIKES_DARK
    app.hints.colorSchemeChanged.emit()
    assert theme.tokens is LIGHT
    theme.choose(Appearance.SYSTEM)
    assert theme.tokens is DARK


@pytest.mark.usefixtures("qapp")
def test_a_chosen_appearance_is_no_answer_of_the_system() -> None:
    """Qt tells what was chosen then; what the system likes stays what it was."""
    app = Dressed(LIKES_LIGHT)
    theme = themed(app)
    theme.choose(Appearance.DARK, Scheme.UNKNOWN)
    theme.look_again()
    assert theme.scheme is Scheme.UNKNOWN
    assert theme.tokens is DARK
    assert not app.hints.asked


@pytest.mark.parametrize("appearance", Appearance)
def test_qt_is_told_of_the_appearance(qapp: QApplication, appearance: Appearance) -> None:
    """By the names that Qt has for them: a title bar that the system draws goes with the window."""
    app = Dressed(NO_ANSWER)
    themed(app).choose(appearance)
    name = app.hints.property("colorScheme")
    assert isinstance(name, str)
    # False for a name that Qt does not know.
    assert qapp.styleHints().setProperty("colorScheme", name)
    assert Qt.ColorScheme[name] is {"system": NO_ANSWER, "dark": LIKES_DARK, "light": LIKES_LIGHT}[appearance]


@pytest.mark.parametrize("scheme", [None, *Scheme])
def test_the_scheme_is_remembered(tmp_path: Path, scheme: Scheme | None) -> None:
    """None before it was ever seen."""
    settings = WindowSettings(tmp_path / "window.ini")
    if scheme is not None:
        settings.scheme = scheme
    assert WindowSettings(tmp_path / "window.ini").scheme is scheme
