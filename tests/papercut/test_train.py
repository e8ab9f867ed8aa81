"""The recipe's command line: what a command does not know is refused, not passed over."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import papercut.train
from papercut.train import DEFAULTS, USES, main, parse

README = Path(papercut.train.__file__).with_name("README.md")


def test_a_method_is_refused_by_commands_that_have_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`evaluate boot` is a mistake for `distill boot`."""
    monkeypatch.setattr("sys.argv", ["train.py", "evaluate", "boot"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "evaluate takes no method; boot is one of distill's" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("judge --sizes 512x288", "judge takes no --sizes, which is for unet"),
        ("evaluate --minutes 5", "evaluate takes no --minutes, which is for ae, text, judge, unet, "),
        ("pool --student-share 0.5", "pool takes no --student-share, which is for unet"),
        # What is given as it would be anyway is a mistake, too.
        ("sheet --folder resources/models/papercut", "sheet takes no --folder, which is for adopt, "),
    ],
)
def test_an_option_that_a_command_does_not_use_is_refused(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names both, and whose option it is; nothing has been run for an hour without it."""
    with pytest.raises(SystemExit, match="2"):
        parse(line.split())
    (told,) = capsys.readouterr().err.splitlines()
    assert said in told


def test_the_runs_of_the_readme_are_understood() -> None:
    """Every line of it that calls a command, with all its options."""
    lines = re.findall(
        r"^    python packaging/papercut/train\.py (.+)$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    commands = {parse(shlex.split(line, comments=True)).command for line in lines}
    assert commands >= {"unet", "judge", "distill", "export-detectors", "divcontrol-score", "control-sheets"}


@pytest.mark.parametrize("command", USES)
def test_a_command_takes_what_it_uses_and_has_defaults(command: str) -> None:
    """Without options it runs; each that is listed is one that there is."""
    arguments = [command, "table"] if command == "distill" else [command]
    options = vars(parse(arguments))
    assert options.keys() == DEFAULTS.keys() | {"command"}
    assert USES[command] <= DEFAULTS.keys()
