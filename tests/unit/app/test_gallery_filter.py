"""app.gallery_filter: which results are shown."""

from __future__ import annotations

import time

import pytest

from app.gallery_filter import GalleryFilter
from app.job_record import JobRecord
from engine.messages import ControlMapRequest, ImageRequest, JobInfo, JobState, PictureEdit, Request

NOW = time.mktime((2026, 3, 10, 15, 0, 0, 0, 0, -1))
HOUR_S = 3600.0


def record(request: Request, hours_ago: float = 1.0) -> JobRecord:
    """A finished job of two files."""
    ended = NOW - hours_ago * HOUR_S
    return JobRecord(
        JobInfo(job="j", state=JobState.DONE, request=request, outputs=("a", "b"), created=ended, finished=ended)
    )


BOAT = ImageRequest(prompt="A red Boat on the lake", negative_prompt="fog", seed=41, model="papercut")
EDIT = ImageRequest(prompt="boat", seed=1, model="sd", edit=PictureEdit(picture="/a.png"))
MAP = ControlMapRequest(kind="canny", picture="/boat.png", width=256, height=256)


@pytest.mark.parametrize(
    ("wanted", "request_", "shown"),
    [
        (GalleryFilter(), BOAT, True),
        (GalleryFilter(words="boat RED"), BOAT, True),
        (GalleryFilter(words="fog"), BOAT, True),
        (GalleryFilter(words="boat moon"), BOAT, False),
        (GalleryFilter(words="42"), BOAT, True),
        (GalleryFilter(words="43"), BOAT, False),
        (GalleryFilter(kind="picture"), BOAT, True),
        (GalleryFilter(kind="edit"), BOAT, False),
        (GalleryFilter(kind="edit"), EDIT, True),
        (GalleryFilter(kind="map"), MAP, True),
        (GalleryFilter(kind="take"), MAP, False),
        (GalleryFilter(model="sd"), EDIT, True),
        (GalleryFilter(model="sd"), BOAT, False),
        (GalleryFilter(model="sd"), MAP, False),
    ],
)
def test_a_result_is_shown_when_all_that_is_asked_for_fits(
    wanted: GalleryFilter, request_: Request, shown: bool
) -> None:
    """Words in any prompt or the seed of any of its pictures, kind and model."""
    assert wanted.accepts(record(request_), wanted.since(NOW)) is shown


@pytest.mark.parametrize(
    ("days", "hours_ago", "shown"),
    [(0, 10_000, True), (1, 14, True), (1, 16, False), (7, 6 * 24 + 14, True), (7, 6 * 24 + 16, False)],
)
def test_days_begin_at_midnight(days: int, hours_ago: float, shown: bool) -> None:
    """Today is since midnight, the last 7 days since six midnights before that."""
    wanted = GalleryFilter(days=days)
    assert wanted.accepts(record(BOAT, hours_ago), wanted.since(NOW)) is shown
