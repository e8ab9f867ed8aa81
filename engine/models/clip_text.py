"""The text encoder of CLIP, from the files of a stock `CLIPTextModel` or `CLIPTextModelWithProjection`.

Owns the forward pass alone. The stock class gives the same numbers (tests compare them) but costs seconds of
imports, which would be most of the wait for a first picture.
Source: Radford et al., arXiv:2103.00020; pre-norm transformer with causal attention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from engine.errors import BadModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.models.folder import Component
    from engine.models.tokenizer import Tokens

WITH_PROJECTION = "CLIPTextModelWithProjection"
# Configurations older than transformers 4.31 name this token where they mean the highest of the vocabulary.
_LEGACY_EOS = 2


@dataclass(frozen=True)
class ClipTextConfig:
    """Sizes of the encoder, named as in its config.json."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    max_position_embeddings: int
    layer_norm_eps: float
    hidden_act: str
    use_attention_mask: bool
    eos_token_id: int
    projection_dim: int
    """Channels of the pooled state; 0 without a projection."""

    @staticmethod
    def from_component(component: Component) -> ClipTextConfig:
        """Read and check the sizes.

        Raises:
            BadModelError: A size is missing or impossible.
        """
        config, file = component.config, component.folder / "config.json"

        def size(key: str, default: int) -> int:
            value = config.get(key, default)
            if type(value) is not int or not 1 <= value <= 1_000_000:
                raise BadModelError(f"{file}: {key} is {str(value)[:80]}; get the model again")
            return value

        hidden_size, heads = size("hidden_size", 512), size("num_attention_heads", 8)
        if hidden_size % heads:
            raise BadModelError(f"{file}: {heads} heads do not divide {hidden_size} channels; get the model again")
        hidden_act = config.get("hidden_act", "quick_gelu")
        if not isinstance(hidden_act, str) or hidden_act not in _ACTIVATIONS:
            raise BadModelError(
                f"{file}: hidden_act is {str(hidden_act)[:80]!r}; Onetake knows {', '.join(_ACTIVATIONS)}"
            )
        eps = config.get("layer_norm_eps", 1e-5)
        if not isinstance(eps, float):
            raise BadModelError(f"{file}: layer_norm_eps is {str(eps)[:80]}; get the model again")
        return ClipTextConfig(
            size("vocab_size", 49408),
            hidden_size,
            size("intermediate_size", 2048),
            size("num_hidden_layers", 12),
            heads,
            size("max_position_embeddings", 77),
            eps,
            hidden_act,
            use_attention_mask=config.get("use_attention_mask") is True,
            eos_token_id=size("eos_token_id", 49407),
            projection_dim=size("projection_dim", 512) if component.class_name == WITH_PROJECTION else 0,
        )


def _quick_gelu(hidden: Tensor) -> Tensor:
    return hidden * torch.sigmoid(1.702 * hidden)


_ACTIVATIONS: Mapping[str, Callable[[Tensor], Tensor]] = {"quick_gelu": _quick_gelu, "gelu": gelu}


@dataclass(frozen=True)
class ClipStates:
    """What models with several text encoders take from each.

    Attributes:
        penultimate: Hidden states before the last layer, without norm, (B, tokens, hidden_size).
        pooled: The last, normed state of the end token, through the projection where there is one, (B, channels).
    """

    penultimate: Tensor
    pooled: Tensor


