"""`onetake desktop`: what it writes is what a freedesktop.org desktop reads, and it takes away no more than that."""

from __future__ import annotations

import configparser
import json
import shlex
import shutil
from pathlib import Path

import pytest

from app.cli.desktop import PLACES, quoted
from app.cli.main import run_command
from engine.paths import resources_folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder, which is not there yet."""
    folder = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


def entry_of(data: Path) -> configparser.SectionProxy:
    """The desktop entry."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.read(data / "applications" / "onetake.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_the_entry_starts_the_program_that_is_installed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its whole path; the icon it names is there."""
    assert run_command(["desktop", "install", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    entry = entry_of(data)
    (program,) = shlex.split(entry["Exec"])
    assert program == told["command"]
    assert Path(program).is_file()
    assert entry["StartupWMClass"] == "onetake", "as the window calls itself"
    assert (data / "icons/hicolor/scalable/apps" / f"{entry['Icon']}.svg").read_text().startswith("<svg")
    assert sorted(told["installed"]) == sorted(str(file) for file in data.rglob("onetake.*"))


def test_a_second_time_changes_nothing_and_removing_leaves_nothing(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What others have put there stays."""
    other = data / "applications" / "other.desktop"
    other.parent.mkdir(parents=True)
    other.write_text("[Desktop Entry]\n")
    for _ in range(2):
        assert run_command(["desktop", "install"]) == 0
    assert run_command(["desktop", "remove", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out.splitlines()[-1])["removed"]) == 2
    assert not list(data.rglob("onetake.*"))
    assert other.is_file()
    assert run_command(["desktop", "remove"]) == 0
    assert capsys.readouterr().out == "nothing was installed\n"


@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_is_missing_from_the_package_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """In one line, with the remedy; nothing is written without the rest."""
    shutil.copytree(resources_folder() / "desktop", tmp_path / "desktop")
    shutil.copytree(resources_folder() / "icons", tmp_path / "icons")
    (tmp_path / place).unlink()
    monkeypatch.setattr("app.cli.desktop.resources_folder", lambda: tmp_path)
    assert run_command(["desktop", "install"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    assert f"{tmp_path / place} cannot be read" in said
    assert said.endswith("install Onetake again")
    assert not data.exists()


def test_a_place_that_cannot_be_written_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with the remedy."""
    data.mkdir()
    (data / "applications").write_text("a file where the folder should be")
    assert run_command(["desktop", "install"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    assert str(data / "applications" / "onetake.desktop") in said


@pytest.mark.parametrize(
    ("path", "line"),
    [("/opt/my apps/onetake", '"/opt/my apps/onetake"'), ('/a"$b\\c%d', '"/a\\\\"\\\\$b\\\\\\\\c%%d"')],
)
def test_a_path_is_escaped_as_the_specification_asks(path: str, line: str) -> None:
    """Blanks are inside the quotes; quotes, dollars and backslashes are escaped twice, percent signs doubled."""
    assert quoted(Path(path)) == line
