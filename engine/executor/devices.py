"""Which devices this machine has, found without torch.

Owns: the question to the driver, with its time limit. Does not own: what a device can hold (the worker says).
"""

from __future__ import annotations

import shutil
import subprocess

CPU = "cpu"


def find_devices(command: str = "nvidia-smi", timeout_s: float = 5.0) -> tuple[str, ...]:
    """One name per CUDA device, in the driver's order; the CPU where there is none or the driver does not answer."""
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
    return tuple(f"cuda:{position}" for position in range(len(indices))) or (CPU,)
