"""ExecutionPlan: how a job is computed, decided before its first step and recorded with its result.

Owns the choice of device, number format and kernels. The choice depends on the machine alone, so that the same
request gives the same pixels twice on it; nothing swaps the plan while a job runs.
"""

from __future__ import annotations

import os

import msgspec
import psutil
import torch

from engine.errors import BadInputError


class ExecutionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How a job is computed.

    Attributes:
        device: As torch writes it, e.g. "cpu" or "cuda:0".
        dtype: Number format of weights and activations, as torch names it; latents stay float32.
        channels_last: Weights and activations of convolutions lie with channels innermost.
        fused_decoder: The tiny decoder's convolutions run with their additions and activations in one kernel each.
        threads: Threads of one operation on the CPU.
        pictures_at_once: Pictures that share a forward pass. More than one may change the last bits of a picture
            with its place in the batch, so it is one where a batch must equal single pictures.
    """

    device: str
    dtype: str
    channels_last: bool
    fused_decoder: bool
    threads: int
    pictures_at_once: int = 1

    @property
    def torch_device(self) -> torch.device:
        return torch.device(self.device)

    @property
    def torch_dtype(self) -> torch.dtype:
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[self.dtype]


def plan_for(device: str) -> ExecutionPlan:
    """The fastest plan for `device` that keeps pictures reproducible on it.

    Raises:
        BadInputError: There is no such device here.
    """
    try:
        kind, index = torch.device(device).type, torch.device(device).index or 0
    except RuntimeError:
        raise BadInputError(f"device {device!r} is unknown; use cpu or cuda:0") from None
    if kind == "cpu":
        native = has_native_bfloat16()
        return ExecutionPlan(
            device="cpu",
            dtype="bfloat16" if native else "float32",
            channels_last=True,
            fused_decoder=has_fused_kernels(),
            threads=cpu_threads(),
        )
    if kind != "cuda" or index >= torch.cuda.device_count():
        raise BadInputError(f"device {device!r} is not in this machine; use cpu or one of its {_cuda_names()}")
    return ExecutionPlan(
        device=f"cuda:{index}",
        dtype="bfloat16" if torch.cuda.get_device_capability(index) >= (8, 0) else "float16",
        channels_last=True,
        fused_decoder=False,
        threads=cpu_threads(),
    )


def has_native_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 in hardware; without it float32 is faster."""
    capabilities = torch.cpu.get_capabilities()
    return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16", "arm_bf16", "bf16"))


def computes_bfloat16() -> bool:
    """Whether the GPUs of this machine compute bfloat16, if only by way of float32."""
    return torch.cuda.is_bf16_supported(including_emulation=True)


def has_fused_kernels() -> bool:
    """Whether torch was built with the kernels of the fused decoder."""
    return torch.backends.mkldnn.is_available()


def cpu_threads() -> int:
    """Physical cores that this process may use, unless OMP_NUM_THREADS says otherwise."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    cores = psutil.cpu_count(logical=False) or 1
    return max(
        1, min(cores, len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else cores)
    )


def _cuda_names() -> str:
    return ", ".join(f"cuda:{index}" for index in range(torch.cuda.device_count())) or "no CUDA devices"
