"""engine.control.torch_file: tensors out of checkpoints, and nothing that a checkpoint names is ever run."""

from __future__ import annotations

import collections
import os
import pickle
import zipfile
from typing import TYPE_CHECKING, cast

import pytest
import torch

from engine.control.pickle_reading import Marker
from engine.control.torch_file import read_torch_file
from engine.errors import BadModelError

if TYPE_CHECKING:
    from pathlib import Path


def weights() -> dict[str, torch.Tensor]:
    shared = torch.arange(24.0)
    return {
        "float": torch.randn(3, 4, 5),
        "half": torch.randn(7).half(),
        "brain": torch.randn(2, 2).bfloat16(),
        "long": torch.tensor(5),
        "bool": torch.tensor([True, False]),
        "empty": torch.empty(0, 3),
        "turned": shared.view(4, 6).t(),
        "part": shared[5:9],
        "parameter": torch.nn.Parameter(torch.randn(2, 3)),
    }


@pytest.mark.parametrize("as_zip", [True, False], ids=["zip", "stream"])
def test_tensors_are_read_as_torch_reads_them(tmp_path: Path, as_zip: bool) -> None:
    """Both layouts of torch.save, every type, views that share a storage, parameters, and nesting."""
    file, saved = tmp_path / "weights.pth", weights()
    document = {"state_dict": collections.OrderedDict(saved), "epoch": 3, "rate": 0.5, "tags": ["a", ("b", None)]}
    torch.save(document, file, _use_new_zipfile_serialization=as_zip)
    found = read_torch_file(file)
    assert (found["epoch"], found["rate"], found["tags"]) == (3, 0.5, ["a", ["b", None]])
    tensors = cast("dict[str, torch.Tensor]", found["state_dict"])
    assert list(tensors) == list(saved)
    for name, tensor in saved.items():
        assert tensors[name].dtype == tensor.dtype
        assert torch.equal(tensors[name], tensor)


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._canary),)


@pytest.mark.parametrize("as_zip", [True, False], ids=["zip", "stream"])
def test_code_in_a_checkpoint_is_not_run(tmp_path: Path, as_zip: bool) -> None:
    """An object that would run a command when unpickled is an inert marker, and the tensors beside it are read."""
    file, canary = tmp_path / "trap.pth", tmp_path / "canary"
    torch.save({"weight": torch.ones(2), "trap": Trap(canary)}, file, _use_new_zipfile_serialization=as_zip)
    found = read_torch_file(file)
    assert not canary.exists()
    assert isinstance(found["trap"], Marker)
    assert isinstance(found["weight"], torch.Tensor)
    pickle.loads(pickle.dumps(Trap(canary)))
    assert canary.exists(), "the trap works where it is unpickled"


def test_a_storage_is_not_trusted_about_its_length(tmp_path: Path) -> None:
    """A tensor that claims more values than its storage holds is refused, not read beyond the end."""
    honest, lying = tmp_path / "honest.pth", tmp_path / "lying.pth"
    torch.save({"weight": torch.ones(4)}, honest)
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(lying, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith("data/0"):
                content = content[:8]
            target.writestr(entry.filename, content)
    with pytest.raises(BadModelError, match=r"lying\.pth is damaged"):
        read_torch_file(lying)


def test_a_view_beyond_its_storage_is_refused(tmp_path: Path) -> None:
    """Shape and strides that pass the end, or repeat values without end, are refused."""
    file = tmp_path / "wide.pth"
    torch.save({"weight": torch.ones(1).expand(1000, 1000)}, file)
    with pytest.raises(BadModelError, match="passes the end of its storage"):
        read_torch_file(file)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("as_zip", [True, False], ids=["zip", "stream"])
def test_truncated_files_are_refused(tmp_path: Path, as_zip: bool, keep: float) -> None:
    """Wherever a download stopped, one line names the file."""
    file = tmp_path / "half.pth"
    torch.save(weights(), file, _use_new_zipfile_serialization=as_zip)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(BadModelError, match=r"half\.pth is damaged or no torch checkpoint"):
        read_torch_file(file)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x80\x02.", pickle.dumps([1]), pickle.dumps(0x1950A86A20F9469CFC6C), b"PK\x03\x04junk"],
)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, text, an empty pickle, another pickle, only the magic number, half a zip."""
    file = tmp_path / "other.pth"
    file.write_bytes(content)
    with pytest.raises(BadModelError):
        read_torch_file(file)


def test_a_file_without_names_is_refused(tmp_path: Path) -> None:
    """A bare tensor is no dictionary of weights."""
    file = tmp_path / "bare.pth"
    torch.save(torch.ones(2), file)
    with pytest.raises(BadModelError, match="holds no weights by name"):
        read_torch_file(file)
