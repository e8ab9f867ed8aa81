"""engine.models.safetensors_check: only whole safetensors files pass."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType]

from engine.errors import BadModelError
from engine.models.safetensors_check import check_safetensors
from tests.unit.models.corpus import BROKEN, WHOLE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("damage", BROKEN)
def test_a_broken_file_is_named_with_its_fault(tmp_path: Path, damage: str) -> None:
    """Every way to break a file gives one BadModelError that names the file and what is wrong."""
    file = tmp_path / "model.safetensors"
    content, words = BROKEN[damage]
    file.write_bytes(content)
    with pytest.raises(BadModelError, match=words) as caught:
        check_safetensors(file)
    assert str(file) in caught.value.message
    assert "get the model again" in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is reported as missing, not as a traceback."""
    with pytest.raises(BadModelError, match=r"nowhere\.safetensors is missing"):
        check_safetensors(tmp_path / "nowhere.safetensors")


def test_what_the_library_writes_passes(tmp_path: Path) -> None:
    """Files of the safetensors library pass, with metadata, empty tensors and several dtypes."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(WHOLE)
    check_safetensors(file)
    tensors = {"a": torch.zeros(3, 2), "b": torch.zeros(0), "c": torch.zeros(5, dtype=torch.bfloat16)}
    file.write_bytes(save(tensors, metadata={"format": "pt"}))
    check_safetensors(file)
    file.write_bytes(save({}))
    check_safetensors(file)


def test_a_header_of_any_length_passes(tmp_path: Path) -> None:
    """Lengths whose first byte is that of a pickle among them: one in 32 files has such a one."""
    file, firsts = tmp_path / "model.safetensors", set[int]()
    for letters in range(256):
        content = save({"weight": torch.zeros(1)}, metadata={"note": "n" * letters})
        firsts.add(content[0])
        file.write_bytes(content)
        check_safetensors(file)
    assert 0x80 in firsts


@given(cut=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_no_damage_gives_another_kind_of_error(tmp_path_factory: pytest.TempPathFactory, cut: int, byte: int) -> None:
    """Whatever single byte changes, the answer is a pass or a BadModelError."""
    file = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    file.write_bytes(WHOLE[:cut] + bytes([byte]) + WHOLE[cut + 1 :])
    with contextlib.suppress(BadModelError):
        check_safetensors(file)
