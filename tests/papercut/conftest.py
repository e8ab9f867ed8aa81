"""What the tests of Papercut's recipe share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from tqdm import tqdm

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="session")
def no_progress_monitor() -> Iterator[None]:
    """Loading a pipeline shows progress bars, whose monitor thread would outlive a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tqdm, "monitor_interval", 0)
        yield


@pytest.fixture(autouse=True, scope="module")
def single_precision() -> Iterator[None]:
    """Numbers are compared closely, which bfloat16 is too coarse for: where the machine has it, it is not used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.cpu, "get_capabilities", dict[str, bool])
        yield
