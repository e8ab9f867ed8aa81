"""Which devices this machine has, found without torch.

Owns: the question to the driver, with its time limit. Does not own: what a device can hold (the worker says).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

CPU = "cpu"


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
