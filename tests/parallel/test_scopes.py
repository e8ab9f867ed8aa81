"""What a frame sees."""

from __future__ import annotations

import pytest
from diffusers.models.attention import FreeNoiseTransformerBlock

from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full, Halo, Scope, check_scope, pyramid_weights

SHOT = range(10, 50)
SCOPES = [Full(), Dual(5, 4), Dual(4, 0), Dual(1, 3), Blocks(8, 3), Blocks(4, 4), Blocks(9, 6, aligned=True)]


@pytest.mark.parametrize("scope", [Full(), Dual(5, 4), Dual(4, 0), Dual(1, 3)])
def test_the_scope_of_a_frame_does_not_depend_on_the_run_it_is_in(scope: Full | Dual) -> None:
    """A frame attends to the same frames at the same positions whoever computes it."""

    def scopes(parts: tuple[range, ...]) -> dict[int, tuple[int, tuple[int, ...], tuple[int, ...]]]:
        groups = [group for part in parts for group in scope.groups(SHOT, part)]
        return {
            frame: (position, group.keys, group.key_positions)
            for group in groups
            for frame, position in zip(group.queries, group.query_positions, strict=True)
        }

    alone = scopes((SHOT,))
    assert list(alone) == list(SHOT)
    assert alone == scopes((range(10, 11), range(11, 40), range(40, 50)))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("run", [range(10, 50), range(10, 13), range(20, 21), range(30, 45), range(49, 50)])
def test_a_rank_needs_exactly_the_frames_its_scopes_hold(scope: Scope, run: range) -> None:
    """Nothing is sent that nobody reads, and nothing is read that was not sent."""
    if isinstance(scope, Blocks):
        held = {frame for window in scope.windows(SHOT, run) for frame in window.frames}
    else:
        held = {frame for group in scope.groups(SHOT, run) for frame in group.keys}
    assert scope.needed(SHOT, run) == tuple(sorted(held - set(run)))
    assert held <= set(SHOT)


def test_a_dual_scope_is_its_window_and_the_anchors_outside_of_it() -> None:
    """In the middle of a shot a frame sits in the middle of its window; anchors keep their positions."""
    scope = Dual(window=5, anchors=4)
    assert scope.anchor_frames(SHOT) == (15, 25, 35, 45)
    (group,) = scope.groups(SHOT, range(24, 25))
    assert group.keys == (22, 23, 24, 25, 26, 15, 35, 45)
    assert group.key_positions == (0, 1, 2, 3, 4, 5, 7, 8)
    assert group.query_positions == (2,)


def test_a_dual_window_is_cut_at_the_ends_of_the_shot_and_keeps_its_length() -> None:
    """No phantom frames take part, and the first and last frame see as many as the others."""
    scope = Dual(window=5, anchors=0)
    first, *_, last = scope.groups(SHOT, SHOT)
    assert (first.keys, first.query_positions) == ((10, 11, 12, 13, 14), (0,))
    assert (last.keys, last.query_positions) == ((45, 46, 47, 48, 49), (4,))


def test_no_position_of_a_dual_scope_is_taken_twice_or_exceeds_the_budget() -> None:
    """Window and anchors together fit the positions that the module was trained for."""
    scope = Dual(window=6, anchors=5)
    for group in scope.groups(SHOT, SHOT):
        assert len(set(group.key_positions)) == len(group.keys) == len(set(group.keys))
        assert max(group.key_positions) < scope.positions(SHOT) == 11


def test_a_shot_that_fits_is_attended_as_the_stock_model_does() -> None:
    """Up to window + anchors frames, `dual` is the full scope."""
    shot = range(7, 16)
    assert Dual(5, 4).groups(shot, range(9, 12)) == Full().groups(shot, range(9, 12))


@pytest.mark.parametrize(("num_frames", "length", "stride"), [(24, 16, 4), (16, 16, 4), (40, 8, 8), (9, 3, 2)])
def test_windows_are_those_of_freenoise(num_frames: int, length: int, stride: int) -> None:
    """Starts and weights agree with diffusers, where windows end with the take."""
    block = FreeNoiseTransformerBlock(4, 1, 4, context_length=length, context_stride=stride)
    windows = Blocks(length, stride).windows(range(num_frames), range(num_frames))
    assert [(each.frames.start, each.frames.stop) for each in windows] == block._get_frame_indices(num_frames)  # pyright: ignore[reportPrivateUsage]  # the oracle
    assert list(pyramid_weights(length)) == block._get_frame_weights(length)  # pyright: ignore[reportPrivateUsage]  # the oracle


def test_a_last_incomplete_window_counts_only_for_the_rest() -> None:
    """As in FreeNoise, frames that other windows cover do not change for it."""
    *_, last = Blocks(4, 3).windows(range(9), range(9))
    assert last.frames == range(5, 9)
    assert last.weights == (0.0, 0.0, 2.0, 1.0)


@pytest.mark.parametrize(("num_frames", "last"), [(24, range(8, 24)), (25, range(16, 25)), (31, range(16, 31))])
def test_an_aligned_last_window_starts_where_all_do_and_is_shorter(num_frames: int, last: range) -> None:
    """So a frame's place in its windows tells where it is in its beat, up to the end of the shot."""
    windows = Blocks(16, 8, aligned=True).windows(range(num_frames), range(num_frames))
    assert all(window.frames.start % 8 == 0 for window in windows)
    assert windows[-1].frames == last
    assert windows[-1].weights == pyramid_weights(len(last))
    assert {frame for window in windows for frame in window.frames} == set(range(num_frames))


def test_windows_lie_relative_to_the_shot() -> None:
    """A shot computed alone has the same windows as within a take."""
    within = Blocks(4, 2).windows(range(20, 31), range(20, 31))
    alone = Blocks(4, 2).windows(range(11), range(11))
    assert [(each.frames.start - 20, each.weights) for each in within] == [
        (each.frames.start, each.weights) for each in alone
    ]


def test_a_shot_shorter_than_a_window_is_one_window() -> None:
    """Short shots are attended as a whole."""
    (window,) = Blocks(16, 4).windows(range(5, 8), range(5, 8))
    assert window.frames == range(5, 8)


def test_a_halo_is_cut_at_the_ends_of_the_shot() -> None:
    """A convolution reads no frame of another shot, however deep it is."""
    assert Halo(3).needed(SHOT, range(11, 14)) == (10, 14, 15, 16)
    assert Halo(99).needed(range(3, 6), range(4, 5)) == (3, 5)


@pytest.mark.parametrize("scope", [Full(), Dual(20, 13), Blocks(33, 4)])
def test_more_positions_than_trained_are_refused(scope: Scope) -> None:
    """A motion module of 32 positions never sees a 33rd."""
    shots = Partition.even(40, 2).shots
    with pytest.raises(ValueError, match="trained for 32"):
        check_scope(scope, shots, 32)
    check_scope(scope, shots, None)
    check_scope(scope, shots, 40)


@pytest.mark.parametrize("make", [lambda: Dual(0, 4), lambda: Dual(4, -1), lambda: Blocks(4, 5), lambda: Blocks(4, 0)])
def test_scopes_that_leave_frames_out_are_refused(make: object) -> None:
    """A window holds its frame, and windows leave no gap."""
    assert callable(make)
    with pytest.raises(ValueError, match="use"):
        make()
