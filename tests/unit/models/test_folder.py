"""engine.models: a folder is loaded only when it is whole, unaltered and cannot run code."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from engine.errors import BadModelError
from engine.messages import ModelFile
from engine.models.folder import check_folder, find_network
from engine.models.image_model import load_image_model
from tests.unit.models.corpus import BROKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import ModelSpec


def load(spec: ModelSpec) -> object:
    return load_image_model(spec, torch.device("cpu"), torch.float32, channels_last=False)


def edit(folder: Path, name: str, **changes: object) -> None:
    document = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**document, **changes}))


def test_a_whole_folder_loads(tiny_spec: ModelSpec) -> None:
    """The model that all other tests break does load."""
    assert load(tiny_spec)


@pytest.mark.parametrize(
    "name",
    [
        "model_index.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/tokenizer_config.json",
        "tokenizer/tokenizer.json",
        "scheduler/scheduler_config.json",
    ],
)
def test_a_missing_file_is_named(own_spec: ModelSpec, name: str) -> None:
    """Without any one of its files a model does not load, and the message says which to get."""
    (Path(own_spec.folder) / name).unlink()
    stem = "vocab.json" if name == "tokenizer/tokenizer.json" else Path(name).name
    with pytest.raises(BadModelError, match="missing") as caught:
        load(own_spec)
    assert stem in caught.value.message
    assert "again" in caught.value.message


def test_a_folder_with_the_fp16_variants_alone_loads(own_spec: ModelSpec) -> None:
    """As some download them: what is found so is loaded so, by the stock loaders and by ours."""
    folder = Path(own_spec.folder)
    found = sorted(folder.rglob("*.safetensors"))
    assert found
    for file in found:
        halves = {name: tensor.half() for name, tensor in load_file(file).items()}
        save_file(halves, file.with_suffix(".fp16.safetensors"), metadata={"format": "pt"})
        file.unlink()
    assert load(msgspec.structs.replace(own_spec, files=()))


@pytest.mark.parametrize("component", ["unet", "vae", "text_encoder"])
def test_a_missing_component_is_named(own_spec: ModelSpec, component: str) -> None:
    """A whole component folder that is missing is named too."""
    shutil.rmtree(Path(own_spec.folder) / component)
    with pytest.raises(BadModelError, match=f"{component} is missing"):
        load(own_spec)


@pytest.mark.parametrize("damage", ["truncated in its data", "junk at its end", "a pickle", "a zipped pickle"])
@pytest.mark.parametrize("file", ["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"])
def test_broken_weights_are_refused_before_a_library_reads_them(own_spec: ModelSpec, file: str, damage: str) -> None:
    """Damaged weights and pickles under a good name are refused by content; no payload runs."""
    content, words = BROKEN[damage]
    (Path(own_spec.folder) / file).write_bytes(content)
    with pytest.raises(BadModelError, match=words) as caught:
        load(own_spec)
    assert file in caught.value.message


@pytest.mark.parametrize("component", ["unet", "vae"])
def test_a_weight_that_is_not_in_its_file_is_named(own_spec: ModelSpec, component: str) -> None:
    """A sound file that lacks one weight is refused; the stock loader would go on with random numbers."""
    file = Path(own_spec.folder) / component / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    lost = min(weights)
    del weights[lost]
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(BadModelError, match=f"weight {lost} is missing") as caught:
        load(own_spec)
    assert str(file) in caught.value.message


@pytest.mark.parametrize("component", ["unet", "vae", "tokenizer", "scheduler", "extra"])
@pytest.mark.parametrize("name", ["weights.bin", "model.ckpt", "MODEL.PT", "pipeline.py", "None.py", "x.pkl"])
def test_a_file_that_may_run_code_is_refused_anywhere(own_spec: ModelSpec, component: str, name: str) -> None:
    """Pickles and programs are refused wherever they lie, in any case of letters, even if nothing names them."""
    place = Path(own_spec.folder) / component
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(b"harmless")
    with pytest.raises(BadModelError, match="delete it") as caught:
        check_folder(own_spec)
    assert name in caught.value.message


@pytest.mark.parametrize(
    ("file", "changes", "words"),
    [
        ("unet/config.json", {"_class_name": ["evil", "UNet"]}, "not the name of a class"),
        ("model_index.json", {"_class_name": ["evil", "Pipeline"]}, "not the name of a class"),
        ("model_index.json", {"_class_name": "FluxPipeline"}, "not supported"),
        ("unet/config.json", {"_class_name": "MotionAdapter"}, "not supported"),
        ("vae/config.json", {"_class_name": "os.system"}, "not supported"),
        ("vae/config.json", {"scaling_factor": 0}, "scaling_factor"),
        ("text_encoder/config.json", {"architectures": ["Evil"]}, "not supported"),
        ("text_encoder/config.json", {"architectures": {}}, "not the name of a class"),
        ("text_encoder/config.json", {"hidden_size": "big"}, "hidden_size"),
        ("text_encoder/config.json", {"hidden_act": "evil"}, "hidden_act"),
        ("tokenizer/tokenizer_config.json", {"tokenizer_class": "Evil"}, "not supported"),
        ("tokenizer/tokenizer_config.json", {"pad_token": "[NONE]"}, "pad_token"),
        ("scheduler/scheduler_config.json", {"_class_name": ["a", "b"]}, "not the name of a class"),
        ("scheduler/scheduler_config.json", {"num_train_timesteps": "many"}, "num_train_timesteps"),
        ("unet/config.json", {"in_channels": 8}, "in_channels"),
        ("unet/config.json", {"cross_attention_dim": 999}, "cross_attention_dim"),
        ("unet/config.json", {"block_out_channels": [8, 24]}, "does not fit its class"),
        ("vae/config.json", {"decoder_block_out_channels": [16] * 5}, "does not fit its class"),
        ("unet/config.json", {"layers_per_block": 10**9}, "layers_per_block is 1,000,000,000, more than 1,000"),
        ("text_encoder/config.json", {"text_config": {"num_hidden_layers": 9999}}, "num_hidden_layers is 9,999"),
    ],
)
def test_a_wrong_configuration_is_named(own_spec: ModelSpec, file: str, changes: dict[str, object], words: str) -> None:
    """Configurations that name code, unknown classes or impossible sizes give one line, not a traceback."""
    edit(Path(own_spec.folder), file, **changes)
    with pytest.raises(BadModelError, match=words) as caught:
        load(own_spec)
    assert file.partition("/")[0] in caught.value.message


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_configuration_that_is_no_json_object_is_named(own_spec: ModelSpec, content: bytes) -> None:
    """Whatever stands in a configuration, the message names the file."""
    (Path(own_spec.folder) / "unet" / "config.json").write_bytes(content)
    with pytest.raises(BadModelError, match=r"unet/config\.json"):
        load(own_spec)


def test_a_damaged_tokenizer_is_named(own_spec: ModelSpec) -> None:
    """A tokenizer that its library cannot read is reported as such."""
    (Path(own_spec.folder) / "tokenizer" / "tokenizer.json").write_text('{"model": 1}')
    with pytest.raises(BadModelError, match=r"tokenizer\.json is no tokenizer"):
        load(own_spec)


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def _grow(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"x")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (_flip, "altered"),
        (_grow, "bytes instead of"),
        (Path.unlink, "missing"),
    ],
    ids=["flipped bit", "grown", "gone"],
)
def test_a_listed_digest_must_hold(own_spec: ModelSpec, break_it: Callable[[Path], object], words: str) -> None:
    """A file that the specification lists must be there with its very content: even one flipped bit is found."""
    name = "unet/diffusion_pytorch_model.safetensors"
    file = Path(own_spec.folder) / name
    content = file.read_bytes()
    listed = ModelFile(path=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))
    spec = msgspec.structs.replace(own_spec, files=(listed,))
    check_folder(spec)
    break_it(file)
    with pytest.raises(BadModelError, match=words):
        check_folder(spec)


def test_sharded_weights_are_checked_one_by_one(own_spec: ModelSpec) -> None:
    """An index may name shards beside itself only, and each of them is checked."""
    place = Path(own_spec.folder) / "unet"
    whole = place / "diffusion_pytorch_model.safetensors"
    shard = place / "diffusion_pytorch_model-00001-of-00001.safetensors"
    whole.rename(shard)
    index = place / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": {"conv_in.weight": shard.name}}))
    allowed = ("UNet2DConditionModel",)
    assert find_network(place.parent, "unet", allowed).weights == (shard,)
    shard.write_bytes(shard.read_bytes()[:-1])
    with pytest.raises(BadModelError, match="truncated"):
        find_network(place.parent, "unet", allowed)
    for evil in ("../../etc/passwd.safetensors", "shard.bin", 7):
        index.write_text(json.dumps({"weight_map": {"conv_in.weight": evil}}))
        with pytest.raises(BadModelError, match="no safetensors file beside it"):
            find_network(place.parent, "unet", allowed)


def test_an_unknown_family_is_named(tiny_spec: ModelSpec) -> None:
    """A catalogue entry for a family of another version says so."""
    with pytest.raises(BadModelError, match="'dream'"):
        load(msgspec.structs.replace(tiny_spec, family="dream"))
