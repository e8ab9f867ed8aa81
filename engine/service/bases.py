"""Takes that go on from another: whether what they need of it is there, is still being made, or never will be.

Owns: what a base's phase means for those that wait for it. Does not own: whether it suits them (admission), or when
that is looked at (scheduler).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadInputError
from engine.messages import VideoRequest
from engine.service.admission import check_source
from engine.service.store import Phase
from engine.service.takes import has_latents

if TYPE_CHECKING:
    from engine.messages import Request
    from engine.paths import Paths
    from engine.service.ledger import Ledger
    from engine.service.store import JobStore, StoredJob


class Bases:
    """The takes of a store that others go on from."""

    def __init__(self, store: JobStore, paths: Paths) -> None:
        self._store = store
        self._paths = paths

    def check(self, request: Request) -> None:
        """Check what a request uses of other jobs.

        Raises:
            EngineError: It is not what the request needs, or will not be there.
        """
        check_source(request, self._store.get)
        self.is_ready(request)

    def is_ready(self, request: Request) -> bool:
        """Whether a request has all that it needs of another take; False while that is on its way.

        Raises:
            BadInputError: It never will, unless someone sees to it; the message says what to do.
        """
        if not isinstance(request, VideoRequest) or not request.base:
            return True
        row = self._store.find(request.base)
        if row is None or not isinstance(row.request, VideoRequest):
            raise BadInputError(f"the take {request.base} that this one goes on from is not there; name another")
        match row.phase:
            case Phase.DONE:
                return True
            case Phase.CANCELLED:
                raise BadInputError(
                    f"the take {row.job} that this one goes on from was cancelled, and nothing of it is left; "
                    "retry it, and then this one"
                )
            case Phase.FAILED:
                # Its latents may be whole: what failed, then, was to write its frames.
                if has_latents(self._paths, row.job, row.request.steps):
                    return True
                raise BadInputError(
                    f"the take {row.job} that this one goes on from failed before it was made; "
                    "retry it, and then this one"
                )
            case _:
                return False

    def ready(self, count: int) -> list[StoredJob]:
        """Those of the next `count` pending jobs that need not wait for another take.

        Where all of these wait, some of those behind them: what they wait for may be there.
        """
        while True:
            rows = self._store.pending(count)
            ready = [row for row in rows if self._hopeless(row) is None and self.is_ready(row.request)]
            if ready or len(rows) < count:
                return ready
            count *= 2

    def end_in_vain(self, ledger: Ledger, ended: Request | None = None) -> None:
        """End as failed the pending takes that wait for what will not be, and those that wait for them.

        `ended` is the one whose job has just ended: nobody waits for what is no take.
        """
        if ended is not None and not isinstance(ended, VideoRequest):
            return
        while hopeless := [(row, error) for row in self._store.pending(-1) if (error := self._hopeless(row))]:
            for row, error in hopeless:
                ledger.end(row, Phase.FAILED, failure=error)

    def _hopeless(self, row: StoredJob) -> BadInputError | None:
        try:
            self.is_ready(row.request)
        except BadInputError as error:
            return error
        return None
