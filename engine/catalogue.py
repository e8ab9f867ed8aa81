"""The catalogue: which models there are, read from data alone. Never imports torch.

The embedded model comes from resources/models.toml, the user's own from models.toml in the home folder.
A model may also be named by the path of a local folder in diffusers format.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import cast

import msgspec

from engine.errors import BadModelError, UnknownModelError
from engine.messages import ModelSpec
from engine.paths import Paths, resources_folder

# Which of our families runs a folder, by the pipeline class that its model_index.json names.
FAMILY_OF_PIPELINE = {
    "StableDiffusionPipeline": "stable_diffusion",
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
    return specs


def find_model(name: str, paths: Paths) -> ModelSpec:
    """The model of that name, or the diffusers folder at that path.

    Raises:
        UnknownModelError: Neither exists.
        BadModelError: The folder is there, but is no model folder we can run.
    """
    specs = read_catalogue(paths)
    if name in specs:
        return specs[name]
    folder = Path(name).expanduser()
    if folder.is_absolute() and folder.is_dir():
        return _spec_of_folder(folder)
    raise UnknownModelError(
        f"model {name!r} is not known; use one of {', '.join(specs)}, or the path of a model folder"
    )


def _read_file(file: Path, models: Path) -> dict[str, ModelSpec]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = cast("dict[str, dict[str, object]]", document.get("model", {}))
        specs = {
            name: msgspec.convert({"name": name, **entry, "folder": str(models / str(entry["folder"]))}, ModelSpec)
            for name, entry in entries.items()
        }
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, KeyError) as error:
        raise BadModelError(f"{file} is no readable catalogue ({error}); mend or delete it") from error
    return {name: _with_vocabulary(spec) for name, spec in specs.items()}


def _with_vocabulary(spec: ModelSpec) -> ModelSpec:
    """Add the words of a closed-vocabulary tokenizer, for underlining what the model does not know."""
    try:
        document = json.loads((Path(spec.folder) / "tokenizer" / "tokenizer.json").read_text(encoding="utf-8"))
        model = cast("dict[str, object]", document["model"])
        if model.get("type") != "WordLevel":
            return spec
        words = cast("dict[str, int]", model["vocab"])
    except (OSError, ValueError, KeyError, TypeError):
        # A damaged tokenizer is reported when the model is loaded; listing models must still work.
        return spec
    return msgspec.structs.replace(spec, vocabulary=tuple(word for word in words if word.isalnum()))


def _spec_of_folder(folder: Path) -> ModelSpec:
    index = folder / "model_index.json"
    try:
        document = cast("dict[str, object]", json.loads(index.read_text(encoding="utf-8")))
        pipeline = document.get("_class_name")
    except FileNotFoundError:
        raise BadModelError(f"{folder} holds no model_index.json; name a folder in diffusers format") from None
    except (OSError, ValueError, AttributeError) as error:
        raise BadModelError(f"{index} cannot be read ({error}); get the model again") from error
    family = FAMILY_OF_PIPELINE.get(pipeline) if isinstance(pipeline, str) else None
    if family is None:
        raise BadModelError(
            f"{index} names the pipeline {pipeline!r}, which Onetake cannot run; "
            f"it runs {', '.join(FAMILY_OF_PIPELINE)}"
        )
    spec = ModelSpec(
        name=str(folder),
        title=folder.name,
        family=family,
        folder=str(folder),
        licence="unknown",
        default_width=512,
        default_height=512,
        size_multiple=8,
        default_steps=25,
        max_steps=150,
        default_guidance=7.5,
        takes_negative=True,
        takes_guidance=True,
    )
    return _with_vocabulary(spec)
