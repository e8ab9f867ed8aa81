"""Two windows on one home: what one changes in its small files the other sees, and neither undoes the other's."""

from __future__ import annotations

import errno
import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from app.cells import CellRole
from app.engine_link import EngineLink
from app.file_change import change_file
from app.grid_axes import Axis
from app.grid_plan import GridPlan
from app.grids import Grids
from app.jobs import JobModel, job_of
from app.outbox import Outbox
from app.prompt_history import PromptHistory, Style, Styles
from app.reports import Submitted
from app.shared_file import SharedFile
from app.stars import Stars
from engine.messages import ImageRequest
from tests.gui.test_engine_link import refuse
from tests.patience import ENDING_S
from tests.unit.app.other_window import other_process

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths
    from tests.fakes import FakeEngine


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of stars; not there yet."""
    return tmp_path / "stars.json"


def test_stars_of_both_windows_are_kept(qtbot: QtBot, file: Path) -> None:
    """Each knows the other's at once; a star that one takes away does not come back with the other's next one."""
    mine, its = Stars(file), Stars(file)
    with qtbot.waitSignal(its.changed):
        mine.toggle("/a.png")
    assert "/a.png" in its
    its.toggle("/b.png")
    mine.toggle("/c.png")
    assert json.loads(file.read_bytes()) == ["/a.png", "/b.png", "/c.png"]
    its.toggle("/a.png")
    mine.toggle("/d.png")
    assert json.loads(file.read_bytes()) == ["/b.png", "/c.png", "/d.png"]
    assert "/a.png" not in mine


def test_a_star_that_could_not_be_written_is_written_with_the_next(qtbot: QtBot, file: Path) -> None:
    """While another holds the file the window says so and shows the star all the same."""
    stars = Stars(file)
    told: list[str] = []
    stars.save_failed.connect(told.append)
    with FileLock(file.with_name(".stars.json.lock")):
        stars.toggle("/a.png")
    assert told == [f"{file} is held by another window; try again"]
    assert "/a.png" in stars
    stars.toggle("/b.png")
    assert json.loads(file.read_bytes()) == ["/a.png", "/b.png"]


@pytest.mark.parametrize("damage", [b"", b"[1, 2", b"{}"])
def test_a_damaged_file_takes_no_star_from_an_open_window(file: Path, damage: bytes) -> None:
    """What the window knows is written again with the next change."""
    stars = Stars(file)
    stars.toggle("/a.png")
    file.write_bytes(damage)
    stars.toggle("/b.png")
    assert json.loads(file.read_bytes()) == ["/a.png", "/b.png"]


def test_a_file_that_cannot_be_read_is_not_written_over(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change is said to have failed, and what is in the file stays."""
    file.write_bytes(b'["/a.png"]')
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.read_bytes", refuse_to_read)
        with pytest.raises(OSError, match="Input/output error"):
            change_file(file, lambda there: there + b"more")
    assert file.read_bytes() == b'["/a.png"]'


def refuse_to_read(file: Path) -> bytes:
    """A disk with a fault."""
    raise OSError(errno.EIO, "Input/output error", str(file))


