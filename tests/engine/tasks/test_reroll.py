"""engine.tasks.reroll: what is made again is new, and all else stays, byte for byte."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.errors import BadInputError
from engine.media.clip import Clip
from engine.messages import FrameSpan, FramesReady, Segment, Timeline, VideoRequest
from tests.engine.tasks.taking import TRAVEL, Studio, furthest_difference, video_request

if TYPE_CHECKING:
    from pathlib import Path

    from engine.tasks.loading import LoadedVideo

CUT = 13
"""The first frame of the second shot of TRAVEL."""


@pytest.fixture(scope="module")
def base_takes(tmp_path_factory: pytest.TempPathFactory, loaded_video: LoadedVideo) -> Path:
    """A folder with the take `base`; leave it as it is."""
    folder = tmp_path_factory.mktemp("base")
    Studio(folder, loaded_video).make("base", video_request())
    return folder


@pytest.fixture
def base(studio: Studio, base_takes: Path) -> Studio:
    """A studio with a take `base` of its own."""
    shutil.copytree(base_takes / "base", studio.folder / "base")
    return studio


def again(*spans: tuple[int, int], **changes: object) -> VideoRequest:
    redo = tuple(FrameSpan(start=start, stop=stop) for start, stop in spans)
    return msgspec.structs.replace(video_request(base="base", redo=redo), **changes)


def documents(studio: Studio, job: str) -> list[bytes]:
    clip = Clip.open(studio.clip_folder(job))
    return [clip.document(frame) for frame in clip.frames]


def with_seed_of_last_shot(seed: int) -> Timeline:
    *others, last = TRAVEL.segments
    return Timeline(segments=(*others, msgspec.structs.replace(last, seed=seed)))


@pytest.mark.parametrize("world_size", [1, 3])
def test_a_shot_made_again_leaves_the_others_byte_identical(base: Studio, world_size: int) -> None:
    """The second shot gets a new seed: the first one's files are the same bytes, the second one's are all new."""
    request = again((CUT, 20), timeline=with_seed_of_last_shot(77))
    base.make("new", request, world_size)
    before, after = documents(base, "base"), documents(base, "new")
    assert after[:CUT] == before[:CUT]
    assert all(new != old for new, old in zip(after[CUT:], before[CUT:], strict=True))


def test_a_shot_made_again_is_the_shot_of_a_whole_take(base: Studio) -> None:
    """Exactly and alone: the new shot is that of a take made as a whole with the new timeline."""
    timeline = with_seed_of_last_shot(77)
    base.make("new", again((CUT, 20), timeline=timeline))
    base.make("whole", video_request(timeline=timeline))
    assert furthest_difference(base.frames("new"), base.frames("whole")) <= 1


@pytest.mark.parametrize("world_size", [1, 3])
def test_frames_made_again_within_a_shot_leave_their_neighbours_alone(base: Studio, world_size: int) -> None:
    """Frames 5 to 7 get another prompt; all others are the same bytes, and the three differ."""
    timeline = Timeline(segments=(msgspec.structs.replace(TRAVEL.segments[0], prompt="forest"), *TRAVEL.segments[1:]))
    base.make("new", again((5, 8), timeline=timeline), world_size)
    before, after = documents(base, "base"), documents(base, "new")
    changed = [frame for frame in range(20) if before[frame] != after[frame]]
    assert changed == [5, 6, 7]


def test_a_re_roll_does_not_depend_on_the_ranks(base: Studio) -> None:
    """Kept frames are context on every rank alike."""
    request = again((2, 4), (9, 15), seed=5)
    base.make("one", request, 1)
    base.make("three", request, 3)
    assert furthest_difference(base.frames("one"), base.frames("three")) <= 1


def test_nothing_changed_gives_nearly_the_same_frames(base: Studio) -> None:
    """Made again with its own prompt and seed, a part comes out as it was: kept frames are the context they were."""
    base.make("same", again((5, 8)))
    assert furthest_difference(base.frames("same"), base.frames("base")) <= 24
    base.make("other", again((5, 8), seed=99))
    old, same, other = (base.frames(job)[5:8].astype(float) for job in ("base", "same", "other"))
    assert abs(same - old).mean() < 0.5 * abs(other - old).mean()


def test_kept_latents_stay_and_a_re_roll_can_be_re_rolled(base: Studio) -> None:
    """The new take has the x0 of all latent frames, the kept ones unchanged, so that it can be a base itself."""
    request = again((CUT, 20), seed=5)
    base.make("second", request, 2)
    kept = base.checkpoints("second", request).load(3, range(CUT))
    torch.testing.assert_close(kept, base.checkpoints("base", video_request()).load(3, range(CUT)), atol=0, rtol=0)
    third = msgspec.structs.replace(again((0, 2), seed=6), base="second")
    base.make("third", third)
    assert documents(base, "third")[2:] == documents(base, "second")[2:]


def test_an_interrupted_re_roll_goes_on(base: Studio, tmp_path: Path) -> None:
    """A second attempt of the same re-roll finds its frames taken over already and ends as the first would have."""
    request = again((5, 8), seed=5)
    base.make("new", request)
    first = documents(base, "new")
    clip = Clip.open(base.clip_folder("new"))
    clip._path(6, 0).unlink()  # pyright: ignore[reportPrivateUsage]
    clip._path(12, 0).unlink()  # pyright: ignore[reportPrivateUsage]
    base.make("new", request, 2)
    assert documents(base, "new") == first


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 80},
        {"timeline": Timeline(segments=(Segment(prompt="a", frames=20),))},
        {"model": "another"},
    ],
)
def test_a_base_that_does_not_suit_is_refused(base: Studio, changes: dict[str, object]) -> None:
    """Size, model, and the cuts up to the end of what is kept must be those of the base; the message says so."""
    with pytest.raises(BadInputError, match=r"differs in size or model|lies in other shots"):
        base.make("new", again((5, 8), **changes))


def branched(first: int, *behind: Segment, **changes: object) -> VideoRequest:
    """A take that keeps the frames before `first`, all in the first segment, and goes on with other segments."""
    head = msgspec.structs.replace(TRAVEL.segments[0], frames=first)
    timeline = Timeline(segments=(head, *behind))
    redo = (FrameSpan(start=first, stop=timeline.frames),)
    return msgspec.structs.replace(video_request(base="base", redo=redo, timeline=timeline), **changes)


@pytest.mark.parametrize("world_size", [1, 3])
def test_a_branch_keeps_its_beginning_and_goes_on_otherwise(base: Studio, world_size: int) -> None:
    """Kept frames are the same bytes, whatever length, cuts and seed are behind them; it can be branched itself."""
    longer = branched(6, Segment(prompt="forest", frames=12), Segment(prompt="a moon", frames=6, cut=True), seed=5)
    base.make("longer", longer, world_size)
    old, new = documents(base, "base"), documents(base, "longer")
    assert (len(new), new[:6]) == (24, old[:6])
    assert all(document not in old for document in new[6:])
    shorter = msgspec.structs.replace(branched(4, Segment(prompt="a moon", frames=3)), base="longer")
    base.make("shorter", shorter, world_size)
    assert documents(base, "shorter")[:4] == old[:4]


def test_a_branch_does_not_depend_on_the_ranks(base: Studio) -> None:
    """Kept frames are the context that they were, on every rank alike."""
    request = branched(6, Segment(prompt="forest", frames=20, transition=4), seed=5)
    base.make("one", request, 1)
    base.make("three", request, 3)
    assert furthest_difference(base.frames("one"), base.frames("three")) <= 1


def test_a_branch_keeps_no_more_than_there_is(base: Studio) -> None:
    """Frames behind the base's end cannot be kept; the message says what can."""
    timeline = Timeline(segments=(*TRAVEL.segments, Segment(prompt="forest", frames=6)))
    redo = (FrameSpan(start=24, stop=26),)
    with pytest.raises(BadInputError, match="keep that take's length"):
        base.make("new", video_request(base="base", redo=redo, timeline=timeline))


def test_a_base_without_latents_is_refused(base: Studio) -> None:
    """Latents that are gone, or were made by another edition of the model, cannot be context."""
    for file in (base.folder / "base" / "latents").iterdir():
        file.unlink()
    with pytest.raises(BadInputError, match="make it anew"):
        base.make("new", again((5, 8)))


def test_events_announce_every_frame_of_a_re_roll(base: Studio) -> None:
    """Kept frames are ready as well."""
    base.make("new", again((5, 8)), 2)
    events = [event for rank in base.events for event in rank if isinstance(event, FramesReady)]
    assert {frame for event in events for frame in range(event.start, event.stop)} == set(range(20))
