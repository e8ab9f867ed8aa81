"""Journals of unsaved work: kept through a crash, and given up only for what is saved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import pytest

from app.image_edit import ImageEdit
from app.project_file import Made
from app.recovery import Journal, Recovery
from app.video_edit import SegmentEdit, VideoEdit
from app.window_file import WindowFile
from tests.patience import ENDING_S
from tests.unit.app.other_window import other_process

if TYPE_CHECKING:
    from pathlib import Path

EDIT = ImageEdit(prompt="a lake", seed=7)
WRITER = """
import sys
from pathlib import Path
from app.image_edit import ImageEdit
from app.project_file import Made
from app.recovery import Recovery
recovery = Recovery(Path(sys.argv[1]))
recovery.keep(Path(sys.argv[2]), ImageEdit(prompt="a lake", seed=7), (Made(job="3"),))
print("ready", flush=True)
sys.stdin.read()
"""


def test_the_work_of_a_process_that_was_killed_is_found(tmp_path: Path) -> None:
    """Not as long as it lives, then with all that it had, and no longer once it is forgotten."""
    folder, project = tmp_path / "recovery", tmp_path / "Lake.onetake"
    recovery = Recovery(folder)
    with other_process(WRITER, folder, project) as other:
        assert recovery.left_behind() == []
        other.kill()
        other.wait()
        (left,) = recovery.left_behind()
    assert (left.name, left.folder) == ("Lake", project)
    assert (left.journal.edit, left.journal.made) == (EDIT, (Made(job="3"),))
    recovery.forget(left)
    assert recovery.left_behind() == []
    assert list(folder.iterdir()) == []


def test_a_journal_with_a_selection_that_is_not_there_can_be_shown(tmp_path: Path) -> None:
    """Whatever the file holds, the current segment exists."""
    plan = VideoEdit(segments=(SegmentEdit(prompt="dawn"),), current=5, selected=(3, 5))
    journal = Journal(project=str(tmp_path), written=1.0, edit=ImageEdit(video=plan))
    (tmp_path / "left.json").write_bytes(msgspec.json.encode(journal))
    (left,) = Recovery(tmp_path).left_behind()
    assert (left.journal.edit.video.current, left.journal.edit.video.selected) == (0, (0,))


def test_a_window_does_not_find_its_own_work(tmp_path: Path) -> None:
    """It is not left behind; discarding removes all of it."""
    recovery = Recovery(tmp_path)
    recovery.keep(tmp_path, EDIT, ())
    assert recovery.left_behind() == []
    assert Recovery(tmp_path).left_behind() == []
    recovery.discard()
    assert list(tmp_path.iterdir()) == []
    recovery.discard()


def test_the_newest_comes_first_and_a_foreign_file_stays(tmp_path: Path) -> None:
    """Damaged journals and those of a newer version are neither offered nor removed."""
    for name in ("first", "second"):
        with other_process(WRITER, tmp_path, tmp_path / name):
            pass
    for number, document in enumerate((b"{", b'{"onetake_recovery": 2, "project": "", "written": 0, "edit": {}}')):
        (tmp_path / f"{number}.json").write_bytes(document)
    recovery = Recovery(tmp_path)
    assert [left.name for left in recovery.left_behind()] == ["second", "first"]
    assert (tmp_path / "0.json").exists()
    assert (tmp_path / "1.json").exists()


def test_two_windows_that_look_at_once_both_find_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that only looks takes nothing from the other, which may be about to close."""
    monkeypatch.setattr("app.recovery.LOOK_WITHIN_S", ENDING_S)
    with other_process(WRITER, tmp_path, tmp_path / "Lake.onetake"):
        pass
    held = WindowFile(tmp_path).claim_left_behind()
    assert len(held.__enter__()) == 1
    with ThreadPoolExecutor(1) as second:
        look = second.submit(Recovery(tmp_path).left_behind)
        with pytest.raises(TimeoutError):
            look.result(0.1)
        held.__exit__(None, None, None)
        (left,) = look.result()
    assert left.name == "Lake"
