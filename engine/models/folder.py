"""A model folder in diffusers format, checked before any library reads it.

Owns which files and classes are allowed and where each component's weights lie. Builds no network.
Everything is decided by content and by a list of allowed classes, never by trust in a name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from engine.errors import BadModelError
from engine.model_files import MAX_FILES, check_files
from engine.models.safetensors_check import check_safetensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.messages import ModelSpec

FORBIDDEN_SUFFIXES = {
    ".bin",
    ".ckpt",
    ".pt",
    ".pth",
    ".pt2",
    ".pkl",
    ".pickle",
    ".py",
    ".pyc",
    ".so",
    ".h5",
    ".msgpack",
}
MAX_CONFIG_BYTES = 64 * 2**20
MAX_LAYERS = 1000


@dataclass(frozen=True)
class Component:
    """One checked component: its class, its configuration and its files of weights (none for a tokenizer)."""

    folder: Path
    class_name: str
    config: Mapping[str, object]
    weights: tuple[Path, ...] = ()

    @property
    def variant(self) -> str | None:
        """What the stock loaders must be told to find these weights; None where they have their plain names."""
        is_fp16 = bool(self.weights) and any(mark in self.weights[0].name for mark in (".fp16", "-fp16"))
        return "fp16" if is_fp16 else None


def check_folder(spec: ModelSpec) -> Path:
    """The spec's folder, proved to hold no file that can run code and every file that the spec lists, unaltered.

    Raises:
        BadModelError: Naming the file and what to do.
    """
    folder = Path(spec.folder)
    if not (folder / "model_index.json").is_file():
        raise BadModelError(f"{folder / 'model_index.json'} is missing; get the model {spec.name} again")
    refuse_code(folder)
    check_files(spec)
    return folder


def refuse_code(folder: Path) -> None:
    """Raise BadModelError if the folder holds a file that can run code, or more files than one model has."""
    for count, file in enumerate(sorted(folder.rglob("*"))):
        if count >= MAX_FILES:
            raise BadModelError(f"{folder} holds more than {MAX_FILES} files; name the folder of one model")
        if file.suffix.lower() in FORBIDDEN_SUFFIXES:
            raise BadModelError(f"{file} may run code when loaded; delete it, Onetake reads only safetensors and JSON")


def read_config(file: Path) -> dict[str, object]:
    """A JSON object from a model folder.

    Raises:
        BadModelError: Missing, too large, or no JSON object.
    """
    try:
        if file.stat().st_size > MAX_CONFIG_BYTES:
            raise BadModelError(f"{file} is larger than {MAX_CONFIG_BYTES:,} bytes; get the model again")
        document = cast("object", json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadModelError(f"{file} is missing; get the model again") from None
    except OSError as error:
        raise BadModelError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    except (ValueError, RecursionError):
        raise BadModelError(f"{file} is no JSON; get the model again") from None
    if not isinstance(document, dict):
        raise BadModelError(f"{file} holds no JSON object; get the model again")
    return cast("dict[str, object]", document)


def class_name_in(config: Mapping[str, object], key: str, file: Path, allowed: tuple[str, ...]) -> str:
    """The class that `config` names, which must be plain text and on the list.

    diffusers also accepts a list there, which names code to import; that is refused.
    """
    name = config.get(key)
    if not isinstance(name, str):
        raise BadModelError(f"{file}: {key} is {str(name)[:80]}, not the name of a class; get the model again")
    if name not in allowed:
        raise BadModelError(f"{file}: the class {name[:80]!r} is not supported; Onetake runs {', '.join(allowed)}")
    return name


def find_network(folder: Path, name: str, allowed: tuple[str, ...]) -> Component:
    """A component of the folder with weights, all its files checked.

    Raises:
        BadModelError: Naming the file and what to do.
    """
    place = folder / name
    if not place.is_dir():
        raise BadModelError(f"{place} is missing; get the model again")
    file = place / "config.json"
    config = read_config(file)
    _check_depth(config, file)
    if "_class_name" in config:
        class_name = class_name_in(config, "_class_name", file, allowed)
        stem = "diffusion_pytorch_model"
    else:
        class_name = _first_architecture(config, file, allowed)
        stem = "model"
    weights = find_weights(place, stem)
    # Not only these: the stock loader may prefer another variant beside them.
    for part in sorted({*weights, *place.glob("*.safetensors")}):
        check_safetensors(part)
    return Component(place, class_name, config, weights)


def _check_depth(config: Mapping[str, object], file: Path) -> None:
    """Raise BadModelError if the network has more layers than any: building them would go on until memory ends."""
    nested = [cast("dict[str, object]", part) for part in config.values() if isinstance(part, dict)]
    for part in (config, *nested):
        for key, value in part.items():
            if "layer" in key and isinstance(value, (int, float)) and value > MAX_LAYERS:
                raise BadModelError(f"{file}: {key[:80]} is {value:,}, more than {MAX_LAYERS:,}; get the model again")


def _first_architecture(config: Mapping[str, object], file: Path, allowed: tuple[str, ...]) -> str:
    architectures = config.get("architectures")
    first = cast("list[object]", architectures)[0] if isinstance(architectures, list) and architectures else None
    return class_name_in({"architectures": first}, "architectures", file, allowed)


def find_weights(place: Path, stem: str) -> tuple[Path, ...]:
    """The weights' files: whole or in shards, full precision before fp16. Of shards, some may be missing.

    Raises:
        BadModelError: There are none, or the list of shards is damaged; naming the file.
    """
    for variant in ("", ".fp16"):
        single = place / f"{stem}{variant}.safetensors"
        if single.is_file():
            return (single,)
        index = place / f"{stem}.safetensors.index{variant}.json"
        if index.is_file():
            return _shards(index)
    raise BadModelError(f"{place / stem}.safetensors is missing; get the model again as safetensors")


def _shards(index: Path) -> tuple[Path, ...]:
    weight_map = read_config(index).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise BadModelError(f"{index} maps no weights; get the model again")
    names: set[str] = set()
    for name in cast("dict[str, object]", weight_map).values():
        if not isinstance(name, str) or Path(name).name != name or not name.endswith(".safetensors"):
            raise BadModelError(f"{index} names {str(name)[:80]!r}, no safetensors file beside it; get the model again")
        names.add(name)
    return tuple(index.parent / name for name in sorted(names))
