"""engine.models.stock: stock classes, at a fraction of the usual imports, without harm to later ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from engine.errors import BadModelError
from engine.models.folder import find_network
from engine.models.stock import load_network

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


EVERY_CLASS = """
from engine.models.stock import _MODULE_OF_CLASS, stock_class

print(*[name for name in _MODULE_OF_CLASS if stock_class(name).__name__ != name])
"""


def test_every_network_loads_with_narrow_imports() -> None:
    """In a process that has imported nothing of the library: each class of the table is found in its module."""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", EVERY_CLASS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout == "\n", result.stderr


def test_a_worker_imports_diffusers_with_its_first_model() -> None:
    """And not by the way with its tasks, where nothing would keep the imports narrow: 5 seconds before a picture."""
    code = "import engine.worker.loop, engine.worker.shelf, sys; print('diffusers' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout == "False\n", result.stderr


def test_peft_in_the_same_environment_is_left_alone(tmp_path: Path, tiny_spec: ModelSpec) -> None:
    """Who trains adapters has it there; diffusers would import it, and with it what narrow imports leave out.

    Neither when a class is loaded, nor in a network's pass as a worker makes it.
    """
    (tmp_path / "peft").mkdir()
    (tmp_path / "peft" / "__init__.py").write_text("raise RuntimeError('PEFT was imported')\n")
    (tmp_path / "peft-0.21.2.dist-info").mkdir()
    (tmp_path / "peft-0.21.2.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: peft\nVersion: 0.21.2\n")
    code = (
        "import sys, torch\n"
        "from pathlib import Path\n"
        "from engine.models.folder import find_network\n"
        "from engine.models.stock import leave_peft_out, load_network\n"
        "unet = load_network(find_network(Path(sys.argv[1]), 'unet', ('UNet2DConditionModel',)), torch.float32)\n"
        "leave_peft_out()\n"
        "size = unet.config.sample_size\n"
        "seen = unet(\n"
        "    torch.zeros(1, unet.config.in_channels, size, size), 1.0,\n"
        "    encoder_hidden_states=torch.zeros(1, 4, unet.config.cross_attention_dim),\n"
        ").sample\n"
        "print(type(unet).__name__, tuple(seen.shape)[2:] == (size, size))\n"
        "from diffusers.utils import is_peft_available\n"
        "print(is_peft_available())\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, tiny_spec.folder],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert result.stdout.splitlines() == ["UNet2DConditionModel True", "True"], result.stderr


@pytest.mark.parametrize(
    "error", [MemoryError(), torch.OutOfMemoryError("CUDA"), RuntimeError("DefaultCPUAllocator: can't allocate memory")]
)
def test_lack_of_memory_is_not_laid_on_the_model(
    tiny_spec: ModelSpec, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The worker knows what to say of it; other failures are the folder's."""

    class Failing:
        @staticmethod
        def from_pretrained(_folder: str, **_options: object) -> None:
            raise error

    component = find_network(Path(tiny_spec.folder), "unet", ("UNet2DConditionModel",))
    monkeypatch.setattr("engine.models.stock.stock_class", lambda _name: Failing)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    with pytest.raises(type(error)):
        load_network(component, torch.float32)
    error = ValueError("no such size")
    with pytest.raises(BadModelError, match=r"does not fit its class UNet2DConditionModel \(no such size\)"):
        load_network(component, torch.float32)
