"""The prompt panel: what it shows of the project and the model, and what it says about words."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QToolTip

from app.widgets.size_field import presets
from app.words import size_text
from tests.requests import FREE_TEXT, PAPERCUT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application

UNKNOWN = "winter mountains, a dragon on the left"


def underlined(onetake: Application) -> list[str]:
    """The words with a wavy line."""
    block = onetake.prompt.prompt.document().firstBlock()
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    spans = [span for span in block.layout().formats() if span.format.underlineStyle() is wave]
    return [block.text()[span.start : span.start + span.length] for span in spans]


def test_unknown_words_are_underlined_and_named(qtbot: QtBot, onetake: Application) -> None:
    """A word outside the model's vocabulary gets a wavy line, a sentence below and a tooltip."""
    field = onetake.prompt.prompt
    field.setPlainText(UNKNOWN)
    assert underlined(onetake) == ["dragon"]
    assert onetake.prompt.ignored.text() == "Papercut will ignore: dragon"
    assert field.tip_at(UNKNOWN.index("dragon") + 2) == "Papercut does not know “dragon” and will ignore it."
    assert field.tip_at(0) == ""


def test_the_tooltip_appears_under_the_mouse(qtbot: QtBot, onetake: Application) -> None:
    """A help event over an unknown word shows the sentence about it."""
    field = onetake.prompt.prompt
    field.setPlainText("dragon")
    spot = field.viewport().mapTo(field, field.cursorRect().center() - QPoint(8, 0))
    QApplication.sendEvent(field, QHelpEvent(QHelpEvent.Type.ToolTip, spot, field.mapToGlobal(spot)))
    assert "“dragon”" in QToolTip.text()
    QToolTip.hideText()


def test_underlining_counts_characters_beyond_the_basic_plane(qtbot: QtBot, onetake: Application) -> None:
    """A pair of surrogates before an unknown word does not shift its line."""
    onetake.prompt.prompt.setPlainText("😀😀 moon dragon")
    block = onetake.prompt.prompt.document().firstBlock()
    (span,) = block.layout().formats()
    units = "😀😀 moon dragon".encode("utf-16-le")
    assert units[2 * span.start : 2 * (span.start + span.length)].decode("utf-16-le") == "dragon"


def test_a_model_of_free_text_underlines_nothing(qtbot: QtBot, onetake: Application) -> None:
    """Without a vocabulary every word is known."""
    onetake.prompt.prompt.setPlainText(UNKNOWN)
    onetake.project.choose_model(FREE_TEXT.name)
    assert underlined(onetake) == []
    assert not onetake.prompt.ignored.isVisible()


def test_what_the_model_cannot_do_is_greyed_with_the_reason(qtbot: QtBot, onetake: Application) -> None:
    """Papercut takes no negative prompt and no guidance, and says so; the other model takes both."""
    assert not onetake.form.negative.isEnabled()
    assert "takes no negative prompt" in onetake.form.negative.placeholderText()
    assert not onetake.form.guidance.isEnabled()
    assert "takes no guidance" in onetake.form.guidance.toolTip()
    onetake.project.choose_model(FREE_TEXT.name)
    assert onetake.form.negative.isEnabled()
    assert onetake.form.guidance.isEnabled()
    assert onetake.form.guidance.value() == FREE_TEXT.default_guidance
    assert onetake.form.steps.value() == FREE_TEXT.default_steps


def test_an_unlocked_seed_is_drawn_by_generate_and_shown(qtbot: QtBot, onetake: Application) -> None:
    """Two requests in a row have different seeds, and the field shows the last one."""
    onetake.project.change("typing", prompt="a boat")
    first, second = onetake.project.image_request(), onetake.project.image_request()
    assert first.seed != second.seed
    assert onetake.form.seed.number.text() == str(second.seed)


def test_a_locked_seed_stays_until_the_dice_roll(qtbot: QtBot, onetake: Application) -> None:
    """With the lock on the same seed is sent again; the dice change it and keep the lock."""
    seed = onetake.form.seed
    onetake.project.change("typing", prompt="a boat")
    assert not seed.dice.isEnabled()
    qtbot.mouseClick(seed.lock, Qt.MouseButton.LeftButton)
    first, second = onetake.project.image_request(), onetake.project.image_request()
    assert first == second
    qtbot.mouseClick(seed.dice, Qt.MouseButton.LeftButton)
    assert onetake.project.image_request().seed != first.seed
    assert seed.lock.isChecked()


def test_typing_a_seed_locks_it(qtbot: QtBot, onetake: Application) -> None:
    """A seed that was typed is meant: the next Generate uses it."""
    number = onetake.form.seed.number
    number.selectAll()
    qtbot.keyClicks(number, "9223372036854775807")
    assert onetake.project.edit.seed == 2**63 - 1
    assert onetake.form.seed.lock.isChecked()


def test_sizes_offered_are_sizes_the_model_can_draw(qtbot: QtBot, onetake: Application) -> None:
    """Every preset is a multiple the model allows, within its largest side."""
    for spec in (PAPERCUT, FREE_TEXT):
        for _, width, height in presets(spec):
            assert width % spec.size_multiple == height % spec.size_multiple == 0
            assert max(width, height) <= spec.max_side


