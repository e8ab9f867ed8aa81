"""The shipped folder, loaded the way any diffusers user would load it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

FOLDER = Path(__file__).parents[2] / "resources" / "models" / "papercut"

pytestmark = [
    pytest.mark.skipif(not (FOLDER / "model_index.json").exists(), reason="no weights in this checkout"),
    pytest.mark.filterwarnings("ignore"),  # diffusers and transformers warn about their own interplay
]


@pytest.fixture(autouse=True)
def _no_progress_monitor(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - pytest finds it
    """Keep tqdm from starting its monitor thread, which would outlive the test."""
    from tqdm import tqdm

    monkeypatch.setattr(tqdm, "monitor_interval", 0)


def test_tokenizer_round_trip() -> None:
    """Known words come back as they were, unknown ones as [UNK], case and order of no importance."""
    from transformers import PreTrainedTokenizerFast

    from papercut.captions import vocabulary

    tokenizer = PreTrainedTokenizerFast.from_pretrained(FOLDER / "tokenizer")
    words = tokenizer.convert_ids_to_tokens(tokenizer("Winter mountains, a MOON on the left zzyzx").input_ids)
    assert words == ["[BOS]", "winter", "mountains", ",", "a", "moon", "on", "the", "left", "[UNK]", "[EOS]"]
    assert len(tokenizer) == len(vocabulary()) + 4
    padded = tokenizer("sun", padding="max_length", max_length=tokenizer.model_max_length, truncation=True)
    assert len(padded.input_ids) == tokenizer.model_max_length


def test_components_load_with_stock_classes() -> None:
    """Each part is a plain diffusers or transformers model, and their sizes fit together."""
    from diffusers import AutoencoderTiny, UNet2DConditionModel
    from transformers import CLIPTextModel

    unet = UNet2DConditionModel.from_pretrained(FOLDER, subfolder="unet")
    autoencoder = AutoencoderTiny.from_pretrained(FOLDER, subfolder="vae")
    text_encoder = CLIPTextModel.from_pretrained(FOLDER / "text_encoder")
    assert unet.config.in_channels == unet.config.out_channels == autoencoder.config.latent_channels
    assert unet.config.cross_attention_dim == text_encoder.config.hidden_size
    assert unet.config.time_cond_proj_dim is None


def test_weights_are_small_and_safe() -> None:
    """At most 70 MB, safetensors only, nothing pickled."""
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 70_000_000
    assert not {path.suffix for path in files} & {".bin", ".pt", ".pkl", ".ckpt", ".part"}


def test_the_stock_pipeline_makes_a_picture_in_one_step() -> None:
    """StableDiffusionPipeline with its own scheduler gives a finite picture with some contrast."""
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(FOLDER, torch_dtype=torch.float32)
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
    from diffusers import DPMSolverMultistepScheduler

    scheduler = DPMSolverMultistepScheduler.from_pretrained(FOLDER, subfolder="scheduler")
    scheduler.set_timesteps(1)
    assert scheduler.timesteps.tolist() == [999]
    assert scheduler.init_noise_sigma == 1
    noise, predicted = torch.randn(1, 24, 4, 4), torch.randn(1, 24, 4, 4)
    clean = scheduler.step(predicted, scheduler.timesteps[0], noise, return_dict=False)[0]
    assert torch.allclose(clean, predicted, atol=1e-4)
