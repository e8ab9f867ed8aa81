"""engine.models.stock: stock classes, at a fraction of the usual imports, without harm to later ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.messages import ModelSpec

ROOT = Path(__file__).parents[3]

CODE = """
import sys
import torch
from engine.messages import ModelSpec
from engine.models.image_model import load_image_model

spec = ModelSpec(name="tiny", title="", family="stable_diffusion", folder=sys.argv[1], licence="")
model = load_image_model(spec, torch.device("cpu"), torch.float32, channels_last=True)
unused = ("torch._dynamo", "sympy", "scipy", "diffusers.models.transformers", "transformers.modeling_utils")
print(*[name for name in unused if name in sys.modules])

# What follows is a program that goes on to use the library in the ordinary way.
from diffusers import AutoencoderTiny, UNet2DConditionModel
from diffusers.utils import is_scipy_available, is_transformers_available
print(type(model.unet) is UNet2DConditionModel, type(model.vae) is AutoencoderTiny)
print(is_scipy_available(), is_transformers_available())
"""


def test_narrow_imports_leave_everything_in_order(tiny_spec: ModelSpec) -> None:
    """A model loads without compiler, sympy, scipy or transformers' models; its classes are the stock ones.

    That the full pipeline works afterwards in the same process is shown by the comparisons with it
    (tests/engine/tasks/test_image_like_diffusers.py).
    """
    result = subprocess.run(
        [sys.executable, "-c", CODE, tiny_spec.folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout.splitlines() == ["", "True True", "True True"], result.stderr
