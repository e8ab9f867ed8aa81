"""A forward over a rank's frames: order of work, memory."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
import torch
from diffusers.models.unets.unet_motion_model import UNetMotionModel
from torch import Tensor

from engine.bench.video_memory import skip_elements
from engine.models.families import motion_unet, unet3d
from engine.parallel import pixels
from engine.parallel.exchange import Entrance, Exchange
from engine.parallel.forward import Forward
from engine.parallel.mesh import Mesh
from engine.parallel.noise import noise_of_frames
from engine.parallel.partition import Partition
from engine.parallel.scopes import Blocks, Dual, Full, Halo, Scope
from engine.parallel.spatial import MAX_IMAGES, Images
from tests.parallel.live_memory import LiveMemory
from tests.parallel.models import LATENT_SHAPE, PROMPT_CHANNELS, frame_prompts, latents, tiny_motion_unet, tiny_unet3d
from tests.parallel.virtual import on_ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from tests.parallel.takes import Backbone


class _Recorder:
    """A layer that adds to each image what goes with it, and notes which images it met."""

    def __init__(self, added: Tensor) -> None:
        self.calls: list[list[int]] = []
        self._added = added

    def __call__(self, hidden: Tensor, images: Images) -> Tensor:
        self.calls.append(list(images.indices))
        return hidden + images.of(self._added)


class _OverTime:
    """A temporal layer that doubles the frames, and notes how many chunks were made when its exchange began."""

    def __init__(self, exchange: Exchange, calls: list[list[int]]) -> None:
        self.entrance = Entrance(exchange)
        self.begun_at: list[int] = []
        begin = self.entrance.begin

        def noting(hidden: Tensor) -> None:
            self.begun_at.append(len(calls))
            begin(hidden)

        self.entrance.begin = noting

    def __call__(self, hidden: Tensor) -> Tensor:
        self.entrance.pending(hidden).arrive()
        return hidden.mul_(2)


def _images(total: int) -> Tensor:
    return torch.arange(float(total))[:, None, None, None].expand(-1, 2, 1, 1).contiguous()


@pytest.mark.parametrize("total", [1, MAX_IMAGES, MAX_IMAGES + 1, 3 * MAX_IMAGES + 5])
def test_no_chunk_holds_more_images_than_allowed(total: int) -> None:
    """Every image is met once by each layer, with what goes with it, and the layers follow each other in a chunk."""
    images = _images(total)
    first, second = _Recorder(images * 10), _Recorder(images * 100)
    forward = Forward(images)
    forward.apply(first, second)
    assert torch.equal(forward.finish(), images * 111)
    assert [image for call in first.calls for image in call] == list(range(total))
    assert first.calls == second.calls
    assert max(map(len, first.calls)) <= MAX_IMAGES


def test_images_that_others_wait_for_come_first() -> None:
    """The exchange runs while the rest is computed: it begins before the last images are met."""
    partition = Partition.even(40, 2)

    def work(mesh: Mesh) -> tuple[list[int], list[int], int]:
        images = _images(40)  # two samples of twenty frames
        layer = _Recorder(images)
        over_time = _OverTime(Exchange(mesh, partition, Halo(3), "test"), layer.calls)
        forward = Forward(images)
        forward.apply(layer)
        forward.cross(over_time)
        assert torch.equal(forward.finish(), images * 4)
        return layer.calls[0], over_time.begun_at, len(layer.calls)

    first, second = on_ranks(2, work)
    assert first == ([17, 18, 19, 37, 38, 39], [1], 4)
    assert second == ([0, 1, 2, 20, 21, 22], [1], 4)


@pytest.mark.parametrize("made_again", [False, True])
def test_a_skip_is_what_the_frames_were_when_it_was_kept(made_again: bool) -> None:
    """Whether kept or made again, and although what follows takes the memory of what is used up."""
    images = _images(40)
    alone = Exchange(Mesh.alone(), Partition.even(40, 1), Halo(0), "test")
    forward = Forward(images)
    forward.apply(_Recorder(images))
    forward.keep(made_again=made_again)
    forward.apply(_Recorder(images))
    forward.cross(_OverTime(alone, []))
    forward.keep()
    forward.cross(_OverTime(alone, []))
    forward.join()
    forward.apply(lambda hidden, _: hidden[:, :2] + hidden[:, 2:])
    forward.cross(_OverTime(alone, []))
    forward.join()
    assert torch.equal(forward.finish(), torch.cat([images * 36, images * 2], dim=1))
    assert torch.equal(images, _images(40))


@pytest.mark.parametrize("scope", [Blocks(8, 4), Dual(8, 4)])
def test_a_frame_takes_no_more_memory_than_its_skips(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    """The peak of a forward grows with frames by less than what the U-Net keeps of a frame for its way up."""
    height, width = 16, 16
    monkeypatch.setitem(pixels.MAX_ELEMENTS, "cpu", 2**14)
    unet = tiny_motion_unet()

    def peak_bytes(frames: int) -> int:
        video = torch.zeros(1, 4, frames, height, width)
        prompts = torch.zeros(1, 3, PROMPT_CHANNELS).expand(frames, -1, -1)
        partition = Partition.even(frames, 1)
        with torch.inference_mode(), motion_unet.spread(unet, Mesh.alone(), partition, scope), LiveMemory() as memory:
            unet(video, 500, prompts)
        return memory.peak_bytes

    fewer, more = 64, 96
    a_frame = (peak_bytes(more) - peak_bytes(fewer)) / (more - fewer)
    skips = 4 * skip_elements(unet, height, width)
    assert 0.5 * skips < a_frame <= skips


@pytest.mark.parametrize("make", [tiny_motion_unet, tiny_unet3d])
def test_what_controls_add_is_added_as_the_stock_model_does(make: Callable[[], Backbone]) -> None:
    """To each skip and to the middle, on one rank as on two."""
    unet, video, prompts = make(), latents(5, batch=1), frame_prompts(5, batch=1)[0]
    prompts = prompts if isinstance(unet, UNetMotionModel) else prompts[:1]
    channels = [(8, 1), (8, 1), (8, 2), (16, 2)]
    shapes = [(each, LATENT_SHAPE[1] // cell, LATENT_SHAPE[2] // cell) for each, cell in channels]
    down = [noise_of_frames(index, 0, range(5), shape)[0].transpose(0, 1) for index, shape in enumerate(shapes)]
    middle = noise_of_frames(9, 0, range(5), shapes[-1])[0].transpose(0, 1)

    def run(unet: Backbone, frames: range, prompts: Tensor) -> Tensor:
        cut = slice(frames.start, frames.stop)
        return unet(
            video[:, :, cut],
            500,
            prompts,
            down_block_additional_residuals=[each[cut] for each in down],
            mid_block_additional_residual=middle[cut],
            return_dict=False,
        )[0]

    with torch.inference_mode():
        stock = run(unet, range(5), prompts)
    for ranks in (1, 2):
        partition = Partition.even(5, ranks)
        copies = [deepcopy(unet) for _ in partition.runs]

        def work(mesh: Mesh, partition: Partition = partition, copies: Sequence[Backbone] = copies) -> Tensor:
            unet, frames = copies[mesh.rank], partition.runs[mesh.rank]
            own = prompts[frames.start : frames.stop] if len(prompts) > 1 else prompts
            with _spread(unet, mesh, partition):
                return run(unet, frames, own)

        torch.testing.assert_close(torch.cat(on_ranks(ranks, work), dim=2), stock, atol=1e-5, rtol=0)


def _spread(unet: Backbone, mesh: Mesh, partition: Partition) -> AbstractContextManager[None]:
    if isinstance(unet, UNetMotionModel):
        return motion_unet.spread(unet, mesh, partition, Full())
    return unet3d.spread(unet, mesh, partition, Full())
