"""A tiny DivControl with random weights, and its mixed weights summed up the long way.

Owns what tests compare engine.control.divcontrol with; the sums are written out from the folder's format alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from engine.control.divcontrol import CLASS_NAME, FACTORS, Gate, embed_words, factorise
from tests.tiny_adapters import write_controlnet

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

WEIGHTS = "diffusion_pytorch_model.safetensors"
MIXED = ("conv1", "conv2", "to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
"""Layers whose weights are mixed."""


def write_divcontrol(folder: Path, seed: int = 4, /, tailors: int = 4, active: int = 2) -> Path:
    """A DivControl for that model, that knows canny and depth: of a ControlNet, with factors moved off their origin."""
    write_controlnet(folder, seed)
    file, generator = folder / "diffusion_pytorch_model.safetensors", torch.Generator().manual_seed(seed)
    stored: dict[str, torch.Tensor] = {}
    for name, weight in load_file(file).items():
        if not name.removesuffix(".weight").endswith(MIXED):
            stored[name] = weight
            continue
        for part, factor in zip(FACTORS, factorise(weight), strict=True):
            stored[f"{name}.{part}"] = factor + 0.05 * torch.randn(factor.shape, generator=generator)
    gate = Gate(tailors, active)
    for name, weight in gate.state_dict().items():
        stored[f"gate.{name}"] = torch.randn(weight.shape, generator=generator) * 0.3
    save_file(stored, file, metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    kinds = {"canny": "thin lines to picture", "depth": "grey map to picture"}
    table = {"kinds": kinds, "tailors": tailors, "active": active}
    (folder / "config.json").write_text(json.dumps({**config, "_class_name": CLASS_NAME, "divcontrol": table}))
    return folder


def read_factors(folder: Path) -> dict[str, Tensor]:
    """What the folder stores."""
    return load_file(folder / WEIGHTS)


def strengths_of(folder: Path, kind: str) -> Tensor:
    """Softmax over the strongest logits of the gate, times their number, written out."""
    table = json.loads((folder / "config.json").read_text())["divcontrol"]
    stored = read_factors(folder)
    hidden = stored["gate.hidden.weight"] @ embed_words(table["kinds"][kind]) + stored["gate.hidden.bias"]
    logits = stored["gate.out.weight"] @ (hidden * hidden.sigmoid()) + stored["gate.out.bias"]
    order = logits.argsort(descending=True)[: table["active"]]
    found = torch.zeros(table["tailors"])
    found[order] = table["active"] * logits[order].exp() / logits[order].exp().sum()
    return found


def summed(stored: dict[str, Tensor], name: str, strengths: Tensor, like: Tensor) -> Tensor:
    """A mixed weight, component by component, in the shape of `like`."""
    total = torch.zeros_like(like).flatten(1)
    for column, row in zip(stored[f"{name}.genes.left"].T, stored[f"{name}.genes.right"], strict=True):
        total += torch.outer(column, row)
    left, right = stored[f"{name}.tailors.left"], stored[f"{name}.tailors.right"]
    for place in range(len(right)):
        strength = strengths[place * len(strengths) // len(right)]
        total += strength * torch.outer(left[:, place], right[place])
    return total.reshape(like.shape)
