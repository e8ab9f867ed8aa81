"""Tests of the names and the renaming of results."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.service.parts import missing, numbered, part_paths, publish, sweep


def test_names_of_a_batch() -> None:
    """One result keeps the name; several are numbered from 001, also beyond 999."""
    target = Path("/x/a.b.png")
    assert numbered(target, 1) == (target,)
    assert [path.name for path in numbered(target, 2)] == ["a.b-001.png", "a.b-002.png"]


def test_parts_are_hidden_neighbours_of_their_targets() -> None:
    """A part lies next to its target, so that a rename suffices, and names job, attempt and index."""
    assert part_paths("j", 2, ["/x/a.png"]) == ("/x/.j.2.tmp",)
    assert part_paths("j", 2, ["/x/a.png", "/x/b.png"]) == ("/x/.j.2.0.tmp", "/x/.j.2.1.tmp")


def test_publishing_replaces_and_can_be_repeated(tmp_path: Path) -> None:
    """An older file of the target's name is replaced; doing it again changes nothing."""
    targets = [str(tmp_path / "a.png"), str(tmp_path / "b.png")]
    parts = part_paths("j", 1, targets)
    Path(targets[0]).write_text("old")
    for part in parts:
        Path(part).write_text("new")
    assert missing(parts) == []
    publish(parts, targets)
    publish(parts, targets)
    assert [Path(target).read_text() for target in targets] == ["new", "new"]


def test_a_batch_is_published_whole_or_not_at_all(tmp_path: Path) -> None:
    """When one part cannot take its name, no part of the batch is left."""
    targets = [str(tmp_path / "a.png"), str(tmp_path / "b.png")]
    parts = part_paths("j", 1, targets)
    for part in parts:
        Path(part).write_text("new")
    Path(targets[1]).mkdir()
    with pytest.raises(OSError, match="directory"):
        publish(parts, targets)
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]


def test_sweeping_takes_all_attempts_and_nothing_else(tmp_path: Path) -> None:
    """Parts of every attempt so far go; another job's stay; a folder that is gone is no error."""
    target = str(tmp_path / "a.png")
    for name in (".j.1.tmp", ".j.2.tmp", ".j.2.tmp.fixed.mp4", ".k.1.tmp"):
        (tmp_path / name).touch()
    (tmp_path / ".j.3.tmp").mkdir()
    (tmp_path / ".j.3.tmp" / "frame_000000.png").touch()
    sweep("j", [target])
    sweep("j", [str(tmp_path / "gone" / "a.png")])
    assert [path.name for path in tmp_path.iterdir()] == [".k.1.tmp"]


def test_a_folder_is_published_like_a_file(tmp_path: Path) -> None:
    """A picture sequence takes the place of nothing, or of an empty folder, and never of anything else."""
    target = tmp_path / "take"
    target.mkdir()
    (part,) = part_paths("j", 1, [str(target)])
    Path(part).mkdir()
    (Path(part) / "frame_000000.png").touch()
    assert missing([part]) == []
    publish([part], [str(target)])
    publish([part], [str(target)])
    assert [file.name for file in target.iterdir()] == ["frame_000000.png"]
    Path(part).mkdir()
    with pytest.raises(OSError, match="not empty"):
        publish([part], [str(target)])
    assert [file.name for file in tmp_path.iterdir()] == ["take"]
    assert [file.name for file in target.iterdir()] == ["frame_000000.png"]
