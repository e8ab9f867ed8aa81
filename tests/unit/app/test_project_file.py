"""Project folders: what is saved is read, a crash leaves the old or the new, and nothing of anyone is lost."""

from __future__ import annotations

import errno
import json
import os
import string
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.control_edit import ControlEdit
from app.image_edit import ImageEdit
from app.project_file import BEFORE, MANIFEST, TIMELINE, Made, PlanFile, read_project, write_project
from app.project_media import found_beside, missing_files, stamps_of
from app.project_timeline import UNWRITTEN, read_changed_plan
from app.video_edit import SegmentEdit, VideoEdit
from engine.errors import BadInputError, DiskFullError, OutputError

PLAN = VideoEdit(segments=(SegmentEdit(prompt="dawn"), SegmentEdit(frames=12, cut=True)), selected=(0,))
EDIT = ImageEdit(prompt="a lake", seed=7, video=PLAN)
PROMPTS = st.text(st.characters(codec="utf-8"), max_size=20)
SEGMENTS = st.builds(
    SegmentEdit,
    prompt=PROMPTS,
    frames=st.integers(1, 900),
    seed=st.none() | st.integers(0, 2**32),
    transition=st.integers(0, 40),
    strength=st.floats(0, 1),
    cut=st.booleans(),
)
CONTROLS = st.builds(
    ControlEdit,
    kind=st.sampled_from(["depth", "canny", "anything"]),
    picture=st.sampled_from(["", "/gone/a.png", "relative.png"]),
    adapter=st.sampled_from(["", "house/adapter"]),
    weight=st.floats(0, 2),
    mask=st.none() | st.just("/gone/mask.png"),
)
EDITS = st.builds(
    ImageEdit,
    prompt=PROMPTS,
    negative_prompt=PROMPTS,
    seed=st.integers(0, 2**32),
    controls=st.tuples(CONTROLS) | st.just(()),
    video=st.builds(VideoEdit, is_active=st.booleans(), segments=st.lists(SEGMENTS, max_size=3).map(tuple)),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved project."""
    made = tmp_path / "Lake.onetake"
    write_project(made, EDIT, (), None)
    return made


def manifest_of(folder: Path) -> dict[str, object]:
    """The manifest as JSON has it."""
    return cast("dict[str, object]", json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def rewrite(folder: Path, **fields: object) -> None:
    """Change the manifest as another program would."""
    (folder / MANIFEST).write_text(json.dumps(manifest_of(folder) | fields), encoding="utf-8")


def content(folder: Path) -> dict[str, bytes]:
    """Every file and what is in it."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=EDITS)
def test_what_is_saved_is_read_again(tmp_path: Path, edit: ImageEdit) -> None:
    """Any edit, valid or not, comes back as it was, and saving it again changes nothing."""
    folder = tmp_path / "Any.onetake"
    write_project(folder, edit, (), None)
    read = read_project(folder)
    assert read.edit == replace(edit, video=edit.video.sound())
    assert (read.plan, read.unread, read.is_newer) == (PlanFile.SAME, (), False)
    before = manifest_of(folder)
    write_project(folder, edit, read.made, read)
    assert manifest_of(folder) == before


def test_masks_and_maps_are_copied_and_pictures_referred_to(tmp_path: Path) -> None:
    """A moved project has its masks with it; a picture in its folder is found again, one elsewhere stays there."""
    mask, picture, folder = tmp_path / "mask.png", tmp_path / "room.png", tmp_path / "Lake.onetake"
    inside = folder / "pictures" / "in.png"
    inside.parent.mkdir(parents=True)
    for file in (mask, picture, inside):
        file.write_bytes(file.name.encode())
    control = ControlEdit(kind="depth", picture=str(picture), mask=str(mask))
    edit = replace(ImageEdit(seed=1), controls=(control, replace(control, picture=str(inside))))
    write_project(folder, edit, (Made(job="7", paths=(str(inside), str(picture))),), None)
    mask.unlink()
    moved = folder.rename(tmp_path / "Moved.onetake")
    read = read_project(moved)
    first, second = read.edit.controls
    assert first.picture == str(picture)
    assert second.picture == str(moved / "pictures" / "in.png")
    assert first.mask is not None
    assert Path(first.mask).is_relative_to(moved)
    assert Path(first.mask).read_bytes() == b"mask.png"
    assert read.made == (Made(job="7", paths=(str(moved / "pictures" / "in.png"), str(picture))),)


def test_a_mask_that_went_after_saving_is_kept_by_the_project(tmp_path: Path) -> None:
    """The next save goes on with the copy, also in another project when the first one is gone."""
    mask, first, second = tmp_path / "mask.png", tmp_path / "A.onetake", tmp_path / "B.onetake"
    mask.write_bytes(b"sky")
    edit = replace(EDIT, canvas=replace(EDIT.canvas, picture="/gone.png", mask=str(mask)))
    saved = write_project(first, edit, (), None)
    mask.unlink()
    saved = write_project(first, edit, (), saved)
    write_project(second, edit, (), saved)
    assert Path(read_project(first).edit.canvas.mask).read_bytes() == b"sky"
    assert Path(read_project(second).edit.canvas.mask).read_bytes() == b"sky"


def test_a_mask_on_which_nothing_is_painted_is_not_asked_for(tmp_path: Path, folder: Path) -> None:
    """Its file is made by the first stroke; until then the project has none."""
    edit = replace(EDIT, canvas=replace(EDIT.canvas, mask=str(tmp_path / "not-yet.png")))
    write_project(folder, edit, (), None)
    assert read_project(folder).edit.canvas.mask == ""


@pytest.mark.parametrize("survives", range(4))
def test_a_crash_between_two_files_leaves_the_old_or_the_new_project(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, survives: int
) -> None:
    """Wherever saving stops, all of the old edit is read or all of the new one, with the mask that belongs to it."""
    mask = tmp_path / "mask.png"
    mask.write_bytes(b"one")
    old = replace(EDIT, canvas=replace(EDIT.canvas, mask=str(mask)))
    saved = write_project(folder, old, (), None)
    mask.write_bytes(b"two")
    new = replace(old, prompt="another", video=VideoEdit(segments=(SegmentEdit(prompt="dusk"),)))
    replaced = 0
    real = Path.replace

    def replace_or_crash(self: Path, target: Path) -> Path:
        nonlocal replaced
        if replaced == survives:
            raise OSError(errno.EIO, "power is gone")
        replaced += 1
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace_or_crash)
    with pytest.raises(OutputError):
        write_project(folder, new, (), saved)
    monkeypatch.undo()
    read = read_project(folder)
    assert (read.edit.prompt, Path(read.edit.canvas.mask).read_bytes()) == ("a lake", b"one")
    assert [segment.prompt for segment in read.edit.video.segments] == ["dawn", ""]
    # A timeline.otio that is newer than the manifest is told, not taken for the plan.
    assert read.plan is (PlanFile.SAME if survives < 2 else PlanFile.CHANGED)
    write_project(folder, new, (), read)
    assert read_project(folder).edit.prompt == "another"


