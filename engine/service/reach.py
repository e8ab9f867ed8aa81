"""From "no service" to a subscribed connection: dial, and start or replace the service as need be.

Owns: the order of the attempts and their time limit. Does not own: the connection's bytes and threads (link), how a
service is started (launch), or when a lost one is reached anew (engine.client).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine import protocol
from engine.errors import ServiceError
from engine.service.discovery import ServiceAbsentError, read_record
from engine.service.home import prepare_home
from engine.service.launch import launch_service, wait_gone
from engine.service.link import News, OtherProtocolError, open_subscribed
from engine.service.mailbox import Mailbox

if TYPE_CHECKING:
    from engine.paths import Paths
    from engine.service.link import Link


def reach_service(paths: Paths, timeout_s: float, *, previews: bool, start: bool) -> tuple[Link, Mailbox[News]]:
    """Try until a service of our version answers; returns the link and the box that its news flow into.

    Args:
        paths: The home.
        timeout_s: Longest time for all of it.
        previews: Whether to receive preview pictures.
        start: Start a service if none answers, and take the place of an older one.

    Raises:
        ServiceError: None answers and `start` is False, the start failed, or the one that runs is of another version.
    """
    record = read_record(paths)
    if record and record.protocol != protocol.PROTOCOL_VERSION and not start:
        # Our hello would make an older service go, and nobody here would start the new one.
        raise ServiceError(
            f"an engine service of another Onetake (protocol {record.protocol}, this program speaks "
            f"{protocol.PROTOCOL_VERSION}) serves {paths.home}; use that one, or stop process {record.pid}"
        )
    deadline = time.monotonic() + timeout_s
    pause_s = 0.02
    while True:
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise ServiceError(f"the engine service did not answer within {timeout_s:.0f} s; look at {paths.log}")
        try:
            box: Mailbox[News] = Mailbox()
            return open_subscribed(paths, remaining_s, previews=previews, box=box), box
        except OtherProtocolError as other:
            _await_replacement(other, remaining_s)
        except ServiceAbsentError:
            if not start:
                raise ServiceError(
                    f"no engine service answers for {paths.home}; start it with `onetake engine run`, "
                    f"or look at {paths.log}"
                ) from None
        if start:
            prepare_home(paths)
            if not launch_service(paths, remaining_s):
                # Another starter's service is just coming up, or an old one just going away.
                time.sleep(pause_s)
                pause_s = min(2 * pause_s, 0.5)


def _await_replacement(other: OtherProtocolError, timeout_s: float) -> None:
    """An older service goes away when it meets us; a newer one must not be replaced."""
    if other.protocol > protocol.PROTOCOL_VERSION:
        raise ServiceError(
            f"the running engine service is of a newer Onetake (protocol {other.protocol}, this program speaks "
            f"{protocol.PROTOCOL_VERSION}); use that one, or stop process {other.pid}"
        )
    wait_gone(other.pid, timeout_s)
