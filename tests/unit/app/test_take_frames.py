"""Frames of a take while it plays: none is decoded twice, however large they are."""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

import app.take_frames
from app.pictures import SIDES, Picture
from app.take import Take
from app.take_frames import FrameCache
from engine.messages import JobState
from tests.fake_takes import video_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background
    from app.jobs import JobModel

FRAMES = 40


class Jobs(QObject):
    """Finished takes of one size."""

    candidate_arrived = Signal(str, int)
    frames_arrived = Signal(str, int, int)
    job_changed = Signal(str)
    job_named = Signal(str, str)

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        take = SimpleNamespace(ready=set[int](), makers={}, ranks={})
        request = video_request(frames=FRAMES, width=width, height=height)
        self._record = SimpleNamespace(video=request, state=JobState.DONE, is_live=True, take=take, candidates={})

    def record(self, _key: str) -> object:
        return self._record


class Later:
    """Does what it is given when it is told to."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Callable[[], object], Callable[[object], None]]] = deque()

    def run(self, work: Callable[[], object], then: Callable[[object], None]) -> None:
        self.waiting.append((work, then))

    def answer(self) -> None:
        """One after the other, and what that leads to as well."""
        while self.waiting:
            work, then = self.waiting.popleft()
            then(work())


class Player:
    """Takes side by side at one size, and how often each of their frames has been decoded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], takes: int) -> None:
        self.decoded: Counter[tuple[str, int]] = Counter()
        self.order: list[int] = []

        def decode(picture: Picture, side: int, _takes: Path) -> QImage:
            self.order.append(picture.frame)
            if side == SIDES[-1]:
                self.decoded[picture.take, picture.frame] += 1
            width, height = size
            shrunk = min(1.0, side / max(size))
            return QImage(round(width * shrunk), round(height * shrunk), QImage.Format.Format_RGB32)

        monkeypatch.setattr(app.take_frames, "decode", decode)
        self.later = Later()
        jobs = cast("JobModel", Jobs(*size))
        background = cast("Background", self.later)
        self.cache = FrameCache(background, Path())
        self.takes = [Take(jobs, self.cache, background, Path()) for _ in range(takes)]
        for number, take in enumerate(self.takes):
            take.show_job(f"take {number}")
            # Views ask again for what they show, whenever something is there.
            take.frames_changed.connect(self.show)
        self.frame = 0

    def show(self, *_changed: object) -> list[bool]:
        """What the canvas and the strip below ask for; which takes have their picture."""
        for tile in range(24):
            self.takes[0].thumbnail(tile, SIDES[0])
        return [take.picture(self.frame) is not None for take in self.takes]

    def play(self, frames: range) -> None:
        """A beat for each frame; each is shown at the latest once all that was wanted is read."""
        for frame in frames:
            # All are asked, so that all read ahead.
            if False in [take.is_read(frame) for take in self.takes]:
                self.later.answer()
                assert False not in [take.is_read(frame) for take in self.takes]
            self.frame = frame
            assert all(self.show())
            self.later.answer()


@pytest.mark.parametrize("takes", [1, 2])
@pytest.mark.parametrize("size", [(512, 320), (1280, 720), (1920, 1080), (3840, 2160), (4096, 4096)])
def test_playing_decodes_each_frame_once(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], takes: int) -> None:
    """Those that are read ahead are still there when their time comes, for one take as for two that are compared."""
    player = Player(monkeypatch, size, takes)
    player.play(range(FRAMES))
    assert len(player.decoded) == takes * FRAMES
    assert set(player.decoded.values()) == {1}


def test_what_plays_next_is_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frame that the player waits for does not queue behind those that come later."""
    player = Player(monkeypatch, (512, 320), 1)
    assert not player.takes[0].is_read(3)
    player.later.answer()
    assert player.order[:2] == [3, 4]


def test_two_frames_of_any_size_stay_while_they_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two large ones side by side, and nothing plays: neither drives the other out, to be decoded for ever."""
    player = Player(monkeypatch, (4096, 4096), 2)
    player.frame = 7
    for _ in range(5):
        player.show()
        assert len(player.later.waiting) <= 2
        for work, then in [player.later.waiting.popleft() for _ in range(len(player.later.waiting))]:
            then(work())
    assert all(player.show())
    assert {player.decoded[f"take {number}", 7] for number in range(2)} == {1}


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """After playing there is not more than what may be kept, and what was read ahead."""
    player = Player(monkeypatch, (1920, 1080), 1)
    player.play(range(FRAMES))
    held: Any = player.cache._images  # pyright: ignore[reportPrivateUsage]
    assert sum(image.sizeInBytes() for image in held.values()) <= (
        app.take_frames.KEPT_BYTES + app.take_frames.AHEAD_BYTES + 1920 * 1080 * 4
    )
