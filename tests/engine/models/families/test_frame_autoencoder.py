"""engine.models.families.frame_autoencoder: many frames in flat memory, and a rough look that is cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.models.families.linear_look import apply_linear_map, fit_linear_map
from engine.models.families.video_unet import VideoUNet
from engine.models.video_loading import load_video_model
from tests.tiny_videos import write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tiny_videos import VideoKind


def model_of(folder: Path, kind: VideoKind) -> VideoUNet:
    spec = write_tiny_video_model(folder, kind)
    model = load_video_model(spec, torch.device("cpu"), torch.float32, channels_last=False)
    assert isinstance(model, VideoUNet)
    return model


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(5))


@torch.inference_mode()
def test_frames_are_decoded_one_at_a_time_on_the_cpu(tmp_path: Path) -> None:
    """Chunks do not grow with the take, and together they are every wanted frame once."""
    model, latents = model_of(tmp_path, "papercut"), noise(1, 4, 11, 3, 2)
    chunks = list(model.decode(latents, 1, 10))
    assert [len(chunk) for chunk in chunks] == [1] * 9
    frames = torch.cat(chunks)
    assert frames.shape == (9, 3, 48, 32)
    alone = torch.cat([next(model.decode(latents, index, index + 1)) for index in range(1, 10)])
    torch.testing.assert_close(frames, alone, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_a_tiny_decoder_is_its_own_preview(tmp_path: Path) -> None:
    """Papercut's estimates are shown as they would be decoded."""
    model, latents = model_of(tmp_path, "papercut"), noise(1, 4, 3, 2, 2)
    shown = model.preview(latents[0].transpose(0, 1))
    torch.testing.assert_close(shown, torch.cat(list(model.decode(latents, 0, 3))), atol=1e-5, rtol=0)


@torch.inference_mode()
def test_a_large_decoder_is_looked_at_through_a_linear_map(tmp_path: Path) -> None:
    """One picture is decoded to fit it; after that a preview costs nothing and is small."""
    model, latents = model_of(tmp_path, "animatediff"), noise(3, 4, 6, 5)
    shown = model.preview(latents)
    assert shown.shape == (3, 3, 6, 5)
    model.autoencoder.vae = torch.nn.Identity()  # not asked again
    torch.testing.assert_close(model.preview(latents[1:2]), shown[1:2])


def test_a_linear_decoder_is_found_exactly() -> None:
    """Where colour is a linear function of the latents, the fitted map is that function, also for other latents."""
    weights, offset = noise(3, 4), torch.tensor([0.1, -0.2, 0.3])

    def colours(latents: Tensor) -> Tensor:
        return torch.einsum("dc,nchw->ndhw", weights, latents) + offset[:, None, None]

    latents = noise(2, 4, 16, 16)
    picture = colours(latents[:1]).repeat_interleave(8, 2).repeat_interleave(8, 3)[0]
    to_rgb = fit_linear_map(latents[0], picture)
    torch.testing.assert_close(apply_linear_map(latents, to_rgb), colours(latents), atol=0.02, rtol=0)


def test_latents_without_any_colour_do_not_break_the_fit() -> None:
    """A flat first estimate leaves the map undetermined; the ridge keeps it finite."""
    to_rgb = fit_linear_map(torch.zeros(4, 8, 8), torch.full((3, 64, 64), 0.5))
    shown = apply_linear_map(torch.zeros(1, 4, 8, 8), to_rgb)
    torch.testing.assert_close(shown, torch.full((1, 3, 8, 8), 0.5), atol=0.01, rtol=0)
