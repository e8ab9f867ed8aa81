"""Low-rank adapters: what they add, what they leave alone, and the file that diffusers' pipelines take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]
from torch import nn

from engine.distill.lora import ATTENTION, CONVOLUTIONS, LowRankAdapter
from engine.errors import BadModelError
from tests.engine.distill.descent import send_back
from tests.engine.distill.unets import load_tiny

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torch import Tensor

TARGETS = (*ATTENTION, *CONVOLUTIONS)


@pytest.fixture
def unet(tmp_path: Path) -> nn.Module:
    """A frozen tiny U-Net."""
    return load_tiny(tmp_path / "model").unet


def ask(unet: nn.Module) -> Tensor:
    """The network's answer to a fixed question."""
    generator = torch.Generator().manual_seed(5)
    noise, words = (torch.randn(shape, generator=generator) for shape in ((2, 4, 8, 8), (2, 6, 32)))
    with torch.no_grad():
        return cast("tuple[Tensor]", unet(noise, 500, words, return_dict=False))[0]


def train_somehow(adapter: LowRankAdapter) -> None:
    """Give every matrix some numbers."""
    generator = torch.Generator().manual_seed(6)
    for weight in adapter.parameters():
        weight.data.normal_(0.0, 0.1, generator=generator)


def test_a_fresh_adapter_changes_nothing(unet: nn.Module) -> None:
    """The second matrices begin at zero, as in the paper."""
    before = ask(unet)
    adapter = LowRankAdapter(unet, 2, TARGETS)
    assert torch.equal(ask(unet), before)
    assert all(bool((part == 0).all()) for name, part in adapter.state().items() if "lora_B" in name)


def test_gradients_reach_the_adapter_alone(unet: nn.Module) -> None:
    """All of the network's own weights are frozen."""
    adapter = LowRankAdapter(unet, 2, TARGETS)
    train_somehow(adapter)
    output = cast("tuple[Tensor]", unet(torch.randn(1, 4, 8, 8), 500, torch.randn(1, 6, 32), return_dict=False))[0]
    send_back(output.square().mean())
    trained = {id(weight) for weight in adapter.parameters()}
    for name, weight in unet.named_parameters():
        assert (weight.grad is not None) == (id(weight) in trained), name
    assert all(weight.grad is not None and bool((weight.grad != 0).any()) for weight in adapter.parameters())


def test_a_layer_computes_with_weight_plus_up_times_down(unet: nn.Module) -> None:
    """For linear layers and for convolutions, whose first matrix has their kernel's size."""
    before = {name: weight.clone() for name, weight in unet.state_dict().items()}
    adapter = LowRankAdapter(unet, 3, TARGETS)
    train_somehow(adapter)
    state = adapter.state()
    names = {name.removeprefix("unet.").removesuffix(".lora_A.weight") for name in state if "lora_A" in name}
    shapes = set[int]()
    for name in names:
        down, up = state[f"unet.{name}.lora_A.weight"], state[f"unet.{name}.lora_B.weight"]
        weight = unet.get_submodule(name).weight
        assert isinstance(weight, torch.Tensor)
        assert down.shape[1:] == weight.shape[1:]
        product = (up.flatten(1) @ down.flatten(1)).reshape(weight.shape)
        assert torch.allclose(weight, before[f"{name}.weight"] + product, atol=1e-6), name
        shapes.add(weight.dim())
    assert shapes == {2, 4}


def test_merging_keeps_what_the_adapter_gave(unet: nn.Module) -> None:
    """A merged network answers as before, with the names of a plain one."""
    names = set(unet.state_dict())
    adapter = LowRankAdapter(unet, 2, TARGETS)
    train_somehow(adapter)
    adapted = ask(unet)
    adapter.merge()
    assert torch.allclose(ask(unet), adapted, atol=1e-6)
    assert set(unet.state_dict()) == names


def test_a_saved_adapter_gives_the_same_pictures(unet: nn.Module, tmp_path: Path) -> None:
    """Written, read into a fresh attachment, asked again."""
    adapter = LowRankAdapter(unet, 2, TARGETS)
    train_somehow(adapter)
    adapted = ask(unet)
    adapter.save(tmp_path / "lora.safetensors")
    other = load_tiny(tmp_path / "model").unet
    LowRankAdapter(other, 2, TARGETS).load(tmp_path / "lora.safetensors")
    assert torch.equal(ask(other), adapted)


def test_the_files_names_are_pefts(unet: nn.Module, tmp_path: Path) -> None:
    """Each layer of the stock network has both matrices under the names that diffusers looks for."""
    modules = {name for name, _ in cast("Iterable[tuple[str, nn.Module]]", unet.named_modules())}
    LowRankAdapter(unet, 2, TARGETS).save(tmp_path / "lora.safetensors")
    stored = load_file(tmp_path / "lora.safetensors")
    for name in stored:
        kind, layer, matrix = name.partition(".")[0], name.partition(".")[2].rpartition(".lora_")[0], name[-13:]
        assert kind == "unet"
        assert layer in modules
        assert matrix in {"lora_A.weight", "lora_B.weight"}


class _Adaptable(Protocol):
    def load_lora_adapter(self, tensors: dict[str, Tensor], *, prefix: str) -> None: ...


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_stock_network_takes_the_file(unet: nn.Module, tmp_path: Path) -> None:
    """diffusers' own loader gives the same answers; it needs PEFT."""
    pytest.importorskip("peft", reason="diffusers loads LoRA files by PEFT alone")
    adapter = LowRankAdapter(unet, 2, TARGETS)
    train_somehow(adapter)
    adapter.save(tmp_path / "lora.safetensors")
    stock = load_tiny(tmp_path / "model").unet
    cast("_Adaptable", stock).load_lora_adapter(load_file(tmp_path / "lora.safetensors"), prefix="unet")
    assert torch.allclose(ask(stock), ask(unet), atol=1e-5)


def test_what_does_not_fit_is_named(unet: nn.Module, tmp_path: Path) -> None:
    """Another rank, a broken file, a network without such layers, a rank of nothing."""
    file = tmp_path / "lora.safetensors"
    LowRankAdapter(unet, 2, TARGETS).save(file)
    other = load_tiny(tmp_path / "other").unet
    adapter = LowRankAdapter(other, 3, TARGETS)
    with pytest.raises(BadModelError, match=r"unet\..* does not fit this network; attach the adapter with the rank"):
        adapter.load(file)
    file.write_bytes(b"no adapter")
    with pytest.raises(BadModelError, match="is no readable adapter"):
        adapter.load(file)
    with pytest.raises(ValueError, match="has no layer whose name ends in to_q"):
        LowRankAdapter(nn.Linear(2, 2), 1, ("to_q",))
    with pytest.raises(ValueError, match="use at least 1"):
        LowRankAdapter(unet, 0, TARGETS)
