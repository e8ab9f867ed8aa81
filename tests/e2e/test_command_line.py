"""The command line against the real service, real workers and the embedded model."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from engine.media.metadata import read_settings
from engine.paths import resources_folder
from tests.e2e.conftest import Onetake, finish

PROMPT = "winter mountains at night with a moon on the left"


def pixels(path: Path) -> bytes:
    """The decoded picture, without its metadata."""
    with Image.open(path) as picture:
        return picture.convert("RGB").tobytes()


def test_the_same_request_gives_the_same_pixels(shared: Onetake, tmp_path: Path) -> None:
    """Two runs of one command line differ in nothing that can be seen."""
    answers: list[bytes] = []
    for name in ("a.png", "b.png"):
        answer = shared("image", PROMPT, "--seed", "7", "-o", str(tmp_path / name), "--json")
        assert answer.status == 0, answer.errors
        document = answer.document
        assert set(document) == {"job", "outputs", "seed", "model", "devices", "seconds", "restarts"}
        assert (document["seed"], document["model"], document["restarts"]) == (7, "papercut", 0)
        assert document["outputs"] == [str(tmp_path / name)]
        answers.append(pixels(tmp_path / name))
    assert answers[0] == answers[1]
    assert len(set(answers[0])) > 32, "a picture has more than a few shades"


def test_a_batch_is_its_single_pictures(shared: Onetake, tmp_path: Path) -> None:
    """Picture k of a batch is the picture of seed + k alone, to the last bit; files come in seed order."""
    answer = shared("image", PROMPT, "--seed", "20", "--count", "3", "-o", str(tmp_path / "batch.png"), "--json")
    assert answer.status == 0, answer.errors
    outputs = [Path(name) for name in answer.document["outputs"]]
    assert [path.name for path in outputs] == ["batch-001.png", "batch-002.png", "batch-003.png"]
    alone = tmp_path / "alone.png"
    assert shared("image", PROMPT, "--seed", "22", "-o", str(alone)).status == 0
    assert pixels(alone) == pixels(outputs[2])
    assert pixels(outputs[0]) != pixels(outputs[1])


def test_a_picture_remembers_its_request(shared: Onetake, tmp_path: Path) -> None:
    """The settings in the file make the same picture again."""
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    assert shared("image", "two boats on the sea at dusk", "--seed", "5", "-o", str(first)).status == 0
    settings = read_settings(first)
    assert settings is not None
    assert shared("image", settings.prompt, "--seed", str(settings.seed), "-o", str(second)).status == 0
    assert pixels(first) == pixels(second)
    with Image.open(first) as picture:
        assert str(picture.info["parameters"]).startswith("two boats on the sea at dusk\nSteps: 1, ")


def broken_models(folder: Path) -> dict[str, tuple[Path, str]]:
    """Copies of Papercut, each with one thing wrong, and the file that the error must name."""
    papercut = resources_folder() / "models" / "papercut"
    weights = "diffusion_pytorch_model.safetensors"
    broken: dict[str, tuple[Path, str]] = {}
    for damage in ("missing", "truncated", "pickle"):
        copy = folder / damage
        shutil.copytree(papercut, copy)
        file = copy / "unet" / next((path.name for path in (copy / "unet").glob("*.safetensors")), weights)
        content = file.read_bytes()
        if damage == "missing":
            file.unlink()
        elif damage == "truncated":
            file.write_bytes(content[: len(content) // 2])
        else:
            file.write_bytes(b"\x80\x04K\x01." + content[:100])
        broken[damage] = (copy, file.name)
    return broken


def test_bad_input_is_one_line_and_harms_nothing(shared: Onetake, tmp_path: Path) -> None:
    """Exit status 2, one line that names the thing, nothing half-written, and the queue goes on."""
    models = broken_models(tmp_path)
    locked = tmp_path / "a file, no folder"
    locked.write_text("")
    target = tmp_path / "out" / "a.png"
    target.parent.mkdir()
    cases: list[tuple[list[str], str]] = [
        (["", "-o", str(target)], "the prompt is empty"),
        (["a", "--size", "100x100", "-o", str(target)], "100x100"),
        (["a", "--seed", "-1", "-o", str(target)], "seed -1"),
        (["a", "--model", "nope", "-o", str(target)], "'nope'"),
        (["a", "-o", str(locked / "a.png")], locked.name),
        (["a", "-o", str(tmp_path / "no" / "such" / "a.png")], "such"),
        (["a", "-o", str(target.parent)], target.parent.name),
        *((["a", "--model", str(folder), "-o", str(target)], file) for folder, file in models.values()),
    ]
    for words, said in cases:
        answer = shared("image", *words, "--json")
        assert answer.status == 2, (words, answer)
        assert said in answer.document["error"]["message"], (words, answer)
        assert len(answer.errors.strip().splitlines()) == 1, answer.errors
        assert "Traceback" not in answer.output + answer.errors
        assert list(target.parent.iterdir()) == []
    assert shared("image", "a castle", "-o", str(target)).status == 0
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_the_queue_can_be_steered(shared: Onetake, tmp_path: Path) -> None:
    """Pause holds jobs, cancel ends them, retry and resume bring them to an end."""
    assert shared("queue", "pause", "--json").document == {"paused": True}
    jobs = [
        shared("image", f"{word} hills", "-o", str(tmp_path / f"{word}.png"), "--detach", "--json").document["job"]
        for word in ("spring", "autumn")
    ]
    queue = shared("engine", "status", "--json").document["queue"]
    assert (queue["pending"], queue["running"]) == (2, 0)
    assert shared("queue", "cancel", jobs[0]).status == 0
    unknown = shared("queue", "cancel", "no-such-job", "--json")
    assert (unknown.status, unknown.document["error"]["kind"]) == (2, "unknown_job")
    assert shared("queue", "retry", jobs[0]).status == 0
    assert shared("queue", "resume", "--json").document == {"paused": False}
    # A later job in the same queue ends after the two that were waiting before it.
    assert shared("image", "a lake", "-o", str(tmp_path / "last.png")).status == 0
    rows = shared("queue", "list", "--json").document["jobs"][-3:]
    assert [row["job"] for row in rows[:2]] == jobs
    assert [row["state"] for row in rows] == ["done", "done", "done"]
    assert set(rows[0]) == {"job", "state", "kind", "seed", "outputs", "created", "finished"}
    assert (tmp_path / "spring.png").exists()
    assert (tmp_path / "autumn.png").exists()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_a_killed_service_loses_nothing(onetake: Onetake, tmp_path: Path) -> None:
    """kill -9 of the service in the middle of a batch: the waiting command still ends well."""
    assert onetake("image", "a lake", "-o", str(tmp_path / "warm.png")).status == 0
    pid = onetake.service_pid()
    waiting = onetake.start("image", PROMPT, "--count", "12", "--seed", "1", "-o", str(tmp_path / "m.png"), "--json")
    # The first picture is there and the others are not, however long a command takes to start.
    while not list(tmp_path.glob(".*.tmp")):
        assert waiting.poll() is None, finish(waiting)
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    answer = finish(waiting)
    assert answer.status == 0, answer.errors
    assert len(answer.document["outputs"]) == 12
    assert sorted(path.name for path in tmp_path.glob("m-*.png")) == [f"m-{k:03d}.png" for k in range(1, 13)]
    assert not list(tmp_path.glob(".*.tmp"))
    assert onetake.service_pid() != pid


def test_looking_does_not_start_the_engine(onetake: Onetake) -> None:
    """`engine status` and `engine stop` report; they start nothing."""
    status = onetake("engine", "status", "--json")
    assert status.status == 0
    assert status.document["pid"] is None
    assert set(status.document) == {"pid", "protocol", "workers", "queue"}
    assert onetake("engine", "stop", "--json").document == {"stopped": False}
    assert onetake("engine", "status", "--json").document["pid"] is None


def test_models_and_doctor_tell_what_is_there(shared: Onetake) -> None:
    """The embedded model is listed first, with its licence, and a healthy machine passes its own check."""
    papercut, *_ = shared("models", "list", "--json").document["models"]
    assert (papercut["name"], papercut["licence"]) == ("papercut", "Apache-2.0")
    doctor = shared("doctor", "--json")
    assert doctor.document["ok"], doctor.output
    assert doctor.status == 0
