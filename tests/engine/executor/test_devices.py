"""Tests of finding devices without torch, against stand-ins for the driver's program."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from engine.errors import BadInputError
from engine.executor.devices import cpu_slots, device_of, find_devices, resolve_devices

if TYPE_CHECKING:
    from pathlib import Path

needs_script = pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script")


def driver(folder: Path, body: str) -> str:
    """A program that answers for the driver."""
    program = folder / "smi"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(0o755)
    return str(program)


@needs_script
def test_every_gpu_is_a_device(tmp_path: Path) -> None:
    """The driver's list becomes CUDA names in its order."""
    found = find_devices(driver(tmp_path, "print('0\\n1\\n2')"), environment={})
    assert found == ("cuda:0", "cuda:1", "cuda:2")


@needs_script
@pytest.mark.parametrize(
    ("visible", "count"), [("0,2", 2), ("GPU-8a1c,MIG-77", 2), ("1,-1,2", 1), ("2,9", 1), ("", 0), ("-1", 0)]
)
def test_hidden_gpus_are_not_counted(tmp_path: Path, visible: str, count: int) -> None:
    """CUDA_VISIBLE_DEVICES hides devices here as it does from CUDA, which numbers the rest anew."""
    environment = {"CUDA_VISIBLE_DEVICES": visible}
    found = find_devices(driver(tmp_path, "print('0\\n1\\n2')"), environment=environment)
    assert found == (tuple(f"cuda:{k}" for k in range(count)) or ("cpu",))


@needs_script
@pytest.mark.parametrize(
    "body", ["raise SystemExit(9)", "print('No devices were found')", "import threading; threading.Event().wait()"]
)
def test_without_a_working_driver_it_is_the_cpu(tmp_path: Path, body: str) -> None:
    """A driver that fails, finds nothing or hangs leaves the CPU."""
    assert find_devices(driver(tmp_path, body), timeout_s=0.5) == ("cpu",)


def test_without_a_driver_it_is_the_cpu() -> None:
    """No program, no GPU."""
    assert find_devices("no-such-program-here") == ("cpu",)


@pytest.mark.parametrize(
    ("asked", "present", "slots"),
    [
        ((), ("cuda:0", "cuda:1"), ("cuda:0", "cuda:1")),
        ((), ("cpu",), ("cpu",)),
        (("cpu",), ("cpu",), ("cpu",)),
        (("cpu:3",), ("cpu",), ("cpu", "cpu#1", "cpu#2")),
        (("cpu:2",), ("cuda:0",), ("cpu", "cpu#1")),
        (("cuda:1", "cuda:0"), ("cuda:0", "cuda:1"), ("cuda:1", "cuda:0")),
        (("cpu", "cuda:0", "cpu"), ("cuda:0",), ("cuda:0", "cpu", "cpu#1")),
    ],
)
def test_names_become_one_slot_per_rank(
    asked: tuple[str, ...], present: tuple[str, ...], slots: tuple[str, ...]
) -> None:
    """Nothing asked means every GPU, or the CPU; a count means that many ranks on the CPU, which is always there."""
    assert resolve_devices(asked, present) == slots


@pytest.mark.parametrize("name", ["cuda:2", "cuda", "cpu:0", "cpu:-1", "cpu:x", "cpu#1", "tpu", "", "cpu:9999999"])
def test_what_is_no_device_is_refused_with_those_there_are(name: str) -> None:
    """One line names the device and lists what this machine has."""
    with pytest.raises(BadInputError, match=r"device '.*' is not in this machine; it has cuda:0, cuda:1, cpu"):
        resolve_devices((name,), ("cuda:0", "cuda:1"))


def test_a_gpu_takes_one_rank_and_the_cpu_not_any_number() -> None:
    """A GPU named twice, or more ranks than anyone means, is a mistake."""
    with pytest.raises(BadInputError, match="named twice"):
        resolve_devices(("cuda:0", "cuda:0"), ("cuda:0",))
    with pytest.raises(BadInputError, match=r"999,999 ranks"):
        resolve_devices(("cpu:999999",), ("cpu",))
    assert len(resolve_devices(("cpu:64",), ("cpu",))) == 64


def test_slots_of_the_cpu_are_on_the_cpu() -> None:
    """Every slot's name leads back to its device."""
    assert [device_of(slot) for slot in (*cpu_slots(3), "cuda:1")] == ["cpu", "cpu", "cpu", "cuda:1"]
