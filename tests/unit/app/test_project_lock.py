"""Who may save a project: one process at a time, and nobody who is dead."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.project_lock import LOCK, ProjectLock, WhyReadOnly
from tests.unit.app.other_window import other_process

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOLDER = """
import sys
from pathlib import Path
from app.project_lock import ProjectLock
lock = ProjectLock(Path(sys.argv[1]))
assert lock.take() is None
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_project_of_another_process_cannot_be_saved_until_that_dies(tmp_path: Path) -> None:
    """The lock ends with its process, also with one that is killed; the file that stays behind is nobody's."""
    lock = ProjectLock(tmp_path)
    with other_process(HOLDER, tmp_path) as other:
        assert lock.take() is WhyReadOnly.ELSEWHERE
        other.kill()
        other.wait()
        assert (tmp_path / LOCK).exists()
        assert lock.take() is None
    lock.release()


def test_a_released_project_can_be_had(tmp_path: Path) -> None:
    """Closing gives it to the next; a lock that was never had is released without effect."""
    first, second = ProjectLock(tmp_path), ProjectLock(tmp_path)
    assert first.take() is None
    assert second.take() is WhyReadOnly.ELSEWHERE
    second.release()
    first.release()
    assert second.take() is None
    second.release()


def test_a_folder_that_cannot_be_written_is_read_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried in it."""

    def refuse(_path: Path, _mode: int) -> bool:
        return False

    monkeypatch.setattr(os, "access", refuse)
    assert ProjectLock(tmp_path).take() is WhyReadOnly.FOLDER
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_locks_is_read_only(tmp_path: Path) -> None:
    """What cannot be locked could be written by two at once."""
    (tmp_path / LOCK).mkdir()
    assert ProjectLock(tmp_path).take() is WhyReadOnly.FOLDER
