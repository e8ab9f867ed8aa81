"""The script that brings a fresh clone to the window: it installs once, and says in a line what stops it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import start

SCRIPT = Path(start.__file__)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with a lock file and nothing installed, in which every command fails loudly."""
    (tmp_path / "requirements.lock").write_text("torch==2\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    for name, place in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "TOOLS": tmp_path / ".tools",
        "PYTHON": tmp_path / ".venv" / "bin" / "python",
        "STAMP": tmp_path / ".venv" / "onetake-installed",
    }.items():
        monkeypatch.setattr(start, name, place)

    def refuse(command: list[str]) -> None:
        pytest.fail(f"ran {command}")

    monkeypatch.setattr(start, "run", refuse)
    return tmp_path


def stamp(clone: Path) -> None:
    """Say that the present lock is installed."""
    content = (clone / "requirements.lock").read_bytes() + (clone / "pyproject.toml").read_bytes()
    (clone / ".venv").mkdir(exist_ok=True)
    (clone / ".venv" / "onetake-installed").write_text(hashlib.sha256(content).hexdigest())


def test_what_is_installed_is_not_installed_again(clone: Path) -> None:
    """With the stamp of the present lock, nothing is run."""
    stamp(clone)
    start.install()


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_is_installed(clone: Path, changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update of either file the versions are synchronised, with their hashes, and stamped."""
    stamp(clone)
    with (clone / changed).open("a") as file:
        file.write("# new\n")
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "run", ran.append)
    monkeypatch.setattr(start, "find_uv", lambda: ["uv"])
    start.install()
    synchronise = next(command for command in ran if "sync" in command)
    assert "--require-hashes" in synchronise
    assert str(clone / "requirements.lock") in synchronise
    ran.clear()
    start.install()
    assert ran == []


def test_a_uv_that_is_there_is_used(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched when uv is on the PATH."""
    name = "uv.exe" if sys.platform == "win32" else "uv"
    (clone / "bin").mkdir()
    (clone / "bin" / name).write_text("")
    (clone / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(clone / "bin"))
    assert start.find_uv() == [str(clone / "bin" / name)]


def test_an_unknown_verb_is_answered_in_one_line(clone: Path) -> None:
    """Nothing is installed for a misspelt verb; the line names those that there are."""
    done = subprocess.run([sys.executable, SCRIPT, "tset"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "start.py: unknown verb 'tset'; use run, test, check or build, or nothing to open the window\n"
    )


def test_help_says_what_the_verbs_do() -> None:
    """Asking for help installs nothing."""
    done = subprocess.run([sys.executable, SCRIPT, "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "start.py test" in done.stdout


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script itself runs on old Pythons far enough to say that they are too old."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    with pytest.raises(start.StartError, match=r"needs Python 3\.11"):
        start.main([])


@pytest.mark.parametrize(("cores", "processes"), [(2, "2"), (64, "4")])
def test_the_whole_suite_is_spread_over_the_cores(
    clone: Path, monkeypatch: pytest.MonkeyPatch, cores: int, processes: str
) -> None:
    """A process for each core up to four, tests of a file together, a thread of mathematics for each, and bytecode."""
    stamp(clone)
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "run", ran.append)
    monkeypatch.setattr(start, "core_count", lambda: cores)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # So that what the script sets is taken back.
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    monkeypatch.delenv("OMP_NUM_THREADS")
    start.main(["test"])
    (command,) = ran
    assert command[command.index("-n") + 1] == processes
    assert command[command.index("--dist") + 1] == "loadfile"
    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_a_choice_of_tests_runs_as_it_is_typed(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process, so that a debugger works; a machine with one core runs all of them so."""
    stamp(clone)
    ran: list[list[str]] = []
    monkeypatch.setattr(start, "run", ran.append)
    monkeypatch.setattr(start, "core_count", lambda: 1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for typed in (["test", "tests/unit", "--pdb"], ["test"]):
        start.main(typed)
        assert ran.pop()[1:] == ["-m", "pytest", *typed[1:]]
