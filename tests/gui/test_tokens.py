"""Tokens under the prompt: how many, and what the model will not read."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from engine.paths import Paths, resources_folder
from tests.fake_takes import MOVING
from tests.fakes import FakeEngine
from tests.requests import FREE_TEXT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application

REAL = replace(MOVING, folder=str(resources_folder() / "models" / "papercut"))


@pytest.fixture
def engine(paths: Paths) -> FakeEngine:
    """A fake engine whose first model has the files of a real one, and whose second has none."""
    return FakeEngine(paths.outputs, models=(REAL, FREE_TEXT))


def counted(qtbot: QtBot, onetake: Application, prompt: str) -> str:
    """What the line says once the tokenizer is there."""
    onetake.prompt.prompt.replace_text(prompt)
    qtbot.waitUntil(lambda: onetake.prompt.counted.text() != "")
    return onetake.prompt.counted.text()


def struck(onetake: Application) -> str:
    """What is struck through in the field."""
    block = onetake.prompt.prompt.document().firstBlock()
    spans = [span for span in block.layout().formats() if span.format.fontStrikeOut()]
    return "".join(block.text()[span.start : span.start + span.length] for span in spans)


def test_the_count_follows_what_is_typed(qtbot: QtBot, onetake: Application) -> None:
    """Without the marks of the ends; an empty prompt says nothing."""
    assert counted(qtbot, onetake, "a moon on the left") == "5 of 62 tokens"
    assert counted(qtbot, onetake, "a moon") == "2 of 62 tokens"
    onetake.prompt.prompt.replace_text("")
    assert onetake.prompt.counted.text() == ""


def test_what_is_cut_is_struck_and_named(qtbot: QtBot, onetake: Application) -> None:
    """The first word that is not read is where the line begins, and it goes when the prompt is shorter."""
    head = " ".join(["moon"] * 62)
    assert counted(qtbot, onetake, f"{head} red balloon") == "64 of 62 tokens"
    assert struck(onetake) == "red balloon"
    assert onetake.prompt.cut.text() == "Papercut will not read: red balloon"
    assert onetake.prompt.cut.isVisible()
    onetake.prompt.prompt.replace_text(head)
    assert struck(onetake) == ""
    assert not onetake.prompt.cut.isVisible()


def test_alternatives_count_as_what_is_drawn(qtbot: QtBot, onetake: Application) -> None:
    """One of them, and nothing is struck, since it stands elsewhere in what is typed."""
    assert counted(qtbot, onetake, "{moon|sun} on the left") == "4 of 62 tokens"
    head = " ".join(["moon"] * 62)
    onetake.prompt.prompt.replace_text(f"{head} {{red|blue}} balloon")
    assert struck(onetake) == ""
    assert onetake.prompt.cut.text() == "Papercut will not read the last 2 tokens"


def test_a_model_without_a_known_length_says_nothing(qtbot: QtBot, onetake: Application) -> None:
    """Choosing it takes the count away, choosing the other brings it back."""
    counted(qtbot, onetake, "a moon")
    onetake.project.choose_model(FREE_TEXT.name)
    assert onetake.prompt.counted.text() == ""
    onetake.project.choose_model(REAL.name)
    qtbot.waitUntil(lambda: onetake.prompt.counted.text() == "2 of 62 tokens")
