"""The edit, its file, and the request made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from app.image_edit import ImageEdit, keep_edit, read_edit, write_atomically
from engine.errors import BadInputError
from engine.messages import ImageRequest, ModelSpec

if TYPE_CHECKING:
    from pathlib import Path

PAPERCUT = ModelSpec(name="papercut", title="Papercut", family="", folder="", licence="", max_side=512, max_steps=50)


def test_a_request_and_its_edit_say_the_same() -> None:
    """Restoring a request and asking for a request again gives it back."""
    request = ImageRequest(prompt="a boat", seed=5, count=3, width=384, steps=2)
    assert ImageEdit.of_request(request).request(PAPERCUT) == request


def test_what_the_model_does_not_take_is_left_out() -> None:
    """A negative prompt and a guidance kept from another model do not spoil the request."""
    edit = ImageEdit(prompt="a boat", negative_prompt="fog", guidance_scale=7.5)
    request = edit.request(PAPERCUT)
    assert (request.negative_prompt, request.guidance_scale) == ("", 1.0)
    taker = replace(PAPERCUT, takes_negative=True, takes_guidance=True)
    request = edit.request(taker)
    assert (request.negative_prompt, request.guidance_scale) == ("fog", 7.5)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": "  "}, "the prompt is empty"),
        ({"prompt": "a boat", "width": 100}, "use multiples of 16"),
        ({"prompt": "a boat", "steps": 99}, "use 1 to 50"),
    ],
)
def test_an_invalid_edit_says_what_to_change(fields: dict[str, object], words: str) -> None:
    """The message names the remedy."""
    edit = replace(ImageEdit(), **fields)
    with pytest.raises(BadInputError, match=words):
        edit.request(PAPERCUT)


@pytest.mark.parametrize("damage", [b"", b'{"prompt": "a b', b"[1, 2]", b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_no_edit_and_is_kept(tmp_path: Path, damage: bytes) -> None:
    """Neither a missing, a truncated nor a foreign file stops the window from opening; its bytes stay beside it."""
    file = tmp_path / "edit.json"
    told: list[Path] = []
    assert read_edit(file, told.append) is None
    assert told == []
    file.write_bytes(damage)
    assert read_edit(file, told.append) is None
    (copy,) = told
    assert copy.read_bytes() == damage


@pytest.mark.parametrize("damage", [b'"count": "many"', b'"canvas": {"margins": {"left": -5}}'])
def test_one_unreadable_field_costs_nothing_else(tmp_path: Path, damage: bytes) -> None:
    """The rest is read, and what could not be is kept beside the file before anything is saved over it."""
    file = tmp_path / "edit.json"
    file.write_bytes(b'{"prompt": "a boat", "video": {"current": 7}, ' + damage + b"}")
    edit, copy = read_edit(file), tmp_path / "edit.unread.json"
    assert edit is not None
    assert (edit.prompt, edit.count, edit.video.current) == ("a boat", ImageEdit().count, 0)
    assert damage in copy.read_bytes()
    keep_edit(file, edit)
    assert read_edit(file) == edit
    assert damage in copy.read_bytes()


def test_a_failed_write_keeps_the_old_content(tmp_path: Path) -> None:
    """The target is replaced as a whole or not at all, and nothing half-written lies about."""
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(OSError, match="taken"):
        write_atomically(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
