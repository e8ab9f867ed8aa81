"""`onetake bench control` hands the engine's own command what was given, and nothing else."""

from __future__ import annotations

import argparse
import io
import json
from typing import TYPE_CHECKING

from app.cli import bench
from app.cli.console import Console
from engine.paths import Paths

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def run(words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[list[str], dict[str, object]]:
    """The command that is started, behind the interpreter, and what is passed on."""
    started: list[list[str]] = []

    def start(command: list[str], _environment: object, _timeout_s: float) -> str:
        started.append(command)
        return 'noise\n{"cost_on_top": 0.5}\n'

    monkeypatch.setattr(bench, "_run", start)
    parser = argparse.ArgumentParser()
    bench.add_to(parser.add_subparsers())
    arguments = parser.parse_args(["bench", *words])
    output = io.StringIO()
    monkeypatch.setattr("sys.stdout", output)
    assert arguments.command(arguments, Paths(tmp_path), Console(as_json=True)) == 0
    (command,) = started
    return command[1:], json.loads(output.getvalue())


def test_adapters_and_options_are_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each adapter once, options by their names, and the engine's JSON as it is."""
    words = ["control", "--adapter", "canny=/a", "--adapter", "depth=b", "--seeds", "2", "--pictures", "p", "--json"]
    command, said = run(words, monkeypatch, tmp_path)
    assert command[:6] == ["-m", "engine.bench", "control", "--json", "--model", "papercut"]
    assert command[6:10] == ["--adapter", "canny=/a", "--adapter", "depth=b"]
    assert sorted(command[10:]) == sorted(["--seeds", "2", "--pictures", "p"])
    assert said == {"cost_on_top": 0.5}


def test_what_is_not_given_is_the_engine_s_to_know(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No option of ours repeats a default."""
    command, _ = run(["control", "--model", "tiny"], monkeypatch, tmp_path)
    assert command == ["-m", "engine.bench", "control", "--json", "--model", "tiny"]
