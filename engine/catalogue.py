"""The catalogue: which models there are, read from data alone. Never imports torch.

The embedded model comes from resources/models.toml, the user's own from models.toml in the home folder.
A model may also be named by the path of a local folder in diffusers format.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import msgspec

from engine.adapters import adapters_for, read_adapters
from engine.config_file import read_if_sound
from engine.diffusion_specs import DIFFUSION_PIPELINES, complete_diffusion_spec, embeds_guidance, is_inpainting
from engine.errors import BadModelError, UnknownModelError
from engine.flow_specs import FLOW_PIPELINES, complete_flow_spec
from engine.messages import ModelSpec, VideoSpec
from engine.model_card import is_named, read_licence
from engine.model_files import read_file_list
from engine.paths import Paths, resources_folder

VIDEO_ONLY = "video"
"""Family of a model that makes no pictures; its VideoSpec names the one that makes its videos."""

# Which of our families runs a folder, by the pipeline class that its model_index.json names.
FAMILY_OF_PIPELINE = {
    "StableDiffusionPipeline": "stable_diffusion",
    "StableDiffusionInpaintPipeline": "stable_diffusion",
    "LatentConsistencyModelPipeline": "stable_diffusion",
    **DIFFUSION_PIPELINES,
    **FLOW_PIPELINES,
    "AnimateDiffPipeline": VIDEO_ONLY,
    "TextToVideoSDPipeline": VIDEO_ONLY,
    "WanPipeline": VIDEO_ONLY,
    "LTXPipeline": VIDEO_ONLY,
}
# What the models of a pipeline can do with time, as published; FreeNoise's stride makes them long.
VIDEO_OF_PIPELINE = {
    "AnimateDiffPipeline": VideoSpec(
        family="motion_unet", adapter="motion_adapter", default_frames=16, default_steps=25, stride=4, anchors=16
    ),
    "TextToVideoSDPipeline": VideoSpec(family="unet3d", default_frames=16, default_steps=25, stride=4, anchors=16),
    "WanPipeline": VideoSpec(
        family="wan",
        default_frames=81,
        default_fps=16.0,
        default_steps=50,
        window=21,
        stride=16,
        frame_multiple=4,
        frame_remainder=1,
    ),
    "LTXPipeline": VideoSpec(
        family="ltx",
        default_frames=161,
        default_fps=25.0,
        default_steps=50,
        window=21,
        stride=16,
        frame_multiple=8,
        frame_remainder=1,
    ),
}
# Sizes and guidance of the pipelines that differ from Stable Diffusion's.
_USUAL_OF_PIPELINE: Mapping[str, Mapping[str, float]] = {
    "WanPipeline": {"default_width": 832, "default_height": 480, "size_multiple": 16, "default_guidance": 5.0},
    "LTXPipeline": {"default_width": 704, "default_height": 480, "size_multiple": 32, "default_guidance": 3.0},
}


def read_catalogue(paths: Paths) -> dict[str, ModelSpec]:
    """All known models by name, the embedded ones first; the user's may replace an embedded one by name.

    Raises:
        BadModelError: A catalogue file cannot be read.
    """
    embedded = resources_folder()
    specs = _read_file(embedded / "models.toml", embedded / "models")
    user_file = paths.home / "models.toml"
    if user_file.exists():
        specs |= _read_file(user_file, paths.models)
    return {name: _with_controls(spec, paths) for name, spec in specs.items()}


def find_model(name: str, paths: Paths) -> ModelSpec:
    """The model of that name, or the diffusers folder at that path.

    Raises:
        UnknownModelError: Neither exists.
        BadModelError: The folder is there, but is no model folder we can run.
    """
    specs = read_catalogue(paths)
    if name in specs:
        if not specs[name].family:
            _usual_spec(Path(specs[name].folder))  # says what is wrong with it
        return specs[name]
    folder = Path(name).expanduser()
    if folder.is_absolute() and folder.is_dir():
        return _with_controls(_spec_of_folder(folder), paths)
    raise UnknownModelError(
        f"model {name!r} is not known; use one of {', '.join(specs)}, or the path of a model folder"
    )


def _read_file(file: Path, models: Path) -> dict[str, ModelSpec]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = cast("dict[str, dict[str, object]]", document.get("model", {}))
        specs = {
            name: _spec_of_entry({"name": name, **entry, "folder": str(models / str(entry["folder"]))})
            for name, entry in entries.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise BadModelError(f"{file} is no readable catalogue ({error}); mend or delete it") from error
    return {name: _with_files(_with_vocabulary(spec)) for name, spec in specs.items()}


def _spec_of_entry(entry: Mapping[str, object]) -> ModelSpec:
    """The model that a catalogue describes; what it leaves out is as the folder itself says, if that is there."""
    try:
        usual = _usual_spec(Path(str(entry["folder"])))
    except BadModelError:
        usual = None
    if usual is None or entry.get("family", usual.family) != usual.family:
        # Without a family it is listed, so that a folder that is away takes no other model with it.
        return msgspec.convert({"family": "", "licence": "unknown", **entry}, ModelSpec)
    return msgspec.convert({**cast("dict[str, object]", msgspec.to_builtins(usual)), **entry}, ModelSpec)


def _with_controls(spec: ModelSpec, paths: Paths) -> ModelSpec:
    """Add the kinds of control that the catalogue's adapters give this model."""
    kinds = (kind for adapter in adapters_for(spec, read_adapters(paths)) for kind in adapter.kinds)
    return msgspec.structs.replace(spec, controls=tuple(dict.fromkeys((*spec.controls, *kinds))))


