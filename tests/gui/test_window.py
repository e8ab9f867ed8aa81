"""The window as a whole: names, tab order, models, themes, closing and opening again."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.application import Application
from app.theme import DARK, LIGHT, Appearance, Tokens
from engine.messages import JobState
from tests.fakes import FakeEngine
from tests.requests import FREE_TEXT, request

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def focusable(window: QWidget) -> list[QWidget]:
    """Every widget that the keyboard can reach."""
    widgets = [widget for widget in window.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
    # The text field inside a spin box or a combo box is spoken with its owner.
    inner = [widget for widget in widgets if isinstance(widget, QLineEdit) and widget.objectName().startswith("qt_")]
    return [widget for widget in widgets if widget not in inner]


def test_everything_that_takes_the_focus_has_a_name(onetake: Application) -> None:
    """A screen reader has something to say for every focusable widget."""
    unnamed: list[str] = []
    for widget in focusable(onetake.window):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            unnamed.append(f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}")
    assert unnamed == []


def test_tab_goes_through_the_prompt_panel_in_reading_order(qtbot: QtBot, onetake: Application) -> None:
    """From the prompt, Tab visits the enabled fields from top to bottom and then the Generate button."""
    panel = onetake.prompt
    onetake.project.choose_model(FREE_TEXT.name)
    onetake.project.change("lock", seed_locked=True, width=512, height=512)
    panel.prompt.setFocus()
    form = onetake.form
    wanted: list[QWidget] = [
        panel.styles,
        form.negative,
        form.size_field.shape,
        form.count,
        form.steps,
        form.seed.number,
    ]
    wanted += [form.seed.lock, form.seed.dice, form.guidance, form.model, panel.generate]
    for widget in wanted:
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is widget


def test_f6_goes_from_panel_to_panel(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Prompt, canvas, queue and gallery are one key apart."""
    engine.add_done(request("a house"))
    engine.script("hold")
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    engine.crash()
    # The re-attached window fills its panels one after the other; an empty one is no stop.
    stops = (onetake.stage.grid, onetake.queue.list, onetake.gallery.list)
    qtbot.waitUntil(lambda: all(stop.isVisible() for stop in stops))
    window = onetake.window
    onetake.prompt.prompt.setFocus()
    for stop in (*stops, onetake.prompt.prompt):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        assert QApplication.focusWidget() is stop


def test_tab_on_the_canvas_hides_the_panels_and_shows_them_again(qtbot: QtBot, onetake: Application) -> None:
    """The picture gets the whole window, and nothing is lost."""
    onetake.project.change("typing", prompt="a boat")
    onetake.studio.generate()
    onetake.stage.grid.setFocus()
    qtbot.keyClick(onetake.stage.grid, Qt.Key.Key_Tab)
    assert not onetake.prompt.isVisible()
    qtbot.keyClick(onetake.stage.grid, Qt.Key.Key_Tab)
    assert onetake.prompt.isVisible()
    assert onetake.gallery.isVisible()


def test_the_models_keep_qts_rules(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Qt's own checker finds nothing wrong while jobs come, run, fail, are cancelled and finish."""
    models = [
        onetake.jobs,
        onetake.queue.list.model(),
        onetake.gallery.list.model(),
        onetake.stage.candidates,
    ]
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(model, mode) for model in models]
    engine.script("finish", "fail", "hold", "refuse")
    onetake.project.change("typing", prompt="a boat")
    for _ in range(4):
        onetake.studio.generate()
    qtbot.waitUntil(lambda: len(engine.requests) == 4 and onetake.jobs.rowCount() == 3)
    # A job that the engine has not acknowledged yet cannot be cancelled.
    qtbot.waitUntil(lambda: (held := onetake.jobs.record("job-3")) is not None and held.state is JobState.RUNNING)
    engine.show_candidate("job-3", 0)
    onetake.studio.cancel_newest()
    qtbot.waitUntil(lambda: all(record.state.is_final for record in onetake.jobs.records()), timeout=30_000)
    engine.crash()
    qtbot.waitUntil(lambda: engine.connections == 2)
    onetake.jobs.clear_ended()
    assert onetake.queue.list.model().rowCount() == 0
    del testers


@pytest.mark.parametrize(("appearance", "tokens"), [(Appearance.DARK, DARK), (Appearance.LIGHT, LIGHT)])
def test_the_appearance_can_be_chosen(onetake: Application, appearance: Appearance, tokens: Tokens) -> None:
    """Palette and tokens follow the choice."""
    onetake.controls.appearance_chosen.emit(appearance)
    assert onetake.theme.tokens is tokens
    assert onetake.window.palette().window().color().name() == tokens.panel


@pytest.mark.parametrize("tokens", [DARK, LIGHT])
def test_text_has_the_contrast_that_the_design_asks_for(tokens: Tokens) -> None:
    """Text on panel has 7:1, labels and states 4.5:1 or what the design's own tokens give, buttons 4.5:1."""
    assert contrast(tokens.text, tokens.panel) >= 7
    assert contrast(tokens.quiet, tokens.panel) >= 4.5
    assert contrast(tokens.accent_text, tokens.panel) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_fill) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.4


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, as WCAG defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """Relative luminance of #rrggbb."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
