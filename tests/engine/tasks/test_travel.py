"""engine.tasks.travel: prompts and noise come over evenly, and only where they are told to."""

from __future__ import annotations

import msgspec
import pytest
import torch
from torch import Tensor

from engine.messages import Segment, Timeline, VideoSpec
from engine.parallel.noise import INITIAL, frame_noise, rescheduled_frames
from engine.sampling.noise import draw_noise
from engine.tasks.reel import Reel
from engine.tasks.travel import Itinerary, TakeNoise, segment_seeds, travel_prompts
from tests.engine.tasks.taking import video_request
from tests.engine.tasks.test_reel import Single

SHAPE = (4, 3, 2)
SPEC = VideoSpec(family="motion_unet", noise="independent")


def timeline(*segments: Segment) -> Timeline:
    return Timeline(segments=segments)


def of_strength(strength: float) -> Timeline:
    return timeline(
        Segment(prompt="dawn", frames=4), Segment(prompt="day", frames=6, transition=3, strength=strength, seed=8)
    )


@pytest.mark.parametrize(
    ("strength", "weights"), [(1.0, [0.25, 0.5, 0.75]), (0.5, [0.625, 0.75, 0.875]), (0.0, [1.0, 1.0, 1.0])]
)
def test_a_transition_walks_as_evenly_as_its_strength_says(strength: float, weights: list[float]) -> None:
    """Frame i of n has (i + 1) / (n + 1) of the way at strength 1, and all of it at 0; around it is one prompt."""
    itinerary = Itinerary(of_strength(strength))
    places = [itinerary.place(frame) for frame in range(10)]
    assert [place.weight for place in places] == pytest.approx([1, 1, 1, 1, *weights, 1, 1, 1])
    assert [place.new for place in places] == [0] * 4 + [1] * 6
    assert [place.old for place in places] == [0] * 7 + [1] * 3


def encode(text: str) -> Tensor:
    return torch.full((1, 2, 3), float({"dawn": 0, "day": 8, "night": 100}[text]))


def test_prompts_are_interpolated_on_a_straight_line() -> None:
    """Embeddings change evenly within the transition, per frame of the run alone."""
    travelled = travel_prompts(of_strength(1.0), range(3, 9), encode)
    assert travelled.shape == (6, 2, 3)
    assert torch.equal(travelled[:, 0, 0], torch.tensor([0.0, 2, 4, 6, 8, 8]))


def test_one_prompt_takes_the_memory_of_one() -> None:
    """A run within one segment gets a view, and each prompt is encoded once."""
    asked: list[str] = []

    def counting(text: str) -> Tensor:
        asked.append(text)
        return encode(text)

    travelled = travel_prompts(of_strength(1.0), range(4), counting)
    assert travelled.stride(0) == 0
    assert asked == ["dawn"]
    assert travel_prompts(of_strength(1.0), [], counting).shape == (0, 2, 3)


def test_a_cut_has_no_transition() -> None:
    """The frame behind a cut knows nothing of the prompt before it."""
    cut = timeline(Segment(prompt="dawn", frames=2), Segment(prompt="night", frames=2, cut=True))
    assert torch.equal(travel_prompts(cut, range(4), encode)[:, 0, 0], torch.tensor([0.0, 0, 100, 100]))


def test_a_segment_has_its_own_seed_or_that_of_its_shot_or_that_of_the_request() -> None:
    """In this order; a cut goes back to the request's."""
    segments = (
        Segment(prompt="a", frames=1, seed=5),
        Segment(prompt="a", frames=1),
        Segment(prompt="a", frames=1, seed=6),
        Segment(prompt="a", frames=1),
        Segment(prompt="a", frames=1, cut=True),
    )
    assert segment_seeds(video_request(timeline=Timeline(segments=segments), seed=3)) == (5, 5, 6, 5, 3)


def noise_of(spec: VideoSpec, line: Timeline) -> TakeNoise:
    request = video_request(timeline=line, seed=3)
    return TakeNoise(request, spec, Reel(line.shots(), [], Single()), SHAPE)


def test_noise_travels_on_an_arc() -> None:
    """Between segments of different seeds the variance is kept: sine and cosine of the way."""
    noise = noise_of(SPEC, of_strength(1.0)).initial(range(10))
    old, new = frame_noise(3, INITIAL, 5, SHAPE), frame_noise(8, INITIAL, 5, SHAPE)
    torch.testing.assert_close(noise[0, :, 5], (old + new) * 0.5**0.5)
    assert torch.equal(noise[0, :, 3], frame_noise(3, INITIAL, 3, SHAPE))
    assert torch.equal(noise[0, :, 8], frame_noise(8, INITIAL, 8, SHAPE))


