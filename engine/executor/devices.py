"""Which devices this machine has, found without torch, and which of them a job gets.

Owns: the question to the driver, with its time limit; the names of devices, and of slots where a CPU has several.
Does not own: what a device can hold (the worker says), or when it is free (the service).

A slot is a device that can have a worker. Every GPU has one slot, named like it; the CPU has as many as are asked for:
"cpu", "cpu#1", "cpu#2", ...
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from engine.errors import BadInputError

CPU = "cpu"
MAX_CPU_RANKS = 1024


def find_devices(
    command: str = "nvidia-smi", timeout_s: float = 5.0, environment: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """One name per CUDA device that workers will see; the CPU where there is none or the driver does not answer.

    `CUDA_VISIBLE_DEVICES` counts as it does for CUDA itself: the list ends at its first entry that is no device.
    """
    program = shutil.which(command)
    if program is None:
        return (CPU,)
    try:
        answer = subprocess.run(
            [program, "--query-gpu=index", "--format=csv,noheader"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        # A driver that hangs or fails here would also hang or fail a worker.
        return (CPU,)
    indices = [line.strip() for line in answer.stdout.splitlines() if line.strip().isdigit()]
    count = len(indices)
    visible = environment.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        count = 0
        for entry in (part.strip() for part in visible.split(",")):
            if not (entry in indices or entry.startswith(("GPU-", "MIG-"))):
                break
            count += 1
    return tuple(f"cuda:{position}" for position in range(count)) or (CPU,)


def resolve_devices(asked: Sequence[str], present: Sequence[str]) -> tuple[str, ...]:
    """The slots, in rank order, that a request's `devices` mean.

    Args:
        asked: Names as typed: "cuda:0", "cpu", or a count of ranks on the CPU ("cpu:2"). Empty for every GPU, or one
            rank on the CPU where there is none.
        present: The devices of this machine. The CPU is always there, named or not.

    Raises:
        BadInputError: A name means no device of this machine, or a GPU is named twice.
    """
    gpus = [name for name in present if device_of(name) != CPU]
    if not asked:
        return tuple(gpus) or (CPU,)
    slots: list[str] = []
    cpu_ranks = 0
    for name in asked:
        count = re.fullmatch(r"cpu(?::0*([1-9][0-9]{0,5}))?", name)
        if count:
            cpu_ranks += int(count[1] or 1)
        elif name not in gpus:
            raise BadInputError(f"device {name!r} is not in this machine; it has {', '.join(describe_devices(gpus))}")
        elif name in slots:
            raise BadInputError(f"device {name!r} is named twice; a GPU takes one rank")
        else:
            slots.append(name)
    if cpu_ranks > MAX_CPU_RANKS:
        raise BadInputError(f"{cpu_ranks:,} ranks on the CPU are too many; use at most cpu:{MAX_CPU_RANKS}")
    return (*slots, *cpu_slots(cpu_ranks))


def describe_devices(gpus: Sequence[str]) -> list[str]:
    """What a person may name, for messages."""
    return [*gpus, "cpu (or cpu:2 for two ranks on it)"]


def cpu_slots(count: int) -> tuple[str, ...]:
    """The names of the CPU's first `count` slots."""
    return tuple(CPU if index == 0 else f"{CPU}#{index}" for index in range(count))


def device_of(slot: str) -> str:
    """The device that a slot is on: "cpu" for "cpu#3", itself for a GPU."""
    return slot.partition("#")[0]
