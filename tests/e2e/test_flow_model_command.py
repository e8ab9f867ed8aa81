"""A FLUX.1 folder and an SD3 folder through the command line, the real service and its worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tqdm
from PIL import Image

from engine.media.metadata import read_settings
from tests.e2e.conftest import Onetake
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.tiny_adapters import make_map
from tests.tiny_flow_models import write_flow_model, write_flux_controlnet

if TYPE_CHECKING:
    from pathlib import Path


# diffusers warns of its own future.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


@pytest.fixture(autouse=True)
def no_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the progress bars of stock libraries from starting a thread."""
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)


def test_a_transformer_folder_is_a_model_like_any_other(shared: Onetake, tmp_path: Path) -> None:
    """Drawn, steered and edited by its path, refused in one line where it cannot, and listed once it has an entry."""
    flux, sd3 = tmp_path / "flux", shared.home / "models" / "sd3"
    write_flow_model(flux, "flux dev")
    write_flow_model(sd3, "sd3")
    target, net = tmp_path / "out.png", write_flux_controlnet(tmp_path / "net", num_mode=7)
    write_picture(tmp_path / "map.png", make_map(3, 64, 64))
    common = ["--model", str(flux), "--size", "64x64", "--steps", "2", "--json", "-o", str(target)]
    control = f"depth={tmp_path / 'map.png'},map,adapter={net}"
    answer = shared("image", "winter mountains", *common, "--seed", "3", "--control", control)
    assert answer.status == 0, answer.errors
    assert answer.document["model"] == str(flux)
    restored = read_settings(target)
    assert restored is not None
    assert (restored.guidance_scale, restored.controls[0].kind) == (3.5, "depth")

    refused = shared("image", "winter", *common, "--control", f"{control},mode=prompt")
    assert refused.status == 2
    assert "balanced mode alone" in refused.document["error"]["message"]

    pixels = scene(64, 64)
    picture = write_picture(tmp_path / "in.png", pixels)
    mask = write_picture(tmp_path / "mask.png", box_mask(64, 64, (16, 16, 48, 48)))
    edited = shared("edit", picture, "a moon", "--mask", mask, "--feather", "0", *common[:2], *common[4:])
    assert edited.status == 0, edited.errors
    with Image.open(target) as made:
        assert np.array_equal(np.asarray(made)[:16], pixels[:16])
        assert not np.array_equal(np.asarray(made)[16:48, 16:48], pixels[16:48, 16:48])

    wider = shared("edit", picture, "hills", "--left", "32", "--feather", "0", *common[:2], *common[4:])
    assert wider.status == 0, wider.errors
    with Image.open(target) as made:
        assert np.array_equal(np.asarray(made)[:, 32:], pixels)
        assert np.asarray(made)[:, :32].std() > 1

    entry = 'title = "Third"\nfamily = "sd3"\nfolder = "sd3"\nlicence = "none"\nmax_steps = 50\ndefault_steps = 2\n'
    shared.add_to_catalogue(f"[model.third]\n{entry}default_width = 64\ndefault_height = 64\n")
    listed = {model["name"]: model["family"] for model in shared("models", "list", "--json").document["models"]}
    assert listed["third"] == "sd3"
    drawn = shared("image", "winter", "--model", "third", "--json", "-o", str(target))
    assert drawn.status == 0, drawn.errors
    assert read_settings(target) is not None
