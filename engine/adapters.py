"""The catalogue of adapters: read from configurations alone. Never imports torch. Which fits which model, is
engine.adapter_fit's.

Entries are `[adapter.NAME]` tables of the models.toml files (engine.catalogue). An adapter may also be named by the
path of a local folder in diffusers format. That its files are safe to load is engine.control's to prove.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import msgspec

from engine.adapter_fit import misfit
from engine.config_file import read_if_sound
from engine.errors import BadInputError, BadModelError, UnknownModelError
from engine.messages import AdapterSpec, ControlLayer, ModelSpec
from engine.model_files import read_file_list
from engine.paths import Paths, resources_folder
from engine.token_adapters import TOKEN_CONTROLNETS

ADAPTER_CLASSES = (
    "ControlNetModel",
    "ControlNetUnionModel",
    "T2IAdapter",
    "DivControlNetModel",
    "PixArtControlNetAdapterModel",
    *TOKEN_CONTROLNETS,
)
# Where a control type stands in the input of ControlNet-Union, as published with xinsir/controlnet-union-sdxl-1.0.
UNION_TYPES: Mapping[str, int] = {
    **dict.fromkeys(("openpose", "pose"), 0),
    **dict.fromkeys(("depth", "depth_papercut", "midas", "leres", "zoe"), 1),
    **dict.fromkeys(("hed", "pidinet", "scribble", "teed"), 2),
    **dict.fromkeys(("canny", "lineart", "lineart_anime", "lineart_standard", "anyline", "mlsd"), 3),
    "normal": 4,
    **dict.fromkeys(("sam", "sam_mobile", "segment", "segment_ade"), 5),
    "tile": 6,
    "inpaint": 7,
}
NETWORK_OF_FAMILY: Mapping[str, str] = dict.fromkeys(("pixart", "sd3", "flux", "qwen_image", "z_image"), "transformer")
"""Folder of the network that adapters steer, where it is no U-Net."""
_MAX_CONFIG_BYTES = 2**20


def read_adapters(paths: Paths) -> dict[str, AdapterSpec]:
    """All adapters of the catalogue by name: those that ship, then the user's, which replace them by name.

    Raises:
        BadModelError: A catalogue file cannot be read.
    """
    embedded = resources_folder()
    specs = _read_file(embedded / "models.toml", embedded / "models")
    user_file = paths.home / "models.toml"
    if user_file.exists():
        specs |= _read_file(user_file, paths.models)
    return specs


def find_adapter(name: str, paths: Paths) -> AdapterSpec:
    """The adapter of that name, or the diffusers folder at that absolute path.

    Raises:
        UnknownModelError: Neither exists.
        BadModelError: The folder is there, but is no adapter.
    """
    specs = read_adapters(paths)
    if name in specs:
        return specs[name]
    folder = Path(name)
    if folder.is_absolute() and folder.is_dir():
        kinds = _kinds_in(read_adapter_config(folder))
        return AdapterSpec(name=name, title=folder.name, folder=name, kinds=kinds, files=read_file_list(folder))
    known = ", ".join(specs) or "none yet"
    raise UnknownModelError(f"adapter {name!r} is not known; use one of: {known}, or the path of an adapter's folder")


def choose_adapter(layer: ControlLayer, model: ModelSpec, paths: Paths) -> AdapterSpec:
    """The adapter that `layer` names, else the first of the catalogue that does its kind for `model`.

    Raises:
        UnknownModelError: The layer names one that does not exist.
        BadInputError: It names none, and the catalogue has none.
        BadModelError: It is not made for this model, or its folder is damaged; the message says which.
    """
    if layer.adapter:
        spec = find_adapter(layer.adapter, paths)
        if spec.kinds and layer.kind not in spec.kinds:
            raise BadInputError(
                f"adapter {spec.name} is made for {', '.join(spec.kinds)}, not {layer.kind}; choose one"
            )
        if reason := misfit(read_adapter_config(Path(spec.folder)), _read_network_config(model)):
            raise BadModelError(f"{spec.folder} is not made for {model.name}: {reason}; choose an adapter that is")
        return spec
    for spec in adapters_for(model, read_adapters(paths)):
        if layer.kind in spec.kinds:
            return spec
    raise BadInputError(
        f"{model.name} has no {layer.kind!r} control; name the folder of an adapter made for it (adapter=FOLDER)"
    )


def name_adapters(layers: tuple[ControlLayer, ...], model: ModelSpec, paths: Paths) -> tuple[ControlLayer, ...]:
    """The layers, each that is on with the name of the adapter that it will be made with.

    Raises:
        BadInputError: One has no adapter, or one that does not suit the model.
    """
    return tuple(
        msgspec.structs.replace(layer, adapter=choose_adapter(layer, model, paths).name) if layer.enabled else layer
        for layer in layers
    )


def adapters_for(model: ModelSpec, specs: Mapping[str, AdapterSpec]) -> list[AdapterSpec]:
    """Those of `specs` that fit `model`. One whose folder is damaged does not; loading it says why."""
    if (model.no_controls and model.no_video_controls) or not specs:
        return []
    fitting: list[AdapterSpec] = []
    for spec in specs.values():
        try:
            if not misfit(read_adapter_config(Path(spec.folder)), _read_network_config(model)):
                fitting.append(spec)
        except BadModelError:
            continue
    return fitting


def read_adapter_config(folder: Path) -> Mapping[str, object]:
    """The configuration of the adapter in `folder`.

    Raises:
        BadModelError: The folder holds none that Onetake runs; the message says what it is.
    """
    file = folder / "config.json"
    if not file.is_file():
        if (folder / "model_index.json").is_file():
            raise BadModelError(
                f"{folder} is a whole model, no adapter; name the folder of a ControlNet or T2I-Adapter"
            )
        raise BadModelError(f"{file} is missing; name the folder of a ControlNet or T2I-Adapter in diffusers format")
    config = _read_json(file)
    name = config.get("_class_name")
    if name not in ADAPTER_CLASSES:
        raise BadModelError(f"{file} names the class {str(name)[:80]!r}; Onetake runs {', '.join(ADAPTER_CLASSES)}")
    return config


def _kinds_in(config: Mapping[str, object]) -> tuple[str, ...]:
    """The kinds that a DivControl's configuration names (engine.control.divcontrol); none of any other's."""
    table = config.get("divcontrol")
    kinds = cast("dict[str, object]", table).get("kinds") if isinstance(table, dict) else None
    return tuple(cast("dict[str, object]", kinds)) if isinstance(kinds, dict) else ()


def _read_network_config(model: ModelSpec) -> Mapping[str, object]:
    return _read_json(Path(model.folder) / NETWORK_OF_FAMILY.get(model.family, "unet") / "config.json")


def _read_json(file: Path) -> Mapping[str, object]:
    try:
        if file.stat().st_size > _MAX_CONFIG_BYTES:
            raise BadModelError(f"{file} is larger than {_MAX_CONFIG_BYTES:,} bytes; get it again")
        document = cast("object", json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise BadModelError(f"{file} cannot be read ({str(error)[:120]}); get it again") from error
    if not isinstance(document, dict):
        raise BadModelError(f"{file} holds no JSON object; get it again")
    return cast("dict[str, object]", document)


def _read_file(file: Path, models: Path) -> dict[str, AdapterSpec]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = cast("dict[str, dict[str, object]]", document.get("adapter", {}))
        specs = {
            name: msgspec.convert({"name": name, **entry, "folder": str(models / str(entry["folder"]))}, AdapterSpec)
            for name, entry in entries.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, msgspec.ValidationError, KeyError) as error:
        raise BadModelError(f"{file} is no readable catalogue ({error}); mend or delete it") from error
    return {name: _with_kinds(spec) for name, spec in specs.items()}


def _with_kinds(spec: AdapterSpec) -> AdapterSpec:
    """Add the kinds that the adapter itself names, where the catalogue gives none."""
    if spec.kinds:
        return spec
    return msgspec.structs.replace(spec, kinds=_kinds_in(read_if_sound(Path(spec.folder) / "config.json")))