def _with_files(spec: ModelSpec) -> ModelSpec:
    """Add the digests that the model's folder lists, where the catalogue itself gives none."""
    if spec.files:
        return spec
    try:
        return msgspec.structs.replace(spec, files=read_file_list(Path(spec.folder)))
    except BadModelError:
        # A damaged list is reported when the model is loaded; listing models must still work.
        return spec


def _with_vocabulary(spec: ModelSpec) -> ModelSpec:
    """Add the words of a closed-vocabulary tokenizer, for underlining what the model does not know."""
    model = read_if_sound(Path(spec.folder) / "tokenizer" / "tokenizer.json").get("model")
    if not isinstance(model, dict) or cast("dict[str, object]", model).get("type") != "WordLevel":
        return spec
    words = cast("dict[str, object]", model).get("vocab")
    if not isinstance(words, dict):
        return spec
    words = cast("dict[str, int]", words)
    return msgspec.structs.replace(spec, vocabulary=tuple(word for word in words if word.isalnum()))


def _spec_of_folder(folder: Path) -> ModelSpec:
    return _with_files(_with_vocabulary(_usual_spec(folder)))


def _usual_spec(folder: Path) -> ModelSpec:
    """What a folder in diffusers format can do and how it is used, by its configurations and its card.

    Raises:
        BadModelError: There is no pipeline that we can run.
    """
    index = folder / "model_index.json"
    try:
        document = cast("dict[str, object]", json.loads(index.read_text(encoding="utf-8")))
        pipeline = document.get("_class_name")
    except FileNotFoundError:
        raise BadModelError(f"{folder} holds no model_index.json; name a folder in diffusers format") from None
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise BadModelError(f"{index} cannot be read ({error}); get the model again") from error
    family = FAMILY_OF_PIPELINE.get(pipeline) if isinstance(pipeline, str) else None
    if family is None:
        raise BadModelError(
            f"{index} names the pipeline {str(pipeline)[:80]!r}, which Onetake cannot run; "
            f"it runs {', '.join(FAMILY_OF_PIPELINE)}"
        )
    is_told = embeds_guidance(folder / "unet" / "config.json")
    scheduler = read_if_sound(folder / "scheduler" / "scheduler_config.json")
    is_consistency = scheduler.get("_class_name") == "LCMScheduler"
    spec = ModelSpec(
        name=str(folder),
        title=folder.name,
        family=family,
        folder=str(folder),
        licence=read_licence(folder) or "unknown",
        default_width=512,
        default_height=512,
        size_multiple=8,
        default_steps=4 if is_consistency else 25,
        max_steps=50 if is_consistency else 150,
        default_guidance=8.5 if is_told else 1.0 if is_consistency else 7.5,
        schedule="lcm" if is_consistency else "",
        takes_negative=not is_told,
        takes_guidance=True,
        embeds_guidance=is_told,
        video=_video_of_folder(folder, str(pipeline), is_consistency=is_consistency),
    )
    if family == VIDEO_ONLY:
        spec = msgspec.structs.replace(spec, edits=())
    elif family in FLOW_PIPELINES.values():
        spec = complete_flow_spec(spec)
    elif family in DIFFUSION_PIPELINES.values():
        spec = complete_diffusion_spec(spec)
    elif is_inpainting(folder / "unet" / "config.json"):
        spec = msgspec.structs.replace(spec, edits=("inpaint", "outpaint"), draws=False)
    elif scheduler.get("timestep_spacing") == "trailing" and is_named("turbo", folder):  # SD-Turbo
        spec = msgspec.structs.replace(spec, default_steps=1, default_guidance=1.0)
    spec = msgspec.structs.replace(spec, **_USUAL_OF_PIPELINE.get(str(pipeline), {}))
    if read_if_sound(folder / "vae" / "config.json").get("scale_factor_spatial") == 16:  # Wan 2.2's small model
        spec = msgspec.structs.replace(spec, default_width=1280, default_height=704, size_multiple=32)
    return spec


def _video_of_folder(folder: Path, pipeline: str, *, is_consistency: bool) -> VideoSpec | None:
    video = VIDEO_OF_PIPELINE.get(pipeline)
    if video is None and (folder / "motion_adapter").is_dir():  # a picture model with its motion beside it
        video = VIDEO_OF_PIPELINE["AnimateDiffPipeline"]
    if video is None:
        return None
    positions = read_if_sound(folder / video.adapter / "config.json").get("motion_max_seq_length")
    if video.adapter and isinstance(positions, int):
        # The first motion modules were trained for 24 places, later ones for 32.
        window = min(video.window, positions)
        video = msgspec.structs.replace(
            video, window=window, stride=min(video.stride, window), anchors=min(video.anchors, positions - window)
        )
    return msgspec.structs.replace(video, default_steps=4) if is_consistency else video
