"""Ids of jobs."""

from __future__ import annotations

from engine.messages import check_job_id, draw_job_id


def test_ids_sort_by_time_and_do_not_repeat() -> None:
    """Ids of later jobs sort after those of earlier ones, centuries on; those of one moment differ."""
    ids = [draw_job_id(time) for time in (0.0, 1.7e9, 1.7e9 + 0.002, 3e10)]
    assert ids == sorted(ids)
    assert len({draw_job_id(1.7e9) for _ in range(100)}) > 95
    assert draw_job_id(1.7e9).isalnum()
    for job in ids:
        check_job_id(job)
