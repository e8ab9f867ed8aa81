"""engine.tasks.frame_controls: frame i of a clip controls its layer's i-th frame, on any number of ranks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import msgspec
import pytest
import torch
from PIL import Image

from engine.errors import BadInputError, JobCancelledError
from engine.messages import ControlLayer, Progress, Segment, Timeline
from engine.tasks.reel import Reel
from engine.tasks.travel import TakeNoise
from tests.engine.media.movies import write_movie
from tests.engine.tasks.controlled_takes import BLOCKS, SIZE, Set
from tests.engine.tasks.taking import furthest_difference
from tests.tiny_adapters import make_map, write_controlnet, write_t2i
from tests.tiny_models import write_json
from tests.tiny_videos import WINDOW

if TYPE_CHECKING:
    from torch import Tensor

    from tests.engine.tasks.taking import Event
    from tests.tiny_videos import VideoKind

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


class _Video(Protocol):
    frames: Tensor


class _Pipeline(Protocol):
    def set_progress_bar_config(self, *, disable: bool) -> None: ...
    def __call__(self, prompt: str, **options: object) -> _Video: ...


class _FromFolder(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> _Pipeline: ...


@pytest.mark.parametrize("fields", [{}, {"weight": 0.7, "start": 0.3, "end": 0.7}])
def test_a_controlled_take_is_the_video_of_the_stock_pipeline(tmp_path: Path, fields: dict[str, object]) -> None:
    """AnimateDiffControlNetPipeline's latents to 1e-4, with guidance, on two ranks."""
    from diffusers.models.controlnets.controlnet import ControlNetModel
    from diffusers.pipelines.animatediff.pipeline_animatediff_controlnet import AnimateDiffControlNetPipeline

    scene = Set(tmp_path)
    layer = scene.layer(**fields)
    request = scene.request(layer, negative_prompt="forest", guidance_scale=4.0)
    net = cast("_FromFolder", ControlNetModel).from_pretrained(str(scene.net))
    pipeline = cast("_FromFolder", AnimateDiffControlNetPipeline).from_pretrained(
        scene.studio.loaded.spec.folder, dtype=torch.float32, controlnet=net
    )
    pipeline.set_progress_bar_config(disable=True)
    model = scene.studio.loaded.model
    noise = TakeNoise(
        request, scene.studio.loaded.video, Reel(request.timeline.shots(), [], model), model.latent_shape(*SIZE)
    )
    theirs = pipeline(
        request.prompt,
        negative_prompt=request.negative_prompt,
        num_frames=request.frames,
        num_inference_steps=request.steps,
        guidance_scale=request.guidance_scale,
        width=request.width,
        height=request.height,
        latents=noise.initial(range(request.frames)),
        conditioning_frames=[Image.open(scene.maps / f"map {index}.png") for index in range(request.frames)],
        controlnet_conditioning_scale=layer.weight,
        control_guidance_start=layer.start,
        control_guidance_end=layer.end,
        output_type="latent",
    ).frames
    ours = scene.latents("job", request, 2)
    plain = scene.latents("plain", msgspec.structs.replace(request, controls=()))
    assert (ours - plain).abs().max() > 1e-2, "a control without effect proves nothing"
    assert torch.allclose(ours, theirs, rtol=0, atol=1e-4), (ours - theirs).abs().max()


@pytest.mark.parametrize(("kind", "world_size"), [("papercut", 5), ("unet3d", 2)])
def test_a_controlled_take_does_not_depend_on_the_number_of_ranks(
    tmp_path: Path, kind: VideoKind, world_size: int
) -> None:
    """Alone, with another or with more than there are windows: the same latents, for motion U-Nets and 3D ones."""
    frames = 20
    scene = Set(tmp_path, kind, maps=frames)
    if kind == "unet3d":
        scene.net = write_controlnet(
            tmp_path / "net3d", 1, **{**BLOCKS, "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D")}
        )
    layers = (scene.layer(), scene.layer(mode="control", picture=str(scene.maps / "map 3.png"), start=0.3))
    request = scene.request(*layers, frames=frames, steps=2, guidance_scale=3.0)
    alone, together = scene.latents("one", request), scene.latents("together", request, world_size)
    assert torch.allclose(alone, together, rtol=0, atol=1e-4), (alone - together).abs().max()


