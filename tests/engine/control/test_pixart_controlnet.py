"""engine.control.pixart_controlnet: a ControlNet for PixArt, from its model to a folder and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch
import tqdm

from engine.adapters import misfit
from engine.control.adapter_loading import load_adapter
from engine.control.pixart_controlnet import PixArtControlNet
from engine.errors import BadModelError
from engine.messages import AdapterSpec
from engine.models.families.pixart import PixArt
from engine.models.image_model import load_image_model
from tests.tiny_pixart import BLOCKS, HEADS, write_pixart_controlnet, write_tiny_pixart

if TYPE_CHECKING:
    from pathlib import Path

# transformers and diffusers warn of their own future.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the progress bars of stock libraries from starting a thread."""
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)


def load(folder: Path) -> PixArtControlNet:
    spec = AdapterSpec(name="net", title="Net", folder=str(folder))
    network = load_adapter(spec, torch.device("cpu"), torch.float32, channels_last=False).network
    assert isinstance(network, PixArtControlNet)
    return network


def test_a_new_one_copies_the_models_first_blocks(tmp_path: Path) -> None:
    """Its blocks hold the model's weights, its joints zeros; the last block of the model is left out."""
    spec = write_tiny_pixart(tmp_path / "model")
    model = load_image_model(spec, torch.device("cpu"), torch.float32, channels_last=False)
    assert isinstance(model, PixArt)
    network = PixArtControlNet.from_transformer(model.transformer, 2)
    for own, copied in zip(network.blocks, model.transformer.blocks, strict=False):
        weights, wanted = own.transformer_block.state_dict(), copied.state_dict()
        assert weights.keys() == wanted.keys()
        assert all(torch.equal(weights[name], wanted[name]) for name in wanted)
        assert not any(weight.any() for weight in own.after_proj.parameters())
    assert not any(weight.any() for weight in network.before_proj.parameters())
    with pytest.raises(ValueError, match=f"{BLOCKS} blocks of {BLOCKS} cannot be copied"):
        PixArtControlNet.from_transformer(model.transformer, BLOCKS)


def test_a_saved_one_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    """Weights, sizes, and names as published folders have them."""
    network = load(write_pixart_controlnet(tmp_path / "net"))
    network.save(tmp_path / "again")
    again = load(tmp_path / "again")
    weights, others = network.state_dict(), again.state_dict()
    assert all(torch.equal(weights[name], others[name]) for name in weights)
    assert again.sizes == {"num_layers": 2, **HEADS}
    assert {"controlnet_blocks.0.before_proj.weight", "controlnet_blocks.1.after_proj.bias"} <= weights.keys()
    assert "controlnet_blocks.1.transformer_block.attn1.to_q.weight" in weights
    assert not any(weight.requires_grad for weight in again.parameters())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"num_layers": 3}, r"weight controlnet_blocks\.2\..* is missing; get the adapter again"),
        ({"attention_head_dim": 10}, r"has the shape \(24"),
        ({"num_layers": "two"}, r"config\.json: num_layers, .*; get the adapter again"),
        ({"num_attention_heads": 0}, r"config\.json: num_layers, .*; get the adapter again"),
    ],
)
def test_a_folder_that_does_not_hold_together_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    """Missing weights, other shapes and impossible sizes name the file and what to do."""
    folder = write_pixart_controlnet(tmp_path / "net")
    file = folder / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    with pytest.raises(BadModelError, match=said) as caught:
        load(folder)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("adapter", "model", "said"),
    [
        ({}, {}, ""),
        ({"num_layers": 4}, {}, "it copies 4 blocks of the model's 4"),
        ({"attention_head_dim": 72}, {}, "its attention_head_dim 72 is not the model's 12"),
        ({}, {"norm_type": None}, "it is made for PixArt"),
        ({"_class_name": "ControlNetModel"}, {}, "it is made for a U-Net, and the model is a transformer"),
    ],
)
def test_a_configuration_tells_what_fits(adapter: dict[str, object], model: dict[str, object], said: str) -> None:
    """Sizes and the number of blocks are compared; other models' adapters and adapters for others are told apart."""
    own = {"_class_name": "PixArtControlNetAdapterModel", "num_layers": 2, **HEADS, **adapter}
    other = {
        "_class_name": "PixArtTransformer2DModel", "norm_type": "ada_norm_single", "num_layers": 4, **HEADS, **model,
    }  # fmt: skip
    assert misfit(own, other) == said
