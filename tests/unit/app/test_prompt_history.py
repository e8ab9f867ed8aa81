"""The prompts that were sent: none is lost to a moment in which the file cannot be written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from app.prompt_history import PromptHistory

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of the history; another window has written it."""
    file = tmp_path / "prompts.json"
    file.write_text('["whale"]')
    return file


def test_a_prompt_that_could_not_be_written_is_written_with_the_next(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind what other windows wrote meanwhile, and in the order of sending."""
    history = PromptHistory(file)
    with monkeypatch.context() as patch:
        patch.setattr("app.file_change.write_atomically", no_room)
        for prompt in ("boat", "house"):
            with pytest.raises(OSError, match="no room"):
                history.add(prompt)
    assert history.prompts == ["whale", "boat", "house"]
    file.write_text('["whale", "kite"]')
    history.add("moon")
    assert history.prompts == json.loads(file.read_text()) == ["whale", "kite", "boat", "house", "moon"]


def test_sending_the_same_prompt_again_writes_what_is_not_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the list does not change; once written, the file is left alone."""
    history = PromptHistory(file)
    with monkeypatch.context() as patch:
        patch.setattr("app.file_change.write_atomically", no_room)
        with pytest.raises(OSError, match="no room"):
            history.add("boat")
    history.add("boat")
    assert json.loads(file.read_text()) == ["whale", "boat"]
    file.write_text('["whale", "boat", "kite"]')
    history.add("boat")
    assert json.loads(file.read_text()) == ["whale", "boat", "kite"]


def no_room(_file: Path, _document: bytes) -> None:
    """A full disk."""
    raise OSError("no room")