def test_the_manifest_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds a manifest finds all that it names."""
    mask = tmp_path / "mask.png"
    mask.write_bytes(b"one")
    names: list[str] = []
    real = Path.replace

    def note(self: Path, target: Path) -> Path:
        names.append(target.name)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", note)
    write_project(tmp_path / "A.onetake", replace(EDIT, canvas=replace(EDIT.canvas, mask=str(mask))), (), None)
    assert names[1:] == [TIMELINE, MANIFEST]


def test_a_full_disk_leaves_no_trace_of_a_new_project_and_the_old_one_as_it_was(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says that there is no room; nothing half-written lies about."""
    before = content(folder)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFullError, match="free some space"):
        write_project(folder, replace(EDIT, prompt="new"), (), None)
    with pytest.raises(DiskFullError):
        write_project(tmp_path / "New.onetake", EDIT, (), None)
    assert content(folder) == before
    assert not (tmp_path / "New.onetake").exists()


def test_unknown_fields_of_the_same_version_survive(folder: Path) -> None:
    """At every depth, and also beside what has changed."""
    manifest = manifest_of(folder)
    edit = cast("dict[str, dict[str, list[dict[str, object]]]]", manifest["edit"])
    edit["video"]["segments"][1]["camera"] = {"pan": 3}
    edit["canvas"]["brush"] = []
    rated: dict[str, object] = {"job": "1", "paths": (), "rating": 5}
    rewrite(folder, edit=edit, notes="mine", made=[rated, "nonsense"])
    read = read_project(folder)
    segments = (replace(read.edit.video.segments[0], prompt="day"), read.edit.video.segments[1])
    write_project(folder, replace(read.edit, video=replace(read.edit.video, segments=segments)), read.made, read)
    after = manifest_of(folder)
    edit = cast("dict[str, dict[str, list[dict[str, object]]]]", after["edit"])
    assert edit["video"]["segments"][0]["prompt"] == "day"
    assert edit["video"]["segments"][1]["camera"] == {"pan": 3}
    assert edit["canvas"]["brush"] == []
    assert after["notes"] == "mine"
    assert cast("list[object]", after["made"])[0] == {"job": "1", "paths": [], "rating": 5}


