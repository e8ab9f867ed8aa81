"""engine.models.families.wan against the stock pipeline and autoencoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import pytest
import torch

from engine.catalogue import find_model
from engine.errors import BadInputError, BadModelError
from engine.models.families.wan import Wan, clean_prompt
from engine.models.families.wan_decoder import WanDecoder
from engine.models.video_loading import load_video_model
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full
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
    UNIPC,
    WAN_22_VAE,
    WAN_VAE,
    make_network,
    write_tiny_wan,
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
# One whole clip; UniPC of the first order without its corrector is Euler's method.
FIRST_ORDER = {**UNIPC, "solver_order": 1, "disable_corrector": list(range(50))}


class _StockAutoencoder(Protocol):
    def decode(self, latents: Tensor, *, return_dict: bool) -> tuple[Tensor]: ...


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    """A whole tiny model; leave its folder as it is."""
    return write_tiny_wan(tmp_path_factory.mktemp("wan"))


@pytest.fixture(scope="module")
def model(spec: ModelSpec) -> Wan:
    return Wan.load(spec, CPU, torch.float32)


def _stock(spec: ModelSpec, noise: Tensor, num_frames: int, **options: object) -> Tensor:
    from diffusers.pipelines.wan.pipeline_wan import WanPipeline

    pipeline = stock_pipeline(WanPipeline, spec)
    size: dict[str, object] = {"height": SIDE, "width": SIDE, "num_frames": num_frames}
    (result,) = pipeline(PROMPT, negative_prompt=NEGATIVE, latents=noise, return_dict=False, **size, **options)
    return result


@pytest.mark.parametrize(
    ("scheduler", "boundary_ratio", "guidance_scale"),
    [(EULER, None, 1.0), (FIRST_ORDER, None, 4.0), (FIRST_ORDER, 0.9, 4.0)],
    ids=["Euler", "UniPC", "two transformers"],
)
def test_one_window_is_the_stock_pipeline(
    tmp_path: Path, scheduler: Mapping[str, object], boundary_ratio: float | None, guidance_scale: float
) -> None:
    """The same noise, levels and guidance give the same clean latents and the same frames."""
    spec = write_tiny_wan(tmp_path / "wan", scheduler=scheduler, boundary_ratio=boundary_ratio)
    model = Wan.load(spec, CPU, torch.float32)
    partition = Partition.even(3, 1)
    options: dict[str, object] = {"num_inference_steps": 4, "guidance_scale": guidance_scale}
    with torch.inference_mode():
        ours = make_run(model, Mesh.alone(), partition, Blocks(4, 3), steps=4, guidance_scale=guidance_scale)
        stock = _stock(spec, noise(model, 3), 9, output_type="latent", **options)
        torch.testing.assert_close(ours, stock, atol=1e-4, rtol=0)
        frames = _stock(spec, noise(model, 3), 9, output_type="pt", **options)[0]
        torch.testing.assert_close((decode(model, ours, 0, 3) + 1) / 2, frames, atol=1e-4, rtol=0)


def test_the_timestep_of_each_token_is_one_for_all(tmp_path: Path) -> None:
    """Wan 2.2's small model is told the timestep token by token: without a picture to start from, all are equal."""
    spec = write_tiny_wan(tmp_path / "wan", vae=WAN_22_VAE)
    index = Path(spec.folder) / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "expand_timesteps": True}))
    model = Wan.load(spec, CPU, torch.float32)
    assert model.latent_shape(SIDE, SIDE) == (4, 4, 4)
    with torch.inference_mode():
        ours = make_run(model, Mesh.alone(), Partition.even(2, 1), Blocks(4, 3), steps=2)
        options: dict[str, object] = {"num_inference_steps": 2, "guidance_scale": 1.0}
        stock = _stock(spec, noise(model, 2), 5, output_type="latent", **options)
        torch.testing.assert_close(ours, stock, atol=1e-4, rtol=0)


@pytest.mark.parametrize("world_size", [2, 3, 5])
def test_one_clip_on_several_ranks_is_that_on_one(model: Wan, world_size: int) -> None:
    """All ranks together make a take of one window, also those without heads, tokens or frames of their own."""
    scope = Blocks(4, 3)
    alone = make_take(model, Partition.even(3, 1), scope, guidance_scale=3.0)
    together = make_take(model, Partition.even(3, world_size), scope, guidance_scale=3.0)
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("runs", [[1, 1], [1, 1, 1], [5, 0.1, 2, 3]], ids=["two", "three", "uneven"])
def test_the_take_does_not_depend_on_the_ranks(model: Wan, runs: list[float]) -> None:
    """A take of several windows, with a cut inside of a run."""
    scope = Blocks(4, 3)
    alone = make_take(model, Partition.even(11, 1, cuts=[2]), scope, guidance_scale=3.0)
    spread_out = make_take(model, Partition.weighted(11, runs, cuts=[2]), scope, guidance_scale=3.0)
    torch.testing.assert_close(spread_out, alone, atol=1e-5, rtol=0)


