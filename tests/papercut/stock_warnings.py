"""What diffusers and transformers warn of, their own future and their interplay, silenced for a module's tests."""

from __future__ import annotations

import pytest

STOCK_WARNINGS = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
"""For `pytestmark`."""