def test_the_same_seed_on_both_sides_changes_nothing() -> None:
    """Where only the prompt travels, the noise is that of one seed."""
    line = timeline(Segment(prompt="dawn", frames=3), Segment(prompt="day", frames=5, transition=4))
    noise = noise_of(SPEC, line).initial(range(8))
    for frame in range(8):
        assert torch.equal(noise[0, :, frame], frame_noise(3, INITIAL, frame, SHAPE))


def test_fresh_noise_is_its_own_in_every_step_and_frame() -> None:
    """What a step adds depends on seed, step and frame."""
    noise = noise_of(SPEC, of_strength(1.0))
    assert torch.equal(noise.fresh(2, [1])[0, :, 0], frame_noise(3, 2, 1, SHAPE))
    assert not torch.equal(noise.fresh(1, [1]), noise.fresh(2, [1]))


def test_a_take_starts_as_the_picture_of_its_seed() -> None:
    """With orbiting noise, the first frame of every shot starts from the noise of the picture of the same seed."""
    line = timeline(Segment(prompt="dawn", frames=9), Segment(prompt="day", frames=4, cut=True))
    spec = msgspec.structs.replace(SPEC, noise="orbit", orbit_frames=(0, 8, 4, 2))
    noise = noise_of(spec, line).initial(range(13))
    assert torch.equal(noise[0, :, 0], draw_noise(SHAPE, 3))
    assert torch.equal(noise[0, :, 8], noise[0, :, 0])
    assert not torch.equal(noise[0, :, 1], noise[0, :, 0])
    assert torch.equal(noise[0, :, 9:13], noise[0, :, 0:4])


def test_a_pair_of_channels_goes_round_itself() -> None:
    """The angle of a pair grows evenly from frame to frame in every cell, and its radius stays."""
    spec = msgspec.structs.replace(SPEC, noise="orbit", orbit_frames=(0, 8, 4, 8), orbit_pairs=((1, 3),))
    east, north = noise_of(spec, timeline(Segment(prompt="dawn", frames=9))).initial(range(9))[0, (1, 3)]
    turned = torch.atan2(north[1:], east[1:]) - torch.atan2(north[:-1], east[:-1])
    torch.testing.assert_close(turned % (2 * torch.pi), torch.full_like(turned, torch.pi / 4), rtol=0, atol=1e-4)
    torch.testing.assert_close(torch.hypot(east[1:], north[1:]), torch.hypot(east[:-1], north[:-1]))


def test_a_shot_whose_noise_turns_is_noised_alike() -> None:
    """What a step adds is the same in all frames of a shot, and another in another step."""
    spec = msgspec.structs.replace(SPEC, noise="orbit", orbit_frames=(0, 8, 4, 2))
    noise = noise_of(spec, timeline(Segment(prompt="dawn", frames=9)))
    assert torch.equal(noise.fresh(1, [0]), noise.fresh(1, [7]))
    assert not torch.equal(noise.fresh(1, [0]), noise.fresh(2, [0]))


def test_rescheduled_noise_shuffles_within_each_shot() -> None:
    """FreeNoise's order, drawn for each shot by itself."""
    line = timeline(Segment(prompt="dawn", frames=9), Segment(prompt="day", frames=8, cut=True))
    spec = msgspec.structs.replace(SPEC, noise="rescheduled", window=4, stride=2)
    noise = noise_of(spec, line).initial(range(17))
    for shot in (range(9), range(9, 17)):
        sources = rescheduled_frames(3, shot, 4, 2)
        assert sources != tuple(shot)
        for frame, source in zip(shot, sources, strict=True):
            assert torch.equal(noise[0, :, frame], frame_noise(3, INITIAL, source, SHAPE))


def test_a_runs_noise_is_its_part_of_the_takes() -> None:
    """Nothing depends on which frames are asked for together."""
    for kind in ("independent", "rescheduled", "orbit"):
        spec = msgspec.structs.replace(SPEC, noise=kind, window=4, stride=2, orbit_frames=(0, 8, 4, 2))
        whole = noise_of(spec, of_strength(0.7)).initial(range(10))
        parts = [noise_of(spec, of_strength(0.7)).initial(run) for run in (range(6), range(6, 6), range(6, 10))]
        assert torch.equal(torch.cat(parts, dim=2), whole)
