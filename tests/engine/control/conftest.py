"""What tests of controls share."""

from __future__ import annotations

import pytest

from tests.decoding import spare_the_child


@pytest.fixture(autouse=True)
def decoding_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a picture is not what is tested here."""
    spare_the_child(monkeypatch)