def test_a_newer_version_is_read_as_far_as_it_can_be_and_not_touched(folder: Path) -> None:
    """What has another form there is named, everything else is shown."""
    manifest = manifest_of(folder)
    edit = cast("dict[str, object]", manifest["edit"])
    video = cast("dict[str, list[dict[str, object]]]", edit["video"])
    video["segments"][0]["seed"] = "by weather"
    rewrite(folder, onetake_project=2, edit=edit | {"count": {"low": 1, "high": 4}})
    before = content(folder)
    read = read_project(folder)
    assert read.is_newer
    assert set(read.unread) == {"count", "video.segments.1.seed"}
    assert (read.edit.prompt, read.edit.video.segments[0].prompt) == ("a lake", "dawn")
    assert content(folder) == before


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "“Lake” cannot be read: its project.json is damaged"),
        (b'{"onetake_project": 1, "edit": {"pro', "“Lake” cannot be read: its project.json is damaged"),
        (b"[1]", "is damaged"),
        (b'{"onetake_project": 1, "edit": 3}', "holds no edit"),
        (b'{"edit": {}}', "does not say its version; choose another folder"),
        (b'{"onetake_project": "1", "edit": {}}', "does not say its version"),
        (b"[" * 100_000, "is damaged"),
    ],
)
def test_a_damaged_manifest_is_named_with_its_remedy(folder: Path, document: bytes, words: str) -> None:
    """One line, and the way back to the save before where there is one."""
    write_project(folder, EDIT, (), None)
    (folder / MANIFEST).write_bytes(document)
    with pytest.raises(BadInputError, match=words) as caught:
        read_project(folder)
    assert "\n" not in caught.value.message
    assert BEFORE in caught.value.message or "version" in caught.value.message
    (folder / BEFORE).replace(folder / MANIFEST)
    assert read_project(folder).edit == EDIT


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edit=st.dictionaries(
        st.sampled_from(ImageEdit.__struct_fields__),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(string.printable, max_size=4),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["segments", "a"]), inner),
            max_leaves=5,
        ),
    )
)
def test_any_json_in_a_manifest_is_read_or_refused(folder: Path, edit: dict[str, object]) -> None:
    """An edit comes out that can be shown, or a line that says why not; nothing else is raised."""
    rewrite(folder, edit=edit)
    try:
        read = read_project(folder)
    except BadInputError as refused:
        if "too large a number" not in refused.message:
            raise
        return
    assert msgspec.json.decode(msgspec.json.encode(read.edit), type=ImageEdit) == read.edit
    assert {name.partition(".")[0] for name in read.unread} <= set(edit)


def test_what_is_no_project_is_said(tmp_path: Path) -> None:
    """A folder without a manifest and one that is not there."""
    with pytest.raises(BadInputError, match=r"holds no project\.json; choose a folder .* ends in \.onetake"):
        read_project(tmp_path)
    with pytest.raises(BadInputError, match="it is not there"):
        read_project(tmp_path / "Gone.onetake")


def test_a_disk_that_was_taken_away_is_not_written_to(tmp_path: Path) -> None:
    """The folder above the project is never made anew."""
    with pytest.raises(OutputError, match="choose another folder"):
        write_project(tmp_path / "disk" / "Lake.onetake", EDIT, (), None)
    assert list(tmp_path.glob("disk*")) == []


def test_a_missing_timeline_costs_nothing(folder: Path) -> None:
    """The plan is read from the manifest, and the next save writes the file again."""
    (folder / TIMELINE).unlink()
    read = read_project(folder)
    assert (read.edit, read.plan) == (EDIT, PlanFile.MISSING)
    write_project(folder, read.edit, (), read)
    assert read_project(folder).plan is PlanFile.SAME


def test_a_timeline_changed_by_another_program_can_be_taken_over(folder: Path) -> None:
    """It is told from the saved one; prompts that were not written yet come back empty."""
    text = (folder / TIMELINE).read_text(encoding="utf-8")
    assert UNWRITTEN in text
    (folder / TIMELINE).write_text(text.replace("dawn", "dusk"), encoding="utf-8")
    read = read_project(folder)
    assert (read.edit, read.plan) == (EDIT, PlanFile.CHANGED)
    plan = read_changed_plan(folder / TIMELINE, read.edit.video)
    assert [(segment.prompt, segment.frames, segment.cut) for segment in plan.segments] == [
        ("dusk", 48, False),
        ("", 12, True),
    ]


def test_a_plan_that_cannot_be_made_leaves_no_timeline(folder: Path) -> None:
    """An impossible length is work all the same: it is saved, and no timeline tells otherwise."""
    edit = replace(EDIT, video=VideoEdit(segments=(SegmentEdit(frames=0),), selected=(0,)))
    write_project(folder, edit, (), None)
    assert read_project(folder).edit == edit
    assert not (folder / TIMELINE).exists()


