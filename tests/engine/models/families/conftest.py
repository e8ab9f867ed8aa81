"""What the tests of video families share."""

from __future__ import annotations

import pytest
import tqdm


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the progress bars of stock libraries from starting a thread."""
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)