def test_frame_i_controls_frame_i(tmp_path: Path) -> None:
    """A picture changed in the middle of the sequence changes its own frame most."""
    scene = Set(tmp_path)
    before = scene.latents("before", scene.request(scene.layer(weight=0.5), steps=1))
    Image.fromarray(255 - make_map(53, *SIZE)).save(scene.maps / "map 3.png")
    after = scene.latents("after", scene.request(scene.layer(weight=0.5), steps=1))
    change = (after - before).abs().mean(dim=(0, 1, 3, 4))
    assert int(change.argmax()) == 3
    assert change[3] > 2 * change[[0, 1, 2, 4, 5]].max()


def test_a_still_controls_every_frame_and_an_animation_each_its_own(tmp_path: Path) -> None:
    """An animated file equals the folder of its frames; one picture equals a folder of copies."""
    scene = Set(tmp_path)
    still = scene.maps / "map 0.png"
    copies = tmp_path / "copies"
    copies.mkdir()
    for index in range(WINDOW):
        (copies / f"{index}.png").write_bytes(still.read_bytes())
    pictures = [Image.open(scene.maps / f"map {index}.png") for index in range(WINDOW)]
    animation = tmp_path / "clip.webp"
    pictures[0].save(animation, save_all=True, append_images=pictures[1:], lossless=True)
    pairs = [(still, copies), (animation, scene.maps)]
    for number, (one, other) in enumerate(pairs):
        first = scene.latents(f"first {number}", scene.request(scene.layer(picture=str(one)), steps=1))
        second = scene.latents(f"second {number}", scene.request(scene.layer(picture=str(other)), steps=1))
        assert torch.equal(first, second)


def test_masks_may_be_a_sequence_too(tmp_path: Path) -> None:
    """A mask that is black in one frame leaves that frame closer to the take without control than the others."""
    scene = Set(tmp_path)
    masks = tmp_path / "masks"
    masks.mkdir()
    for index in range(WINDOW):
        Image.new("L", SIZE, 0 if index == 2 else 255).save(masks / f"{index}.png")
    plain = scene.latents("plain", scene.request(steps=1))
    masked = scene.latents("masked", scene.request(scene.layer(mask=str(masks), weight=0.5), steps=1))
    change = (masked - plain).abs().mean(dim=(0, 1, 3, 4))
    assert int(change.argmin()) == 2
    assert change[2] < 0.5 * change[[0, 1, 3, 4, 5]].min()


def test_a_take_gone_on_with_is_the_uninterrupted_one(tmp_path: Path) -> None:
    """Controls are made ready again for a later attempt, and the frames are the same."""
    scene = Set(tmp_path)
    request = scene.request(scene.layer(), steps=3)
    scene.studio.make("whole", request)
    stopped: list[int] = []

    def stop(rank: int) -> None:
        stopped.append(rank)
        if len(stopped) == WINDOW + 4:
            raise BadInputError("enough")

    with pytest.raises(BadInputError, match="enough"):
        scene.studio.make("job", request, check_stop=stop)
    scene.studio.make("job", request, 2)
    assert furthest_difference(scene.studio.frames("job"), scene.studio.frames("whole")) == 0


def test_what_cannot_control_a_take_is_refused_before_its_first_frame(tmp_path: Path) -> None:
    """Too few pictures, a short animation, a T2I-Adapter, a still that is none: one line, and nothing is made."""
    scene = Set(tmp_path, maps=4)
    short = tmp_path / "short.webp"
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "blue")]
    frames[0].save(short, save_all=True, append_images=frames[1:], lossless=True)
    text = tmp_path / "text.png"
    text.write_text("no picture")
    t2i = write_t2i(tmp_path / "t2i", channels=(8, 16))
    write_json(scene.folder / "model" / "unet" / "config.json", _with_attention(scene))
    for fields, said in (
        ({}, "maps holds 4 pictures for 6 frames; shorten the take, or where this control acts, to 4 frames"),
        ({"picture": str(short)}, "short.webp holds 2 pictures for 6 frames"),
        ({"picture": str(text)}, "text.png is no picture"),
        ({"picture": "/a.MP4"}, "a.MP4 is not there"),
        ({"picture": str(write_movie(tmp_path / "s.mp4", 4))}, "s.mp4 holds 4 pictures for 6 frames; shorten the take"),
        ({"picture": str(tmp_path / "gone.png")}, "gone.png is not there"),
        ({"picture": str(scene.maps / "map 0.png"), "adapter": str(t2i)}, "which videos do not take"),
    ):
        with pytest.raises(BadInputError, match=said):
            scene.latents("job", scene.request(scene.layer(**fields)))


