"""engine.bench.video_quality: drift and seams of takes whose numbers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.bench.video_quality import QualityReport, judge_take
from engine.media.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

FPS, FRAMES = 4.0, 24


def judge(folder: Path, level: Callable[[int], float], ranks: int = 2) -> QualityReport:
    """Of a take whose frames are one picture of two halves, brighter by `level` of the frame."""
    clip = Clip.create(folder, width=64, height=64, fps=FPS, frames=FRAMES)
    picture: NDArray[np.float64] = np.zeros((64, 64, 3)) + 100
    picture[:, 32:] += 20
    for frame in clip.frames:
        clip.write(frame, (picture + level(frame)).astype(np.uint8))
    return judge_take(clip, ranks, 8, "tiny", "random")


def test_a_still_take_has_no_drift_and_no_seam(tmp_path: Path) -> None:
    """All ratios are one and all changes nothing."""
    report = judge(tmp_path, lambda frame: 0)
    assert (report.colour_drift, report.contrast_drift, report.border_ratio, report.same_phase_ratio) == (0, 0, 1, 1)


def test_drift_is_the_change_of_the_mean(tmp_path: Path) -> None:
    """From 110 to 121 is a tenth; the contrast stays."""
    report = judge(tmp_path, lambda frame: 0 if frame < 12 else 11)
    assert report.colour_drift == pytest.approx(0.1)
    assert report.contrast_drift == pytest.approx(0, abs=1e-6)


def test_a_seam_is_seen_where_runs_meet(tmp_path: Path) -> None:
    """A level a frame elsewhere, three at the border of two ranks, which is frame 12."""
    report = judge(tmp_path, lambda frame: frame + (2 if frame >= 12 else 0))
    assert report.borders == (12,)
    assert (report.border_difference, report.other_difference) == (pytest.approx(3), pytest.approx(1))
    assert (report.border_ratio, report.same_phase_ratio) == (pytest.approx(3), pytest.approx(3))


def test_a_beat_is_no_seam(tmp_path: Path) -> None:
    """Where every window begins with a jump, the border's jump is told apart by its phase."""
    report = judge(tmp_path, lambda frame: frame // 8 * 5, ranks=3)
    assert report.borders == (8, 16)
    assert report.border_ratio == float("inf")
    even = judge(tmp_path / "every fourth", lambda frame: frame // 4 * 5)
    assert even.same_phase_ratio == pytest.approx(1)


def test_a_take_without_a_border_is_refused(tmp_path: Path) -> None:
    """One rank has none."""
    with pytest.raises(ValueError, match="at least two ranks"):
        judge(tmp_path, lambda frame: 0, ranks=1)
