"""The catalogue: models by name or by folder, and clear words for those that are neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.catalogue import VIDEO_ONLY, find_model, read_catalogue
from engine.errors import BadModelError, UnknownModelError
from engine.messages import EDIT_METHODS
from engine.paths import Paths


def test_the_embedded_model_is_listed_without_a_home(tmp_path: Path) -> None:
    """Papercut is there before anything has been written."""
    specs = read_catalogue(Paths(tmp_path / "nowhere"))
    assert specs["papercut"].family == "stable_diffusion"
    assert specs["papercut"].licence == "Apache-2.0"


def test_the_user_adds_models_beside_the_embedded_one(tmp_path: Path) -> None:
    """models.toml in the home folder extends the catalogue; its folders lie under models/."""
    (tmp_path / "models.toml").write_text(
        '[model.mine]\ntitle = "Mine"\nfamily = "stable_diffusion"\nfolder = "m"\nlicence = "MIT"\n'
    )
    specs = read_catalogue(Paths(tmp_path))
    assert set(specs) >= {"papercut", "mine"}
    assert specs["mine"].folder == str(tmp_path / "models" / "m")


def write_folder(folder: Path, pipeline: str, card: str = "", **transformer: object) -> None:
    for name in ("transformer", "scheduler"):
        (folder / name).mkdir(parents=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    (folder / "transformer" / "config.json").write_text(json.dumps(transformer))
    if card:
        (folder / "README.md").write_text(card, encoding="utf-8")


def test_an_entry_leaves_to_its_folder_what_it_does_not_say(tmp_path: Path) -> None:
    """Steps, guidance, size and what the model takes are those of the pipeline; what the entry says counts."""
    write_folder(tmp_path / "models" / "f", "FluxPipeline", "---\nlicense: apache-2.0\n---\n", guidance_embeds=True)
    (tmp_path / "models.toml").write_text('[model.dev]\ntitle = "Dev"\nfolder = "f"\ndefault_steps = 20\n')
    spec = read_catalogue(Paths(tmp_path))["dev"]
    assert (spec.name, spec.title, spec.family, spec.licence) == ("dev", "Dev", "flux", "apache-2.0")
    assert (spec.default_width, spec.size_multiple, spec.default_steps, spec.default_guidance) == (1024, 16, 20, 3.5)
    assert (spec.embeds_guidance, spec.takes_guidance, spec.takes_negative, spec.max_steps) == (True, True, False, 150)
    assert spec.folder == str(tmp_path / "models" / "f")


@pytest.mark.parametrize(
    ("name", "spacing", "wanted"),
    [("sd-turbo", "trailing", (1, 1.0)), ("sd-turbo", "leading", (25, 7.5)), ("sd-two", "trailing", (25, 7.5))],
)
def test_sd_turbo_draws_in_one_step(tmp_path: Path, name: str, spacing: str, wanted: tuple[int, float]) -> None:
    """By its name and the levels that it starts from; with one of the two it is ordinary."""
    write_folder(tmp_path / name, "StableDiffusionPipeline")
    scheduler = {"_class_name": "EulerDiscreteScheduler", "timestep_spacing": spacing}
    (tmp_path / name / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler))
    spec = find_model(str(tmp_path / name), Paths(tmp_path))
    assert (spec.default_steps, spec.default_guidance) == wanted


def test_an_entry_of_another_family_than_its_folder_stands_alone(tmp_path: Path) -> None:
    """Nothing is mixed: loading says what does not fit. An entry whose folder is not there yet is listed, too."""
    write_folder(tmp_path / "models" / "f", "FluxPipeline")
    entry = '[model.{0}]\ntitle = "A"\nfamily = "sd3"\nfolder = "{1}"\nlicence = "MIT"\n'
    (tmp_path / "models.toml").write_text(entry.format("a", "f") + entry.format("b", "nowhere"))
    specs = read_catalogue(Paths(tmp_path))
    for name in ("a", "b"):
        assert (specs[name].family, specs[name].default_steps, specs[name].takes_guidance) == ("sd3", 1, False)


def test_an_entry_whose_folder_is_away_takes_no_other_model_with_it(tmp_path: Path) -> None:
    """Listed by its title; only who asks for that model hears what is wrong with its folder."""
    (tmp_path / "models.toml").write_text('[model.dev]\ntitle = "Dev"\nfolder = "away"\n')
    specs = read_catalogue(Paths(tmp_path))
    assert (list(specs), specs["dev"].title) == (["papercut", "dev"], "Dev")
    assert find_model("papercut", Paths(tmp_path)).name == "papercut"
    with pytest.raises(BadModelError, match="away holds no model_index"):
        find_model("dev", Paths(tmp_path))


def test_the_embedded_entry_says_all_that_differs_from_its_folder(tmp_path: Path) -> None:
    """Papercut is no ordinary Stable Diffusion: one step, no guidance, no negative prompt, its own way with time."""
    spec = read_catalogue(Paths(tmp_path))["papercut"]
    assert (spec.default_steps, spec.max_steps, spec.default_guidance, spec.max_side) == (1, 50, 1.0, 512)
    assert (spec.takes_negative, spec.takes_guidance, spec.embeds_guidance) == (False, False, False)
    assert spec.video is not None
    assert (spec.video.default_frames, spec.video.noise, spec.video.anchors) == (48, "orbit", 8)


@pytest.mark.parametrize(
    "text",
    [
        "[model",
        "[model.a]\ntitle = 3\n",
        "[model.a]\nfolder = 'x'\nspeed = 'great'\n",
        "[model]\na = 3\n",
        "model = 'a'\n",
    ],
)
def test_a_damaged_catalogue_is_named(tmp_path: Path, text: str) -> None:
    """The error names the file to mend."""
    (tmp_path / "models.toml").write_text(text)
    with pytest.raises(BadModelError, match=r"models\.toml is no readable catalogue"):
        read_catalogue(Paths(tmp_path))


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    """The error says which names would do."""
    with pytest.raises(UnknownModelError, match="'papercup' is not known; use one of papercut"):
        find_model("papercup", Paths(tmp_path))


def test_a_folder_in_diffusers_format_is_a_model(tmp_path: Path) -> None:
    """A path runs without being listed; a closed vocabulary is read from its tokenizer."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    (tmp_path / "tokenizer").mkdir()
    vocabulary = {"model": {"type": "WordLevel", "vocab": {"moon": 0, "[UNK]": 1, "lake": 2}}}
    (tmp_path / "tokenizer" / "tokenizer.json").write_text(json.dumps(vocabulary))
    spec = find_model(str(tmp_path), Paths(tmp_path))
    assert spec.family == "stable_diffusion"
    assert spec.vocabulary == ("moon", "lake")


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (None, "holds no model_index.json"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        (100_000 * "[", "cannot be read"),
        ('{"_class_name": "NoSuchPipeline"}', "names the pipeline 'NoSuchPipeline'"),
        ('{"_class_name": ["my_code", "Pipeline"]}', "Onetake cannot run"),
    ],
)
def test_a_folder_that_cannot_run_is_refused(tmp_path: Path, index: str | None, said: str) -> None:
    """Missing, damaged, foreign and code-bearing folders are each told apart."""
    if index is not None:
        (tmp_path / "model_index.json").write_text(index)
    with pytest.raises(BadModelError, match=said):
        find_model(str(tmp_path), Paths(tmp_path / "home"))


