"""Help with the prompt: earlier prompts, styles, and alternatives that are drawn when the prompt is sent."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from app.prompt_history import PromptHistory, Style, with_style
from engine.messages import ImageRequest, VideoRequest
from tests.gui.video import enter_video, open_plan
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths
    from tests.fakes import FakeEngine


def send(qtbot: QtBot, onetake: Application, engine: FakeEngine, prompt: str) -> None:
    """Type a prompt and generate."""
    before = len(engine.requests)
    onetake.prompt.prompt.replace_text(prompt)
    onetake.prompt.generate.click()
    qtbot.waitUntil(lambda: len(engine.requests) > before)


def press(qtbot: QtBot, onetake: Application, key: Qt.Key) -> str:
    """Press a key in the prompt; returns what it shows then."""
    qtbot.keyClick(onetake.prompt.prompt, key)
    return onetake.prompt.prompt.toPlainText()


def test_up_and_down_go_through_what_was_sent(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """From the newest to the oldest and back to what is being written; the project follows, and undo as well."""
    for prompt in ("a boat", "a house", "a boat", "a lake"):
        send(qtbot, onetake, engine, prompt)
    onetake.prompt.prompt.replace_text("a new")
    up, down = Qt.Key.Key_Up, Qt.Key.Key_Down
    assert [press(qtbot, onetake, up) for _ in range(4)] == ["a lake", "a boat", "a house", "a house"]
    assert onetake.project.prompt == "a house"
    assert [press(qtbot, onetake, down) for _ in range(4)] == ["a boat", "a lake", "a new", "a new"]
    press(qtbot, onetake, up)
    onetake.project.undo_stack.undo()
    assert onetake.prompt.prompt.toPlainText() != "a lake"


def test_what_was_just_sent_is_no_step_back(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Up goes to the one before it at once."""
    for prompt in ("a boat", "a house"):
        send(qtbot, onetake, engine, prompt)
    assert press(qtbot, onetake, Qt.Key.Key_Up) == "a boat"


