"""Tests of finding devices without torch, against stand-ins for the driver's program."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from engine.executor.devices import find_devices

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script")


def driver(folder: Path, body: str) -> str:
    """A program that answers for the driver."""
    program = folder / "smi"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(0o755)
    return str(program)


def test_every_gpu_is_a_device(tmp_path: Path) -> None:
    """The driver's list becomes CUDA names in its order."""
    found = find_devices(driver(tmp_path, "print('0\\n1\\n2')"), environment={})
    assert found == ("cuda:0", "cuda:1", "cuda:2")


@pytest.mark.parametrize(
    ("visible", "count"), [("0,2", 2), ("GPU-8a1c,MIG-77", 2), ("1,-1,2", 1), ("2,9", 1), ("", 0), ("-1", 0)]
)
def test_hidden_gpus_are_not_counted(tmp_path: Path, visible: str, count: int) -> None:
    """CUDA_VISIBLE_DEVICES hides devices here as it does from CUDA, which numbers the rest anew."""
    environment = {"CUDA_VISIBLE_DEVICES": visible}
    found = find_devices(driver(tmp_path, "print('0\\n1\\n2')"), environment=environment)
    assert found == (tuple(f"cuda:{k}" for k in range(count)) or ("cpu",))


@pytest.mark.parametrize(
    "body", ["raise SystemExit(9)", "print('No devices were found')", "import threading; threading.Event().wait()"]
)
def test_without_a_working_driver_it_is_the_cpu(tmp_path: Path, body: str) -> None:
    """A driver that fails, finds nothing or hangs leaves the CPU."""
    assert find_devices(driver(tmp_path, body), timeout_s=0.5) == ("cpu",)


def test_without_a_driver_it_is_the_cpu() -> None:
    """No program, no GPU."""
    assert find_devices("no-such-program-here") == ("cpu",)
