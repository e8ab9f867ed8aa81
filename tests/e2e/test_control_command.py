"""`onetake control`: a picture becomes a control map, through the real service and its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PIL import Image

from engine.media.png import read_texts
from engine.tasks.control_map import RECORD_KEY, ControlMapRecord
from tests.e2e.conftest import Onetake
from tests.engine.control.pictures import scene

if TYPE_CHECKING:
    from pathlib import Path


def test_a_picture_becomes_a_map(shared: Onetake, tmp_path: Path) -> None:
    """The PNG has the size asked for, shows edges, and says what it came from; the picture is as before."""
    picture, target = tmp_path / "in.png", tmp_path / "map.png"
    Image.fromarray(scene()).save(picture)
    before = picture.read_bytes()
    answer = shared("control", "canny", str(picture), "-o", str(target), "--size", "160x96", "--json")
    assert answer.status == 0, answer.errors
    document = answer.document
    assert set(document) == {"job", "outputs", "seed", "model", "devices", "seconds", "restarts"}
    assert (document["outputs"], document["model"]) == ([str(target)], "")
    with Image.open(target) as made:
        assert (made.size, made.mode) == ((160, 96), "RGB")
        assert set(np.unique(np.asarray(made))) == {0, 255}
    record = msgspec.json.decode(read_texts(target)[RECORD_KEY], type=ControlMapRecord)
    assert (record.request.kind, record.request.picture) == ("canny", str(picture))
    assert picture.read_bytes() == before
    row = shared("queue", "list", "--json").document["jobs"][-1]
    assert row["job"] == document["job"]
    assert (row["kind"], row["state"]) == ("control_map", "done")


def test_bad_input_is_one_line_and_leaves_nothing(shared: Onetake, tmp_path: Path) -> None:
    """Before the queue, in the service and in the worker: one line that names the thing, and no file."""
    picture, text, target = tmp_path / "in.png", tmp_path / "text.png", tmp_path / "out" / "map.png"
    Image.fromarray(scene()).save(picture)
    text.write_text("no picture")
    target.parent.mkdir()
    size = ["--size", "64x64"]
    cases: list[tuple[list[str], str]] = [
        (["cany", str(picture)], "there is no detector 'cany'"),
        (["canny", str(tmp_path / "nowhere.png")], "nowhere.png is not there"),
        (["canny", str(tmp_path / "nowhere.png"), *size], "nowhere.png is not there"),
        (["canny", str(text), *size], "text.png is no picture"),
        (["hed", str(picture)], "hed wants ControlNetHED.pth"),
    ]
    for words, said in cases:
        answer = shared("control", *words, "-o", str(target), "--json")
        assert answer.status == 2, (words, answer)
        assert said in answer.document["error"]["message"], (words, answer)
        assert len(answer.errors.strip().splitlines()) == 1, answer.errors
        assert "Traceback" not in answer.output + answer.errors
        assert list(target.parent.iterdir()) == []
