"""`(word:1.2)` in prompts of SDXL, SD3, FLUX.1 and PixArt: what each encoder's states become, and what stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import pytest
import torch

from engine.models.families.flow_transformer import FlowTransformer
from engine.models.families.flux import FluxText
from engine.models.families.pixart import PixArt
from engine.models.families.sd3 import Sd3Text
from engine.models.families.sdxl import StableDiffusionXL
from engine.models.image_model import load_image_model
from engine.models.t5_text import text_mask
from tests.tiny_flow_models import write_flow_model
from tests.tiny_models import TOKENS
from tests.tiny_pixart import write_tiny_pixart
from tests.tiny_sdxl import write_tiny_sdxl

if TYPE_CHECKING:
    from torch import Tensor

    from engine.messages import ModelSpec
    from engine.models.image_model import ImageModel

# diffusers and what it imports warn of their own future.
pytestmark = [pytest.mark.filterwarnings("ignore::FutureWarning"), pytest.mark.filterwarnings("ignore::UserWarning")]
PLAIN, WEIGHTED, WEIGHT = "winter moon forest", "winter (moon:1.5) forest", 1.5
FAMILIES = ("sdxl", "sd3", "flux", "pixart")


class _Output(Protocol):
    last_hidden_state: Tensor


@dataclass(frozen=True)
class Loaded:
    """A tiny model of each family."""

    models: dict[str, ImageModel]

    def encode(self, family: str, prompt: str) -> tuple[Tensor, Tensor | None]:
        conditioning = self.models[family].encode_prompt(prompt)
        return conditioning.hidden_states, conditioning.pooled


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("weighted")
    specs: dict[str, ModelSpec] = {
        "sdxl": write_tiny_sdxl(folder / "sdxl"),
        "sd3": write_flow_model(folder / "sd3", "sd3"),
        "flux": write_flow_model(folder / "flux", "flux dev"),
        "pixart": write_tiny_pixart(folder / "pixart"),
    }
    assert [spec.weighting for spec in specs.values()] == ["tokens"] * 4
    cpu = torch.device("cpu")
    return Loaded(
        {name: load_image_model(spec, cpu, torch.float32, channels_last=False) for name, spec in specs.items()}
    )


def about_mean(states: Tensor, place: int) -> Tensor:
    """AUTOMATIC1111's way: the token's state times the weight, and the mean of all put back."""
    changed = states.clone()
    changed[:, place] *= WEIGHT
    return changed * (states.mean() / changed.mean())


def about_empty(states: Tensor, empty: Tensor, place: int) -> Tensor:
    """ComfyUI's way: the token's state moves on along the line from the empty prompt's."""
    changed = states.clone()
    changed[:, place] = empty[:, place] + (states[:, place] - empty[:, place]) * WEIGHT
    return changed


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_of_one_change_nothing(loaded: Loaded, family: str) -> None:
    """To the bit, and neither does a BREAK where there are no chunks."""
    hidden, pooled = loaded.encode(family, PLAIN)
    same, same_pooled = loaded.encode(family, "winter (moon:1.0) forest")
    assert torch.equal(same, hidden)
    assert pooled is None or (same_pooled is not None and torch.equal(same_pooled, pooled))
    if family != "sdxl":
        assert torch.equal(loaded.encode(family, "winter moon BREAK forest")[0], hidden)


@pytest.mark.parametrize("family", ["sdxl", "sd3", "flux"])
def test_the_pooled_prompt_is_that_of_the_words(loaded: Loaded, family: str) -> None:
    """Brackets and numbers are not read, and weights do not act on it."""
    weighted, pooled = loaded.encode(family, WEIGHTED)
    plain, plain_pooled = loaded.encode(family, PLAIN)
    assert pooled is not None
    assert plain_pooled is not None
    assert torch.equal(pooled, plain_pooled)
    assert not torch.equal(weighted, plain)