def test_the_full_scope_is_one_window(model: Wan) -> None:
    """A whole shot at once, whatever the trained length."""
    with torch.inference_mode():
        partition = Partition.even(5, 1)
        whole = make_run(model, Mesh.alone(), partition, Blocks(5, 5), steps=1)
        with model.spread(Mesh.alone(), partition, Full()):
            pass
        assert whole.shape[2] == 5
    with pytest.raises(ValueError, match="use the scope 'blocks'"), model.spread(Mesh.alone(), partition, Dual()):
        pass


@pytest.mark.parametrize("config", [WAN_VAE, WAN_22_VAE], ids=["2.1", "2.2"])
def test_streamed_frames_are_the_stock_decode(config: dict[str, object]) -> None:
    """From the start, and for a part from the middle with the latents before it that it depends on; not with fewer."""
    # In double precision, since rounding in single differs by more than 1e-5 on some processors.
    vae = make_network("AutoencoderKLWan", config, torch.Generator().manual_seed(1)).double()
    decoder = WanDecoder(vae, mean=[0.0] * 4, std=[1.0] * 4, patch=2 if "patch_size" in config else 1, stride=4)
    length = decoder.latents_before + 4
    latents = torch.randn(1, 4, length, 2, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    with torch.inference_mode():
        stock = cast("_StockAutoencoder", vae).decode(latents, return_dict=False)[0][0].transpose(0, 1).float()
        chunks = list(decoder.decode(latents, 0, length))
        assert [len(chunk) for chunk in chunks] == [1] + [4] * (length - 1)
        torch.testing.assert_close(torch.cat(chunks), stock, atol=1e-5, rtol=0)
        part = latents[:, :, 2:]
        streamed = torch.cat(list(decoder.decode(part, decoder.latents_before, decoder.latents_before + 2)))
        torch.testing.assert_close(streamed, stock[-8:], atol=1e-5, rtol=0)
        part[:, :, 0] = torch.nan
        first = next(iter(decoder.decode(part, decoder.latents_before, decoder.latents_before + 1)))
        assert torch.isnan(first[0]).any()


def test_prompts_are_those_of_the_stock_pipeline(spec: ModelSpec, model: Wan) -> None:
    """Embeddings of words as the stock pipeline makes them, zeros behind them."""
    from diffusers.pipelines.wan.pipeline_wan import WanPipeline

    class _Encodes(Protocol):
        def encode_prompt(self, prompt: str, negative_prompt: str, **options: object) -> tuple[Tensor, Tensor]: ...

    pipeline = cast("_Encodes", cast("object", stock_pipeline(WanPipeline, spec)))
    with torch.inference_mode():
        expected = torch.cat(pipeline.encode_prompt(PROMPT, NEGATIVE, max_sequence_length=512))
        encoded = model.encode_prompts([PROMPT, NEGATIVE])
    torch.testing.assert_close(encoded, expected, atol=1e-5, rtol=0)
    assert clean_prompt(" a &amp;amp; b\n c ") == "a & b c"


def test_a_latent_frame_is_four_frames_after_the_first(model: Wan) -> None:
    """Frames and latent frames agree; other lengths are refused with the nearest ones."""
    for frames in (1, 5, 81):
        assert [frame for k in range(model.latent_frames(frames)) for frame in model.frames_of(k)] == [*range(frames)]
    with pytest.raises(BadInputError, match="use 5 or 9"):
        model.latent_frames(8)


def test_a_folder_is_a_model_by_its_path(spec: ModelSpec, tmp_path: Path) -> None:
    """The catalogue tells the family and what it can do, and the family loads it."""
    found = find_model(spec.folder, Paths(tmp_path))
    assert found.video is not None
    assert (found.video.window, found.size_multiple) == (21, 16)
    assert found.video.nearest_frames(80) == 81
    assert isinstance(load_video_model(found, CPU, torch.float32, channels_last=False), Wan)


def test_a_preview_is_a_small_picture(model: Wan) -> None:
    """One pixel for each latent."""
    with torch.inference_mode():
        look = model.preview(noise(model, 3)[0].transpose(0, 1))
    assert look.shape == (3, 3, 8, 8)
    assert look.isfinite().all()


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("transformer/config.json", {"in_channels": 36}, "use a text-to-video model"),
        ("vae/config.json", {"latents_mean": [0.0]}, "latents_mean"),
        ("vae/config.json", {"_class_name": "AutoencoderKL"}, "not supported"),
        (
            "scheduler/scheduler_config.json",
            {"use_flow_sigmas": False, "_class_name": "DDIMScheduler"},
            "no flow model",
        ),
        ("model_index.json", {"_class_name": "WanImageToVideoPipeline"}, "not supported"),
        ("model_index.json", {"boundary_ratio": 2}, "boundary_ratio is 2"),
        ("model_index.json", {"boundary_ratio": 0.5}, "transformer_2 is missing"),
    ],
)
def test_a_folder_that_does_not_fit_is_named(
    spec: ModelSpec, tmp_path: Path, file: str, change: dict[str, object], words: str
) -> None:
    """The message names the file and what to do, before any weights are loaded."""
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(spec.folder, folder)
    config = cast("dict[str, object]", json.loads((folder / file).read_text()))
    (folder / file).write_text(json.dumps({**config, **change}))
    with pytest.raises(BadModelError, match=words):
        Wan.load(msgspec.structs.replace(spec, folder=str(folder)), CPU, torch.float32)