def test_a_layer_acts_on_its_own_frames_alone(tmp_path: Path) -> None:
    """Between cuts, so that frames see no others: outside of the clip nothing changes at all, inside every frame."""
    scene = Set(tmp_path)
    segments = (Segment(prompt="a", frames=2), Segment(prompt="b", frames=3, cut=True), Segment(prompt="c", frames=1))
    timeline = Timeline(segments=(*segments[:2], msgspec.structs.replace(segments[2], cut=True)))
    plain = msgspec.structs.replace(scene.request(steps=2), timeline=timeline)
    clip = msgspec.structs.replace(plain, controls=(scene.layer(first=2, frames=3),))
    change = (scene.latents("clip", clip) - scene.latents("plain", plain)).abs().amax(dim=(0, 1, 3, 4))
    assert change[[0, 1, 5]].max() == 0
    assert change[2:5].min() > 1e-3


def test_frame_i_of_a_clip_controls_the_frame_i_behind_its_first(tmp_path: Path) -> None:
    """A clip that starts later, or skips pictures, is the folder of just these pictures; a movie's clip likewise."""
    scene = Set(tmp_path)
    few = tmp_path / "few"
    few.mkdir()
    for index in range(3):
        (few / f"{index}.png").write_bytes((scene.maps / f"map {index + 1}.png").read_bytes())
    shifted = scene.latents("shifted", scene.request(scene.layer(first=2, frames=3, skip=1), steps=1))
    same = scene.latents("same", scene.request(scene.layer(first=2, frames=3, picture=str(few)), steps=1))
    assert torch.equal(shifted, same)
    with pytest.raises(BadInputError, match="few holds 2 pictures behind the first 1 for 3 frames"):
        scene.latents("short", scene.request(scene.layer(first=2, frames=3, skip=1, picture=str(few))))


def test_a_take_does_not_go_on_with_another_control_file(tmp_path: Path) -> None:
    """Half of its frames would follow a picture that no record names. Before its first step it may still change."""
    scene = Set(tmp_path)
    request, file = scene.request(scene.layer(), steps=2), scene.maps / "map 3.png"
    before = file.read_bytes()

    def stop(_rank: int) -> None:
        raise JobCancelledError("stopped")

    def stop_after_a_step(_rank: int, event: Event) -> None:
        if isinstance(event, Progress) and event.step:
            raise JobCancelledError("stopped")

    Image.fromarray(make_map(99, *SIZE)).save(file)
    with pytest.raises(JobCancelledError):
        scene.studio.make("job", request, 1, stop)
    file.write_bytes(before)
    with pytest.raises(JobCancelledError):
        scene.studio.make("job", request, 1, on_event=stop_after_a_step)
    Image.fromarray(make_map(99, *SIZE)).save(file)
    with pytest.raises(BadInputError, match="maps has changed since this take was begun"):
        scene.studio.make("job", request)
    file.write_bytes(before)
    scene.studio.make("job", request)
    assert scene.studio.movie("job").is_file()


def test_clips_do_not_depend_on_the_number_of_ranks(tmp_path: Path) -> None:
    """Clips that overlap, begin within a rank's run or are all another rank's: the same latents on 1 and 3 ranks."""
    frames = 20
    scene = Set(tmp_path, maps=frames)
    still = str(scene.maps / "map 3.png")
    layers = (
        scene.layer(first=3, frames=4),
        scene.layer(first=5, frames=12, picture=still, mode="control", end=0.7),
        scene.layer(first=18, picture=still),
    )
    request = scene.request(*layers, frames=frames, steps=2, guidance_scale=3.0)
    alone, together = scene.latents("one", request), scene.latents("together", request, 3)
    assert torch.allclose(alone, together, rtol=0, atol=1e-4), (alone - together).abs().max()


def _with_attention(scene: Set) -> dict[str, object]:
    """The U-Net's configuration, as one that takes a T2I-Adapter."""
    import json

    config = json.loads((scene.folder / "model" / "unet" / "config.json").read_text())
    return {**config, "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"]}


def test_names_with_numbers_are_in_the_order_of_numbers(tmp_path: Path) -> None:
    """2 comes before 10, whether written with zeros or not; other files are passed over."""
    from engine.control.footage import Footage

    for name in ("a10.png", "a2.png", "a001.png", "notes.txt", ".a0.png"):
        (tmp_path / name).touch()
    footage = Footage(ControlLayer(kind="canny", picture=str(tmp_path)), 3)
    assert [Path(footage.at(index).picture).name for index in range(3)] == [
        "a001.png",
        "a2.png",
        "a10.png",
    ]
