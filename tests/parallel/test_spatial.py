"""Spatial layers in chunks."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from engine.parallel.exchange import Entrance, Exchange
from engine.parallel.mesh import Mesh
from engine.parallel.partition import Partition
from engine.parallel.scopes import Halo
from engine.parallel.spatial import MAX_IMAGES, InChunks
from tests.parallel.virtual import on_ranks


def _in_tuple(images: Tensor) -> tuple[Tensor]:
    return (images + 1,)


def _text(images: Tensor) -> str:
    return f"{images.shape[0]} images"


class _Recorder:
    """A layer that adds its embeddings to its images, and notes which images it met."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    def __call__(self, images: Tensor, temb: Tensor, *, prompts: tuple[Tensor, list[Tensor]], scale: Tensor) -> Tensor:
        self.calls.append([int(image) for image in images[:, 0]])
        assert images.shape[0] == temb.shape[0] == prompts[0].shape[0] == prompts[1][0].shape[0]
        return (images + temb + prompts[0] + prompts[1][0]) * scale


def _call(layer: InChunks, total: int) -> Tensor:
    images = torch.arange(float(total))[:, None].expand(-1, 2)
    result = layer(images, images * 10, prompts=(images * 100, [images * 1000]), scale=torch.tensor(2.0))
    assert isinstance(result, Tensor)
    assert torch.equal(result, images * 1111 * 2)
    return result


@pytest.mark.parametrize("total", [1, MAX_IMAGES, MAX_IMAGES + 1, 3 * MAX_IMAGES + 5])
def test_no_call_holds_more_images_than_allowed(total: int) -> None:
    """Every image is met once, with its own embeddings, in chunks."""
    recorder = _Recorder()
    _call(InChunks(recorder), total)
    assert [image for call in recorder.calls for image in call] == list(range(total))
    assert max(map(len, recorder.calls)) <= MAX_IMAGES


def test_images_that_others_wait_for_come_first() -> None:
    """The exchange runs while the rest is computed: it begins before the last images are met."""
    partition = Partition.even(40, 2)

    def work(mesh: Mesh) -> tuple[list[int], list[int], int]:
        entrance = Entrance(Exchange(mesh, partition, Halo(3), "test"))
        recorder = _Recorder()
        sent_at: list[int] = []
        begin = entrance.begin

        def noting(hidden: Tensor) -> None:
            sent_at.append(len(recorder.calls))
            begin(hidden)

        entrance.begin = noting
        output = _call(InChunks(recorder, entrance), 2 * entrance.num_frames)
        (extended,) = entrance.pending(output).finish(entrance.as_video(output))
        assert extended.shape[:2] == (2, 23)
        return recorder.calls[0], sent_at, len(recorder.calls)

    first, second = on_ranks(2, work)
    assert first == ([17, 18, 19, 37, 38, 39], [1], 4)
    assert second == ([0, 1, 2, 20, 21, 22], [1], 4)


def test_a_layer_that_returns_a_tuple_still_does() -> None:
    """Transformers called with return_dict=False give a tuple of one."""
    images = torch.arange(40.0)[:, None]
    result = InChunks(_in_tuple)(images)
    assert isinstance(result, tuple)
    assert torch.equal(cast("tuple[Tensor]", result)[0], images + 1)


def test_a_layer_without_tensors_is_no_spatial_layer() -> None:
    """Neither its input nor its output can be cut."""
    with pytest.raises(TypeError, match="without a tensor"):
        InChunks(lambda: None)()
    with pytest.raises(TypeError, match="returned str"):
        InChunks(_text)(torch.zeros(1))
