"""engine.tasks.image: pictures depend on their request alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
import torch

from engine.acceleration.plan import plan_for
from engine.errors import JobCancelledError, NotFiniteError
from engine.messages import ImageRequest
from engine.tasks.image import make_pictures
from engine.tasks.loading import load

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.models.denoiser import Conditioning
    from engine.tasks.loading import LoadedModel


def request(**changes: object) -> ImageRequest:
    base = ImageRequest(prompt="winter mountains at night", seed=7, width=64, height=64, model="tiny")
    return msgspec.structs.replace(base, **changes)


def pixels_of(request: ImageRequest, loaded: LoadedModel) -> list[NDArray[np.uint8]]:
    return [picture.pixels for picture in make_pictures(request, loaded, lambda done: None)]


@pytest.mark.parametrize("steps", [1, 3])
def test_a_picture_of_a_batch_is_the_single_picture_of_its_seed(loaded: LoadedModel, steps: int) -> None:
    """Picture k of a batch from seed s has the very pixels of the single picture of s + k, at any number of steps."""
    batch = pixels_of(request(count=4, steps=steps), loaded)
    singles = [pixels_of(request(seed=7 + index, steps=steps), loaded)[0] for index in (3, 1, 0, 2)]
    for picture, index in zip(singles, (3, 1, 0, 2), strict=True):
        assert np.array_equal(batch[index], picture)
    assert len({picture.tobytes() for picture in batch}) == 4


def test_the_same_request_gives_the_same_pixels_after_a_reload(loaded: LoadedModel) -> None:
    """Neither the process's history nor loading again changes a pixel."""
    first = pixels_of(request(steps=4), loaded)[0]
    torch.rand(7)
    again = pixels_of(request(steps=4), load(loaded.spec, plan_for("cpu")))[0]
    assert np.array_equal(first, again)


def test_what_the_request_says_changes_the_picture(loaded: LoadedModel) -> None:
    """Prompt, seed, steps, guidance, negative prompt and size each matter."""
    variants = [
        request(),
        request(prompt="summer forest"),
        request(seed=8),
        request(steps=2),
        request(guidance_scale=5.0),
        request(guidance_scale=5.0, negative_prompt="moon"),
        request(width=128),
    ]
    assert len({pixels_of(variant, loaded)[0].tobytes() for variant in variants}) == len(variants)


@pytest.mark.parametrize(("width", "height"), [(64, 128), (128, 64), (80, 64)])
def test_pictures_have_the_size_asked_for(loaded: LoadedModel, width: int, height: int) -> None:
    """Width and height are not mixed up, and pictures are uint8 RGB."""
    (pixels,) = pixels_of(request(width=width, height=height), loaded)
    assert pixels.shape == (height, width, 3)
    assert pixels.dtype == np.uint8


def test_steps_are_counted_over_the_batch_and_may_stop_it(loaded: LoadedModel) -> None:
    """Progress rises by one per step over all pictures; pictures arrive as they are made; raising ends the work."""
    seen: list[object] = []

    def after_step(done: int) -> None:
        seen.append(done)
        if done == 5:
            raise JobCancelledError("enough")

    pictures = make_pictures(request(count=3, steps=2), loaded, after_step)
    with pytest.raises(JobCancelledError):
        seen.extend(f"picture {picture.index} of seed {picture.seed}" for picture in pictures)
    assert seen == [1, 2, "picture 0 of seed 7", 3, 4, "picture 1 of seed 8", 5]


def test_a_prompt_is_encoded_once(loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many seeds of one prompt encode it once; another prompt is encoded anew."""
    encoded: list[str] = []
    plain = loaded.model.encode_prompt

    def counting(text: str) -> Conditioning:
        encoded.append(text)
        return plain(text)

    monkeypatch.setattr(loaded.model, "encode_prompt", counting)
    pixels_of(request(prompt="a forest", count=3), loaded)
    pixels_of(request(prompt="the forest"), loaded)
    pixels_of(request(prompt="a forest"), loaded)
    assert encoded == ["a forest", "the forest"]


@pytest.mark.parametrize("where", ["unet", "vae"])
def test_nan_is_found_and_named(flow_spec: ModelSpec, tmp_path: Path, where: str) -> None:
    """NaN in the network or in the decoder ends the job with a NotFiniteError, never as a black picture."""
    loaded = load(flow_spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32", fused_decoder=False))
    network: torch.nn.Module = getattr(loaded.model, where)
    *_, last = (weight for name, weight in network.named_parameters() if not name.startswith("encoder"))
    last.data.fill_(float("nan"))
    expected = "step 1 of 2" if where == "unet" else "decoded picture"
    with pytest.raises(NotFiniteError, match=expected):
        pixels_of(request(steps=2), loaded)


def test_the_prompt_cache_forgets_the_oldest(loaded: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is bounded, and what was used last stays."""
    from engine.tasks.prompts import PromptCache

    encoded: list[str] = []

    class Counting:
        def encode_prompt(self, text: str) -> Tensor:
            encoded.append(text)
            return torch.zeros(1)

    cache = PromptCache(Counting(), capacity=2)  # pyright: ignore[reportArgumentType]
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.encode(text)
    assert encoded == ["a", "b", "c", "b"]
