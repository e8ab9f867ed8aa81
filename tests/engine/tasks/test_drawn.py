"""engine.tasks.drawn: a model of few sizes draws what is larger at one of them, whatever kind of job asks for it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import av
import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInputError, JobCancelledError
from engine.media.clip import Clip
from engine.media.metadata import read_settings
from engine.media.png import read_texts
from engine.media.video_metadata import record_from_texts
from engine.messages import FrameSpan, FramesReady, ImageRequest, Notice, PictureEdit, Preview, Progress, Timeline
from engine.protocol import Run
from engine.tasks.checkpoint import digest_of
from engine.tasks.drawn import as_drawn, enlarged
from engine.tasks.edit_job import run_edit_job
from engine.tasks.image_job import run_image_job
from tests.engine.tasks.controlled_takes import Set
from tests.engine.tasks.editing import box_mask, scene, write_picture
from tests.engine.tasks.taking import Stop, furthest_difference, video_request
from tests.tiny_adapters import make_map

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.messages import ModelSpec
    from engine.tasks.loading import LoadedModel, LoadedVideo
    from tests.engine.tasks.taking import Event, Studio

SMALL, LARGE = (64, 64), (160, 128)
DRAWN = (80, 64)
OTHER_SHAPE = (112, 96)
"""Drawn at 80x64, which is a little wider: sides are multiples of 16."""


def of_few_sizes(spec: ModelSpec) -> ModelSpec:
    """The spec of a tiny model as if it had been trained at 64x64 alone."""
    return msgspec.structs.replace(spec, default_width=64, default_height=64, trained_sizes=(SMALL,))


@pytest.fixture
def few(loaded: LoadedModel) -> LoadedModel:
    return replace(loaded, spec=of_few_sizes(loaded.spec))


def made(folder: Path, loaded: LoadedModel, size: tuple[int, int], edit: PictureEdit | None = None) -> Path:
    """The picture of one request, with its settings; where it is enlarged, that is said and recorded."""
    request = ImageRequest(
        prompt="winter mountains", seed=7, width=size[0], height=size[1], model="tiny", steps=2, edit=edit
    )
    part = folder / f"{size[0]}x{size[1]}.png"
    run = Run(job="job", attempt=1, request=request, spec=loaded.spec, parts=(str(part),))
    seen: list[Progress | Preview | Notice] = []
    (run_image_job if edit is None else run_edit_job)(run, loaded, seen.append, lambda: None)
    assert read_settings(part) == request
    wide, high = loaded.spec.drawn_size(*size)
    is_enlarged = (wide, high) != size
    said = [event.message for event in seen if isinstance(event, Notice) and "enlarges" in event.message]
    words = f"{loaded.spec.name} draws {size[0]}x{size[1]} at {wide}x{high} and enlarges it"
    assert said == ([words] if is_enlarged else [])
    assert (f'"drawn":"{wide}x{high}"' in read_texts(part)["onetake"]) is is_enlarged
    return part


def pixels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image)


def test_a_large_picture_is_the_small_one_enlarged(tmp_path: Path, few: LoadedModel) -> None:
    """Of the size that was asked for, with the settings that were; smaller ones are drawn as they are."""
    large, drawn = pixels(made(tmp_path, few, LARGE)), pixels(made(tmp_path, few, DRAWN))
    assert drawn.shape == (64, 80, 3)
    assert np.array_equal(large, enlarged(drawn, LARGE))
    assert large.shape == (128, 160, 3)


def test_a_model_of_any_size_draws_it(tmp_path: Path, few: LoadedModel, loaded: LoadedModel) -> None:
    """Nothing is enlarged unless the catalogue says so."""
    (tmp_path / "other").mkdir()
    large, own = pixels(made(tmp_path, few, LARGE)), pixels(made(tmp_path / "other", loaded, LARGE))
    assert large.shape == own.shape
    assert not np.array_equal(large, own)


def test_an_edit_of_a_large_picture(tmp_path: Path, few: LoadedModel) -> None:
    """Without a mask all of it is drawn small and enlarged; with one, what is kept keeps its bytes."""
    picture = scene(*LARGE)
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", picture), method="img2img", strength=0.6)
    large, drawn = pixels(made(tmp_path, few, LARGE, edit)), pixels(made(tmp_path, few, DRAWN, edit))
    assert np.array_equal(large, enlarged(drawn, LARGE))
    mask = write_picture(tmp_path / "mask.png", box_mask(*LARGE, (16, 8, 64, 40)))
    inside = msgspec.structs.replace(edit, method="inpaint", mask=mask, strength=1.0, feather=0)
    painted = pixels(made(tmp_path, few, LARGE, inside))
    assert painted.shape == picture.shape
    changed = (painted != picture).any(axis=2)
    assert changed[8:40, 16:64].mean() > 0.9
    changed[8:40, 16:64] = False
    assert not changed.any()


@pytest.mark.parametrize("resize", ["crop", "fit"])
def test_an_edit_sees_all_of_a_picture_of_the_size_that_was_asked_for(
    tmp_path: Path, few: LoadedModel, resize: Literal["crop", "fit"]
) -> None:
    """Nothing is cut off and no border comes in, though what is drawn has not quite that shape."""
    few = replace(few, spec=msgspec.structs.replace(few.spec, size_multiple=16))
    assert few.spec.drawn_size(*OTHER_SHAPE) == DRAWN
    edit = PictureEdit(picture=write_picture(tmp_path / "in.png", scene(*OTHER_SHAPE)), strength=0.5, resize=resize)
    whole = pixels(made(tmp_path, few, OTHER_SHAPE, edit))
    stretched = pixels(made(tmp_path, few, OTHER_SHAPE, msgspec.structs.replace(edit, resize="stretch")))
    assert np.array_equal(whole, stretched)


def test_a_large_take_is_the_small_one_enlarged(studio: Studio) -> None:
    """On any number of devices, gone on with after a stop, and re-rolled with the rest kept."""
    studio.loaded = replace(studio.loaded, spec=of_few_sizes(studio.loaded.spec))
    asked, drawn = (video_request(width=width, height=height) for width, height in (LARGE, DRAWN))
    studio.make("drawn", drawn)
    stop = Stop(JobCancelledError("stopped"))

    def on_event(_rank: int, event: Event) -> None:
        if isinstance(event, FramesReady):
            stop.ask()

    with pytest.raises(JobCancelledError):
        studio.make("large", asked, 2, stop.check, on_event)
    studio.make("large", asked, 2)
    words = f"{studio.loaded.spec.name} draws 160x128 at 80x64 and enlarges it"
    assert studio.notices == [words, words], "once an attempt"
    with av.open(str(studio.movie("large"))) as movie:
        record = record_from_texts({"comment": movie.metadata["comment"]})
    assert record is not None
    assert (record.plan["drawn"], record.request.width) == ("80x64", 160)
    frames = studio.frames("large")
    # Two devices round otherwise than one, and enlarging sharpens that a little.
    assert furthest_difference(frames, np.stack([enlarged(each, LARGE) for each in studio.frames("drawn")])) <= 3
    cut = asked.timeline.shots()[-1].start
    (*first, last) = asked.timeline.segments
    other = Timeline(segments=(*first, msgspec.structs.replace(last, seed=77)))
    redo = (FrameSpan(start=cut, stop=asked.frames),)
    studio.make("again", msgspec.structs.replace(asked, base="large", redo=redo, timeline=other))
    again = studio.frames("again")
    assert np.array_equal(again[:cut], frames[:cut])
    assert not any(map(np.array_equal, again[cut:], frames[cut:]))


def test_controls_follow_the_size_that_is_drawn(tmp_path: Path) -> None:
    """Maps are made for the latents that there are."""
    stage = Set(tmp_path, "papercut")
    loaded = stage.studio.loaded
    stage.studio.loaded = replace(loaded, spec=of_few_sizes(loaded.spec))
    request = stage.request(stage.layer(), steps=1)
    large = msgspec.structs.replace(request, width=LARGE[0], height=LARGE[1])
    stage.studio.make("drawn", as_drawn(large, stage.studio.loaded.spec))
    stage.studio.make("large", large)
    drawn = stage.studio.frames("drawn")
    assert np.array_equal(stage.studio.frames("large"), np.stack([enlarged(frame, LARGE) for frame in drawn]))


def test_controls_lie_where_they_would_in_the_size_that_was_asked_for(tmp_path: Path) -> None:
    """A map and a region of that size are seen whole, though what is drawn has not quite that shape."""
    stage = Set(tmp_path, "papercut")
    loaded = stage.studio.loaded
    stage.studio.loaded = replace(loaded, spec=msgspec.structs.replace(of_few_sizes(loaded.spec), size_multiple=16))
    files = {
        "picture": write_picture(tmp_path / "map.png", make_map(1, *OTHER_SHAPE)),
        "mask": write_picture(tmp_path / "mask.png", box_mask(*OTHER_SHAPE, (0, 0, 50, 96))),
    }
    width, height = OTHER_SHAPE
    for resize in ("crop", "stretch"):
        request = stage.request(stage.layer(**files, resize=resize), frames=4, steps=1)
        stage.studio.make(resize, msgspec.structs.replace(request, width=width, height=height))
    assert np.array_equal(stage.studio.frames("crop"), stage.studio.frames("stretch"))


def test_latents_are_named_by_the_size_that_is_drawn(loaded_video: LoadedVideo) -> None:
    """Those of an edition that drew this size otherwise are not taken for its own; other models' names stay."""
    spec = of_few_sizes(loaded_video.spec)
    large, small = (video_request(width=width, height=height) for width, height in (LARGE, DRAWN))
    assert digest_of(large, spec) == digest_of(small, spec)
    assert digest_of(large, loaded_video.spec) != digest_of(small, loaded_video.spec)


def test_a_take_does_not_go_on_with_frames_of_another_edition(studio: Studio) -> None:
    """Frames that were drawn large and such as were drawn small and enlarged are not joined to one take."""
    request = video_request(width=LARGE[0], height=LARGE[1])
    studio.make("job", request)
    edition = studio.loaded
    studio.loaded = replace(edition, spec=of_few_sizes(edition.spec))
    with pytest.raises(BadInputError, match=r"from another edition of .*; submit this take as a new job"):
        studio.make("job", request)
    for shelf in studio.clip_folder("job").glob("frames-*"):
        shutil.rmtree(shelf)
    studio.make("job", request)
    assert Clip.open(studio.clip_folder("job")).missing(range(request.frames)) == []
