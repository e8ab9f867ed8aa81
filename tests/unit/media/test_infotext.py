"""engine.media.infotext: what we write, we and others read; what others write, we read as far as we can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.media.infotext import format_infotext, parse_infotext, request_from_infotext
from engine.messages import MAX_SEED, ImageRequest

# Lines that could be taken for the format's own marks, or for a line end, cannot be told apart from them.
_FREE = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=200)
PROMPTS = _FREE.map(str.strip).filter(lambda text: bool(text) and "Negative prompt:" not in text)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40)


REQUESTS = st.builds(
    ImageRequest,
    prompt=PROMPTS,
    negative_prompt=PROMPTS | st.just(""),
    seed=st.integers(0, MAX_SEED),
    steps=st.integers(1, 1000),
    guidance_scale=st.integers(0, 1000).map(lambda tenths: tenths / 10),
    width=st.integers(64, 4096),
    height=st.integers(64, 4096),
    model=NAMES.map(str.strip).filter(bool),
)


@given(REQUESTS)
def test_our_requests_survive_the_round_trip(request_: ImageRequest) -> None:
    """Prompt, negative prompt and settings come back from the text that we write."""
    assert request_from_infotext(format_infotext(request_, seed=request_.seed, version="1")) == request_


def test_the_format_is_theirs() -> None:
    """Exactly the lines that other programs expect."""
    request = ImageRequest(prompt="a hill,\nat night", negative_prompt="fog", seed=3, steps=4, model="a, b")
    assert format_infotext(request, seed=5, version="0.1.0") == (
        "a hill,\nat night\n"
        "Negative prompt: fog\n"
        'Steps: 4, Sampler: Euler, CFG scale: 1, Seed: 5, Size: 256x256, Model: "a, b", Version: Onetake 0.1.0'
    )


def test_a_foreign_text_is_imported() -> None:
    """A text of another program, with keys that we do not know, gives what we can say."""
    text = (
        "masterpiece, castle <lora:x:0.8>\nsecond line\nNegative prompt: blurry, low quality\nsecond of these\n"
        "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, "
        'Model hash: 31e35c80fc, Model: sd_xl_base_1.0, Lora hashes: "x: 1, y: 2", Version: v1.10.1'
    )
    request = request_from_infotext(text)
    assert request == ImageRequest(
        prompt="masterpiece, castle <lora:x:0.8>\nsecond line",
        negative_prompt="blurry, low quality\nsecond of these",
        seed=965400086,
        steps=20,
        guidance_scale=7.0,
        width=512,
        height=768,
        model="sd_xl_base_1.0",
    )
    assert parse_infotext(text).settings["Lora hashes"] == "x: 1, y: 2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only a prompt",
        "prompt\nSteps: 20, Sampler: Euler",
        "prompt\nSteps: x, Sampler: Euler, Seed: 1, Size: 512x512",
        "prompt\nSteps: 1, Sampler: Euler, Seed: -1, Size: 512x512",
        "prompt\nSteps: 1, Sampler: Euler, Seed: 1, Size: 1x2x3",
        "prompt\nSteps: 1, Sampler: Euler, Seed: 1, Size: 99999x512",
        "prompt\nSteps: 1, CFG scale: nan, Seed: 1, Size: 512x512",
        "Steps: 1, Sampler: Euler, Seed: 1, Size: 512x512",
        '{"sui_image_params": {"prompt": "x"}}',
    ],
)
def test_a_text_without_a_whole_request_gives_none(text: str) -> None:
    """What lacks a prompt, a seed or a possible size is no request, and no exception."""
    assert request_from_infotext(text) is None


@given(st.text(max_size=500))
def test_any_text_is_survived(text: str) -> None:
    """The text is anyone's; reading it raises nothing."""
    request_from_infotext(text)
