"""`onetake image --control`: a drawing steers a picture, through the real service and its worker."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from engine.media.metadata import PictureRecord
from engine.media.png import read_texts
from tests.e2e.conftest import Onetake
from tests.engine.control.pictures import scene
from tests.tiny_adapters import write_controlnet, write_steered_model


def test_a_drawing_steers_a_picture(shared: Onetake, tmp_path: Path) -> None:
    """With the control the picture differs, outside its region less than inside; the file proves what it came from."""
    model, net = write_steered_model(tmp_path / "model", "flow"), write_controlnet(tmp_path / "net")
    drawing, mask = tmp_path / "in.png", tmp_path / "mask.png"
    Image.fromarray(scene()).save(drawing)
    left = np.zeros((64, 96), np.uint8)
    left[:, :32] = 255
    Image.fromarray(left).save(mask)
    common = ["image", "winter", "--model", model.folder, "--size", "96x64", "--steps", "1", "--guidance", "1"]
    controls = {"plain": [], "whole": ["--control", f"canny={drawing},adapter={net}"]}
    controls["left"] = ["--control", f"canny={drawing},adapter={net},weight=2,mask={mask}"]
    made: dict[str, np.ndarray] = {}
    for name, options in controls.items():
        target = tmp_path / f"{name}.png"
        answer = shared(*common, "--seed", "5", "-o", str(target), *options, "--json")
        assert answer.status == 0, answer.errors
        with Image.open(target) as picture:
            made[name] = np.asarray(picture).astype(int)
    assert np.abs(made["whole"] - made["plain"]).max() > 0
    change = np.abs(made["left"] - made["plain"])
    assert change[:, :32].mean() > change[:, 64:].mean()
    record = msgspec.json.decode(read_texts(tmp_path / "left.png")["onetake"], type=PictureRecord)
    assert set(record.inputs) == {str(drawing), str(mask)}
    assert record.request.controls[0].adapter == str(net)

    gone = tmp_path / "gone.png"
    drawing.rename(gone)
    drawing.write_text("no picture")
    answer = shared(*common, "--control", f"canny={drawing},adapter={net}", "--json")
    assert answer.status == 2
    assert "in.png is no picture" in answer.document["error"]["message"]
    assert len(answer.errors.strip().splitlines()) == 1
