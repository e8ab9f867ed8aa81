"""Requests on their way to the engine; those it has not taken are on disk, so that no end of the window loses one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from app.jobs import job_of
from app.reports import Reach, SubmitCommand
from app.window_file import WindowFile, remove_file
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
    job: str
    """The id that was drawn for it, so that the engine, sent it twice, takes it once."""


class Outbox(QObject):
    """Sends requests. What the engine cannot be reached for is in a file of this window's as long as it waits.

    Those of windows that are gone are taken over at the start.

    Args:
        folder: Of such files.
        jobs: What is sent is shown there.
        link: The way to the engine, not started yet.
    """

    save_failed = Signal(str)

    def __init__(self, folder: Path, jobs: JobModel, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = WindowFile(folder)
        self._jobs = jobs
        self._link = link
        self._kept: tuple[Waiting, ...] = ()
        self._take_over()
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

    def keep(self) -> bool:
        """Write down what the engine has not taken; False when that failed."""
        unsent = self._jobs.unsent()
        waiting = tuple(
            Waiting(request=record.request, output=record.output, job=job_of(record.token)) for record in unsent
        )
        if waiting == self._kept:
            return True
        try:
            if waiting:
                self._file.write(msgspec.json.encode(waiting))
            else:
                self._file.discard()
        except OSError as error:
            self.save_failed.emit(str(error))
            return False
        self._kept = waiting
        return True

    def close(self) -> None:
        """Write down what the engine has not taken, for the next window."""
        self.keep()
        self._file.leave_behind()

    def _take_over(self) -> None:
        with self._file.claim_left_behind() as files:
            left = {file: waiting for file in files if (waiting := _read(file)) is not None}
            # A window that crashed while it took over another's leaves two files that name the same.
            for waiting in {waiting.job: waiting for all_of_one in left.values() for waiting in all_of_one}.values():
                self._send(waiting.request, waiting.output, waiting.job)
            if self.keep():
                for file in left:
                    with contextlib.suppress(OSError):
                        remove_file(file)

    def _send(self, request: Request, output: str, job: str = "") -> str:
        token = self._jobs.add_submitting(request, output, job)
        self._link.send(SubmitCommand(token, request, output, job_of(token)))
        return token

    def _keep_if_unreachable(self) -> None:
        if self._link.connection.reach is not Reach.RUNNING:
            self.keep()

    def _forget(self) -> None:
        if self._kept:
            self.keep()


def _read(file: Path) -> tuple[Waiting, ...] | None:
    """What a window could not hand over, oldest first; None when the file cannot be read, and stays."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=tuple[Waiting, ...])
    except (OSError, msgspec.DecodeError, BadInputError):
        return None
