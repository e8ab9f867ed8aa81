"""A service for tests that dies as it takes a job: run by path, with the service's own arguments.

The file that ONETAKE_TEST_DEATHS names holds one word for each death to come, of this service or its successors:
`before` kills the process when a Submit arrives, `after` once the job is stored and before that is answered.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from engine.protocol import Answer, Submit
from engine.service import __main__ as service
from engine.service.items import ClientCalled
from engine.service.server import Server

answer_alive = Server._answer  # pyright: ignore[reportPrivateUsage]


def answer_or_die(self: Server, item: ClientCalled) -> Answer | None:
    """Answer, unless it is time to die."""
    will = Path(os.environ["ONETAKE_TEST_DEATHS"])
    moments = will.read_text().split() if isinstance(item.call, Submit) else []
    moment = moments.pop(0) if moments else ""
    if moment:
        will.write_text(" ".join(moments))
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = answer_alive(self, item)
    if moment == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


if __name__ == "__main__":
    Server._answer = answer_or_die  # pyright: ignore[reportPrivateUsage]
    sys.exit(service.main())
