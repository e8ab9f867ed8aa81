"""engine.control.divcontrol: factors, gate and mixing, and which folders are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from engine.adapters import find_adapter
from engine.control.adapter_loading import load_adapter
from engine.control.adapter_shelf import AdapterShelf
from engine.control.divcontrol import WORDS, Factors, Gate, embed_words, factorise, mix, tailor_of_component
from engine.errors import BadInputError, BadModelError
from engine.paths import Paths
from tests.tiny_divcontrol import WEIGHTS, read_factors, strengths_of, summed, write_divcontrol

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import AdapterSpec

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DivControl; leave it as it is."""
    return write_divcontrol(tmp_path_factory.mktemp("adapters") / "net")


@pytest.fixture
def net(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "net"))


def spec_of(folder: Path) -> AdapterSpec:
    return find_adapter(str(folder), Paths(folder.parent))


@pytest.mark.parametrize("shape", [(12, 8), (8, 12), (16, 6, 3, 3)])
@pytest.mark.parametrize("genes", [0.0, 0.5, 1.0])
def test_all_components_at_strength_one_are_the_weight(shape: tuple[int, ...], genes: float) -> None:
    """Linear layers and convolutions, however the components are shared out."""
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    factors = factorise(weight, genes)
    assert len(factors.genes_right) + len(factors.tailors_right) == min(shape[0], weight.flatten(1).shape[1])
    assert torch.allclose(mix(factors, torch.ones(4)).reshape(shape), weight, atol=1e-5)


def test_learngenes_are_the_largest_components() -> None:
    """Half of the components as learngenes are the best matrix of that rank."""
    weight = torch.randn(10, 10, generator=torch.Generator().manual_seed(2))
    genes = mix(factorise(weight), torch.zeros(3))
    lost = float((weight - genes).square().sum())
    squares = np.linalg.svd(weight.numpy(), compute_uv=False) ** 2
    assert lost == pytest.approx(squares[5:].sum(), rel=1e-4)


def test_a_gate_shares_out_one_among_its_active_tailors() -> None:
    """Shares sum to 1, as many are above 0 as may be, and instructions differ in them."""
    torch.manual_seed(3)  # pyright: ignore[reportUnknownMemberType]
    gate = Gate(12, 5)
    words = torch.stack([embed_words("grey map to picture"), embed_words("thin lines to picture")])
    shares = gate(words)
    assert torch.allclose(shares.sum(1), torch.ones(2))
    assert ((shares > 0).sum(1) == 5).all()
    assert not torch.allclose(shares[0], shares[1])
    assert torch.allclose(gate.strengths(words), 5 * shares)
    assert (Gate(4, 4)(words) > 0).all()


def test_instructions_are_alike_as_far_as_they_share_words() -> None:
    """Order and case do not matter, a shared word does, and nothing else is known of words."""
    same = embed_words("Thin lines to picture"), embed_words("picture to lines thin")
    assert torch.allclose(*same)
    assert same[0].shape == (WORDS,)
    assert float(same[0].square().sum()) == pytest.approx(WORDS)
    near, far = embed_words("thick lines to picture"), embed_words("grey surface map")
    cosine = torch.nn.functional.cosine_similarity
    assert cosine(same[0], near, dim=0) > 0.5 > cosine(same[0], far, dim=0)
    assert embed_words("").eq(0).all()


@pytest.mark.parametrize("kind", ["canny", "depth"])
def test_a_loaded_network_is_the_sum_of_its_components(whole: Path, kind: str) -> None:
    """Every mixed weight, with one set of strengths for all layers; the others are as they are stored."""
    stored = read_factors(whole)
    adapter = load_adapter(spec_of(whole), CPU, torch.float32, channels_last=False, kind=kind)
    strengths = strengths_of(whole, kind)
    mixed = 0
    for name, weight in adapter.network.state_dict().items():
        if name in stored:
            assert torch.equal(weight, stored[name])
        else:
            mixed += 1
            assert torch.allclose(weight.flatten(1), summed(stored, name, strengths, weight).flatten(1), atol=1e-5)
    assert mixed >= 20
    assert adapter.embed is not None


def test_a_shelf_keeps_a_network_for_each_kind(whole: Path) -> None:
    """Two kinds are two networks of other weights, each mixed once."""
    shelf = AdapterShelf(CPU, channels_last=False)
    first, second = (shelf.fetch(spec_of(whole), torch.float32, kind) for kind in ("canny", "depth"))
    assert shelf.fetch(spec_of(whole), torch.float32, "canny") is first
    assert shelf.fetch(spec_of(whole), torch.float32, "depth") is second
    name = "mid_block.resnets.0.conv1.weight"
    assert not torch.allclose(first.network.get_parameter(name), second.network.get_parameter(name))


