"""engine.models.families.ltx against the stock pipeline and autoencoder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import pytest
import torch

from engine.catalogue import find_model
from engine.errors import BadModelError
from engine.models.families.ltx import Ltx
from engine.models.families.ltx_decoder import LtxDecoder
from engine.models.video_loading import load_video_model
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks
from engine.paths import Paths
from tests.engine.models.families.takes import (
    NEGATIVE,
    PROMPT,
    SIDE,
    decode,
    make_run,
    make_take,
    noise,
    stock_pipeline,
)
from tests.engine.models.families.tiny_transformers import (
    EULER,
    LTX_095_VAE,
    LTX_EULER,
    LTX_VAE,
    make_network,
    write_tiny_ltx,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from engine.messages import ModelSpec

# diffusers, transformers and what they import warn of their own future.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
CPU = torch.device("cpu")


class _StockAutoencoder(Protocol):
    def decode(self, latents: Tensor, timestep: Tensor | None, *, return_dict: bool) -> tuple[Tensor]: ...


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    """A whole tiny model; leave its folder as it is."""
    return write_tiny_ltx(tmp_path_factory.mktemp("ltx"))


@pytest.fixture(scope="module")
def model(spec: ModelSpec) -> Ltx:
    return Ltx.load(spec, CPU, torch.float32)


def _stock(spec: ModelSpec, noise: Tensor, num_frames: int, **options: object) -> Tensor:
    from diffusers.pipelines.ltx.pipeline_ltx import LTXPipeline

    pipeline = stock_pipeline(LTXPipeline, spec)
    size: dict[str, object] = {"height": SIDE, "width": SIDE, "num_frames": num_frames, "frame_rate": 25}
    tokens = noise.flatten(2).transpose(1, 2)
    (result,) = pipeline(PROMPT, negative_prompt=NEGATIVE, latents=tokens, return_dict=False, **size, **options)
    return result


@pytest.mark.parametrize(
    ("scheduler", "vae", "guidance_scale"),
    [(LTX_EULER, LTX_VAE, 3.0), (LTX_EULER, LTX_095_VAE, 1.0), (EULER, LTX_VAE, 1.0)],
    ids=["0.9.0", "0.9.5", "fixed shift"],
)
def test_one_window_is_the_stock_pipeline(
    tmp_path: Path, scheduler: Mapping[str, object], vae: Mapping[str, object], guidance_scale: float
) -> None:
    """The same noise, levels and guidance give the same clean latents and the same frames."""
    spec = write_tiny_ltx(tmp_path / "ltx", scheduler=scheduler, vae=vae)
    model = Ltx.load(spec, CPU, torch.float32)
    options: dict[str, object] = {"num_inference_steps": 4, "guidance_scale": guidance_scale}
    with torch.inference_mode():
        partition, scope = Partition.even(3, 1), Blocks(4, 3)
        ours = make_run(model, Mesh.alone(), partition, scope, steps=4, guidance_scale=guidance_scale)
        stock = _stock(spec, noise(model, 3), 17, output_type="latent", **options)
        torch.testing.assert_close(ours.flatten(2).transpose(1, 2), stock, atol=1e-4, rtol=0)
        frames = _stock(spec, noise(model, 3), 17, output_type="pt", **options)[0]
        ours = ((decode(model, ours, 0, 3) + 1) / 2).clamp(0, 1)
        torch.testing.assert_close(ours, frames, atol=1e-4, rtol=0)


@pytest.mark.parametrize("world_size", [2, 3, 5])
def test_one_clip_on_several_ranks_is_that_on_one(model: Ltx, world_size: int) -> None:
    """All ranks together make a take of one window, also those without heads, tokens or frames of their own."""
    scope = Blocks(4, 3)
    alone = make_take(model, Partition.even(3, 1), scope, guidance_scale=3.0)
    together = make_take(model, Partition.even(3, world_size), scope, guidance_scale=3.0)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("runs", [[1, 1], [5, 0.1, 2, 3]], ids=["two", "uneven"])
def test_the_take_does_not_depend_on_the_ranks(model: Ltx, runs: list[float]) -> None:
    """A take of several windows, with a cut inside of a run."""
    scope = Blocks(4, 3)
    alone = make_take(model, Partition.even(11, 1, cuts=[2]), scope, guidance_scale=3.0)
    spread_out = make_take(model, Partition.weighted(11, runs, cuts=[2]), scope, guidance_scale=3.0)
    torch.testing.assert_close(spread_out, alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "config",
    [LTX_VAE, {**LTX_VAE, "decoder_causal": True}, LTX_095_VAE],
    ids=["0.9.0", "causal", "0.9.5"],
)
def test_streamed_frames_are_the_stock_decode(config: dict[str, object]) -> None:
    """Whole, and a part from the middle with exactly the latents around it that it depends on."""
    vae = make_network("AutoencoderKLLTXVideo", config, torch.Generator().manual_seed(1)).double()
    decoder = LtxDecoder(vae, 1.0)
    before, after = decoder.halo
    assert (after == 0) == bool(config.get("decoder_causal", False))
    length = before + after + 5
    latents = torch.randn(1, 4, length, 2, 2, generator=torch.Generator().manual_seed(2))
    timestep = torch.zeros(1, dtype=torch.float64) if "timestep_conditioning" in config else None
    with torch.inference_mode():
        stock = cast("_StockAutoencoder", vae).decode(latents.double(), timestep, return_dict=False)[0]
        stock = stock[0].transpose(0, 1).float()
        torch.testing.assert_close(torch.cat(list(decoder.decode(latents, 0, length))), stock, atol=1e-5, rtol=1e-5)
        part = latents[:, :, 1 : before + after + 4].clone()
        streamed = torch.cat(list(decoder.decode(part, before, before + 3)))
        expected = stock[8 * before + 1 : 8 * (before + 3) + 1]
        torch.testing.assert_close(streamed, expected, atol=1e-5, rtol=1e-5)
        for end, frame in ((0, 0), (-1, -1)) if after else ((0, 0),):
            poisoned = part.clone()
            poisoned[:, :, end] = torch.nan
            assert torch.cat(list(decoder.decode(poisoned, before, before + 3)))[frame].isnan().any()


def test_grain_does_not_depend_on_the_pieces() -> None:
    """Where the decoder adds noise, frames of a part are those of the whole."""
    config = {**LTX_VAE, "decoder_inject_noise": (False, True, True, True, True)}
    vae = make_network("AutoencoderKLLTXVideo", config, torch.Generator().manual_seed(1))
    decoder = LtxDecoder(vae, 1.0)
    before, after = decoder.halo
    latents = torch.randn(1, 4, before + after + 2, 2, 2, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        whole = torch.cat(list(decoder.decode(latents, 0, latents.shape[2])))
        part = torch.cat(list(decoder.decode(latents[:, :, 1:], before, before + 1)))
    torch.testing.assert_close(part, whole[8 * before + 1 : 8 * before + 9], atol=1e-5, rtol=0)


def test_padding_of_prompts_is_told_by_zeros(spec: ModelSpec, model: Ltx) -> None:
    """Words have the stock pipeline's embeddings and its mask is read back from the zeros behind them."""
    from diffusers.pipelines.ltx.pipeline_ltx import LTXPipeline

    from engine.models.t5_text import text_mask

    class _Encodes(Protocol):
        def encode_prompt(self, prompt: str, negative_prompt: str) -> tuple[Tensor, Tensor, Tensor, Tensor]: ...

    pipeline = cast("_Encodes", cast("object", stock_pipeline(LTXPipeline, spec)))
    with torch.inference_mode():
        wanted, mask, unwanted, unwanted_mask = pipeline.encode_prompt(PROMPT, NEGATIVE)
        encoded = model.encode_prompts([PROMPT, NEGATIVE])
    masks = torch.cat([mask, unwanted_mask]).bool()
    assert torch.equal(text_mask(encoded), masks)
    torch.testing.assert_close(encoded, torch.cat([wanted, unwanted]) * masks[..., None], atol=1e-5, rtol=0)
    mixed = encoded.mean(dim=0, keepdim=True)
    assert torch.equal(text_mask(mixed)[0], masks.any(dim=0))


