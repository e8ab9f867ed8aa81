"""engine.known_models: what is remembered of a model is what reading it now would give, whatever has changed."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from engine import known_models
from engine.catalogue import find_model
from engine.errors import BadModelError, UnknownModelError
from engine.known_models import KnownModels
from engine.model_files import fingerprint
from engine.paths import Paths
from tests.tiny_models import write_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.model_files import Fingerprint

UNET: dict[str, object] = {"in_channels": 4, "out_channels": 4, "cross_attention_dim": 768}
ENTRY = '[model.mine]\ntitle = "Mine"\nfolder = "mine"\n\n[adapter.lines]\ntitle = "Lines"\nfolder = "lines"\n'


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A home whose catalogue holds a model and an adapter that fits it."""
    found = Paths(tmp_path)
    for folder in ("mine/unet", "mine/scheduler", "lines"):
        (found.models / folder).mkdir(parents=True)
    write_json(found.models / "mine" / "model_index.json", {"_class_name": "StableDiffusionPipeline"})
    write_json(found.models / "mine" / "unet" / "config.json", UNET)
    write_json(found.models / "lines" / "config.json", {**UNET, "_class_name": "ControlNetModel"})
    (tmp_path / "models.toml").write_text(ENTRY + 'kinds = ["canny"]\n')
    return found


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that were read, one for each time."""
    read: list[str] = []

    def find(name: str, paths: Paths) -> object:
        read.append(name)
        return find_model(name, paths)

    monkeypatch.setattr(known_models, "find_model", find)
    return read


def later() -> int:
    """When what was just written is no longer fresh."""
    return time.time_ns() + 3 * 10**9


def edit_catalogue(paths: Paths) -> None:
    (paths.home / "models.toml").write_text(ENTRY + 'kinds = ["depth"]\n')


def edit_adapter(paths: Paths) -> None:
    write_json(paths.models / "lines" / "config.json", {**UNET, "_class_name": "ControlNetModel", "in_channels": 9})


def edit_configuration(paths: Paths) -> None:
    write_json(paths.models / "mine" / "unet" / "config.json", {**UNET, "time_cond_proj_dim": 256})


def edit_at_the_same_length(paths: Paths) -> None:
    """As an editor does that replaces the file by a new one, a moment later."""
    file = paths.models / "mine" / "unet" / "config.json"
    before = file.stat()
    write_json(file, {**UNET, "in_channels": 9})
    assert file.stat().st_size == before.st_size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def add_scheduler(paths: Paths) -> None:
    write_json(paths.models / "mine" / "scheduler" / "scheduler_config.json", {"_class_name": "LCMScheduler"})


def add_card(paths: Paths) -> None:
    (paths.models / "mine" / "README.md").write_text("---\nlicense: mit\n---\n")


def replace_folder(paths: Paths) -> None:
    """The entry names another folder."""
    (paths.models / "mine").rename(paths.models / "moved")
    (paths.home / "models.toml").write_text(ENTRY.replace('"mine"', '"moved"') + 'kinds = ["canny"]\n')


CHANGES = (
    edit_catalogue, edit_adapter, edit_configuration, edit_at_the_same_length, add_scheduler, add_card, replace_folder,
)  # fmt: skip


def test_a_model_that_did_not_change_is_not_read_again(paths: Paths, readings: list[str]) -> None:
    """Twice at first: only what was the same before and behind a reading is trusted. By its name and by its path."""
    models = KnownModels(paths, now=later)
    for name in ("mine", str(paths.models / "mine"), "papercut"):
        found = [models.find(name) for _ in range(5)]
        assert readings.count(name) == 2
        assert found == [find_model(name, paths)] * 5


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_is_noticed(paths: Paths, readings: list[str], change: Callable[[Paths], None]) -> None:
    """Of the catalogue, an adapter, or a file in the model's folder: what is found is what reading it now gives."""
    models = KnownModels(paths, now=later)
    before = [models.find("mine") for _ in range(3)]
    change(paths)
    readings.clear()
    after = [models.find("mine") for _ in range(3)]
    assert after == [find_model("mine", paths)] * 3
    assert after[0] != before[0]
    assert 1 <= len(readings) <= 2


def test_a_change_while_a_model_is_read_is_not_missed(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is written behind its reading counts the next time, although nothing changes any more."""
    models = KnownModels(paths, now=later)
    models.find("mine")

    def find(name: str, paths: Paths) -> object:
        found = find_model(name, paths)
        add_scheduler(paths)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(known_models, "find_model", find)
        assert models.find("mine").schedule == ""
    assert [models.find("mine").schedule for _ in range(3)] == ["lcm"] * 3


def test_a_change_that_no_time_tells_is_noticed_while_files_are_fresh(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the same size within one tick of the file system's clock: what is fresh is read anew."""
    tick = time.time_ns()

    def in_one_tick(folder: Path) -> Fingerprint:
        return tuple((name, size, tick, tick) for name, size, *_ in fingerprint(folder))

    monkeypatch.setattr(known_models, "fingerprint", in_one_tick)
    fresh, settled = KnownModels(paths, now=lambda: tick + 10**6), KnownModels(paths, now=later)
    before = [models.find("mine") for models in (fresh, settled) for _ in range(3)]
    edit_at_the_same_length(paths)
    assert fresh.find("mine") == find_model("mine", paths) != before[-1]
    assert settled.find("mine") == before[-1], "a clock that tells changes apart proves nothing"


def test_a_change_of_a_linked_component_is_noticed(paths: Paths) -> None:
    """Folders that share a part by a link are read anew when it changes."""
    unet = paths.models / "mine" / "unet"
    unet.rename(paths.models / "shared")
    unet.symlink_to(paths.models / "shared")
    models = KnownModels(paths, now=later)
    before = [models.find("mine") for _ in range(3)]
    edit_configuration(paths)
    assert models.find("mine") == find_model("mine", paths) != before[-1]


def test_a_model_that_goes_is_missed(paths: Paths) -> None:
    """The errors are those of reading, each time; a model that comes back is found again."""
    models = KnownModels(paths, now=later)
    index = paths.models / "mine" / "model_index.json"
    for _ in range(3):
        models.find("mine")
    document = json.loads(index.read_text())
    index.unlink()
    for _ in range(2):
        with pytest.raises(BadModelError, match="holds no model_index"):
            models.find("mine")
    write_json(index, document)
    assert models.find("mine").title == "Mine"
    with pytest.raises(UnknownModelError, match="'yours' is not known"):
        models.find("yours")
