"""How a shipped folder is replaced: whole files, a list that cannot go stale, nothing left of the model before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import BadModelError
from engine.messages import ModelSpec
from engine.model_files import LIST_NAME, check_files, read_file_list
from papercut.export import FILE_LIST, list_files, publish

if TYPE_CHECKING:
    from pathlib import Path


def write_model(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def spec_of(folder: Path) -> ModelSpec:
    return ModelSpec(name="m", title="M", family="stable_diffusion", folder=str(folder), licence="MIT")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_published_folder_passes_the_engines_check(tmp_path: Path) -> None:
    """The recipe writes the list that the engine reads, under the same name and with the same digests."""
    target = tmp_path / "papercut"
    fresh = write_model(tmp_path / "fresh", {"model_index.json": b"{}", "unet/config.json": b"{1}"})
    publish(fresh, target)
    assert FILE_LIST == LIST_NAME
    assert {file.path for file in read_file_list(target)} == {"model_index.json", "unet/config.json"}
    check_files(spec_of(target))


def test_publishing_leaves_nothing_of_the_model_before(tmp_path: Path) -> None:
    """Old weights and empty folders go, the evaluation's documents stay, and the list follows."""
    target = write_model(
        tmp_path / "papercut",
        {"model_index.json": b"{0}", "motion_adapter/config.json": b"{}", "CARD.md": b"# card", "unet/w": b"0"},
    )
    fresh = write_model(tmp_path / "fresh", {"model_index.json": b"{2}", "unet/w": b"1"})
    publish(fresh, target)
    assert names(target) == {"model_index.json", "unet/w", "CARD.md", LIST_NAME}
    assert not (target / "motion_adapter").exists()
    check_files(spec_of(target))


def test_a_folder_left_between_two_models_fails_its_check(tmp_path: Path) -> None:
    """A kill after the first new file leaves the old list, which tells."""
    target = tmp_path / "papercut"
    publish(write_model(tmp_path / "old", {"model_index.json": b"{}", "unet/w": b"0"}), target)
    (target / "unet" / "w").write_bytes(b"1")
    with pytest.raises(BadModelError, match="was altered"):
        check_files(spec_of(target))


def test_documents_are_no_part_of_the_model(tmp_path: Path) -> None:
    """Evaluating a model writes its card beside it without touching the list."""
    folder = write_model(tmp_path, {"model_index.json": b"{}", "CARD.md": b"", "card.json": b"", "sheet.png": b""})
    assert [entry["path"] for entry in list_files(folder)] == ["model_index.json"]
