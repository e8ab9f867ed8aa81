"""How long tests wait for what must happen: longer than any machine needs that is busy with other tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable

ENDING_S = 30.0
WAIT_MS = 30_000


class PatientQtBot(QtBot):
    """A QtBot whose waits last as long as they must: a wait that ends well ends at once."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = WAIT_MS) -> None:  # noqa: N802  theirs
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = WAIT_MS, **options: Any) -> Any:  # noqa: N802  theirs
        return super().waitSignal(signal, timeout=timeout, **options)
