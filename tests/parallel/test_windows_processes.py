"""Windows and one clip on one, two and four real processes over gloo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]  # its paths are typed loosely

from tests.parallel.window_processes import WORLDS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="ranks of these tests are forked")
ROOT = Path(__file__).resolve().parents[2]


def test_the_result_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    """Two steps of windows bit for bit, one of the ranks without frames; attention within rounding."""
    ranks = subprocess.run(
        [sys.executable, "-m", "tests.parallel.window_processes", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert ranks.returncode == 0, ranks.stderr
    alone = load_file(tmp_path / "1" / "0.safetensors")
    for world, speeds in WORLDS.items():
        parts = [load_file(tmp_path / world / f"{rank}.safetensors") for rank in range(len(speeds))]
        assert torch.equal(torch.cat([part["latents"] for part in parts], dim=2), alone["latents"])
        for part in parts:
            torch.testing.assert_close(part["attended"], alone["attended"], atol=1e-6, rtol=0)
