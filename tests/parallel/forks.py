"""Ranks forked from a process that has loaded what they need, and has no threads."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def fork_ranks(world_size: int, work: Callable[[int], None]) -> bool:
    """Whether all ranks ended well."""
    children: list[int] = []
    for rank in range(world_size):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(rank)
                status = 0
            except BaseException:  # noqa: BLE001  # the parent prints nothing of a child, and must get its status
                traceback.print_exc()
            finally:
                os._exit(status)
        children.append(child)
    return all(os.waitpid(child, 0)[1] == 0 for child in children)
