"""Requests on their way to the engine; those it has not taken are on disk, so that no end of the window loses one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from app.image_edit import write_atomically
from app.reports import Reach, SubmitCommand
from engine.errors import BadInputError
from engine.messages import Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.engine_link import EngineLink
    from app.jobs import JobModel


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A request that the engine has not taken, and the file that it asks for."""

    request: Request
    output: str = ""
    token: str = ""
    """What the window that wrote it down knew the request by."""


class Outbox(QObject):
    """Sends requests. The file is there only while the engine cannot be reached and something waits for it.

    A crash just when the engine takes a waiting request sends that one again at the next start: twice, never not.
    """

    save_failed = Signal(str)

    def __init__(self, file: Path, jobs: JobModel, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._jobs = jobs
        self._link = link
        self._kept = _read(file)
        self.resent = {waiting.token: self._send(waiting.request, waiting.output) for waiting in self._kept}
        """The tokens of requests that the last window could not hand over, by those that it had for them."""
        self.keep()
        jobs.job_named.connect(self._forget)
        jobs.rowsRemoved.connect(self._forget)
        link.connection_changed.connect(self._keep_if_unreachable)

    def send(self, request: Request, output: str = "") -> str:
        """Show the request as a job and hand it to the engine when it answers; returns the job's token.

        Args:
            request: What to make.
            output: Target file as an absolute path; empty for the outputs folder.
        """
        token = self._send(request, output)
        self._keep_if_unreachable()
        return token

    def send_all(self, requests: Iterable[Request]) -> list[str]:
        """Send several, which are written down at once; returns their tokens."""
        tokens = [self._send(request, "") for request in requests]
        self._keep_if_unreachable()
        return tokens

    def keep(self) -> None:
        """Write down what the engine has not taken."""
        unsent = self._jobs.unsent()
        waiting = tuple(Waiting(request=record.request, output=record.output, token=record.token) for record in unsent)
        if waiting == self._kept:
            return
        try:
            if waiting:
                write_atomically(self._file, msgspec.json.encode(waiting))
            else:
                self._file.unlink(missing_ok=True)
        except OSError as error:
            self.save_failed.emit(str(error))
        else:
            self._kept = waiting

    def _send(self, request: Request, output: str) -> str:
        token = self._jobs.add_submitting(request, output)
        self._link.send(SubmitCommand(token, request, output))
        return token

    def _keep_if_unreachable(self) -> None:
        if self._link.connection.reach is not Reach.RUNNING:
            self.keep()

    def _forget(self) -> None:
        if self._kept:
            self.keep()


def _read(file: Path) -> tuple[Waiting, ...]:
    """What the last window could not hand over, oldest first; nothing when the file is absent or damaged."""
    try:
        document = file.read_bytes()
    except OSError:
        return ()
    with contextlib.suppress(msgspec.DecodeError, BadInputError):
        return msgspec.json.decode(document, type=tuple[Waiting, ...])
    with contextlib.suppress(msgspec.DecodeError, BadInputError):
        # As the first version of the window wrote it.
        return tuple(Waiting(request=request) for request in msgspec.json.decode(document, type=tuple[Request, ...]))
    return ()
