"""engine.flow_specs: what a folder's configurations say of SD3 and FLUX.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.catalogue import find_model
from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest, PictureEdit
from engine.paths import Paths
from tests.tiny_models import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec

DYNAMIC: dict[str, object] = {"_class_name": "FlowMatchEulerDiscreteScheduler", "use_dynamic_shifting": True}


def spec_of(
    folder: Path, pipeline: str, transformer: dict[str, object], scheduler: dict[str, object] | None = None
) -> ModelSpec:
    for part in ("transformer", "scheduler"):
        (folder / part).mkdir()
    write_json(folder / "model_index.json", {"_class_name": pipeline})
    write_json(folder / "transformer" / "config.json", transformer)
    write_json(folder / "scheduler" / "scheduler_config.json", scheduler or {})
    return find_model(str(folder), Paths(folder))


def test_sd3_is_guided_and_as_large_as_its_places(tmp_path: Path) -> None:
    """SD3 medium: 1024 pixels, 28 steps, guidance 7, and no side beyond the tokens that have places."""
    spec = spec_of(tmp_path, "StableDiffusion3Pipeline", {"pos_embed_max_size": 192, "patch_size": 2})
    assert (spec.family, spec.default_width, spec.default_height, spec.size_multiple) == ("sd3", 1024, 1024, 16)
    assert (spec.default_steps, spec.default_guidance, spec.max_side) == (28, 7.0, 3072)
    assert spec.takes_guidance
    assert spec.takes_negative
    assert not spec.embeds_guidance


@pytest.mark.parametrize(
    ("transformer", "wanted"),
    [
        ({"qk_norm": None, "dual_attention_layers": []}, (28, 7.0)),
        ({"qk_norm": "rms_norm", "dual_attention_layers": list(range(13))}, (40, 4.5)),
        ({"qk_norm": "rms_norm", "dual_attention_layers": []}, (28, 3.5)),
    ],
    ids=["3 medium", "3.5 medium", "3.5 large"],
)
def test_each_sd3_is_used_as_its_card_says(
    tmp_path: Path, transformer: dict[str, object], wanted: tuple[int, float]
) -> None:
    """Told apart by what their transformers are made of."""
    spec = spec_of(tmp_path, "StableDiffusion3Pipeline", transformer)
    assert (spec.default_steps, spec.default_guidance) == wanted
    assert spec.weighting == "tokens"
    assert not spec.chunks_prompts


CARD = "---\nlicense: other\n# a turbo of a comment\n---\n\n# {}\n\n# Limits of turbo\n"


@pytest.mark.parametrize(
    ("folder", "title", "wanted"),
    [
        ("stable-diffusion-3.5-large", "Stable Diffusion 3.5 Large", (28, 3.5)),
        ("turbos/large", "", (28, 3.5)),
        ("stable-diffusion-3.5-large-turbo", "", (4, 1.0)),
        ("SD3.5 Large Turbo", "", (4, 1.0)),
        ("models--stabilityai--stable-diffusion-3.5-large-turbo/snapshots/ec07796fc06b", "", (4, 1.0)),
        ("copy", "Stable Diffusion 3.5 Large Turbo", (4, 1.0)),
    ],
)
def test_a_turbo_is_told_from_its_teacher_by_its_name(
    tmp_path: Path, folder: str, title: str, wanted: tuple[int, float]
) -> None:
    """SD3.5 large turbo has the configurations of large: the folder, the repository or the card says which it is."""
    place = tmp_path / folder
    place.mkdir(parents=True)
    if title:
        (place / "README.md").write_text(CARD.format(title), encoding="utf-8")
    spec = spec_of(place, "StableDiffusion3Pipeline", {"qk_norm": "rms_norm", "dual_attention_layers": []})
    assert (spec.default_steps, spec.default_guidance, spec.takes_guidance) == (*wanted, True)


@pytest.mark.parametrize(
    ("pipeline", "shift", "wanted"),
    [
        ("QwenImagePipeline", 3.0, (1328, 50, 4.0)),
        ("ZImagePipeline", 3.0, (1024, 8, 1.0)),
        ("ZImagePipeline", 6.0, (1024, 50, 5.0)),
    ],
    ids=["qwen-image", "z-image-turbo", "z-image"],
)
def test_a_language_model_family_is_used_as_its_card_says(
    tmp_path: Path, pipeline: str, shift: float, wanted: tuple[int, int, float]
) -> None:
    """Sizes, steps and guidance; a bracket in their prompts is a bracket."""
    spec = spec_of(tmp_path, pipeline, {}, {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": shift})
    assert (spec.default_width, spec.default_steps, spec.default_guidance) == wanted
    assert (spec.default_height, spec.default_width % spec.size_multiple) == (spec.default_width, 0)
    assert spec.weighting == ""


def test_each_flux_has_its_own_way_with_guidance(tmp_path: Path) -> None:
    """[dev] is told it, [schnell] has none, and one whose guidance was taken out again is run twice."""
    kinds = {
        "dev": ({"guidance_embeds": True}, DYNAMIC),
        "schnell": ({"guidance_embeds": False}, None),
        "guided": ({"guidance_embeds": False}, DYNAMIC),
    }
    found: dict[str, tuple[object, ...]] = {}
    for name, (transformer, scheduler) in kinds.items():
        (tmp_path / name).mkdir()
        spec = spec_of(tmp_path / name, "FluxPipeline", dict(transformer), scheduler)
        assert spec.family == "flux"
        found[name] = (
            spec.default_steps, spec.default_guidance, spec.takes_guidance, spec.embeds_guidance, spec.takes_negative
        )  # fmt: skip
    assert found == {
        "dev": (28, 3.5, True, True, False),
        "schnell": (4, 1.0, False, False, False),
        "guided": (28, 3.5, True, False, True),
    }


@pytest.mark.parametrize("pipeline", ["StableDiffusion3Pipeline", "FluxPipeline"])
def test_what_a_flow_cannot_do_is_in_its_spec(tmp_path: Path, pipeline: str) -> None:
    """No cycle, no modes that weigh the blocks of a U-Net: refused in one line, and known to the window."""
    spec = spec_of(tmp_path, pipeline, {"guidance_embeds": True})
    assert spec.edits == ("img2img", "inpaint", "outpaint")
    assert spec.no_control_modes
    assert not spec.no_controls
    cycle = PictureEdit(picture="/a.png", method="cycle", source_prompt="a lake")
    layer = ControlLayer(kind="canny", picture="/a.png", adapter="/net", mode="prompt")
    for edit, layers, said in ((cycle, (), "cannot cycle"), (None, (layer,), "balanced mode alone")):
        request = ImageRequest(
            prompt="x", seed=1, width=1024, height=1024, steps=4, guidance_scale=spec.default_guidance, edit=edit,
            controls=layers,
        )  # fmt: skip
        with pytest.raises(BadInputError, match=said) as caught:
            spec.check(request)
        assert "\n" not in caught.value.message


def test_the_steps_of_an_edit_are_rounded_up_as_in_its_pipelines(tmp_path: Path) -> None:
    """Of 5 steps at half strength a flow takes 3: a control of the first third acts, where SD would take 2 and none."""
    spec = spec_of(tmp_path, "StableDiffusion3Pipeline", {})
    layer = ControlLayer(kind="canny", picture="/a.png", adapter="/net", end=0.34)
    request = ImageRequest(
        prompt="x", seed=1, width=1024, height=1024, steps=5, guidance_scale=7.0, controls=(layer,),
        edit=PictureEdit(picture="/a.png", strength=0.5),
    )  # fmt: skip
    spec.check(request)


def test_a_damaged_folder_is_still_listed(tmp_path: Path) -> None:
    """Missing configurations change nothing here; loading names them."""
    write_json(tmp_path / "model_index.json", {"_class_name": "FluxPipeline"})
    assert find_model(str(tmp_path), Paths(tmp_path)).family == "flux"
    write_json(tmp_path / "model_index.json", {"_class_name": "StableDiffusion3Pipeline"})
    (tmp_path / "transformer").mkdir()
    (tmp_path / "transformer" / "config.json").write_text('{"pos_embed_max_size": "x"}')
    assert find_model(str(tmp_path), Paths(tmp_path)).max_side == 4096
