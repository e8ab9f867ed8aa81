"""engine.diffusion_specs: folders of SDXL and PixArt are known by index, and described by their configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.catalogue import find_model
from engine.errors import BadInputError
from engine.messages import ControlLayer, ImageRequest
from engine.paths import Paths
from tests.tiny_models import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec


def describe(
    folder: Path, pipeline: str, network: dict[str, object], scheduler: dict[str, object] | None = None
) -> ModelSpec:
    """The spec of a folder that holds configurations alone."""
    place = "unet" if "XL" in pipeline else "transformer"
    for name, document in (
        (place, network),
        ("scheduler", scheduler or {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": "leading"}),
    ):
        (folder / name).mkdir(parents=True)
        write_json(folder / name / ("config.json" if name == place else "scheduler_config.json"), document)
    write_json(folder / "model_index.json", {"_class_name": pipeline})
    return find_model(str(folder), Paths(folder / "home"))


UNET: dict[str, object] = {"sample_size": 128, "in_channels": 4, "out_channels": 4}


@pytest.mark.parametrize(
    ("pipeline", "network", "wanted"),
    [
        ("StableDiffusionXLPipeline", UNET, ("sdxl", 1024, 50, 5.0, 8)),
        ("StableDiffusionXLPipeline", {}, ("sdxl", 1024, 50, 5.0, 8)),
        ("PixArtAlphaPipeline", {"sample_size": 64}, ("pixart", 512, 20, 4.5, 16)),
        ("PixArtSigmaPipeline", {"sample_size": 256}, ("pixart", 2048, 20, 4.5, 16)),
        ("PixArtSigmaPipeline", {"sample_size": "large"}, ("pixart", 1024, 20, 4.5, 16)),
    ],
)
def test_a_folder_is_described_by_its_index_and_its_network(
    tmp_path: Path, pipeline: str, network: dict[str, object], wanted: tuple[object, ...]
) -> None:
    """Family by the pipeline, size by what the network was trained at, steps and guidance as its pipeline has them."""
    spec = describe(tmp_path / "model", pipeline, network)
    found = (spec.family, spec.default_width, spec.default_steps, spec.default_guidance, spec.size_multiple)
    assert found == wanted
    assert spec.default_height == spec.default_width
    assert (spec.takes_negative, spec.takes_guidance, spec.draws) == (True, True, True)
    assert spec.edits == ("img2img", "inpaint", "outpaint", "cycle")


@pytest.mark.parametrize(
    ("scheduler", "steps"),
    [
        ({"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"}, 1),
        ({"_class_name": "LCMScheduler"}, 4),
    ],
    ids=["turbo", "lcm"],
)
def test_a_student_draws_in_few_steps_without_guidance(
    tmp_path: Path, scheduler: dict[str, object], steps: int
) -> None:
    """SDXL-Turbo in one, a consistency model in four; both at their own size."""
    spec = describe(tmp_path / "model", "StableDiffusionXLPipeline", {**UNET, "sample_size": 64}, scheduler)
    assert (spec.default_steps, spec.default_guidance, spec.default_width) == (steps, 1.0, 512)


@pytest.mark.parametrize("pipeline", ["StableDiffusionXLPipeline", "LatentConsistencyModelPipeline"])
def test_a_network_that_is_told_its_guidance_takes_no_negative_prompt(tmp_path: Path, pipeline: str) -> None:
    """LCM's full U-Nets: four steps, and the guidance that its pipeline has."""
    folder = tmp_path / "model"
    (folder / "unet").mkdir(parents=True)
    (folder / "scheduler").mkdir()
    write_json(folder / "unet" / "config.json", {**UNET, "time_cond_proj_dim": 256})
    write_json(folder / "scheduler" / "scheduler_config.json", {"_class_name": "LCMScheduler"})
    write_json(folder / "model_index.json", {"_class_name": pipeline})
    spec = find_model(str(folder), Paths(tmp_path))
    assert (spec.schedule, spec.default_steps, spec.default_guidance) == ("lcm", 4, 8.5)
    assert (spec.embeds_guidance, spec.takes_guidance, spec.takes_negative) == (True, True, False)


def test_prompts_are_weighed_and_only_those_of_u_nets_are_read_in_chunks(tmp_path: Path) -> None:
    """What the window says of brackets and of long prompts."""
    specs = [describe(tmp_path / name, name, {}) for name in ("StableDiffusionXLPipeline", "PixArtSigmaPipeline")]
    assert [spec.weighting for spec in specs] == ["tokens", "tokens"]
    assert [spec.chunks_prompts for spec in specs] == [True, False]


def test_an_inpainting_network_only_paints_into_masks(tmp_path: Path) -> None:
    """Nine channels in, whatever its pipeline is called."""
    spec = describe(tmp_path / "model", "StableDiffusionXLInpaintPipeline", {**UNET, "in_channels": 9})
    assert not spec.draws
    assert spec.edits == ("inpaint", "outpaint")


def test_a_transformer_knows_the_balanced_mode_alone(tmp_path: Path) -> None:
    """Other modes are refused with the reason, which the window shows; a U-Net's are not."""
    transformer = describe(tmp_path / "pixart", "PixArtSigmaPipeline", {})
    unet = describe(tmp_path / "sdxl", "StableDiffusionXLPipeline", UNET)
    layer = ControlLayer(kind="canny", picture="/a.png", adapter="/net", mode="prompt")
    request = ImageRequest(
        prompt="winter", width=512, height=512, seed=1, steps=4, guidance_scale=4.5, controls=(layer,)
    )
    with pytest.raises(BadInputError, match=r"knows the balanced mode alone: .*; choose it, or another model"):
        transformer.check(request)
    unet.check(request)
    assert unet.no_control_modes == ""
    assert transformer.no_control_modes.endswith("it is a transformer")
