"""Picture to picture: img2img, inpainting and outpainting, as the algorithm runs.

Owns the order of the stages. What steers the sampler is engine.tasks.steering's, pixels of the border are
engine.tasks.edit_area's, files are engine.tasks.edit_source's, the sampling of "cycle" is engine.tasks.edit_cycle's.
Source: Meng et al., SDEdit, arXiv:2108.01073; Lugmayr et al., RePaint, arXiv:2201.09865.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from engine.control.framing import frame_picture
from engine.media.pixels import to_signal, to_uint8
from engine.sampling.masking import KnownLatents
from engine.sampling.noise import CONTENT, INITIAL, draw_noise, step_stream
from engine.sampling.schedule import begin_solver, start_at
from engine.sampling.solvers import sample
from engine.tasks.edit_area import choose_area
from engine.tasks.edit_border import feather, fill_hole, overlap
from engine.tasks.edit_cycle import check_cycle, make_cycled
from engine.tasks.finite import check_finite
from engine.tasks.image import Picture
from engine.tasks.steering import steer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from engine.control.unet_adapters import Control
    from engine.messages import ImageRequest
    from engine.models.denoiser import StepContext
    from engine.models.noise_levels import NoiseLevels
    from engine.tasks.edit_area import Area
    from engine.tasks.edit_source import EditSource
    from engine.tasks.loading import LoadedModel


_WHITE = (255, 255, 255)
_COVERED = 0.25
"""Latents of which less is made anew stay, next to others: what is known of them holds the border."""


@dataclass(frozen=True)
class Layout:
    """What of a masked picture the model sees, and what of it becomes the model's.

    Attributes:
        area: The part that the model works on.
        share: How much of each pixel comes from the model, (H, W) float32; 0 keeps the picture's very bytes.
        known: Where the tones of both are compared, (H, W).
    """

    area: Area
    share: NDArray[np.float32]
    known: NDArray[np.bool_]

    @property
    def picture_size(self) -> tuple[int, int]:
        """Width and height of the picture with its margins."""
        return self.share.shape[1], self.share.shape[0]


@dataclass(frozen=True)
class Canvas:
    """The part that the model works on, as the model sees it.

    Attributes:
        latents: Of it, (1, C, h, w).
        fresh: 1 for latents made anew and 0 for kept ones, (1, 1, h, w); None where all are made anew.
        beside: Conditioning's field of that name, for networks that see masks.
    """

    latents: Tensor
    fresh: Tensor | None = None
    beside: Tensor | None = None


def edit_schedule(request: ImageRequest, loaded: LoadedModel) -> tuple[StepContext, ...]:
    """The steps that each picture of an edit takes."""
    assert request.edit is not None
    return start_at(_levels(request, loaded), request.steps, loaded.spec.schedule, request.edit.strength)


def _levels(request: ImageRequest, loaded: LoadedModel) -> NoiseLevels:
    _, *latent_size = loaded.model.latent_shape(request.width, request.height)
    levels = loaded.model.noise_levels.for_latents(*latent_size)
    if request.edit is not None and request.edit.method == "cycle":
        return replace(levels, solver=None, is_ancestral=False)  # it brings steps of its own
    return levels


def lay_out(request: ImageRequest, source: EditSource) -> Layout | None:
    """How the model's work and the picture lie on each other; None where all of the picture is made anew."""
    edit = request.edit
    if edit is None or source.mask is None:
        return None
    share = feather(source.mask, edit.feather)
    padding = edit.padding if edit.area == "masked" else None
    area = choose_area(share, (request.width, request.height), padding)
    return Layout(area, share, overlap(source.mask, share))


def make_edits(
    request: ImageRequest,
    source: EditSource,
    layout: Layout | None,
    loaded: LoadedModel,
    after_step: Callable[[int], None],
    *,
    controls: Sequence[Control] = (),
    shape: tuple[int, int] | None = None,
) -> Iterator[Picture]:
    """Make the request's edits of `source` in seed order, each handed out as soon as it is decoded.

    Args:
        request: A request with an edit part that the model's spec has checked.
        source: What the edit part names, read.
        layout: That of the two, by `lay_out`.
        loaded: The model.
        after_step: Told the number of denoising steps done, over all pictures; may raise to stop.
        controls: Those of the request, made ready (engine.tasks.controls).
        shape: Where all of the picture is made anew, a size of the shape to which it is stretched later on; the
            request's if left out.

    Raises:
        BadInputError: The model's noise is not of the kind that the method needs.
        NotFiniteError: Latents or pixels became NaN or infinite.
    """
    assert request.edit is not None
    cycles = request.edit.method == "cycle"
    if cycles:
        check_cycle(loaded)
    canvas = _prepare(request, source, layout, loaded, shape)
    seeds = range(request.seed, request.seed + request.count)
    schedule = edit_schedule(request, loaded)
    steps = len(schedule)
    for start in range(0, request.count, loaded.plan.pictures_at_once):
        chunk = seeds[start : start + loaded.plan.pictures_at_once]
        done = start * steps

        def after(steps: int, done: int = done) -> None:
            after_step(done + steps)

        if cycles:
            made = make_cycled(request, canvas.latents, schedule, loaded, chunk, after_step=after, controls=controls)
        else:
            made = _make_chunk(request, canvas, loaded, chunk, after, controls=controls)
        for offset, seed in enumerate(chunk):
            pixels = made[offset].numpy()
            if layout is not None:
                pixels = layout.area.lay_back(pixels, source.pixels, layout.share, layout.known)
            yield Picture(start + offset, seed, pixels)


