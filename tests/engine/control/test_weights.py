"""engine.control.weights: files are found in the folder and in the hub's cache, and only fitting ones are loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]

from engine.control.weights import WeightStore
from engine.errors import BadModelError
from engine.messages.detectors import WeightFile

if TYPE_CHECKING:
    from pathlib import Path

WANTED = WeightFile(repository="maker/nets", path="sub/net.pth")


def network(value: float = 0.0) -> torch.nn.Linear:
    made = torch.nn.Linear(3, 2)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.fill_(value)
    return made


@pytest.fixture
def store(tmp_path: Path) -> WeightStore:
    """Two empty places."""
    (tmp_path / "annotators").mkdir()
    return WeightStore(tmp_path / "annotators", tmp_path / "hub")


def put_in_hub(hub: Path, commit: str, value: float, *, is_main: bool) -> None:
    place = hub / "models--maker--nets" / "snapshots" / commit / "sub"
    place.mkdir(parents=True)
    torch.save(network(value).state_dict(), place / "net.pth")
    if is_main:
        refs = hub / "models--maker--nets" / "refs"
        refs.mkdir(parents=True)
        (refs / "main").write_text(commit)


def loaded_value(store: WeightStore) -> float:
    target = network()
    store.load_into(target, WANTED, "test")
    assert not target.training
    return float(target.bias[0])


def test_the_places_are_searched_in_order(tmp_path: Path, store: WeightStore) -> None:
    """The hub's main revision, before it the user's folder, and first of all safetensors of the same name."""
    put_in_hub(tmp_path / "hub", "aaa", 1.0, is_main=False)
    assert loaded_value(store) == 1.0
    put_in_hub(tmp_path / "hub", "bbb", 2.0, is_main=True)
    assert loaded_value(store) == 2.0
    torch.save(network(3.0).state_dict(), tmp_path / "annotators" / "net.pth")
    assert loaded_value(store) == 3.0
    save_file(network(4.0).state_dict(), tmp_path / "annotators" / "net.safetensors")
    assert loaded_value(store) == 4.0


REPOSITORY = WeightFile(repository="maker/depth")


@pytest.mark.parametrize(
    "missing",
    ["config.json", "preprocessor_config.json", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
)
def test_a_repository_that_was_cut_short_counts_as_missing(tmp_path: Path, store: WeightStore, missing: str) -> None:
    """In the hub's cache, in shards: all that its files name must be there, and the message says that a part is."""
    snapshot = tmp_path / "hub" / "models--maker--depth" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    shards = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    index = json.dumps({"weight_map": {"a": shards[0], "b": shards[1], "c": shards[0]}})
    for name in ("config.json", "preprocessor_config.json", *shards):
        (snapshot / name).write_text("{}")
    (snapshot / "model.safetensors.index.json").write_text(index)
    assert store.find(REPOSITORY, "depth") == snapshot
    (snapshot / missing).unlink()
    assert not store.has(REPOSITORY, "depth")
    with pytest.raises(BadModelError, match=r"depth wants depth, of which .*abc holds a part; get all files of maker/"):
        store.find(REPOSITORY, "depth")


def test_a_whole_repository_in_the_hub_is_taken_before_a_part_of_it(tmp_path: Path, store: WeightStore) -> None:
    """A folder of the user's that lacks its weights hides nothing; pickled weights are weights, too."""
    own, snapshot = tmp_path / "annotators" / "depth", tmp_path / "hub" / "models--maker--depth" / "snapshots" / "abc"
    for folder in (own, snapshot):
        folder.mkdir(parents=True)
        for name in ("config.json", "preprocessor_config.json"):
            (folder / name).write_text("{}")
    assert not store.has(REPOSITORY, "depth")
    (snapshot / "model.safetensors").touch()
    assert store.find(REPOSITORY, "depth") == snapshot
    (own / "pytorch_model.bin").touch()
    assert store.find(REPOSITORY, "depth") == own


def test_prefixes_and_wrappings_are_undone(tmp_path: Path, store: WeightStore) -> None:
    """Weights under a name of their own, and with the prefix that training on several GPUs leaves."""
    prefixed = {f"module.{name}": tensor for name, tensor in network(5.0).state_dict().items()}
    torch.save({"state_dict": prefixed, "epoch": 1}, tmp_path / "annotators" / "net.pth")
    target = network()
    store.load_into(target, WANTED, "test", under="state_dict")
    assert float(target.bias[0]) == 5.0


def test_weights_of_another_network_are_refused(tmp_path: Path, store: WeightStore) -> None:
    """Missing, surplus or misshapen tensors are one line, and nothing runs on half-loaded weights."""
    torch.save({"weight": torch.ones(2, 3)}, tmp_path / "annotators" / "net.pth")
    with pytest.raises(BadModelError, match=r"net\.pth does not fit test .*; get sub/net\.pth of maker/nets"):
        store.load_into(network(), WANTED, "test")


def test_a_pickle_named_safetensors_is_refused(tmp_path: Path, store: WeightStore) -> None:
    """The content decides, not the name."""
    torch.save(network().state_dict(), tmp_path / "annotators" / "net.safetensors")
    with pytest.raises(BadModelError, match="pickle"):
        store.load_into(network(), WANTED, "test")
