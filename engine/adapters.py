"""The catalogue of adapters, and which fits which model: read from configurations alone. Never imports torch.

Entries are `[adapter.NAME]` tables of the models.toml files (engine.catalogue). An adapter may also be named by the
path of a local folder in diffusers format. That its files are safe to load is engine.control's to prove.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import msgspec

from engine.errors import BadInputError, BadModelError, UnknownModelError
from engine.messages import AdapterSpec, ControlLayer, ModelSpec
from engine.model_files import read_file_list
from engine.paths import Paths, resources_folder

ADAPTER_CLASSES = ("ControlNetModel", "ControlNetUnionModel", "T2IAdapter")
# Where a control type stands in the input of ControlNet-Union, as published with xinsir/controlnet-union-sdxl-1.0.
UNION_TYPES: Mapping[str, int] = {
    **dict.fromkeys(("openpose", "pose"), 0),
    **dict.fromkeys(("depth", "midas", "leres", "zoe"), 1),
    **dict.fromkeys(("hed", "pidinet", "scribble", "teed"), 2),
    **dict.fromkeys(("canny", "lineart", "lineart_anime", "lineart_standard", "anyline", "mlsd"), 3),
    "normal": 4,
    **dict.fromkeys(("sam", "sam_mobile", "segment"), 5),
    "tile": 6,
    "inpaint": 7,
}
# What diffusers takes for a field that a configuration leaves out.
_NETWORK_DEFAULTS: Mapping[str, object] = {
    "in_channels": 4,
    "block_out_channels": (320, 640, 1280, 1280),
    "layers_per_block": 2,
    "cross_attention_dim": 1280,
    "addition_embed_type": None,
    "class_embed_type": None,
}
_ADAPTER_CHANNELS = (320, 640, 1280, 1280)
_DOWN_BLOCKS = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",)
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
        read_adapter_config(folder)
        return AdapterSpec(name=name, title=folder.name, folder=name, files=read_file_list(folder))
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
        if reason := misfit(read_adapter_config(Path(spec.folder)), _read_unet_config(model)):
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
            if not misfit(read_adapter_config(Path(spec.folder)), _read_unet_config(model)):
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


def misfit(adapter: Mapping[str, object], unet: Mapping[str, object]) -> str:
    """Why an adapter cannot steer a U-Net, by their configurations; empty where it can."""
    if adapter.get("_class_name") == "T2IAdapter":
        return _misfit_of_t2i(adapter, unet)
    if adapter.get("conditioning_channels", 3) != 3:
        return f"it takes maps of {adapter['conditioning_channels']} channels"
    for key, default in _NETWORK_DEFAULTS.items():
        own, wanted = _plain(adapter.get(key, default)), _plain(unet.get(key, default))
        if key == "in_channels":  # an inpainting U-Net takes more than the latents, its ControlNet does not
            wanted = unet.get("out_channels", default)
        if own != wanted:
            return f"its {key} {own} is not the model's {wanted}"
        if key.endswith("embed_type") and own is not None:
            return f"its {key} {own} is not supported"
    return ""


def _misfit_of_t2i(adapter: Mapping[str, object], unet: Mapping[str, object]) -> str:
    if adapter.get("in_channels", 3) not in (1, 3):
        return f"it takes maps of {adapter['in_channels']} channels"
    if adapter.get("adapter_type") == "full_adapter_xl":
        return "it is made for Stable Diffusion XL"
    if any("Attn" not in str(block) for block in _listed(unet.get("down_block_types", _DOWN_BLOCKS))[:-1]):
        return "a T2I-Adapter needs attention in all blocks of the model but the last"
    features = _listed(adapter.get("channels", _ADAPTER_CHANNELS))
    if adapter.get("adapter_type") == "light_adapter":
        features += features[-1:]
    channels = _plain(unet.get("block_out_channels", _NETWORK_DEFAULTS["block_out_channels"]))
    return "" if features == channels else f"its channels {features} are not the model's {channels}"


def _listed(value: object) -> list[object]:
    """Its elements; none of a value that is no list, which then fits nothing."""
    return list(cast("Sequence[object]", value)) if isinstance(value, (list, tuple)) else []


def _plain(value: object) -> object:
    """Tuples as lists: JSON knows no tuples."""
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else value


def _read_unet_config(model: ModelSpec) -> Mapping[str, object]:
    return _read_json(Path(model.folder) / "unet" / "config.json")


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
        return {
            name: msgspec.convert({"name": name, **entry, "folder": str(models / str(entry["folder"]))}, AdapterSpec)
            for name, entry in entries.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, msgspec.ValidationError, KeyError) as error:
        raise BadModelError(f"{file} is no readable catalogue ({error}); mend or delete it") from error
