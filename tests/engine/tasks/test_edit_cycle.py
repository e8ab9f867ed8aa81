"""The editing method "cycle": diffusers' own latents, the picture back for its own words, and who cannot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.catalogue import find_model
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.errors import BadInputError
from engine.media.pixels import to_signal
from engine.messages import ImageRequest, PictureEdit
from engine.messages.edit import last_steps
from engine.paths import Paths
from engine.sampling.noise import INITIAL, draw_noise, step_stream
from engine.tasks.controls import ControlSupply, ready_controls
from engine.tasks.edit import make_edits
from engine.tasks.edit_source import read_source
from engine.tasks.loading import load
from tests.engine.tasks.editing import edit_request, edited, scene, write_picture
from tests.engine.tasks.test_edit_like_diffusers import own_latents
from tests.tiny_adapters import map_layer, write_controlnet, write_steered_model
from tests.tiny_models import write_json, write_tiny_model

if TYPE_CHECKING:
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
_WIDTH, _HEIGHT = 128, 96
_DDIM: dict[str, object] = {
    "_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012,
    "beta_schedule": "scaled_linear", "timestep_spacing": "leading", "steps_offset": 1, "clip_sample": False,
    "set_alpha_to_one": True,
}  # fmt: skip


class _Result(Protocol):
    images: Tensor


class _Scheduler(Protocol):
    final_alpha_cumprod: Tensor


class _Pipeline(Protocol):
    scheduler: _Scheduler

    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, **options: object) -> _Result: ...


class _FromFolder(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...


class _Likeliest(Protocol):
    def mode(self) -> Tensor: ...


def load_tiny(
    folder: Path, prediction: str = "epsilon", autoencoder: Literal["tiny", "kl"] = "tiny"
) -> tuple[ModelSpec, LoadedModel]:
    """A tiny model with the scheduler of Stable Diffusion folders, in fp32."""
    spec = write_tiny_model(folder, autoencoder=autoencoder)
    write_json(folder / "scheduler" / "scheduler_config.json", {**_DDIM, "prediction_type": prediction})
    return spec, load(spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))


def cycle_request(folder: Path, **fields: object) -> ImageRequest:
    edit = PictureEdit(
        picture=write_picture(folder / "in.png", scene(_WIDTH, _HEIGHT)),
        method="cycle",
        source_prompt="summer forest",
        strength=0.8,
    )
    return edit_request(edit, **{"width": _WIDTH, "height": _HEIGHT, "steps": 10, **fields})


@dataclass(frozen=True)
class Case:
    """A model, and how strongly it edits."""

    autoencoder: Literal["tiny", "kl"]
    steps: int
    strength: float
    guidance: float


@pytest.mark.parametrize(
    "case",
    [
        Case("kl", 10, 0.8, 12.0),
        Case("tiny", 7, 0.5, 1.0),
        Case("tiny", 20, 1.0, 7.5),
    ],
)
def test_cycle_gives_the_latents_of_the_stock_pipeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    """CycleDiffusionPipeline within 1e-4, for both autoencoders, with guidance and without.

    It takes every network for one that predicts noise, which networks of other predictions would be wrong with; ours
    asks the model for clean latents.
    """
    _, loaded = load_tiny(tmp_path / "model", autoencoder=case.autoencoder)
    request = cycle_request(tmp_path, steps=case.steps, guidance_scale=case.guidance)
    edit = request.edit
    assert edit is not None
    request = msgspec.structs.replace(request, edit=msgspec.structs.replace(edit, strength=case.strength))
    ours = own_latents(request, loaded, monkeypatch)
    torch.testing.assert_close(ours, _stock_latents(request, loaded, monkeypatch), atol=1e-4, rtol=0)
    unchanged = own_latents(
        msgspec.structs.replace(request, prompt=edit.source_prompt, guidance_scale=1.0), loaded, monkeypatch
    )
    assert (ours - unchanged).abs().max() > 4e-4, "words without effect prove nothing"


def _stock_latents(request: ImageRequest, loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> Tensor:
    from diffusers.pipelines.deprecated.stable_diffusion_variants import pipeline_cycle_diffusion as stock
    from diffusers.schedulers.scheduling_ddim import DDIMScheduler

    edit, drawn = request.edit, [0]
    assert edit is not None

    def our_noise(shape: tuple[int, ...], **_options: object) -> Tensor:
        stream = step_stream(drawn[0] - 1) if drawn[0] else INITIAL
        drawn[0] += 1
        return draw_noise(shape[1:], request.seed, stream)[None]

    def likeliest(encoded: object, **_options: object) -> Tensor:
        if hasattr(encoded, "latent_dist"):
            return cast("_Likeliest", encoded.latent_dist).mode()  # pyright: ignore[reportAttributeAccessIssue]
        return cast("Tensor", encoded.latents)  # pyright: ignore[reportAttributeAccessIssue]

    monkeypatch.setattr(stock, "randn_tensor", our_noise)
    monkeypatch.setattr(stock, "retrieve_latents", likeliest)
    scheduler = cast("_FromFolder", DDIMScheduler).from_pretrained(loaded.spec.folder, subfolder="scheduler")
    pipeline = cast("_FromFolder", stock.CycleDiffusionPipeline).from_pretrained(
        loaded.spec.folder,
        dtype=torch.float32,
        scheduler=scheduler,
        safety_checker=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    # Our schedules end at a level of 0; theirs divides 0 by 0 there, so it ends as near as numbers go.
    pipeline.scheduler.final_alpha_cumprod = torch.tensor(1.0 - 1e-13, dtype=torch.float64)
    found = pipeline(
        prompt=request.prompt,
        source_prompt=edit.source_prompt,
        image=Image.open(edit.picture),
        strength=edit.strength,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance_scale,
        source_guidance_scale=1,
        eta=0.1,
        output_type="latent",
    ).images
    steps = last_steps(request.steps, edit.strength)
    assert drawn[0] == steps, "a noise for the start and one for each step but the last"
    return found.float()


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
def test_its_own_words_give_the_picture_back(tmp_path: Path, prediction: str) -> None:
    """With the source prompt as the prompt, the picture comes back as encoded and decoded; other words change it."""
    _, loaded = load_tiny(tmp_path / "model", prediction)
    request = cycle_request(tmp_path, count=2)
    assert request.edit is not None
    same = edited(msgspec.structs.replace(request, prompt=request.edit.source_prompt), loaded)
    # Networks with random weights hear little of words.
    other = edited(msgspec.structs.replace(request, guidance_scale=30.0), loaded)
    with torch.inference_mode():
        signal = to_signal(scene(_WIDTH, _HEIGHT))[None]
        there_and_back = loaded.model.decode(loaded.model.encode(signal))
    wanted = (there_and_back[0].permute(1, 2, 0).clamp(-1, 1).numpy() + 1.0) * 127.5
    assert len(same) == 2
    for pixels in same:
        assert np.abs(pixels.astype(np.float32) - wanted).max() <= 1.5
    assert np.abs(other[0].astype(int) - same[0].astype(int)).max() > 3
    assert not np.array_equal(other[0], other[1]), "another seed is another noise"


def test_a_picture_of_a_batch_is_that_of_its_seed_alone(tmp_path: Path) -> None:
    """Picture k of a batch is the single picture of seed + k."""
    _, loaded = load_tiny(tmp_path / "model")
    request = cycle_request(tmp_path, count=3)
    batch = edited(request, loaded)
    alone = edited(msgspec.structs.replace(request, seed=request.seed + 2, count=1), loaded)
    assert np.abs(batch[2].astype(int) - alone[0].astype(int)).max() <= 1


def test_controls_act_in_both_chains(tmp_path: Path) -> None:
    """A control changes what other words make, and yet its own words give the picture back."""
    spec = write_steered_model(tmp_path / "model")
    write_json(tmp_path / "model" / "scheduler" / "scheduler_config.json", {**_DDIM, "prediction_type": "epsilon"})
    loaded = load(spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))
    layer = map_layer(tmp_path, write_controlnet(tmp_path / "net"))
    supply = ControlSupply(
        Paths(tmp_path),
        AdapterShelf(torch.device("cpu"), channels_last=True),
        HintStore(lambda: DetectorShelf(WeightStore(tmp_path / "annotators", tmp_path / "hub"), "cpu")),
    )
    request = msgspec.structs.replace(cycle_request(tmp_path, width=96, height=64), controls=(layer,))
    assert request.edit is not None

    def made(request: ImageRequest, *, controlled: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        assert request.edit is not None
        controls = ready_controls(request, loaded, supply, lambda: None).controls if controlled else ()
        source = read_source(request.edit)
        (picture,) = make_edits(request, source, None, loaded, lambda _: None, controls=controls)
        return picture.pixels

    assert not np.array_equal(made(request, controlled=True), made(request, controlled=False))
    same = msgspec.structs.replace(request, prompt=request.edit.source_prompt)
    difference = made(same, controlled=True).astype(int) - made(same, controlled=False).astype(int)
    assert np.abs(difference).max() <= 1


def test_models_that_cannot_say_why(tmp_path: Path) -> None:
    """One-step Papercut, a flow model and an inpainting network: one line each, with what to do instead."""
    papercut = find_model("papercut", Paths(tmp_path / "home"))
    request = cycle_request(tmp_path, model="papercut", steps=8)
    with pytest.raises(BadInputError, match=r"papercut cannot cycle: it draws in one step, .*; use img2img"):
        papercut.check(request)
    for number, (flow, inpainting, said) in enumerate(
        [(True, False, "moves along straight flows"), (False, True, "paints into masks only")]
    ):
        spec = write_tiny_model(tmp_path / str(number), "flow" if flow else "epsilon", inpainting=inpainting)
        loaded = load(spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))
        with pytest.raises(BadInputError, match=f"tiny cannot cycle: it {said}"):
            edited(request, loaded)
