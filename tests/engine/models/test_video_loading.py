"""engine.models.video_loading: each kind of folder becomes a video model, or one line says why not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch
from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
from diffusers.models.unets.unet_motion_model import UNetMotionModel

from engine.errors import BadModelError
from engine.models.families.video_unet import VideoUNet
from engine.models.video_loading import load_video_model
from tests.tiny_models import save_network
from tests.tiny_videos import ADAPTER, write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from engine.messages import ModelSpec
    from tests.tiny_videos import VideoKind


def load(spec: ModelSpec, *, channels_last: bool = False) -> VideoUNet:
    model = load_video_model(spec, torch.device("cpu"), torch.float32, channels_last=channels_last)
    assert isinstance(model, VideoUNet)
    return model


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("kind", ["papercut", "animatediff", "motion", "unet3d"])
def test_each_kind_of_folder_becomes_its_network(tmp_path: Path, kind: VideoKind, channels_last: bool) -> None:
    """An image U-Net and an adapter are combined; other folders hold the network; none trains."""
    model = load(write_tiny_video_model(tmp_path, kind), channels_last=channels_last)
    assert isinstance(model.unet, UNet3DConditionModel if kind == "unet3d" else UNetMotionModel)
    assert not model.unet.training
    assert not any(weight.requires_grad for weight in model.unet.parameters())
    assert model.latent_shape(96, 64) == (4, 4, 6)
    assert model.encode_prompts(["a moon", "the forest"]).shape == (2, 16, 32)


def test_the_adapters_weights_are_the_ones_in_the_folder(tmp_path: Path) -> None:
    """Every motion weight of the combined network is the adapter's, every other one the image U-Net's."""
    from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]

    model = load(write_tiny_video_model(tmp_path, "papercut"))
    weights = dict(model.unet.named_parameters())
    parts = [load_file(tmp_path / name / "diffusion_pytorch_model.safetensors") for name in ("motion_adapter", "unet")]
    learnt = {name: weight for part in parts for name, weight in part.items() if not name.endswith("pos_embed.pe")}
    assert {name: tuple(weight.shape) for name, weight in weights.items()} == {
        name: tuple(weight.shape) for name, weight in learnt.items()
    }
    assert all(torch.equal(weights[name], learnt[name]) for name in learnt)


def test_a_folder_without_its_adapter_is_refused(tmp_path: Path) -> None:
    """The message names what is missing."""
    spec = write_tiny_video_model(tmp_path, "papercut")
    shutil.rmtree(tmp_path / "motion_adapter")
    with pytest.raises(BadModelError, match=r"motion_adapter is missing"):
        load(spec)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    """An adapter for three blocks does not fit a U-Net of two; one line names both folders."""
    spec = write_tiny_video_model(tmp_path, "papercut")
    shutil.rmtree(tmp_path / "motion_adapter")
    save_network(
        tmp_path / "motion_adapter",
        "MotionAdapter",
        {**ADAPTER, "block_out_channels": (8, 16, 16)},
        torch.Generator().manual_seed(0),
    )
    with pytest.raises(BadModelError, match=r"motion_adapter does not fit the U-Net in .*different number of blocks"):
        load(spec)


def test_a_damaged_adapter_is_refused_before_any_library_reads_it(tmp_path: Path) -> None:
    """Truncated weights are named with their file."""
    spec = write_tiny_video_model(tmp_path, "papercut")
    file = tmp_path / "motion_adapter" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(BadModelError, match="truncated"):
        load(spec)


@pytest.mark.parametrize("kind", ["animatediff", "unet3d"])
def test_a_catalogue_that_knows_nothing_of_the_guidance_is_corrected(tmp_path: Path, kind: VideoKind) -> None:
    """A network that is told its guidance is not run without it: refused with the line to write."""
    spec = write_tiny_video_model(tmp_path, kind, told_guidance=True)
    with pytest.raises(BadModelError, match=r"is told its guidance; .*embeds_guidance = true"):
        load(msgspec.structs.replace(spec, embeds_guidance=False))


@pytest.mark.parametrize("family", ["", "sora"])
def test_an_unknown_video_family_is_refused(tmp_path: Path, family: str) -> None:
    """Also a model without any video part."""
    spec = write_tiny_video_model(tmp_path, "papercut")
    video = msgspec.structs.replace(spec.video, family=family) if family and spec.video else None
    with pytest.raises(BadModelError, match="cannot run"):
        load(msgspec.structs.replace(spec, video=video))