def test_up_moves_the_cursor_within_several_lines(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """Only from the first line does it leave the text."""
    send(qtbot, onetake, engine, "a boat")
    onetake.prompt.prompt.replace_text("one\ntwo\nthree")
    shown = [press(qtbot, onetake, Qt.Key.Key_Up) for _ in range(3)]
    assert shown == ["one\ntwo\nthree", "one\ntwo\nthree", "a boat"]


def test_the_history_outlives_the_window(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, open_window: Callable[[], Application]
) -> None:
    """The next window goes back to what was sent in this one, as it was typed."""
    send(qtbot, onetake, engine, "a {red|red} boat")
    onetake.window.close()
    second = open_window()
    second.prompt.prompt.replace_text("new")
    assert press(qtbot, second, Qt.Key.Key_Up) == "a {red|red} boat"


def test_another_windows_prompts_do_not_move_the_place_in_the_history(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, paths: Paths
) -> None:
    """They are merged while the artist goes through it; who begins anew finds them."""
    for prompt in ("a boat", "a house"):
        send(qtbot, onetake, engine, prompt)
    history, file = onetake.prompt_help.history, paths.home / "prompts.json"
    qtbot.waitUntil(lambda: PromptHistory(file).prompts == ["a boat", "a house"])
    onetake.prompt.prompt.replace_text("new")
    up, down = Qt.Key.Key_Up, Qt.Key.Key_Down
    assert press(qtbot, onetake, up) == "a house"
    PromptHistory(file).add("a boat")
    history.add("a lake")
    assert history.prompts == ["a house", "a boat", "a lake"]
    assert press(qtbot, onetake, up) == "a boat"
    assert [press(qtbot, onetake, down) for _ in range(2)] == ["a house", "new"]
    assert [press(qtbot, onetake, up) for _ in range(3)] == ["a lake", "a boat", "a house"]


@pytest.mark.parametrize("content", ["{", "[1]", '{"a": 1}'])
def test_a_damaged_history_is_an_empty_one(
    qtbot: QtBot, paths: Paths, open_window: Callable[[], Application], content: str
) -> None:
    """The window opens, and Up has no effect."""
    for name in ("prompts.json", "styles.json"):
        (paths.home / name).write_text(content)
    window = open_window()
    window.prompt.prompt.replace_text("new")
    assert press(qtbot, window, Qt.Key.Key_Up) == "new"
    assert window.prompt_help.styles.styles == ()


def test_alternatives_are_drawn_when_the_prompt_is_sent(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, paths: Paths
) -> None:
    """The request holds the words that were drawn, the field what was typed; the same seed sends the same again."""
    (paths.home / "wildcards").mkdir()
    (paths.home / "wildcards" / "time.txt").write_text("dusk\nnight\n")
    typed = "a {boat|house} at __time__"
    send(qtbot, onetake, engine, typed)
    assert onetake.prompt.prompt.toPlainText() == typed
    first = engine.requests[0]
    assert first.prompt in {f"a {thing} at {time}" for thing in ("boat", "house") for time in ("dusk", "night")}
    onetake.project.change("lock", seed_locked=True)
    send(qtbot, onetake, engine, typed)
    assert engine.requests[1] == first
    prompts = {first.prompt}
    for seed in range(20):
        onetake.project.change("seed", seed=seed)
        request = onetake.project.image_request()
        prompts.add(request.prompt)
    assert len(prompts) == 4


def test_segments_draw_each_for_itself(qtbot: QtBot, onetake: Application, engine: FakeEngine) -> None:
    """A take's plan keeps its alternatives; the request has one of each."""
    enter_video(qtbot, onetake)
    open_plan(onetake, count=3)
    onetake.project.type_prompt("a {red|blue} balloon")
    request = onetake.project.video_request()
    assert isinstance(request, VideoRequest)
    assert request.prompt in {"a red balloon", "a blue balloon"}
    assert onetake.project.prompt == "a {red|blue} balloon"


@pytest.mark.parametrize(("typed", "said"), [("a {boat", "without its }"), ("a __thing__", "thing.txt; make it")])
def test_what_cannot_be_drawn_is_told_beside_generate(
    onetake: Application, engine: FakeEngine, typed: str, said: str
) -> None:
    """Nothing is sent, and nothing is lost."""
    onetake.prompt.prompt.replace_text(typed)
    onetake.prompt.generate.click()
    assert said in onetake.prompt.error.text()
    assert engine.requests == []
    assert onetake.jobs.rowCount() == 0


def test_a_wildcard_is_no_unknown_word(onetake: Application) -> None:
    """Its name is not underlined, other unknown words are."""
    onetake.prompt.prompt.replace_text("a __dragons__ dragon")
    assert onetake.prompt.prompt.ignored_words() == ["dragon"]


@pytest.mark.parametrize(
    ("words", "style", "wanted"),
    [
        ("a boat", "at night", "a boat, at night"),
        ("a boat, ", "at night", "a boat, at night"),
        ("", "at night", "at night"),
        ("a boat", "mountains with {prompt} at night", "mountains with a boat at night"),
        ("a boat", "", "a boat"),
    ],
)
def test_a_style_comes_behind_the_prompt_or_around_it(words: str, style: str, wanted: str) -> None:
    """With the prompt's place in its words, around."""
    assert with_style(words, style) == wanted


def test_styles_are_kept_used_and_removed(
    qtbot: QtBot, onetake: Application, open_window: Callable[[], Application]
) -> None:
    """Both prompts are saved under a name; using one is one step of undo; the next window has them."""
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    onetake.project.choose_model(FREE_TEXT.name)
    onetake.project.change("typing", prompt="at night", negative_prompt="sun")
    onetake.prompt_help.keep(" Night ")
    assert "Saved the style “Night”" in onetake.notices.text
    onetake.project.change("settings", prompt="a boat", negative_prompt="")
    style = Style(name="Night", prompt="at night", negative_prompt="sun")
    assert onetake.prompt_help.styles.styles == (style,)
    onetake.prompt_help.use(style)
    assert (onetake.project.prompt, onetake.project.edit.negative_prompt) == ("a boat, at night", "sun")
    onetake.project.undo_stack.undo()
    assert (onetake.project.prompt, onetake.project.edit.negative_prompt) == ("a boat", "")
    onetake.window.close()
    second = open_window()
    second.prompt_help.fill_menu()
    assert second.prompt_help.menu.actions()[0].text() == "Night"
    second.prompt_help.remove(style)
    assert second.prompt_help.styles.styles == ()


@pytest.mark.parametrize(("name", "prompt", "said"), [("", "a boat", "no name"), ("Boat", "  ", "write a prompt")])
def test_a_style_needs_a_name_and_words(onetake: Application, name: str, prompt: str, said: str) -> None:
    """What is missing is told."""
    onetake.project.change("typing", prompt=prompt)
    onetake.prompt_help.keep(name)
    assert said in onetake.notices.text


def test_a_model_without_negative_prompts_gets_the_words_alone(qtbot: QtBot, onetake: Application) -> None:
    """The negative words of a style are left out."""
    qtbot.waitUntil(lambda: onetake.project.spec is not None)
    onetake.project.type_prompt("a boat")
    onetake.prompt_help.use(Style(name="Night", prompt="at night", negative_prompt="sun"))
    assert onetake.project.prompt == "a boat, at night"
    onetake.project.undo_stack.undo()
    assert onetake.project.prompt == "a boat"
    onetake.project.type_prompt("at night")
    assert (onetake.project.prompt, onetake.project.edit.negative_prompt) == ("at night", "")
    request = onetake.project.image_request()
    assert isinstance(request, ImageRequest)


def test_the_menu_lists_wildcards_and_inserts_them(onetake: Application, paths: Paths) -> None:
    """At the cursor."""
    (paths.home / "wildcards").mkdir()
    (paths.home / "wildcards" / "time.txt").write_text("dusk\n")
    onetake.prompt.prompt.replace_text("a boat at ")
    onetake.prompt_help.fill_menu()
    submenu = onetake.prompt_help.menu.actions()[-1].menu()
    assert isinstance(submenu, QMenu)
    next(action for action in submenu.actions() if action.text() == "time").trigger()
    assert onetake.project.prompt == "a boat at __time__"
