"""Tests of model affinity."""

from __future__ import annotations

from engine.messages import ImageRequest
from engine.service.slots import LOOK_AHEAD, MAX_PASSED_OVER, Affinity
from engine.service.store import Phase, StoredJob


def waiting(number: int, model: str) -> StoredJob:
    return StoredJob(
        job=f"{number}",
        position=number,
        phase=Phase.PENDING,
        request=ImageRequest(prompt="moon", seed=1, model=model),
        targets=(),
        created=0.0,
        started=None,
        finished=None,
        attempt=0,
        deaths=0,
        restarts=0,
        devices=(),
        seconds=0.0,
        error_kind="",
        error_message="",
        seq=0,
    )


def test_a_job_whose_model_is_loaded_goes_first() -> None:
    """Among those near the head the first with the worker's model is taken, else the head."""
    queue = [waiting(0, "a"), waiting(1, "b"), waiting(2, "b")]
    assert Affinity().choose(queue, "b").job == "1"
    assert Affinity().choose(queue, "a").job == "0"
    assert Affinity().choose(queue, "c").job == "0"


def test_the_head_is_passed_over_only_so_often() -> None:
    """However many jobs of the loaded model keep coming, the head's turn comes."""
    affinity = Affinity()
    taken = [affinity.choose([waiting(0, "a"), waiting(number, "b")], "b").job for number in range(1, 20)]
    assert taken.index("0") == MAX_PASSED_OVER


def test_jobs_far_behind_do_not_jump_the_queue() -> None:
    """Affinity looks only so far."""
    queue = [waiting(number, "a") for number in range(LOOK_AHEAD)] + [waiting(LOOK_AHEAD, "b")]
    assert Affinity().choose(queue, "b").job == "0"
