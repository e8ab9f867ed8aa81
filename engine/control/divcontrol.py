"""DivControl: one ControlNet for many kinds of maps, whose weights are mixed anew for each kind.

Owns the folder's format, the mixing, and the gate that says what is mixed. In such a folder a chosen weight, seen as a
matrix, is W = G + sum over k of s_k T_k: G, the learngenes, is every kind's; of the tailors T_k a kind has some, with
the strengths s_k, the same in all layers. Mixed once, the network is a plain ControlNetModel and costs what one costs.

A folder holds:

- config.json: a ControlNetModel's, with the class "DivControlNetModel" and a table `divcontrol` of `kinds` (each kind's
  instruction in words), `tailors` (how many T_k) and `active` (how many of them a kind has).
- diffusion_pytorch_model.safetensors: a ControlNetModel's weights. In place of one that is mixed stand the factors of
  its matrix (out, in x kernel): NAME.genes.left (out, g) and .right (g, in), NAME.tailors.left (out, t) and .right
  (t, in). Component j of the t belongs to tailor j x tailors // t. Beside them the gate's two layers, gate.*.

The gate reads words by hashing. It knows no meaning: two instructions are alike as far as they share words, so a kind
that was never trained is mixed by the words it shares with others. (The paper asks a text encoder, and Papercut's own
knows the words of its scenes alone.)

Source: DivControl, arXiv:2507.23620; hashing, Weinberger et al., arXiv:0902.2206.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

import msgspec
import torch
from torch import Tensor, nn

from engine.errors import BadInputError, BadModelError
from engine.models.stock import read_weights, stock_class

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.models.folder import Component

CLASS_NAME = "DivControlNetModel"
TABLE = "divcontrol"
WORDS = 64
"""Numbers that stand for an instruction."""
GATE_WIDTH = 64
FACTORS = ("genes.left", "genes.right", "tailors.left", "tailors.right")


class Settings(msgspec.Struct, frozen=True):
    """The table `divcontrol` of a configuration.

    Attributes:
        kinds: The instruction of each kind, e.g. {"depth": "grey depth map to picture"}.
        tailors: How many there are.
        active: How many of them a kind has.
    """

    kinds: dict[str, str]
    tailors: int
    active: int


class Factors(NamedTuple):
    """One weight's, as in the folder: (out, g), (g, in), (out, t), (t, in)."""

    genes_left: Tensor
    genes_right: Tensor
    tailors_left: Tensor
    tailors_right: Tensor