def test_a_kind_is_added_by_its_words_alone(net: Path) -> None:
    """A line in the configuration; words that canny has give canny's network."""
    assert spec_of(net).kinds == ("canny", "depth")
    with pytest.raises(BadInputError, match="knows no 'lineart' control; use one of: canny, depth") as caught:
        load_adapter(spec_of(net), CPU, torch.float32, channels_last=False, kind="lineart")
    assert "\n" not in caught.value.message
    change_table(net, kinds={"canny": "thin lines to picture", "lineart": "picture to thin lines"})
    networks = [
        load_adapter(spec_of(net), CPU, torch.bfloat16, channels_last=True, kind=kind).network
        for kind in ("canny", "lineart")
    ]
    states = [network.state_dict() for network in networks]
    assert all(torch.equal(weight, states[1][name]) for name, weight in states[0].items())
    assert {weight.dtype for weight in states[0].values()} == {torch.bfloat16}
    assert not any(weight.requires_grad for weight in networks[0].parameters())


def test_components_are_shared_out_evenly() -> None:
    """In order, and all tailors have some where there are enough."""
    assert torch.equal(tailor_of_component(8, 4), torch.tensor([0, 0, 1, 1, 2, 2, 3, 3]))
    assert torch.equal(tailor_of_component(7, 4), torch.tensor([0, 0, 1, 1, 2, 2, 3]))
    assert torch.equal(tailor_of_component(2, 4), torch.tensor([0, 2]))
    assert mix(Factors(*(torch.ones(shape) for shape in ((2, 1), (1, 3), (2, 0), (0, 3)))), torch.ones(4)).eq(1).all()


def change_table(folder: Path, **changes: object) -> None:
    file = folder / "config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "divcontrol": {**config["divcontrol"], **changes}}))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    stored = load_file(folder / WEIGHTS)
    change(stored)
    save_file(stored, folder / WEIGHTS, metadata={"format": "pt"})


NAME = "mid_block.resnets.0.conv1.weight"


def without(part: str) -> Callable[[Path], str]:
    def spoil(folder: Path) -> str:
        change_weights(folder, lambda stored: stored.__delitem__(part))
        return f"weight {part} is missing"

    return spoil


def cut(part: str) -> Callable[[Path], str]:
    def spoil(folder: Path) -> str:
        change_weights(folder, lambda stored: stored.update({part: stored[part][:-1].clone()}))
        return f"weight {part.rpartition('.')[0]}.* has the shape"

    return spoil


def spoil_scalar(folder: Path) -> str:
    change_weights(folder, lambda stored: stored.update({f"{NAME}.genes.right": torch.tensor(1.0)}))
    return rf"weight {NAME}\.genes\..* has the shape"


def spoil_count(folder: Path) -> str:
    change_table(folder, active=9)
    return "9 of 4 tailors for 2 kinds cannot be"


def spoil_kinds(folder: Path) -> str:
    change_table(folder, kinds={"canny": 3})
    return "the table divcontrol is wrong"


def spoil_nothing_known(folder: Path) -> str:
    change_table(folder, kinds={})
    return "for 0 kinds cannot be"


def spoil_table(folder: Path) -> str:
    file = folder / "config.json"
    config = json.loads(file.read_text())
    del config["divcontrol"]
    file.write_text(json.dumps(config))
    return "the table divcontrol is wrong"


def spoil_blocks(folder: Path) -> str:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "down_block_types": ["Nonsense"]}))
    return "does not fit its class"


def spoil_width(folder: Path) -> str:
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "cross_attention_dim": 48}))
    return "has the shape"


@pytest.mark.parametrize(
    "spoil",
    [
        without("gate.out.bias"),
        without(f"{NAME}.tailors.left"),
        without("conv_in.weight"),
        cut(f"{NAME}.tailors.right"),
        cut(f"{NAME}.genes.left"),
        cut("gate.hidden.weight"),
        cut("conv_in.bias"),
        spoil_scalar,
        spoil_count,
        spoil_kinds,
        spoil_nothing_known,
        spoil_table,
        spoil_blocks,
        spoil_width,
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_a_folder_that_is_no_divcontrol_is_refused(net: Path, spoil: Callable[[Path], str]) -> None:
    """One line that names the file and says what to do."""
    said = spoil(net)
    with pytest.raises(BadModelError, match=said) as caught:
        load_adapter(spec_of(net), CPU, torch.float32, channels_last=False, kind="canny")
    assert "\n" not in caught.value.message
    assert str(net) in caught.value.message
    assert "get the adapter again" in caught.value.message