def test_a_folder_is_a_model_by_its_path(spec: ModelSpec, tmp_path: Path) -> None:
    """The catalogue tells the family and what it can do, and the family loads it."""
    found = find_model(spec.folder, Paths(tmp_path))
    assert found.video is not None
    assert (found.video.default_fps, found.size_multiple) == (25.0, 32)
    assert isinstance(load_video_model(found, CPU, torch.float32, channels_last=False), Ltx)


def test_levels_follow_the_size_of_a_clip(model: Ltx) -> None:
    """Larger and longer clips are noised more."""
    small, large, long = (model.noise_levels_of(side, side, clip) for side, clip in ((64, 2), (256, 2), (64, 4)))
    assert small.flow_shift < long.flow_shift < large.flow_shift


def test_a_latent_frame_is_eight_frames_after_the_first(model: Ltx) -> None:
    """Frames and latent frames agree, and so does a preview's size."""
    assert [frame for k in range(model.latent_frames(25)) for frame in model.frames_of(k)] == [*range(25)]
    with torch.inference_mode():
        look = model.preview(noise(model, 2)[0].transpose(0, 1))
    assert look.shape == (2, 3, 2, 2)


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("transformer/config.json", {"in_channels": 8}, "does not fit"),
        ("transformer/config.json", {"patch_size": 2}, "patch_size"),
        ("vae/config.json", {"scaling_factor": 0}, "scaling_factor"),
        ("scheduler/scheduler_config.json", {"base_shift": "x"}, "base_shift is x"),
        ("scheduler/scheduler_config.json", {"shift_terminal": 1.0}, "shift_terminal"),
        ("scheduler/scheduler_config.json", {"_class_name": "DDIMScheduler"}, "not supported"),
        ("model_index.json", {"_class_name": "LTXConditionPipeline"}, "not supported"),
    ],
)
def test_a_folder_that_does_not_fit_is_named(
    spec: ModelSpec, tmp_path: Path, file: str, change: dict[str, object], words: str
) -> None:
    """The message names the file and what to do, before any weights are loaded."""
    folder = tmp_path / "broken"
    shutil.copytree(spec.folder, folder)
    config = cast("dict[str, object]", json.loads((folder / file).read_text()))
    (folder / file).write_text(json.dumps({**config, **change}))
    with pytest.raises(BadModelError, match=words):
        Ltx.load(msgspec.structs.replace(spec, folder=str(folder)), CPU, torch.float32)