class Gate(nn.Module):
    """Which tailors an instruction has, and what share each."""

    def __init__(self, tailors: int, active: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(WORDS, GATE_WIDTH)
        self.out = nn.Linear(GATE_WIDTH, tailors)
        self.active = active

    def forward(self, words: Tensor) -> Tensor:
        """Shares (B, tailors) for instructions (B, WORDS): `active` of each row are above 0, and sum to 1."""
        logits = cast("Tensor", self.out(nn.functional.silu(self.hidden(words))))
        chosen = logits.topk(self.active, dim=-1)
        shares = torch.zeros_like(logits)
        return shares.scatter(-1, chosen.indices, chosen.values.softmax(-1))

    def strengths(self, words: Tensor) -> Tensor:
        """What tailors are multiplied by, (B, tailors): 1 where an active one has just its part.

        With plain shares the sum of many tailors would begin at a hundredth of the weight that was factorised.
        """
        return self.active * cast("Tensor", self(words))


def embed_words(instruction: str) -> Tensor:
    """The mean of a fixed vector for each word, scaled to length sqrt(WORDS): (WORDS,), case ignored."""
    total = torch.zeros(WORDS)
    for word in instruction.lower().split():
        bits = int.from_bytes(hashlib.sha256(word.encode()).digest()[: WORDS // 8], "big")
        total += torch.tensor([2.0 * (bits >> place & 1) - 1 for place in range(WORDS)])
    return total * WORDS**0.5 / total.square().sum().sqrt().clamp_min(1e-6)


def tailor_of_component(components: int, tailors: int) -> Tensor:
    """To which tailor each of a weight's special components belongs, (components,)."""
    return torch.arange(components) * tailors // max(components, 1)


def factorise(weight: Tensor, genes: float = 0.5) -> Factors:
    """A weight's matrix (out, in x kernel) by its singular values: the largest are learngenes, the others tailors'.

    Args:
        weight: (out, in) or (out, in, kernel, kernel).
        genes: What part of the components are learngenes.

    Returns:
        Factors with which `mix` at strengths of 1 gives the weight again.
    """
    svd = cast("Callable[..., tuple[Tensor, Tensor, Tensor]]", getattr(torch.linalg, "svd"))  # noqa: B009 -- untyped
    left, values, right = svd(weight.flatten(1).double(), full_matrices=False)
    root, count = values.sqrt(), round(genes * len(values))
    left, right = (left * root).to(weight.dtype), (root[:, None] * right).to(weight.dtype)
    parts = (left[:, :count], right[:count], left[:, count:], right[count:])
    return Factors(*(part.contiguous() for part in parts))


def mix(factors: Factors, strengths: Tensor) -> Tensor:
    """The matrix (out, in) of one kind, G + sum of s_k T_k, for its strengths (tailors,)."""
    each = strengths[tailor_of_component(len(factors.tailors_right), len(strengths))]
    return factors.genes_left @ factors.genes_right + (factors.tailors_left * each) @ factors.tailors_right


class _Stock(Protocol):
    def from_config(self, config: Mapping[str, object]) -> nn.Module: ...


def load_divcontrol(component: Component, kind: str, dtype: torch.dtype) -> nn.Module:
    """The ControlNetModel for maps of `kind`, mixed in single precision, on the CPU and in evaluation mode.

    Raises:
        BadInputError: The folder knows no such kind.
        BadModelError: Its configuration or a weight is missing or wrong.
    """
    settings = _read_settings(component)
    if kind not in settings.kinds:
        known = ", ".join(settings.kinds)
        raise BadInputError(f"{component.folder} knows no {kind[:40]!r} control; use one of: {known}")
    network = _blank(component)
    wanted = network.state_dict()
    # Hub adapters come in half precision, and the products of halves lose digits.
    stored = {name: weight.float() for name, weight in read_weights(component).items()}
    with torch.no_grad():
        strengths = _open_gate(stored, settings, component).strengths(embed_words(settings.kinds[kind])[None])[0]
        mixed = {name: _weight(name, tuple(like.shape), stored, strengths, component) for name, like in wanted.items()}
    network.load_state_dict({name: weight.to(dtype) for name, weight in mixed.items()}, assign=True)
    return network.eval().requires_grad_(requires_grad=False)


def _read_settings(component: Component) -> Settings:
    file = component.folder / "config.json"
    try:
        settings = msgspec.convert(component.config.get(TABLE), Settings)
    except msgspec.ValidationError as error:
        raise BadModelError(f"{file}: the table {TABLE} is wrong ({error}); get the adapter again") from None
    if not settings.kinds or not 1 <= settings.active <= settings.tailors <= 100_000:
        raise BadModelError(
            f"{file}: {settings.active:,} of {settings.tailors:,} tailors for {len(settings.kinds)} kinds cannot be; "
            "get the adapter again"
        )
    return settings


def _blank(component: Component) -> nn.Module:
    """The stock network without weights."""
    stock = cast("_Stock", stock_class("ControlNetModel"))  # not first imported where tensors have no content
    config = {name: value for name, value in component.config.items() if name != TABLE and not name.startswith("_")}
    try:
        # The weights come from the file: random ones would take longer than reading it.
        with torch.device("meta"):
            return stock.from_config(config)
    except Exception as error:  # the library raises whatever a wrong configuration leads to
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise BadModelError(f"{component.folder} does not fit its class ({said}); get the adapter again") from error


def _open_gate(stored: Mapping[str, Tensor], settings: Settings, component: Component) -> Gate:
    gate = Gate(settings.tailors, settings.active)
    for name, like in gate.state_dict().items():
        _check(f"gate.{name}", stored.get(f"gate.{name}"), tuple(like.shape), component)
    gate.load_state_dict({name: stored[f"gate.{name}"] for name in gate.state_dict()})
    return gate


def _weight(
    name: str, shape: tuple[int, ...], stored: Mapping[str, Tensor], strengths: Tensor, component: Component
) -> Tensor:
    """A weight of the network: as it is stored, or mixed of its factors."""
    if f"{name}.genes.left" not in stored:
        return _check(name, stored.get(name), shape, component)
    found = [stored.get(f"{name}.{part}") for part in FACTORS]
    rows, columns = shape[0], torch.Size(shape[1:]).numel()
    genes, tailors = (part.shape[0] if part is not None and part.ndim else 0 for part in found[1::2])
    shapes = ((rows, genes), (genes, columns), (rows, tailors), (tailors, columns))
    parts = zip(FACTORS, found, shapes, strict=True)
    factors = Factors(*(_check(f"{name}.{part}", value, like, component) for part, value, like in parts))
    return mix(factors, strengths).reshape(shape)


def _check(name: str, found: Tensor | None, shape: tuple[int, ...], component: Component) -> Tensor:
    if found is None or tuple(found.shape) != shape:
        what = "is missing" if found is None else f"has the shape {tuple(found.shape)}"
        raise BadModelError(f"{component.weights[0]}: weight {name} {what}; get the adapter again")
    return found