def test_both_encoders_of_sdxl_are_weighed_each_about_its_own_mean(loaded: Loaded) -> None:
    """The word is the third token behind the beginning; the two encoders' channels lie side by side."""
    assert isinstance(loaded.models["sdxl"], StableDiffusionXL)
    hidden, _ = loaded.encode("sdxl", PLAIN)
    expected = torch.cat([about_mean(hidden[..., :16], 2), about_mean(hidden[..., 16:], 2)], dim=-1)
    torch.testing.assert_close(loaded.encode("sdxl", WEIGHTED)[0], expected)


def test_sdxl_reads_a_long_prompt_in_chunks(loaded: Loaded) -> None:
    """As Stable Diffusion does: the rest in another chunk, and the pooled prompt is the first one's."""
    words = ["winter", "moon"] * TOKENS
    room = TOKENS - 2
    hidden, pooled = loaded.encode("sdxl", " ".join(words))
    first, first_pooled = loaded.encode("sdxl", " ".join(words[:room]))
    assert hidden.shape[1] == 3 * TOKENS
    assert torch.equal(hidden[:, :TOKENS], first)
    assert torch.equal(hidden[:, TOKENS : 2 * TOKENS], loaded.encode("sdxl", " ".join(words[room : 2 * room]))[0])
    assert pooled is not None
    assert first_pooled is not None
    assert torch.equal(pooled, first_pooled)
    assert loaded.encode("sdxl", "winter BREAK moon")[0].shape[1] == 2 * TOKENS


def test_the_three_encoders_of_sd3_are_weighed_each_in_its_way(loaded: Loaded) -> None:
    """CLIP's about the mean of each, T5's about the empty prompt; the prompt stays as long as it is."""
    model = loaded.models["sd3"]
    assert isinstance(model, FlowTransformer)
    assert isinstance(model.prompts, Sd3Text)
    assert model.prompts.t5 is not None
    clips = [clip.encode(PLAIN).penultimate for clip in model.prompts.clips]
    hidden, _ = loaded.encode("sd3", WEIGHTED)
    words, rest = hidden[:, :TOKENS], hidden[:, TOKENS:]
    width = sum(each.shape[-1] for each in clips)
    torch.testing.assert_close(words[..., :width], torch.cat([about_mean(each, 2) for each in clips], dim=-1))
    assert not words[..., width:].any()
    states, empty = model.prompts.t5.encode([PLAIN]), model.prompts.t5.encode([""])
    torch.testing.assert_close(rest, about_empty(states, empty, 1))


def test_the_words_of_flux_are_weighed_about_the_empty_prompt(loaded: Loaded) -> None:
    """T5 marks no beginning: the second word is the second token."""
    model = loaded.models["flux"]
    assert isinstance(model, FlowTransformer)
    assert isinstance(model.prompts, FluxText)
    states, empty = model.prompts.t5.encode([PLAIN]), model.prompts.t5.encode([""])
    torch.testing.assert_close(loaded.encode("flux", WEIGHTED)[0], about_empty(states, empty, 1))


def test_the_words_of_pixart_are_weighed_and_its_padding_stays_none(loaded: Loaded) -> None:
    """Words do not attend to padding, so that the empty prompt's state in a word's place is one that hides it."""
    model = loaded.models["pixart"]
    assert isinstance(model, PixArt)
    text = model.text_encoder
    raw: list[Tensor] = []
    for prompt in (PLAIN, ""):
        tokens = text.tokenizer.encode(prompt)
        ids, mask = torch.tensor([tokens.ids]), torch.tensor([tokens.is_text]).long()
        raw.append(cast("_Output", text.encoder(ids, attention_mask=mask)).last_hidden_state)
    is_text = torch.tensor(text.tokenizer.encode(PLAIN).is_text)
    hidden, _ = loaded.encode("pixart", "Winter (MOON:1.5) forest ")
    torch.testing.assert_close(hidden, about_empty(raw[0], raw[1], 1) * is_text[None, :, None])
    assert torch.equal(text_mask(hidden)[0], is_text)
