"""One connection to the fake engine, with the surface of engine.client.EngineClient."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.messages import ImageRequest, ModelSpec, Request
    from engine.protocol import EventMessage, JobChanged, Jobs, LiveMade, Status
    from tests.fakes import FakeEngine


class FakeClient:
    """One connection to a FakeEngine, with the surface of EngineClient."""

    def __init__(self, engine: FakeEngine, connection: int) -> None:
        self._engine = engine
        self._connection = connection

    def submit(self, request: Request, output: str = "", job: str = "") -> str:
        return self._engine.ask(self._connection, lambda: self._engine.submit(request, output, job), names=True)

    def cancel(self, job: str) -> None:
        self._engine.ask(self._connection, lambda: self._engine.cancel(job))

    def retry(self, job: str) -> None:
        self._engine.ask(self._connection, lambda: self._engine.retry(job))

    def move(self, job: str, before: str = "") -> None:
        self._engine.ask(self._connection, lambda: self._engine.move(job, before))

    def revise(self, job: str, request: Request) -> None:
        self._engine.ask(self._connection, lambda: self._engine.revise(job, request))

    def make_live(self, request: ImageRequest) -> LiveMade:
        return self._engine.make_live(self._connection, request)

    def keep_live(self, request: ImageRequest, made: LiveMade) -> str:
        return self._engine.ask(self._connection, lambda: self._engine.keep_live(request, made))

    def set_paused(self, paused: bool) -> None:
        self._engine.ask(self._connection, lambda: self._engine.set_paused(paused))

    def jobs(self) -> Jobs:
        return self._engine.ask(self._connection, self._engine.jobs)

    def models(self) -> tuple[ModelSpec, ...]:
        return self._engine.ask(self._connection, lambda: self._engine.known_models)

    def status(self) -> Status:
        return self._engine.ask(self._connection, self._engine.status)

    def next_message(self, timeout_s: float | None = None) -> JobChanged | EventMessage | None:
        return self._engine.next_message(self._connection, timeout_s)

    def close(self) -> None:
        self._engine.hang_up(self._connection)
