"""A model's list of files: read from its folder, and held against what lies there."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest

from engine.catalogue import find_model
from engine.errors import BadModelError
from engine.messages import ModelFile, ModelSpec
from engine.model_files import LIST_NAME, MAX_FILES, MAX_LIST_BYTES, check_files, fingerprint, read_file_list
from engine.paths import Paths

CONTENT = b"weights"


@pytest.fixture
def spec(tmp_path: Path) -> ModelSpec:
    """A folder with one file, and a list that names it."""
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "model.safetensors").write_bytes(CONTENT)
    write_list(tmp_path, "unet/model.safetensors")
    return ModelSpec(name="m", title="M", family="stable_diffusion", folder=str(tmp_path), licence="MIT")


def write_list(folder: Path, path: str) -> None:
    entry = {"path": path, "sha256": hashlib.sha256(CONTENT).hexdigest(), "size_bytes": len(CONTENT)}
    (folder / LIST_NAME).write_text(json.dumps([entry]))


def test_a_folder_lists_its_own_files(spec: ModelSpec, tmp_path: Path) -> None:
    """The list is read from the folder, and whole files pass."""
    (listed,) = read_file_list(tmp_path)
    assert listed == ModelFile(
        path="unet/model.safetensors", sha256=hashlib.sha256(CONTENT).hexdigest(), size_bytes=len(CONTENT)
    )
    check_files(spec)


def test_a_folder_without_a_list_promises_nothing(tmp_path: Path) -> None:
    """Other people's folders have no list; there is nothing to hold them against."""
    assert read_file_list(tmp_path) == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"weightz", "was altered"), (b"weights!", "has 8 bytes instead of 7"), (None, "is missing")],
)
def test_a_file_that_differs_is_named(spec: ModelSpec, tmp_path: Path, content: bytes | None, words: str) -> None:
    """One flipped bit, one byte more or no file at all: the error names the file and the remedy."""
    file = tmp_path / "unet" / "model.safetensors"
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(BadModelError, match=rf"model\.safetensors.*{words}.*; get the model again"):
        check_files(spec)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '[{"path": "a"}]', '[{"path": 1, "sha256": "", "size_bytes": 1}]', "\udcff", "[" * 5000],
)
def test_a_damaged_list_is_named_when_the_model_is_checked(spec: ModelSpec, tmp_path: Path, text: str) -> None:
    """A list that cannot be read is an error of its own, never a list of nothing."""
    (tmp_path / LIST_NAME).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadModelError, match=r"onetake-files\.json is no list of files"):
        check_files(spec)


def test_an_endless_list_is_not_read(spec: ModelSpec, tmp_path: Path) -> None:
    """Memory is not filled to find out that a list is nonsense."""
    with (tmp_path / LIST_NAME).open("wb") as file:
        file.truncate(MAX_LIST_BYTES + 1)
    with pytest.raises(BadModelError, match="is larger than"):
        check_files(spec)


@pytest.mark.parametrize("path", ["../model.safetensors", "/etc/hostname", "unet/../../x"])
def test_a_list_names_files_of_its_folder_only(spec: ModelSpec, tmp_path: Path, path: str) -> None:
    """No list leads out of its folder."""
    write_list(tmp_path, path)
    with pytest.raises(BadModelError, match="which is not in this folder"):
        check_files(spec)


def test_a_model_named_by_its_folder_is_held_to_its_list(spec: ModelSpec, tmp_path: Path) -> None:
    """The catalogue carries the digests, so that a picture's metadata can say which weights made it."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    assert find_model(spec.folder, Paths(tmp_path / "home")).files == read_file_list(tmp_path)


def test_a_damaged_list_does_not_hide_the_models(spec: ModelSpec, tmp_path: Path) -> None:
    """Finding a model works with a damaged list; loading it then says what is wrong."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    (tmp_path / LIST_NAME).write_text("no list")
    found = find_model(spec.folder, Paths(tmp_path / "home"))
    assert found.files == ()
    with pytest.raises(BadModelError, match="is no list of files"):
        check_files(found)


def test_the_embedded_model_is_whole(tmp_path: Path) -> None:
    """What ships is what its list says, from the weights to the index."""
    papercut = find_model("papercut", Paths(tmp_path))
    assert {"model_index.json", "unet/diffusion_pytorch_model.safetensors"} <= {file.path for file in papercut.files}
    check_files(papercut)


def test_a_fingerprint_is_of_every_file_and_its_change(tmp_path: Path) -> None:
    """Files at any depth and what links lead to, linked components as well; what cannot be seen hides nothing."""
    (tmp_path / "model" / "unet").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    for name in ("model/a.json", "model/unet/b.json", "blob", "elsewhere/c"):
        (tmp_path / name).write_text(name)
    links = {"weights": "blob", "gone": "nowhere", "vae": "elsewhere", "loop": "model/loop", "unet/deep": "elsewhere"}
    for name, target in links.items():
        (tmp_path / "model" / name).symlink_to(tmp_path / target)
    (tmp_path / "elsewhere" / "circle").symlink_to(tmp_path / "model")
    before = fingerprint(tmp_path / "model")
    wanted = [("a.json", 12), (str(Path("unet") / "b.json"), 17), (str(Path("vae") / "c"), 11), ("weights", 4)]
    assert [(name, size) for name, size, *_ in before] == wanted
    os.utime(tmp_path / "blob", ns=(1, 1))
    after = fingerprint(tmp_path / "model")
    assert after[:3] == before[:3]
    assert after[3][:3] == ("weights", 4, 1)
    assert fingerprint(tmp_path / "nowhere") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="keeps no time of an entry's change")
def test_other_content_with_the_old_size_and_time_is_noticed(tmp_path: Path) -> None:
    """As unpacking an archive leaves it whose files all bear one time: weights of one shape have one size."""
    file = tmp_path / "weights"
    file.write_bytes(b"old")
    os.utime(file, ns=(1, 1))
    before, changed = fingerprint(tmp_path), file.stat().st_ctime_ns
    while file.stat().st_ctime_ns == changed:  # until the clock of the file system has moved
        file.write_bytes(b"new")
        os.utime(file, ns=(1, 1))
    assert fingerprint(tmp_path) != before


def test_a_linked_component_of_many_files_hides_none_of_the_model(tmp_path: Path) -> None:
    """The model's own come first, before the list is full."""
    model, many = tmp_path / "model", tmp_path / "many"
    for folder in (model / "unet", many):
        folder.mkdir(parents=True)
    for index in range(MAX_FILES + 20):
        (many / f"{index:04d}").touch()
    (model / "unet" / "config.json").touch()
    (model / "vae").symlink_to(many)
    found = fingerprint(model)
    assert len(found) == MAX_FILES + 1
    assert found[0][0] == str(Path("unet") / "config.json")


def test_the_fingerprint_of_a_folder_of_anything_ends(tmp_path: Path) -> None:
    """One file more than a model has is enough to tell that it is none."""
    for index in range(MAX_FILES + 20):
        (tmp_path / f"{index:04d}").touch()
    assert len(fingerprint(tmp_path)) == MAX_FILES + 1
