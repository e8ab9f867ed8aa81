"""`onetake edit`: a picture in, its edit out, through the real service and its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.media.metadata import read_settings
from tests.e2e.conftest import Onetake
from tests.engine.tasks.editing import box_mask, scene, write_picture

if TYPE_CHECKING:
    from pathlib import Path


def test_a_picture_is_inpainted_and_outpainted(shared: Onetake, tmp_path: Path) -> None:
    """Both results say what they came from and keep the picture's bytes where they should; the picture stays."""
    pixels = scene(256, 192)
    picture = tmp_path / "in.png"
    write_picture(picture, pixels)
    mask = write_picture(tmp_path / "mask.png", box_mask(256, 192, (96, 64, 160, 128)))
    before = picture.read_bytes()
    target = tmp_path / "out.png"
    common = ["autumn hills", "--steps", "2", "--feather", "4", "--json"]
    answer = shared("edit", str(picture), *common, "--mask", mask, "-o", str(target), "--count", "2", "--seed", "3")
    assert answer.status == 0, answer.errors
    document = answer.document
    assert set(document) == {"job", "outputs", "seed", "model", "devices", "seconds", "restarts"}
    assert document["outputs"] == [str(tmp_path / f"out-00{number}.png") for number in (1, 2)]
    with Image.open(document["outputs"][1]) as made:
        second = np.asarray(made)
    assert second.shape == pixels.shape
    assert np.array_equal(second[:56], pixels[:56])
    assert not np.array_equal(second[64:128, 96:160], pixels[64:128, 96:160])
    restored = read_settings(tmp_path / "out-002.png")
    assert restored is not None
    assert restored.edit is not None
    assert (restored.seed, restored.edit.method, restored.edit.picture) == (4, "inpaint", str(picture))

    wider = shared("edit", str(picture), *common, "--left", "32", "--right", "32", "-o", str(target))
    assert wider.status == 0, wider.errors
    with Image.open(target) as made:
        assert made.size == (320, 192)
        assert np.array_equal(np.asarray(made)[:, 36:284], pixels[:, 4:252])
    assert picture.read_bytes() == before
    rows = shared("queue", "list", "--json").document["jobs"][-2:]
    assert [row["job"] for row in rows] == [document["job"], wider.document["job"]]
    assert [(row["kind"], row["state"]) for row in rows] == [("edit", "done"), ("edit", "done")]


def test_bad_input_is_one_line_and_leaves_nothing(shared: Onetake, tmp_path: Path) -> None:
    """Before the queue, in the service and in the worker: one line that names the thing, and no file."""
    picture, text = tmp_path / "in.png", tmp_path / "text.png"
    write_picture(picture, scene(128, 96))
    text.write_text("no picture")
    black = write_picture(tmp_path / "black.png", np.zeros((96, 128), np.uint8))
    target = tmp_path / "out" / "edit.png"
    target.parent.mkdir()
    cases: list[tuple[list[str], str]] = [
        ([str(tmp_path / "nowhere.png"), "a"], "nowhere.png is not there"),
        ([str(picture), "a", "--mask", str(tmp_path / "none.png")], "none.png is not there"),
        ([str(text), "a"], "text.png is no picture"),
        ([str(picture), "a", "--mask", black], "black.png is black everywhere"),
        ([str(picture), "a", "--method", "inpaint"], "in.png has no transparent part"),
    ]
    for words, said in cases:
        answer = shared("edit", *words, "-o", str(target), "--json")
        assert answer.status == 2, (words, answer)
        assert said in answer.document["error"]["message"], (words, answer)
        assert len(answer.errors.strip().splitlines()) == 1, answer.errors
        assert "Traceback" not in answer.output + answer.errors
        assert list(target.parent.iterdir()) == []
