"""The shipped folder, loaded the way any diffusers user would load it. Without its weights these tests fail."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch

from engine.paths import resources_folder
from papercut.export import DOCUMENTS, FILE_LIST, list_files
from tests.papercut.stock_warnings import STOCK_WARNINGS

FOLDER = resources_folder() / "models" / "papercut"

pytestmark = STOCK_WARNINGS


def from_stock(stock: Any, subfolder: str = "", **options: Any) -> Any:
    """What a stock class loads from the folder; the libraries leave its type open."""
    return stock.from_pretrained(FOLDER / subfolder, **options)


def test_tokenizer_round_trip() -> None:
    """Known words come back as they were, unknown ones as [UNK], case and order of no importance."""
    from transformers import PreTrainedTokenizerFast

    from papercut.captions import vocabulary

    tokenizer = from_stock(PreTrainedTokenizerFast, "tokenizer")
    words = tokenizer.convert_ids_to_tokens(tokenizer("Winter mountains, a MOON on the left zzyzx").input_ids)
    assert words == ["[BOS]", "winter", "mountains", ",", "a", "moon", "on", "the", "left", "[UNK]", "[EOS]"]
    assert len(tokenizer) == len(vocabulary()) + 4
    padded = tokenizer("sun", padding="max_length", max_length=tokenizer.model_max_length, truncation=True)
    assert len(padded.input_ids) == tokenizer.model_max_length


def test_components_load_with_stock_classes() -> None:
    """Each part is a plain diffusers or transformers model, and their sizes fit together."""
    from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextModel

    unet = from_stock(UNet2DConditionModel, "unet")
    autoencoder = from_stock(AutoencoderTiny, "vae")
    text_encoder = from_stock(CLIPTextModel, "text_encoder")
    assert unet.config.in_channels == unet.config.out_channels == autoencoder.config.latent_channels
    assert unet.config.cross_attention_dim == text_encoder.config.hidden_size
    assert unet.config.time_cond_proj_dim is None


def test_weights_are_small_and_safe() -> None:
    """At most 70 MB for what makes a picture, safetensors only, nothing pickled."""
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    of_pictures = [path for path in files if path.parent.name in {"unet", "vae", "text_encoder"}]
    assert len(of_pictures) == 6
    assert sum(path.stat().st_size for path in of_pictures) <= 70_000_000
    assert not {path.suffix for path in files} & {".bin", ".pt", ".pkl", ".ckpt", ".part"}


def test_the_list_of_files_is_the_folder() -> None:
    """Every file but the evaluation's documents is listed, with its present size and digest, and nothing else is."""
    assert json.loads((FOLDER / FILE_LIST).read_text()) == list_files(FOLDER)
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == {"model_index.json", FILE_LIST, *DOCUMENTS}


def test_the_stock_pipeline_makes_a_picture_in_one_step() -> None:
    """StableDiffusionPipeline with its own scheduler gives a finite picture with some contrast."""
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

    pipeline = from_stock(StableDiffusionPipeline, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    picture = pipeline(
        "winter mountains at night, a moon on the left",
        num_inference_steps=1,
        guidance_scale=1.0,
        height=256,
        width=256,
        generator=torch.Generator().manual_seed(7),
        output_type="np",
    ).images[0]
    assert picture.shape == (256, 256, 3)
    assert np.isfinite(picture).all()
    assert picture.std() > 0.05


def test_one_step_is_one_pass_of_the_network() -> None:
    """The stock scheduler evaluates once, at timestep 999, and returns what the network predicted."""
    from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler

    scheduler = from_stock(DPMSolverMultistepScheduler, "scheduler")
    scheduler.set_timesteps(1)
    assert scheduler.timesteps.tolist() == [999]
    assert scheduler.init_noise_sigma == 1
    noise, predicted = torch.randn(1, 24, 4, 4), torch.randn(1, 24, 4, 4)
    clean = scheduler.step(predicted, scheduler.timesteps[0], noise, return_dict=False)[0]
    assert torch.allclose(clean, predicted, atol=1e-4)
