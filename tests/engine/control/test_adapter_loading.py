"""engine.control.adapter_loading and the shelf: only safe, whole and known folders become adapters."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.adapters import find_adapter
from engine.control.adapter_loading import load_adapter
from engine.control.adapter_shelf import AdapterShelf
from engine.errors import BadModelError
from engine.messages import AdapterSpec, ModelFile
from engine.paths import Paths
from tests.tiny_adapters import write_controlnet, write_t2i, write_union

if TYPE_CHECKING:
    from collections.abc import Callable

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ControlNet; leave it as it is."""
    return write_controlnet(tmp_path_factory.mktemp("adapters") / "net")


@pytest.fixture
def net(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "net"))


def spec_of(folder: Path) -> AdapterSpec:
    return find_adapter(str(folder), Paths(folder.parent))


@pytest.mark.parametrize("write", [write_controlnet, write_union, write_t2i])
def test_each_class_loads_from_a_plain_folder(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    """ControlNet, ControlNet-Union and T2I-Adapter: in the format asked for, ready to compute, nothing to train."""
    adapter = load_adapter(spec_of(write(tmp_path / "a")), CPU, torch.bfloat16, channels_last=True)
    weights = list(adapter.network.parameters())
    assert {weight.dtype for weight in weights} == {torch.bfloat16}
    assert not any(weight.requires_grad for weight in weights)
    assert not adapter.network.training
    assert (adapter.embed is None) == (adapter.class_name == "T2IAdapter")


def spoil_pickle(folder: Path) -> str:
    (folder / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04")
    return r"diffusion_pytorch_model\.bin may run code when loaded; delete it"


def spoil_disguise(folder: Path) -> str:
    (folder / "diffusion_pytorch_model.safetensors").write_bytes(b"PK\x03\x04 a pickle under another name")
    return "is a pickle, which may run code, not safetensors"


def spoil_missing(folder: Path) -> str:
    (folder / "diffusion_pytorch_model.safetensors").unlink()
    return r"diffusion_pytorch_model\.safetensors is missing"


def spoil_truncated(folder: Path) -> str:
    file = folder / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    return "is truncated"


def spoil_class(folder: Path) -> str:
    change_config(folder, _class_name=["my_code", "Net"])
    return "names the class .*my_code"


def spoil_shape(folder: Path) -> str:
    change_config(folder, cross_attention_dim=48)
    return "does not fit its class ControlNetModel"


def spoil_order(folder: Path) -> str:
    change_config(folder, controlnet_conditioning_channel_order="grb")
    return "channel order 'grb' is unknown"


def change_config(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


@pytest.mark.parametrize(
    "spoil",
    [spoil_pickle, spoil_disguise, spoil_missing, spoil_truncated, spoil_class, spoil_shape, spoil_order],
)
def test_what_is_unsafe_damaged_or_foreign_is_refused(net: Path, spoil: Callable[[Path], str]) -> None:
    """One line that names the file and says what to do."""
    said = spoil(net)
    with pytest.raises(BadModelError, match=said) as caught:
        load_adapter(AdapterSpec(name="net", title="", folder=str(net)), CPU, torch.float32, channels_last=False)
    assert "\n" not in caught.value.message
    assert str(net) in caught.value.message


def test_an_altered_file_is_refused(net: Path) -> None:
    """A listed digest that no longer fits."""
    size = (net / "config.json").stat().st_size
    listed = msgspec.structs.replace(
        spec_of(net), files=(ModelFile(path="config.json", sha256="0" * 64, size_bytes=size),)
    )
    with pytest.raises(BadModelError, match=r"config\.json was altered"):
        load_adapter(listed, CPU, torch.float32, channels_last=False)


def test_the_shelf_keeps_the_last_and_notices_changed_files(net: Path, tmp_path: Path) -> None:
    """The same files are loaded once; a changed folder is loaded anew; the oldest goes when the shelf is full."""
    shelf = AdapterShelf(CPU, channels_last=False, capacity=1)
    first = shelf.fetch(spec_of(net), torch.float32)
    assert shelf.fetch(spec_of(net), torch.float32) is first
    write_controlnet(net, 7)
    changed = shelf.fetch(spec_of(net), torch.float32)
    assert changed is not first
    shelf.fetch(spec_of(write_t2i(tmp_path / "other")), torch.float32)
    assert shelf.fetch(spec_of(net), torch.float32) is not changed
    assert shelf.fetch(spec_of(net), torch.bfloat16) is not shelf.fetch(spec_of(net), torch.float32)
    shelf.clear()
    assert shelf.fetch(spec_of(net), torch.float32) is not changed
