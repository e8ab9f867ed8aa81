"""engine.models.clip_text: our text encoder is the stock CLIPTextModel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch

from engine.errors import BadModelError
from engine.models.clip_text import ClipTextEncoder
from engine.models.folder import Component, find_network
from engine.models.stock import read_weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor, nn

# transformers warns of its own future.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class _Stock(Protocol):
    def save_pretrained(self, folder: Path) -> None: ...
    def __call__(self, ids: Tensor, attention_mask: Tensor | None) -> tuple[Tensor]: ...


class _Output(Protocol):
    text_embeds: Tensor
    pooler_output: Tensor
    hidden_states: tuple[Tensor, ...]


class _PooledStock(Protocol):
    def save_pretrained(self, folder: Path) -> None: ...
    def __call__(self, ids: Tensor, *, output_hidden_states: bool) -> _Output: ...


def stock_encoder(**changes: object) -> _Stock:
    from transformers import CLIPTextConfig, CLIPTextModel

    sizes = {
        "vocab_size": 50, "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 3, "num_attention_heads": 3,
        "max_position_embeddings": 12, "bos_token_id": 2, "eos_token_id": 3,
    }  # fmt: skip
    config = cast("Callable[..., CLIPTextConfig]", CLIPTextConfig)(**sizes, **changes)
    model = CLIPTextModel(config).eval()
    for weight in cast("nn.Module", model).parameters():
        weight.data.normal_(0, 0.3, generator=torch.Generator().manual_seed(weight.numel()))
    return cast("_Stock", model)


def own_encoder(folder: Path) -> ClipTextEncoder:
    component = find_network(folder, "text_encoder", ("CLIPTextModel",))
    encoder = ClipTextEncoder(component)
    encoder.load_stock(component, read_weights(component))
    return encoder.eval()


@pytest.mark.parametrize("activation", ["quick_gelu", "gelu"])
@pytest.mark.parametrize("masked", [False, True])
def test_hidden_states_are_those_of_the_stock_class(tmp_path: Path, activation: str, *, masked: bool) -> None:
    """Same folder, same ids, same hidden states, for both activations, with and without a mask for padding."""
    stock = stock_encoder(hidden_act=activation, use_attention_mask=masked)
    stock.save_pretrained(tmp_path / "text_encoder")
    ids = torch.tensor([[2, 7, 9, 11, 3, 0, 0, 0], [2, 5, 3, 0, 0, 0, 0, 0]])
    mask = ids > 0
    with torch.inference_mode():
        (theirs,) = stock(ids, mask if masked else None)[:1]
        ours = own_encoder(tmp_path)(ids, mask)
    text = mask if masked else torch.ones_like(mask)
    assert torch.allclose(ours[text], theirs[text], atol=1e-5)


@pytest.mark.parametrize(("eos", "projects"), [(3, True), (2, True), (3, False)], ids=["new", "legacy", "plain"])
def test_pooled_and_penultimate_states_are_those_of_the_stock_class(
    tmp_path: Path, eos: int, *, projects: bool
) -> None:
    """With and without a projection, and by the highest id where an old configuration names no end token."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    sizes = {
        "vocab_size": 50, "hidden_size": 24, "intermediate_size": 40, "num_hidden_layers": 3, "num_attention_heads": 3,
        "max_position_embeddings": 12, "bos_token_id": 4, "eos_token_id": eos, "projection_dim": 10,
    }  # fmt: skip
    config = cast("Callable[..., object]", CLIPTextConfig)(**sizes)
    found = CLIPTextModelWithProjection if projects else CLIPTextModel
    stock = cast("Callable[[object], _PooledStock]", found)(config)
    for weight in cast("nn.Module", stock).eval().parameters():
        weight.data.normal_(0, 0.3, generator=torch.Generator().manual_seed(weight.numel()))
    stock.save_pretrained(tmp_path / "text_encoder")
    component = find_network(tmp_path, "text_encoder", (found.__name__,))
    encoder = ClipTextEncoder(component)
    encoder.load_stock(component, read_weights(component))
    ids = torch.tensor([[2, 7, 9, 11, 3, 0, 0, 0], [2, 5, 3, 0, 0, 0, 0, 0]])
    with torch.inference_mode():
        theirs, ours = stock(ids, output_hidden_states=True), encoder.encode_pooled(ids)
    pooled = theirs.text_embeds if projects else theirs.pooler_output
    assert ours.pooled.shape == (2, 10 if projects else 24)
    assert torch.allclose(ours.pooled, pooled, atol=1e-5)
    assert torch.allclose(ours.penultimate, theirs.hidden_states[-2], atol=1e-5)


@pytest.mark.parametrize("prefix", ["", "text_model."])
def test_old_and_new_names_of_weights_load(tmp_path: Path, prefix: str) -> None:
    """Files of transformers before and after version 5 name weights differently; both load."""
    stock_encoder().save_pretrained(tmp_path / "text_encoder")
    component = find_network(tmp_path, "text_encoder", ("CLIPTextModel",))
    weights = {name.removeprefix("text_model."): weight for name, weight in read_weights(component).items()}
    encoder = ClipTextEncoder(component)
    encoder.load_stock(component, {prefix + name: weight for name, weight in weights.items()})
    assert torch.equal(encoder.token_embedding, weights["embeddings.token_embedding.weight"])


def test_a_weight_that_does_not_fit_is_named(tmp_path: Path) -> None:
    """A missing weight and one of another shape give the weight's name and the file's."""
    stock_encoder().save_pretrained(tmp_path / "text_encoder")
    component = find_network(tmp_path, "text_encoder", ("CLIPTextModel",))
    weights = read_weights(component)
    encoder = ClipTextEncoder(component)
    short = {name: weight for name, weight in weights.items() if "fc1.bias" not in name}
    with pytest.raises(BadModelError, match=r"model\.safetensors: weight layers\.0\.fc1\.bias is missing"):
        encoder.load_stock(component, short)
    wrong = {**weights, next(name for name in weights if "fc1.bias" in name): torch.zeros(3)}
    with pytest.raises(BadModelError, match=r"has the shape \(3,\), not \(40,\)"):
        encoder.load_stock(component, wrong)


def test_heads_must_divide_the_channels(tmp_path: Path) -> None:
    """An impossible configuration is refused before anything is built."""
    stock_encoder().save_pretrained(tmp_path / "text_encoder")
    component = find_network(tmp_path, "text_encoder", ("CLIPTextModel",))
    broken = Component(component.folder, component.class_name, {**component.config, "num_attention_heads": 5})
    with pytest.raises(BadModelError, match="5 heads do not divide 24"):
        ClipTextEncoder(broken)
