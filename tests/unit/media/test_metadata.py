"""engine.media.metadata: a picture restores the request that makes it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError
from engine.media.metadata import PictureRecord, picture_texts, read_settings
from engine.media.png import encode_png, write_png
from engine.messages import ControlLayer, ImageRequest

if TYPE_CHECKING:
    from pathlib import Path

PIXELS = np.zeros((4, 4, 3), np.uint8)


def record(request: ImageRequest, seed: int | None = None) -> PictureRecord:
    return PictureRecord(
        request=request,
        seed=request.seed if seed is None else seed,
        model={"name": request.model},
        plan={"device": "cpu", "threads": 2, "channels_last": True},
        versions={"onetake": "0.1.0"},
    )


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).filter(lambda t: t.strip()),
    st.integers(0, 2**63 - 1),
    st.floats(0, 100, allow_nan=False),
)
def test_any_request_is_restored_exactly(prompt: str, seed: int, guidance: float) -> None:
    """Ours come back to the last bit, whatever the prompt holds."""
    layer = ControlLayer(kind="depth", picture="/a,b.png", weight=0.3, mask="m.png")
    request = ImageRequest(prompt=prompt, seed=seed, guidance_scale=guidance, controls=(layer,))
    assert read_settings(encode_png(PIXELS, picture_texts(record(request)))) == request


@pytest.mark.parametrize("prompt", ["🏔️ at night", "Zoë", "雪山の夜", "x" * 32_000, "雪" * 32_000, 'a "b", c: d\n\ne'])
def test_long_and_foreign_prompts_survive_the_file(tmp_path: Path, prompt: str) -> None:
    """Emoji, other scripts, line breaks and the longest prompts survive on disk, also for other programs."""
    request = ImageRequest(prompt=prompt, seed=1)
    texts = picture_texts(record(request))
    write_png(tmp_path / "a.png", PIXELS, texts)
    assert read_settings(tmp_path / "a.png") == request
    only_foreign = encode_png(PIXELS, {"parameters": texts["parameters"]})
    assert read_settings(only_foreign) == request


def test_a_picture_of_a_batch_restores_itself_alone() -> None:
    """Picture k of a batch gives the request for seed + k with a count of one."""
    batch = ImageRequest(prompt="hills", seed=40, count=8)
    document = encode_png(PIXELS, picture_texts(record(batch, seed=43)))
    assert read_settings(document) == ImageRequest(prompt="hills", seed=43, count=1)


def test_a_newer_or_damaged_record_is_a_clear_error() -> None:
    """Settings that are ours but unreadable are said to be so, in one line."""
    request = msgspec.json.encode(record(ImageRequest(prompt="a", seed=1)))
    for document in (b"{", request.replace(b'"seed":1', b'"seed":-1'), request.replace(b'"image"', b'"hologram"')):
        with pytest.raises(BadInputError, match="update Onetake") as caught:
            read_settings(encode_png(PIXELS, {"onetake": document.decode()}))
        assert "\n" not in caught.value.message


def test_a_picture_without_settings_gives_none(tmp_path: Path) -> None:
    """Plain pictures, other files, folders and missing files hold no settings."""
    assert read_settings(encode_png(PIXELS, {})) is None
    assert read_settings(b"GIF89a") is None
    assert read_settings(tmp_path) is None
    assert read_settings(tmp_path / "gone.png") is None


def test_reading_loads_no_torch() -> None:
    """The window reads settings; it must not pay for torch."""
    code = "import engine.media.metadata, engine.media.png, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
