"""Work off the interface thread: whoever waits for it hears of its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from app.background import Background
from engine.errors import EngineError

if TYPE_CHECKING:
    import pytest
    from pytestqt.qtbot import QtBot


def test_a_mistake_of_ours_is_told_as_well(qtbot: QtBot, capfd: pytest.CaptureFixture[str]) -> None:
    """An error that no one foresaw ends the wait, is named, and leaves its traceback on standard error."""
    background, heard = Background(), list[object]()

    def stumble() -> NoReturn:
        raise KeyError("a lost key")

    background.run(stumble, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    background.close()
    (told,) = heard
    assert isinstance(told, EngineError)
    assert "a lost key" in told.message
    assert "Traceback" in capfd.readouterr().err