def test_a_custom_size_opens_width_and_height(qtbot: QtBot, onetake: Application) -> None:
    """Choosing Custom shows both sides; swapping exchanges them in the project."""
    size = onetake.form.size_field
    assert not size.width_px.isVisible()
    size.shape.setCurrentIndex(size.shape.count() - 1)
    size.shape.activated.emit(size.shape.count() - 1)
    assert size.width_px.isVisible()
    size.width_px.setValue(384)
    size.swap.click()
    assert (onetake.project.edit.width, onetake.project.edit.height) == (256, 384)


def test_a_model_of_few_sizes_offers_them_and_says_so_at_every_other(qtbot: QtBot, onetake: Application) -> None:
    """The line names model and size, comes with any other, goes with its own, and with a model of any size."""
    size, edit = onetake.form.size_field, onetake.project.edit
    few = ((256, 256), (448, 256), (256, 384), (256, 448))
    size.set_model(replace(PAPERCUT, trained_sizes=few))
    offered = [size.shape.itemText(row).split("  ") for row in range(size.shape.count() - 1)]
    names = ("Square", "Wide", "Portrait", "Tall", "Large square")
    assert offered == [[name, size_text(*sides)] for name, sides in zip(names, (*few, (512, 512)), strict=True)]
    size.show_size(edit.width, edit.height)
    assert not size.hint.isVisible()
    for other in ((256, 448), (512, 256)):
        size.show_size(*other)
        assert size.hint.isVisible()
    words = size.hint.text().replace("\N{NO-BREAK SPACE}", " ")
    assert words.startswith(f"Papercut draws best at {size_text(256, 256)}.")
    size.show_size(512, 288)
    words = size.hint.text().replace("\N{NO-BREAK SPACE}", " ")
    assert words.startswith(f"Papercut draws this at {size_text(448, 256)} and enlarges it")
    size.set_model(replace(PAPERCUT, trained_sizes=()))
    size.show_size(512, 256)
    assert not size.hint.isVisible()
    assert [size.shape.itemText(row).split("  ")[0] for row in range(5)] == [
        "Square", "Landscape", "Portrait", "Wide", "Large square",
    ]  # fmt: skip


def test_undo_takes_back_words_and_settings_from_any_field(qtbot: QtBot, onetake: Application) -> None:
    """Ctrl+Z in the prompt undoes the project's last change, whatever field it was made in."""
    panel = onetake.prompt
    panel.prompt.setFocus()
    qtbot.keyClicks(panel.prompt, "a boat")
    onetake.form.count.setValue(7)
    qtbot.keyClick(panel.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert onetake.project.edit.count == 4
    assert onetake.form.count.value() == 4
    while onetake.project.undo_stack.canUndo():
        qtbot.keyClick(panel.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.prompt.toPlainText() == ""
    redo = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    while onetake.project.undo_stack.canRedo():
        qtbot.keyClick(panel.prompt, Qt.Key.Key_Z, redo)
    assert panel.prompt.toPlainText() == "a boat"
    assert onetake.project.edit.count == 7


def test_keys_change_the_weight_of_a_word_and_undo_takes_it_back(qtbot: QtBot, onetake: Application) -> None:
    """Ctrl+Up and Ctrl+Down by a tenth, with Shift by half as much; the word stays selected."""
    field = onetake.prompt.prompt
    onetake.project.change("typing", prompt="a red boat")
    onetake.project.change("settings", count=2)
    field.setFocus()
    cursor = field.textCursor()
    cursor.setPosition(4)
    field.setTextCursor(cursor)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(field, Qt.Key.Key_Up, control)
    assert onetake.project.prompt == "a (red:1.1) boat"
    assert field.textCursor().selectedText() == "red"
    qtbot.keyClick(field, Qt.Key.Key_Up, control | shift)
    assert onetake.project.prompt == "a (red:1.15) boat"
    qtbot.keyClick(field, Qt.Key.Key_Down, control)
    assert onetake.project.prompt == "a (red:1.05) boat"
    onetake.project.undo_stack.undo()
    assert onetake.project.prompt == "a red boat"


def test_the_number_of_a_weight_is_no_unknown_word(onetake: Application) -> None:
    """Papercut reads brackets as weights: only the word in them can be unknown."""
    onetake.project.change("typing", prompt="(moon:1.2) [wyvern] on the left")
    assert onetake.prompt.prompt.ignored_words() == ["wyvern"]


def test_a_model_without_weights_says_that_it_takes_none(qtbot: QtBot, onetake: Application) -> None:
    """Brackets are characters to it; without any there is nothing to say."""
    plain = replace(FREE_TEXT, name="plain", title="Plain", family="another", takes_negative=False)
    onetake.project.set_models((*onetake.project.models, plain))
    onetake.project.change("model", model="plain")
    onetake.project.change("typing", prompt="a (moon:1.2)")
    qtbot.waitUntil(onetake.prompt.ignored.isVisible)
    assert onetake.prompt.ignored.text() == "Plain takes no weights; it reads the brackets as they are"
    onetake.project.change("typing", prompt="a moon")
    assert not onetake.prompt.ignored.isVisible()
