"""Families of pictures beyond SD 1 and 2: folders that lack or mix up something are refused in one line."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.errors import BadModelError
from engine.models.image_model import load_image_model
from tests.tiny_language import write_tiny_qwen, write_tiny_z
from tests.tiny_pixart import write_tiny_pixart
from tests.tiny_sdxl import write_tiny_sdxl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.messages import ModelSpec
    from engine.models.image_model import ImageModel

# transformers and diffusers warn of their own future.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, ModelSpec]:
    """A whole folder of each family; leave them as they are."""
    folder = tmp_path_factory.mktemp("folders")
    return {
        "sdxl": write_tiny_sdxl(folder / "sdxl"),
        "pixart": write_tiny_pixart(folder / "pixart"),
        "qwen_image": write_tiny_qwen(folder / "qwen"),
        "z_image": write_tiny_z(folder / "z"),
    }


def load(spec: ModelSpec, dtype: torch.dtype = torch.float32) -> ImageModel:
    return load_image_model(spec, torch.device("cpu"), dtype, channels_last=False)


def copied(spec: ModelSpec, folder: Path) -> ModelSpec:
    shutil.copytree(spec.folder, folder)
    return msgspec.structs.replace(spec, folder=str(folder))


@pytest.mark.parametrize(
    ("family", "part"),
    [
        ("sdxl", "text_encoder_2"), ("sdxl", "tokenizer_2/tokenizer_config.json"), ("sdxl", "unet/config.json"),
        ("pixart", "text_encoder"), ("pixart", "transformer/diffusion_pytorch_model.safetensors"), ("pixart", "vae"),
        ("qwen_image", "text_encoder"), ("qwen_image", "vae"), ("qwen_image", "tokenizer/tokenizer_config.json"),
        ("z_image", "transformer"), ("z_image", "scheduler/scheduler_config.json"),
    ],
)  # fmt: skip
def test_a_missing_part_is_named_in_one_line(
    specs: Mapping[str, ModelSpec], tmp_path: Path, family: str, part: str
) -> None:
    """The message holds the path of what is not there and says what to do."""
    spec = copied(specs[family], tmp_path / "model")
    place = tmp_path / "model" / part
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    with pytest.raises(BadModelError, match=rf"{part}.* is missing; get the model") as caught:
        load(spec)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("place", "changes", "said"),
    [
        ("sdxl/unet/config.json", {"addition_embed_type": None}, "addition_embed_type is not text_time"),
        ("sdxl/unet/config.json", {"projection_class_embeddings_input_dim": 60}, "a refiner is not supported"),
        ("sdxl/unet/config.json", {"cross_attention_dim": 24}, "cross_attention_dim does not fit"),
        ("pixart/transformer/config.json", {"in_channels": 8}, "in_channels does not fit the autoencoder's 4"),
        ("pixart/transformer/config.json", {"norm_type": "layer_norm"}, "norm_type is not ada_norm_single"),
        ("pixart/scheduler/scheduler_config.json", {"use_flow_sigmas": True}, "PixArt was trained on no flow"),
        ("pixart/transformer/config.json", {"_class_name": "FluxTransformer2DModel"}, "is not supported"),
        ("qwen_image/vae/config.json", {"latents_mean": [0.0]}, "latents_mean and latents_std are not 4 numbers"),
        ("qwen_image/transformer/config.json", {"zero_cond_t": True}, "zero_cond_t is not supported"),
        ("z_image/transformer/config.json", {"siglip_feat_dim": 8}, "not its omni model"),
        ("z_image/transformer/config.json", {"in_channels": 16}, "in_channels does not fit the autoencoder's 4"),
    ],
)
def test_parts_that_do_not_fit_are_told_in_one_line(
    specs: Mapping[str, ModelSpec], tmp_path: Path, place: str, changes: dict[str, object], said: str
) -> None:
    """Each configuration that would lead to a wrong picture or a crash is refused with its file's name."""
    family, _, file = place.partition("/")
    spec = copied(specs[family], tmp_path / "model")
    path = tmp_path / "model" / file
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(BadModelError, match=said) as caught:
        load(spec)
    assert "\n" not in caught.value.message


def test_a_folder_of_a_name_from_before_still_loads(specs: Mapping[str, ModelSpec], tmp_path: Path) -> None:
    """PixArt folders published before diffusers 0.30 say Transformer2DModel: the same latents come of them."""
    spec = copied(specs["pixart"], tmp_path / "model")
    path = tmp_path / "model" / "transformer" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "_class_name": "Transformer2DModel"}))
    old, new = load(spec), load(specs["pixart"])
    assert torch.equal(old.encode_prompt("winter").hidden_states, new.encode_prompt("winter").hidden_states)
    assert type(old) is type(new)


def test_the_autoencoder_of_sdxl_keeps_its_range_in_half_precision(specs: Mapping[str, ModelSpec]) -> None:
    """The published one overflows in fp16, so that it alone is loaded in fp32."""
    model = load(specs["sdxl"], torch.float16)
    assert next(model.vae.parameters()).dtype == torch.float32
    assert model.encode_prompt("winter").hidden_states.dtype == torch.float16
    assert torch.isfinite(model.decode(torch.zeros(1, 4, 4, 4))).all()


def test_a_picture_goes_through_each_autoencoder(specs: Mapping[str, ModelSpec]) -> None:
    """Latents have the shape that a family tells the sampler, and pictures their size."""
    pictures = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(1)) * 2 - 1
    for family, spec in specs.items():
        model = load(spec)
        with torch.inference_mode():
            latents = model.encode(pictures)
            assert latents.shape[1:] == model.latent_shape(96, 64), family
            assert model.decode(latents).shape == pictures.shape, family