@pytest.mark.parametrize(
    ("pipeline", "family"), [("AnimateDiffPipeline", "motion_unet"), ("TextToVideoSDPipeline", "unet3d")]
)
def test_a_folder_of_a_video_pipeline_makes_videos_and_no_pictures(tmp_path: Path, pipeline: str, family: str) -> None:
    """It gets a video part, and a family that no picture job takes."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    spec = find_model(str(tmp_path), Paths(tmp_path))
    assert spec.video is not None
    assert spec.video.family == family
    assert spec.family == VIDEO_ONLY


def test_an_inpainting_network_is_known_by_its_channels(tmp_path: Path) -> None:
    """Such a folder paints into masks, and an ordinary one does all; one of videos takes no pictures."""
    (tmp_path / "unet").mkdir()
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionInpaintPipeline"}))
    (tmp_path / "unet" / "config.json").write_text(json.dumps({"in_channels": 9, "out_channels": 4}))
    spec = find_model(str(tmp_path), Paths(tmp_path))
    assert (spec.family, spec.edits, spec.draws) == ("stable_diffusion", ("inpaint", "outpaint"), False)
    (tmp_path / "unet" / "config.json").write_text(json.dumps({"in_channels": 4, "out_channels": 4}))
    spec = find_model(str(tmp_path), Paths(tmp_path))
    assert (spec.edits, spec.draws) == (EDIT_METHODS, True)
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "WanPipeline"}))
    assert find_model(str(tmp_path), Paths(tmp_path)).edits == ()


def test_a_motion_adapter_beside_a_picture_model_is_used_within_its_places(tmp_path: Path) -> None:
    """Such a folder makes both; windows and anchors never need more places than the adapter was trained for."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    assert find_model(str(tmp_path), Paths(tmp_path)).video is None
    (tmp_path / "motion_adapter").mkdir()
    (tmp_path / "motion_adapter" / "config.json").write_text('{"motion_max_seq_length": 24}')
    spec = find_model(str(tmp_path), Paths(tmp_path))
    assert spec.family == "stable_diffusion"
    assert spec.video is not None
    assert (spec.video.window, spec.video.anchors) == (16, 8)


def test_a_consistency_model_is_known_by_its_scheduler(tmp_path: Path) -> None:
    """AnimateLCM takes a few steps, each of which noises afresh, and no guidance by default."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "AnimateDiffPipeline"}))
    (tmp_path / "scheduler").mkdir()
    (tmp_path / "scheduler" / "scheduler_config.json").write_text('{"_class_name": "LCMScheduler"}')
    spec = find_model(str(tmp_path), Paths(tmp_path))
    assert (spec.schedule, spec.default_steps, spec.default_guidance) == ("lcm", 4, 1.0)
    assert spec.video is not None
    assert spec.video.default_steps == 4


@pytest.mark.parametrize(
    "text", ["{", "[]", 100_000 * "[", '{"model": 3}', '{"model": {"type": "WordLevel", "vocab": 3}}']
)
@pytest.mark.parametrize("pipeline", ["StableDiffusionXLPipeline", "FluxPipeline", "StableDiffusionPipeline"])
def test_a_folder_with_damaged_configurations_is_still_listed(tmp_path: Path, pipeline: str, text: str) -> None:
    """Loading says what is wrong; a list of models must not fail of it, nor of a file nested without end."""
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    for name in (
        "unet/config",
        "transformer/config",
        "scheduler/scheduler_config",
        "vae/config",
        "tokenizer/tokenizer",
    ):
        file = tmp_path / f"{name}.json"
        file.parent.mkdir()
        file.write_text(text)
    spec = find_model(str(tmp_path), Paths(tmp_path / "home"))
    assert spec.folder == str(tmp_path)
    assert spec.vocabulary == ()
