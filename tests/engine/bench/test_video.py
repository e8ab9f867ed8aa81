"""`python -m engine.bench video` as it is run: processes for ranks, one JSON object at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from engine.bench.__main__ import main
from tests.tiny_models import write_tiny_model

ROOT = Path(__file__).resolve().parents[3]


# Each process loads torch and diffusers, which takes minutes on a machine that trains meanwhile.
@pytest.mark.timeout(900)
def test_the_report_holds_what_was_asked_for(tmp_path: Path) -> None:
    """Of a tiny model without motion: random weights, counted bytes that are the formula's, and every ratio."""
    write_tiny_model(tmp_path / "model")
    command = [sys.executable, "-m", "engine.bench", "video", "--model", str(tmp_path / "model"), "--json"]
    sizes = ["--side", "64", "--steps", "1", "--rounds", "1"]
    frames = ["--frames", "8", "--stock-frames", "16", "--memory-frames", "4,8"]
    environment = os.environ | {"ONETAKE_HOME": str(tmp_path / "home"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, *sizes, *frames], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=880
    )
    assert done.returncode == 0, done.stderr
    report = cast("dict[str, object]", json.loads(done.stdout))
    assert (report["weights"], report["dtype"], report["ranks"], report["threads"]) == ("random", "float32", 2, 1)
    ranks = cast("list[dict[str, int]]", report["bytes_per_step"])
    assert [rank["counted_total"] for rank in ranks] == [rank["formula_total"] for rank in ranks]
    assert all(rank["counted_total"] > 0 for rank in ranks)
    for name in ("weak_scaling_efficiency", "weak_scaling_efficiency_end_to_end", "exchange_share"):
        assert cast("float", report[name]) > 0
    for name in ("ratio_to_freenoise", "ratio_to_freenoise_same_windows"):
        assert cast("float", report[name]) > 0
    assert cast("dict[str, object]", report["peak_bytes"])["frames"] == [4, 8]
    assert cast("dict[str, float]", report["prediction"])["step_seconds"] > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--memory-frames", "48"], "at least two lengths"),
        (["--memory-frames", "many"], "no numbers"),
        (["--stock-frames", "8"], "at least 16"),
        (["--ranks", "1"], "ranks 1 is out of range"),
        (["--steps", "9999"], "steps"),
        (["--model", "nowhere"], "not known"),
        (["--quality", "--quality-frames", "4"], "at least two seconds"),
    ],
)
def test_bad_input_is_one_line(
    options: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Said before any process starts, with exit status 2."""
    monkeypatch.setattr(sys, "argv", ["bench", "video", *options])
    assert main() == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