@pytest.mark.parametrize("written", ["./../secret.png", "./a/../../secret.png"])
def test_a_path_out_of_the_folder_leads_nowhere(folder: Path, written: str) -> None:
    """What the manifest calls its own lies in the folder."""
    manifest = manifest_of(folder)
    edit = cast("dict[str, dict[str, object]]", manifest["edit"])
    edit["canvas"]["picture"] = written
    rewrite(folder, edit=edit)
    assert read_project(folder).edit.canvas.picture == written


def test_missing_files_are_found_beside_the_one_that_was_chosen(tmp_path: Path) -> None:
    """Those in the same folder under their old names are found with it."""
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("renamed.png", "b.png"):
        (moved / name).write_bytes(b"")
    missing = missing_files(["/gone/a.png", "/gone/b.png", "/gone/c.png", str(moved / "b.png"), "/gone/a.png"])
    assert missing == ["/gone/a.png", "/gone/b.png", "/gone/c.png"]
    assert found_beside(missing, "/gone/a.png", moved / "renamed.png") == {
        "/gone/a.png": str(moved / "renamed.png"),
        "/gone/b.png": str(moved / "b.png"),
    }


def test_names_of_any_script_can_be_saved(tmp_path: Path) -> None:
    """A project is called as its folder is."""
    for name in ("Озеро", "湖 at dawn", "a.b"):
        assert write_project(tmp_path / f"{name}.onetake", EDIT, (), None).name == name
        assert read_project(tmp_path / f"{name}.onetake").edit == EDIT


@pytest.mark.parametrize("levels", [150, 600])
def test_a_manifest_nested_too_deep_is_refused(folder: Path, levels: int) -> None:
    """It could be read and then not be copied or saved; the sentence says what to do."""
    (folder / MANIFEST).write_text(f'{{"onetake_project": 1, "edit": {{"x": {"[" * levels}{"]" * levels}}}}}')
    with pytest.raises(BadInputError, match="nested deeper"):
        read_project(folder)


def test_a_path_that_no_system_takes_is_kept_as_it_is(folder: Path) -> None:
    """A null character in the path of a mask keeps nobody from opening and saving."""
    mask = "/gone/a\0b.png"
    edit = replace(EDIT, controls=(ControlEdit(kind="depth", picture="/gone.png", mask=mask),))
    assert stamps_of(edit) == []
    write_project(folder, edit, (), None)
    assert read_project(folder).edit == edit


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a named pipe is made")
def test_only_pictures_are_taken_in(tmp_path: Path) -> None:
    """A project names a key, a movie, a pipe and a device as masks: none is read, all are still named."""
    key, movie, pipe, device = (tmp_path / name for name in ("id_rsa", "maps.mp4", "pipe.png", "null.png"))
    key.write_bytes(b"secret")
    movie.write_bytes(b"as large as it likes")
    os.mkfifo(pipe)
    device.symlink_to(os.devnull)
    for place in (key, movie, pipe, device):
        folder = tmp_path / f"{place.name}.onetake"
        control = ControlEdit(kind="depth", picture=str(place), is_map=True)
        write_project(folder, replace(EDIT, controls=(control,)), (), None)
        assert not (folder / "media").exists()
        assert read_project(folder).edit.controls == (control,)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a named pipe is made")
@pytest.mark.timeout(60)
def test_a_pipe_in_the_folder_does_not_stop_the_window(folder: Path) -> None:
    """In place of the timeline it is another one than the saved; in place of the manifest there is no project."""
    (folder / TIMELINE).unlink()
    os.mkfifo(folder / TIMELINE)
    assert read_project(folder).plan is PlanFile.MISSING
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)
    with pytest.raises(BadInputError, match="is no file"):
        read_project(folder)


def test_a_segment_that_is_no_object_is_told_as_unread(folder: Path) -> None:
    """It does not become an empty segment that a save would put in its place."""
    manifest = manifest_of(folder)
    edit = cast("dict[str, dict[str, object]]", manifest["edit"])
    edit["video"]["segments"] = ["dawn", []]
    rewrite(folder, edit=edit)
    assert read_project(folder).unread == ("video.segments.1", "video.segments.2")


def test_a_folder_that_another_window_made_meanwhile_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saving fails in the moment in which another window saves under the same name: the other's work stays."""
    folder, make = tmp_path / "New.onetake", Path.mkdir

    def make_late(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        if path == folder and not path.exists():
            make(path)
            (path / MANIFEST).write_bytes(b"the other's")
        make(path, mode, parents, exist_ok)

    monkeypatch.setattr(Path, "mkdir", make_late)
    monkeypatch.setattr("app.project_file.timeline_document", raise_no_room)
    with pytest.raises(OSError, match="No space"):
        write_project(folder, EDIT, (), None)
    assert (folder / MANIFEST).read_bytes() == b"the other's"


def raise_no_room(_edit: ImageEdit) -> bytes:
    """A disk that is full."""
    raise OSError(errno.ENOSPC, "No space")