def test_two_processes_lose_none_of_each_others_changes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both add twenty-five lines to one file at the same time; all of them are there."""
    # A slow disk may leave one waiting until the other is through.
    monkeypatch.setattr("app.file_change.LOCK_TIMEOUT_S", ENDING_S)
    program = (
        "import sys; from pathlib import Path; from app import file_change\n"
        f"file_change.LOCK_TIMEOUT_S, change_file = {ENDING_S}, file_change.change_file\n"
        "print('ready', flush=True)\n"
        "for _ in range(25): change_file(Path(sys.argv[1]), lambda there: there + b'other\\n')\n"
        "print('done', flush=True)\n"
        "sys.stdin.read()"
    )
    with other_process(program, file) as process:
        for _ in range(25):
            change_file(file, lambda there: there + b"mine\n")
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
    assert sorted(file.read_bytes().split()) == [b"mine"] * 25 + [b"other"] * 25


def test_a_change_of_ones_own_is_not_told_as_anothers(qtbot: QtBot, file: Path) -> None:
    """Nor is a change of any other file in the folder."""
    shared = SharedFile(file)
    with qtbot.assertNotEmitted(shared.changed, wait=200):
        shared.change(lambda there: there + b"mine")
        file.with_name("neighbour").write_bytes(b"other")


def test_prompts_and_styles_of_both_windows_are_kept(tmp_path: Path) -> None:
    """The history has both in their order; a style is replaced by its name alone."""
    mine, its = (PromptHistory(tmp_path / "prompts.json") for _ in range(2))
    for history, prompt in ((mine, "boat"), (its, "whale"), (mine, "house"), (its, "boat")):
        history.add(prompt)
    assert PromptHistory(tmp_path / "prompts.json").prompts == ["whale", "house", "boat"]
    my_styles, its_styles = (Styles(tmp_path / "styles.json") for _ in range(2))
    my_styles.keep(Style(name="soft", prompt="mist"))
    its_styles.keep(Style(name="hard", prompt="ink"))
    my_styles.keep(Style(name="soft", prompt="fog"))
    its_styles.remove("none")
    assert [(style.name, style.prompt) for style in its_styles.styles] == [("hard", "ink"), ("soft", "fog")]


def test_the_gallery_shows_the_star_of_another_window(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, paths: Paths
) -> None:
    """As soon as the file has it."""
    onetake.studio.send(ImageRequest(prompt="boat", seed=1))
    model = onetake.gallery.list.model()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    path = str(model.index(0, 0).data(CellRole.PATH))
    assert not model.index(0, 0).data(CellRole.IS_STARRED)
    with qtbot.waitSignal(model.dataChanged):
        change_file(paths.home / "stars.json", lambda _: json.dumps([path]).encode())
    assert model.index(0, 0).data(CellRole.IS_STARRED)


def grids_of(home: Path) -> tuple[Grids, JobModel]:
    """What a window knows of grids, and its jobs."""
    jobs = JobModel()
    link = EngineLink(refuse)
    outbox = Outbox(home / "waiting", jobs, link, jobs)
    link.setParent(jobs)
    return Grids(home / "grids.json", jobs, outbox, jobs), jobs


def plan(seed: int) -> GridPlan:
    """Of two cells."""
    axis = Axis(parameter="seed", values=(seed, seed + 1))
    return GridPlan(axis, None, (tuple(ImageRequest(prompt="boat", seed=value) for value in (seed, seed + 1)),))


def test_grids_of_both_windows_are_kept(qtbot: QtBot, tmp_path: Path) -> None:
    """Each knows the other's grid as soon as its cells have the engine's names; the next window has both."""
    windows = [grids_of(tmp_path), grids_of(tmp_path)]
    names: list[str] = []
    for number, (grids, jobs) in enumerate(windows):
        first = grids.start(plan(10 * number))
        grids.keep()
        assert grids.of(first) is not None
        names += take_all(jobs)
        grids.keep()
    windows.append(grids_of(tmp_path))
    for grids, _ in windows:
        qtbot.waitUntil(partial(knows_both, grids, names))
    for _, jobs in windows:
        jobs.deleteLater()


def test_a_grid_on_its_way_is_known_to_a_window_that_opens_meanwhile(qtbot: QtBot, tmp_path: Path) -> None:
    """Its cells have the names that the engine will have for them, before the engine knows of any."""
    mine, jobs = grids_of(tmp_path)
    mine.start(plan(0))
    mine.keep()
    other, others = grids_of(tmp_path)
    assert others.rowCount() == 0
    names = take_all(jobs)
    grid = other.of(names[0])
    assert grid is not None
    assert grid.cells == tuple(names)
    assert mine.of(names[0]) == grid
    for model in (jobs, others):
        model.deleteLater()


def take_all(jobs: JobModel) -> list[str]:
    """The engine acknowledges all that was sent; returns its names, in that order."""
    tokens = [record.token for record in jobs.unsent()]
    for token in tokens:
        jobs.take(Submitted(token, job_of(token)))
    return [job_of(token) for token in tokens]


def knows_both(grids: Grids, names: list[str]) -> bool:
    """Whether both grids of two cells are there as a whole."""
    found = [grids.of(name) for name in names[::2]]
    return [grid.cells for grid in found if grid is not None] == [tuple(names[:2]), tuple(names[2:])]