class ClipTextEncoder(nn.Module):
    """Token ids to hidden states, after the last norm."""

    def __init__(self, component: Component) -> None:
        super().__init__()
        self.config = config = ClipTextConfig.from_component(component)
        width = config.hidden_size
        self.token_embedding = nn.Parameter(torch.empty(config.vocab_size, width))
        self.position_embedding = nn.Parameter(torch.empty(config.max_position_embeddings, width))
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.num_hidden_layers))
        self.final_layer_norm = nn.LayerNorm(width, config.layer_norm_eps)
        if config.projection_dim:
            self.text_projection = nn.Linear(width, config.projection_dim, bias=False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Encode prompts.

        Args:
            ids: Token ids, (B, tokens).
            mask: True where a token is no padding, (B, tokens); used only by models that ask for it.

        Returns:
            Hidden states, (B, tokens, hidden_size).
        """
        _, last = self._run(ids, mask if self.config.use_attention_mask else None)
        return last

    def encode_tokens(self, tokens: Tokens) -> Tensor:
        """Hidden states of one prompt, (1, tokens, hidden_size)."""
        device = self.token_embedding.device
        return cast(
            "Tensor", self(torch.tensor([tokens.ids], device=device), torch.tensor([tokens.is_text], device=device))
        )

    def encode_pooled(self, ids: Tensor) -> ClipStates:
        """Encode prompts (B, tokens) for models that take the penultimate and the pooled state: SDXL, SD3, FLUX."""
        penultimate, last = self._run(ids, None)
        eos = self.config.eos_token_id
        ends = ids.argmax(dim=-1) if eos == _LEGACY_EOS else (ids == eos).int().argmax(dim=-1)
        pooled = last[torch.arange(len(ids), device=ids.device), ends]
        if self.config.projection_dim:
            pooled = cast("Tensor", self.text_projection(pooled))
        return ClipStates(penultimate, pooled)

    def _run(self, ids: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """States before the last layer, and behind it and its norm."""
        tokens = ids.shape[1]
        allowed = torch.ones(tokens, tokens, dtype=torch.bool, device=ids.device).tril()[None, None]
        if mask is not None:
            allowed = allowed & mask[:, None, None, :]
        penultimate = hidden = self.token_embedding[ids] + self.position_embedding[:tokens]
        for layer in self.layers:
            penultimate, hidden = hidden, cast("Tensor", layer(hidden, allowed))
        return penultimate, cast("Tensor", self.final_layer_norm(hidden))

    def load_stock(self, component: Component, weights: Mapping[str, Tensor]) -> None:
        """Take over the weights of a stock CLIPTextModel, under the names of any version of transformers.

        Raises:
            BadModelError: A weight is missing or of the wrong shape.
        """
        own = {_own_name(name): weight for name, weight in weights.items()}
        wanted = self.state_dict()
        for name, weight in wanted.items():
            found = own.get(name)
            if found is None or found.shape != weight.shape:
                what = (
                    "is missing" if found is None else f"has the shape {tuple(found.shape)}, not {tuple(weight.shape)}"
                )
                raise BadModelError(f"{component.weights[0]}: weight {name} {what}; get the model again")
        self.load_state_dict({name: own[name] for name in wanted})


def _own_name(name: str) -> str:
    """A stock weight's name without the folders that versions of transformers put around it."""
    for prefix in ("text_model.", "embeddings.", "encoder."):
        name = name.removeprefix(prefix)
    if name in ("token_embedding.weight", "position_embedding.weight"):
        return name.removesuffix(".weight")
    return name.replace(".self_attn.", ".").replace(".mlp.", ".")


class _Layer(nn.Module):
    def __init__(self, config: ClipTextConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.heads = config.num_attention_heads
        self.activation = _ACTIVATIONS[config.hidden_act]
        self.layer_norm1 = nn.LayerNorm(width, config.layer_norm_eps)
        self.layer_norm2 = nn.LayerNorm(width, config.layer_norm_eps)
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)
        self.fc1 = nn.Linear(width, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, width)

    def forward(self, hidden: Tensor, allowed: Tensor) -> Tensor:
        normed = self.layer_norm1(hidden)
        query, key, value = (
            proj(normed).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        attended = scaled_dot_product_attention(query, key, value, attn_mask=allowed)
        hidden = hidden + self.out_proj(attended.transpose(1, 2).flatten(2))
        return hidden + self.fc2(self.activation(self.fc1(self.layer_norm2(hidden))))