@torch.inference_mode()
def _prepare(
    request: ImageRequest,
    source: EditSource,
    layout: Layout | None,
    loaded: LoadedModel,
    shape: tuple[int, int] | None,
) -> Canvas:
    """Cut the part out, give its hole colours if they are asked for, and encode it."""
    edit, model, device = request.edit, loaded.model, loaded.plan.torch_device
    size = (request.width, request.height)
    assert edit is not None

    def encode(signal: Tensor) -> Tensor:
        latents = model.encode(signal[None].to(device))
        check_finite(latents, "the encoded picture", loaded)
        return latents

    if source.mask is None or layout is None:
        framing = frame_picture((source.pixels.shape[1], source.pixels.shape[0]), size, edit.resize, shape)
        framed = framing.place(framing.cut(source.pixels, framing.size), _WHITE, categorical=False)
        return Canvas(encode(to_signal(framed)))
    share = layout.area.cut_mask(layout.share)
    _, height, width = model.latent_shape(*size)
    fresh = _fresh_latents(share, (height, width)).to(device)
    seen = layout.area.cut(fill_hole(source.pixels, source.mask) if edit.content == "fill" else source.pixels)
    if not model.sees_mask:
        return Canvas(encode(to_signal(seen)), fresh)
    # Such networks were trained with the middle of the range, grey, in the hole.
    bare = to_signal(layout.area.cut(source.pixels)) * torch.tensor(share == 0.0)
    return Canvas(encode(to_signal(seen)), fresh, torch.cat([fresh, encode(bare)], dim=1))


def _fresh_latents(share: NDArray[np.float32], size: tuple[int, int]) -> Tensor:
    """Which latents are made anew, (1, 1, h, w): those a quarter of whose pixels are, or that lie apart from such."""
    touched = torch.tensor(share > 0.0)[None, None].float()
    covered = functional.adaptive_avg_pool2d(touched, size)
    well = (covered >= _COVERED).float()
    beside = functional.max_pool2d(well, 3, stride=1, padding=1)
    return torch.maximum(well, ((covered > 0.0) & (beside == 0.0)).float())


@torch.inference_mode()
def _make_chunk(
    request: ImageRequest,
    canvas: Canvas,
    loaded: LoadedModel,
    seeds: Sequence[int],
    after_step: Callable[[int], None],
    *,
    controls: Sequence[Control],
) -> Tensor:
    """What the model makes of the canvas from `seeds`, (B, H, W, 3) uint8."""
    edit, model, levels = request.edit, loaded.model, _levels(request, loaded)
    assert edit is not None
    shape = model.latent_shape(request.width, request.height)

    def noise_of(stream: int) -> Tensor:
        return torch.stack([draw_noise(shape, seed, stream) for seed in seeds]).to(loaded.plan.torch_device)

    def after(step: StepContext, clean: Tensor) -> None:
        check_finite(clean, f"step {step.index + 1} of {step.count}", loaded)
        after_step((step.index + 1) * len(seeds))

    noise, schedule = noise_of(INITIAL), edit_schedule(request, loaded)
    known = KnownLatents(canvas.latents, canvas.fresh, levels)
    if edit.is_masked and edit.strength == 1.0 and levels.parametrisation == "variance":
        # Such a model's first level is not quite noise alone; diffusers leaves the picture out there, and so do we.
        latents = noise * levels.initial_scale(schedule[0].sigma)
    elif edit.content in ("noise", "nothing"):
        content = noise_of(CONTENT) if edit.content == "noise" else torch.zeros_like(noise)
        latents = known.with_content(content).at(schedule[0].sigma, noise)
    else:
        latents = known.at(schedule[0].sigma, noise)
    denoiser, conditioning = steer(request, loaded, canvas.beside, controls)
    latents = sample(
        denoiser,
        latents,
        schedule,
        conditioning,
        signal_scale=levels.signal_scale,
        fresh_noise=lambda step: noise_of(step_stream(step.index)),
        after_step=after,
        # An inpainting network sees what is kept, and may change it a little to fit.
        put_back=None if model.sees_mask else lambda latents, step: known.put_back(latents, step, noise),
        solver=begin_solver(levels, request.steps, loaded.spec.schedule, schedule),
    )
    pictures = model.decode(latents)
    check_finite(pictures, "the decoded picture", loaded)
    return to_uint8(pictures)
