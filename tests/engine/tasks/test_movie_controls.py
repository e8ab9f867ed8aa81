"""Movies as control clips of takes, and what a take records of the files that control it."""

from __future__ import annotations

import hashlib
import inspect
import json
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
import torch
from diffusers.models.unets.unet_3d_condition import UNet3DConditionModel
from diffusers.models.unets.unet_motion_model import UNetMotionModel
from PIL import Image

from engine.control.footage import Footage
from engine.control.hints import digest_file
from engine.media.av_movie import read_av_texts
from engine.media.video_metadata import COMMENT, VideoRecord
from engine.messages import ControlLayer
from engine.tasks.frame_controls import TakeControls
from tests.engine.media.movies import write_movie, write_pictures
from tests.engine.tasks.controlled_takes import SIZE, Set
from tests.tiny_adapters import make_map
from tests.tiny_videos import WINDOW

# diffusers and what it imports warn of their own future, and of the tiny models' odd sizes.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.mark.parametrize("world_size", [1, 3])
def test_a_movie_controls_as_the_folder_of_its_frames_does(tmp_path: Path, world_size: int) -> None:
    """Picture and mask from movies: the latents of the same frames saved as pictures, on any number of ranks."""
    scene = Set(tmp_path)
    pictures = [make_map(50 + index, *SIZE) for index in range(WINDOW + 3)]
    masks = [np.full((*SIZE[::-1], 3), 255 if index % 2 else 60, np.uint8) for index in range(WINDOW)]
    places: list[Path] = []
    movies: list[Path] = []
    for name, frames in (("pictures", pictures), ("masks", masks)):
        movie = write_pictures(tmp_path / f"{name}.mkv", frames, rate=Fraction(8))
        places.append(_saved_frames(movie, tmp_path / name, len(frames)))
        movies.append(movie)
    from_movies = scene.request(scene.layer(picture=str(movies[0]), mask=str(movies[1])), steps=1)
    from_folders = scene.request(scene.layer(picture=str(places[0]), mask=str(places[1])), steps=1)
    first = scene.latents("movies", from_movies, world_size)
    second = scene.latents("folders", from_folders, world_size)
    plain = scene.latents("plain", scene.request(steps=1), world_size)
    assert torch.equal(first, second)
    assert (first - plain).abs().max() > 1e-2, "a control without effect proves nothing"


def test_the_pictures_of_a_folder_are_decoded_by_one_child(tmp_path: Path) -> None:
    """A layer's maps, its masks and an animation each have one, which ends with the footage."""
    for name in ("maps", "masks"):
        (tmp_path / name).mkdir()
        for index in range(5):
            Image.new("RGB", SIZE, (10 * index,) * 3).save(tmp_path / name / f"{index}.png")
    moving = tmp_path / "moving.webp"
    stills = [Image.new("RGB", SIZE, (10 * index,) * 3) for index in range(5)]
    stills[0].save(moving, save_all=True, append_images=stills[1:], lossless=True)
    layer = ControlLayer(kind="canny", picture=str(tmp_path / "maps"), mask=str(tmp_path / "masks"))
    for given, count in ((layer, 2), (msgspec.structs.replace(layer, picture=str(moving), mask=None), 1)):
        footage, seen = Footage(given, 5), set[int]()
        for frame in range(5):
            for source in footage.sources(frame)[:count]:
                assert source is not None
                assert source.read().pixels[0, 0, 0] == 10 * frame
            children = psutil.Process().children()
            seen |= {each.pid for each in children if "engine.media.decoder" in " ".join(each.cmdline())}
        assert len(seen) == count
        footage.close()
        assert not any(psutil.pid_exists(pid) for pid in seen)


def _saved_frames(movie: Path, folder: Path, frames: int) -> Path:
    """The movie's frames as pictures, as our own reading shows them."""
    from engine.media.movie_reading import MovieReader

    folder.mkdir()
    reader = MovieReader(movie)
    for index in range(frames):
        Image.fromarray(reader.frame(index).pixels).save(folder / f"{index}.png")
    reader.close()
    return folder


def test_one_frame_of_a_movie_may_control_all(tmp_path: Path) -> None:
    """With `frame`, and where the movie holds one picture only, every frame of the take has the same control."""
    movie, still = write_movie(tmp_path / "clip.mp4", 3), write_movie(tmp_path / "still.mp4", 1)
    for layer, wanted in (
        (ControlLayer(kind="canny", picture=str(movie), frame=2), 2),
        (ControlLayer(kind="canny", picture=str(still)), 0),
    ):
        footage = Footage(layer, 50)
        for frame in (0, 49):
            shown, mask = footage.sources(frame)
            assert shown is not None
            assert mask is None
            assert shown.index == wanted
            assert shown.digest == digest_file(Path(layer.picture))


def test_another_rate_is_said_once(tmp_path: Path) -> None:
    """A movie of 23.976 frames a second in a take of 8 is a note; one of 8, and a still, are none."""
    scene = Set(tmp_path)
    for rate, count in ((Fraction(24000, 1001), 1), (Fraction(8), 0)):
        movie = write_movie(tmp_path / f"{count}.mp4", WINDOW, rate=rate)
        request = scene.request(scene.layer(picture=str(movie)))
        assert scene.studio.supply is not None
        told: list[str] = []
        controls = TakeControls(request, scene.studio.loaded, scene.studio.supply, told.append, lambda: None)
        controls.of_frames(range(WINDOW))
        assert [text for text in told if "frame by frame" in text] == told
        assert len(told) == count
        assert all(text.startswith("1.mp4: 23.976 frames a second control a take of 8") for text in told)


def test_a_take_records_the_digests_of_what_controls_it(tmp_path: Path) -> None:
    """Movie, mask, folder and adapter by path; a changed picture of the folder changes its digest."""
    scene = Set(tmp_path)
    movie = write_movie(tmp_path / "clip.mp4", WINDOW, rate=Fraction(8))
    mask = tmp_path / "mask.png"
    Image.new("L", SIZE, 200).save(mask)
    request = scene.request(scene.layer(picture=str(movie), mask=str(mask)), scene.layer(), steps=1)
    scene.studio.make("job", request, 2)
    record = msgspec.json.decode(read_av_texts(scene.studio.movie("job"))[COMMENT], type=VideoRecord)
    for file in (movie, mask):
        assert record.inputs[str(file)] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert set(record.inputs) >= {str(movie), str(mask), str(scene.maps)}
    before = record.inputs[str(scene.maps)]
    Image.fromarray(make_map(1, *SIZE)).save(scene.maps / "map 2.png")
    assert Footage(scene.layer(), WINDOW).digests()[str(scene.maps)] != before
    json.dumps(record.inputs)


def test_a_take_without_controls_records_no_files(tmp_path: Path) -> None:
    """And its record reads as those written before there were any."""
    scene = Set(tmp_path)
    scene.studio.make("job", scene.request(steps=1))
    text = read_av_texts(scene.studio.movie("job"))[COMMENT]
    assert msgspec.json.decode(text, type=VideoRecord).inputs == {}
    older = {key: value for key, value in json.loads(text).items() if key != "inputs"}
    assert msgspec.convert(older, VideoRecord).inputs == {}


def test_why_videos_take_no_t2i_adapter_still_holds() -> None:
    """diffusers' video U-Nets have no way in for features inside their blocks; once they have, ours can be compared."""
    for network in (UNetMotionModel, UNet3DConditionModel):
        assert "down_intrablock_additional_residuals" not in inspect.signature(network.forward).parameters
