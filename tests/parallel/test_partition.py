"""Frames over ranks and shots."""

from __future__ import annotations

import pytest

from engine.parallel.partition import Partition, even_runs, shots_from_cuts, weighted_runs


@pytest.mark.parametrize(("num_frames", "world_size"), [(1, 1), (10, 3), (48, 8), (3, 5), (2304, 64)])
def test_even_runs_cover_all_frames_and_differ_by_at_most_one(num_frames: int, world_size: int) -> None:
    """Each frame has one owner, and no rank has two frames more than another."""
    runs = even_runs(num_frames, world_size)
    assert [frame for run in runs for frame in run] == list(range(num_frames))
    assert max(map(len, runs)) - min(map(len, runs)) <= 1


def test_a_device_twice_as_fast_gets_twice_the_frames() -> None:
    """Runs follow speed."""
    assert [len(run) for run in weighted_runs(30, [1.0, 2.0, 3.0])] == [5, 10, 15]


def test_remainders_go_to_the_ranks_that_lost_most_by_rounding() -> None:
    """Shares of 2.5, 1.25 and 1.25 of five frames become 3, 1, 1, ties to the lower rank."""
    assert [len(run) for run in weighted_runs(5, [2.0, 1.0, 1.0])] == [3, 1, 1]


@pytest.mark.parametrize("speeds", [[], [1.0, 0.0], [1.0, -2.0], [float("nan")], [float("inf")]])
def test_speeds_that_are_no_speeds_are_refused(speeds: list[float]) -> None:
    """A device that does no work is left out, not given speed zero."""
    with pytest.raises(ValueError, match=r"speed|ranks"):
        weighted_runs(10, speeds)


def test_the_owner_of_a_frame_passes_over_ranks_without_frames() -> None:
    """Empty runs before, between and behind the others own nothing."""
    partition = Partition((range(0), range(2), range(2, 2), range(2, 5), range(5, 5)), (range(5),))
    assert [partition.owner(frame) for frame in range(5)] == [1, 1, 3, 3, 3]


def test_a_run_is_cut_at_the_shots() -> None:
    """A rank works on each shot's part of its run apart."""
    partition = Partition.even(10, 2, cuts=[3, 4])
    assert partition.pieces(0) == ((range(3), range(3)), (range(3, 4), range(3, 4)), (range(4, 10), range(4, 5)))
    assert partition.pieces(1) == ((range(4, 10), range(5, 10)),)


@pytest.mark.parametrize("cuts", [[0], [10], [4, 4], [5, 3]])
def test_cuts_that_make_an_empty_shot_are_refused(cuts: list[int]) -> None:
    """Every shot has a frame."""
    with pytest.raises(ValueError, match="shot needs a frame"):
        shots_from_cuts(10, cuts)


def test_a_take_without_frames_is_refused() -> None:
    """Nothing is no take."""
    with pytest.raises(ValueError, match="at least one"):
        Partition.even(0, 2)


def test_runs_with_a_gap_are_refused() -> None:
    """Every frame has a rank."""
    with pytest.raises(ValueError, match="gaps"):
        Partition((range(3), range(4, 6)), (range(6),))


def test_shots_must_end_where_the_runs_end() -> None:
    """Runs and shots divide the same take."""
    with pytest.raises(ValueError, match="end at frame 6"):
        Partition((range(3), range(3, 6)), (range(5),))
