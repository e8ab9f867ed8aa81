"""SD3 and FLUX.1 folders: what cannot be used is named in one line, and what can runs in any format and batch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from engine.acceleration.plan import plan_for
from engine.catalogue import find_model
from engine.errors import BadModelError
from engine.messages import ImageRequest
from engine.models.families.flow_transformer import FlowTransformer, pack, unpack
from engine.models.flow_levels import read_flow_levels
from engine.models.image_model import load_image_model
from engine.paths import Paths
from engine.tasks.image import make_pictures
from engine.tasks.loading import load
from tests.tiny_flow_models import write_flow_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.messages import ModelSpec
    from tests.tiny_flow_models import FlowKind

# diffusers and what it imports warn of their own future.
pytestmark = [pytest.mark.filterwarnings("ignore::FutureWarning"), pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[FlowKind, Path]:
    """A folder of each kind; leave them as they are."""
    folder = tmp_path_factory.mktemp("flow")
    return {kind: Path(write_flow_model(folder / kind, kind).folder) for kind in ("sd3", "flux dev")}


def drop(place: str) -> Callable[[Path], None]:
    return lambda folder: shutil.rmtree(folder / place)


def change(place: str, **fields: object) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        file = folder / place
        file.write_text(json.dumps({**json.loads(file.read_text()), **fields}))

    return write


@pytest.mark.parametrize(
    ("kind", "spoil", "said"),
    [
        ("sd3", drop("text_encoder_3"), r"text_encoder_3 is missing; get the model again"),
        ("sd3", drop("text_encoder_2"), r"text_encoder_2 is missing"),
        ("sd3", drop("tokenizer_3"), r"tokenizer_3/tokenizer_config\.json is missing"),
        ("sd3", drop("transformer"), r"transformer is missing"),
        ("sd3", drop("vae"), r"vae is missing"),
        (
            "sd3",
            change("transformer/config.json", _class_name="FluxTransformer2DModel"),
            r"transformer/config\.json: the class 'FluxTransformer2DModel' is not supported; Onetake runs SD3",
        ),
        (
            "sd3",
            change("text_encoder/config.json", architectures=["CLIPTextModel"]),
            r"text_encoder/config\.json: the class 'CLIPTextModel' is not supported",
        ),
        ("sd3", change("transformer/config.json", pooled_projection_dim=64), "does not fit the text encoders' 32"),
        ("sd3", change("transformer/config.json", joint_attention_dim=32), "joint_attention_dim does not fit"),
        ("sd3", change("transformer/config.json", in_channels=33), "in_channels does not fit the autoencoder's 16"),
        ("sd3", change("vae/config.json", shift_factor="x"), "shift_factor is no number"),
        ("sd3", change("scheduler/scheduler_config.json", _class_name="DDIMScheduler"), "'DDIMScheduler' is not supp"),
        (
            "sd3",
            change("scheduler/scheduler_config.json", use_karras_sigmas=True),
            "use_karras_sigmas is not supported",
        ),
        ("flux dev", drop("text_encoder_2"), r"text_encoder_2 is missing"),
        ("flux dev", change("transformer/config.json", in_channels=384), "use a text-to-image model"),
        ("flux dev", change("transformer/config.json", pooled_projection_dim=64), "does not fit the text encoder's 32"),
        ("flux dev", change("transformer/config.json", joint_attention_dim=32), "fit text_encoder_2's 64"),
        ("flux dev", change("scheduler/scheduler_config.json", base_shift="x"), "base_shift is x, not a number"),
        ("flux dev", change("scheduler/scheduler_config.json", max_image_seq_len=8), "base_image_seq_len"),
        ("flux dev", change("scheduler/scheduler_config.json", time_shift_type="odd"), "time_shift_type is odd"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(
    whole: dict[FlowKind, Path], tmp_path: Path, kind: FlowKind, spoil: Callable[[Path], None], said: str
) -> None:
    """A missing component, one of another class, and parts that do not fit: the file and the remedy."""
    folder = Path(shutil.copytree(whole[kind], tmp_path / "model"))
    spoil(folder)
    spec = find_model(str(folder), Paths(tmp_path))
    with pytest.raises(BadModelError, match=said) as caught:
        load_image_model(spec, torch.device("cpu"), torch.float32, channels_last=False)
    assert "\n" not in caught.value.message


def test_a_catalogue_that_is_wrong_about_guidance_is_named(whole: dict[FlowKind, Path], tmp_path: Path) -> None:
    """Its remedy is the line for models.toml, instead of guidance that does nothing."""
    spec = msgspec.structs.replace(find_model(str(whole["flux dev"]), Paths(tmp_path)), embeds_guidance=False)
    with pytest.raises(BadModelError, match=r"is told its guidance; say so in models\.toml \(embeds_guidance = true\)"):
        load_image_model(spec, torch.device("cpu"), torch.float32, channels_last=False)


@pytest.mark.parametrize("kind", ["sd3", "flux dev"])
def test_a_batch_holds_the_pictures_of_its_seeds_in_half_precision(whole: dict[FlowKind, Path], kind: FlowKind) -> None:
    """bfloat16, two pictures in a run: as good as each by itself, and not the same picture twice."""
    spec = find_model(str(whole[kind]), Paths(whole[kind].parent))
    plan = msgspec.structs.replace(plan_for("cpu"), dtype="bfloat16", pictures_at_once=2)
    together = load(spec, plan)
    request = ImageRequest(
        prompt="winter mountains", seed=3, width=64, height=96, steps=2, count=2, guidance_scale=spec.default_guidance
    )
    first, second = (picture.pixels.astype(int) for picture in make_pictures(request, together, lambda done: None))
    (alone,) = make_pictures(msgspec.structs.replace(request, seed=4, count=1), together, lambda done: None)
    assert first.shape == (96, 64, 3)
    assert abs(first - second).mean() > 2
    assert abs(alone.pixels.astype(int) - second).mean() < 1


def test_guidance_told_to_a_network_changes_the_picture_in_one_run(whole: dict[FlowKind, Path]) -> None:
    """[dev] hears the number, and its transformer runs once a step."""
    spec: ModelSpec = find_model(str(whole["flux dev"]), Paths(whole["flux dev"].parent))
    model = load(spec, msgspec.structs.replace(plan_for("cpu"), dtype="float32"))
    runs: list[float] = []

    def watch(_network: object, _given: object, named: dict[str, torch.Tensor]) -> None:
        runs.append(float(named["guidance"]))

    assert isinstance(model.model, FlowTransformer)
    model.model.network.network.register_forward_pre_hook(watch, with_kwargs=True)
    request = ImageRequest(prompt="moon", seed=3, width=64, height=64, steps=2, guidance_scale=3.5)
    pictures = [
        next(iter(make_pictures(msgspec.structs.replace(request, guidance_scale=scale), model, lambda done: None)))
        for scale in (3.5, 9.0)
    ]
    assert runs == [3.5, 3.5, 9.0, 9.0]
    assert (pictures[0].pixels != pictures[1].pixels).any()


def test_tokens_unpack_to_their_latents() -> None:
    """Two by two latents a token, row by row, and back."""
    latents = torch.arange(2 * 3 * 4 * 6).reshape(2, 3, 4, 6)
    tokens = pack(latents)
    assert tokens.shape == (2, 6, 12)
    assert torch.equal(tokens[0, 1], latents[0, :, 0:2, 2:4].flatten())
    assert torch.equal(unpack(tokens, 4, 6), latents)


def test_levels_follow_the_size_of_a_picture(whole: dict[FlowKind, Path]) -> None:
    """A larger picture is noised more; a model whose shift is fixed keeps it."""
    levels = read_flow_levels(whole["flux dev"], "fractions")
    assert levels.for_latents(8, 16).flow_shift < levels.for_latents(16, 16).flow_shift
    assert levels.for_latents(4, 8).flow_shift == pytest.approx(2.718281828**0.5)
    fixed = read_flow_levels(whole["sd3"], "euler")
    assert fixed.for_latents(128, 128) == fixed
