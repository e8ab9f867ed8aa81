"""engine.media.av_movie: colours are BT.709 in fact and in name, and come back as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from engine.media.clip import Clip
from engine.media.movie import write_movie
from tests.unit.media.clips import patch_frame

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BT709, BT601 = (0.2126, 0.0722), (0.299, 0.114)
BITS = {"h264": 8, "prores": 10}


def encoded(tmp_path: Path, pixels: NDArray[np.uint8], codec: str) -> Path:
    height, width = pixels.shape[:2]
    clip = Clip.create(tmp_path / "clip", width=width, height=height, fps=8, frames=4)
    for frame in clip.frames:
        clip.write(frame, pixels)
    write_movie(clip, tmp_path / "out", codec=codec, fps=8, texts={}, after_frame=lambda _: None)
    return tmp_path / "out"


def decoded(path: Path, codec: str, weights: tuple[float, float]) -> NDArray[np.float64]:
    """The last frame as RGB, computed from its planes by the equations of the standard, not by FFmpeg.

    Limited range: luma 16 to 235, colour differences 16 to 240, times 4 for ten bits (BT.709-6, table 4).
    """
    with av.open(str(path)) as container:
        frame = list(container.decode(video=0))[-1]
    scale = 2 ** (BITS[codec] - 8)
    y, cb, cr = (_plane(frame, index, BITS[codec]) / scale for index in range(3))
    cb, cr = (np.repeat(np.repeat(plane, y.shape[0] // plane.shape[0], 0), 2, 1) for plane in (cb, cr))
    red_weight, blue_weight = weights
    luma, blue_less, red_less = (y - 16) / 219, (cb - 128) / 224, (cr - 128) / 224
    red = luma + red_less * 2 * (1 - red_weight)
    blue = luma + blue_less * 2 * (1 - blue_weight)
    green = (luma - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    return np.stack([red, green, blue], -1) * 255


def _plane(frame: av.VideoFrame, index: int, bits: int) -> NDArray[np.float64]:
    plane = frame.planes[index]
    kind = np.uint8 if bits == 8 else np.dtype("<u2")
    rows = np.frombuffer(bytes(plane), kind).reshape(plane.height, -1)
    return rows[:, : plane.width].astype(np.float64)


def worst_of_patches(found: NDArray[np.float64], pixels: NDArray[np.uint8]) -> float:
    """The largest difference in the middle of the patches, away from edges, where colour is shared by neighbours."""
    inside = np.zeros((32, 32), bool)
    inside[8:24, 8:24] = True
    return float(np.abs(found - pixels)[np.tile(inside, (4, 4))].max())


@pytest.mark.parametrize("codec", BITS)
def test_flat_colours_come_back_by_the_equations_of_bt709(tmp_path: Path, codec: str) -> None:
    """Within 2.5 of 255 for saturated, dark and grey patches; read as BT.601 they would be far off."""
    pixels = patch_frame()
    path = encoded(tmp_path, pixels, codec)
    assert worst_of_patches(decoded(path, codec, BT709), pixels) <= 2.5
    assert worst_of_patches(decoded(path, codec, BT601), pixels) > 15


@pytest.mark.parametrize("codec", BITS)
def test_grey_ramps_come_back_without_a_tint(tmp_path: Path, codec: str) -> None:
    """Every grey from black to white, within 2.5 of 255 in each channel: no offset, no change of contrast."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :], 64, 0)
    pixels = np.stack([ramp] * 3, -1)
    found = decoded(encoded(tmp_path, pixels, codec), codec, BT709)
    assert float(np.abs(found - pixels).max()) <= 2.5
    assert np.abs(found.mean((0, 1)) - pixels.mean((0, 1))).max() < 0.6


@pytest.mark.parametrize("codec", BITS)
def test_coloured_ramps_come_back(tmp_path: Path, codec: str) -> None:
    """A slow change of colour stays within 1.5 of 255 on average, though neighbours share colour."""
    x, y = np.meshgrid(np.arange(256), np.arange(128))
    pixels = np.stack([x, y * 2, 255 - x], -1).astype(np.uint8)
    found = decoded(encoded(tmp_path, pixels, codec), codec, BT709)
    assert float(np.abs(found - pixels).max()) <= 8
    assert float(np.abs(found - pixels).mean()) <= 1.5


@pytest.mark.parametrize("codec", BITS)
def test_the_file_names_its_colours(tmp_path: Path, codec: str) -> None:
    """Primaries, transfer, matrix and range are tagged in the stream and in the container, so no player guesses."""
    path = encoded(tmp_path, patch_frame(), codec)
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        frame = next(container.decode(video=0))
    for tagged in (context, frame):
        assert (tagged.color_primaries, tagged.color_trc) == (ColorPrimaries.BT709, ColorTrc.BT709)
        assert (tagged.colorspace, tagged.color_range) == (Colorspace.ITU709, ColorRange.MPEG)
    assert frame.format.name == {"h264": "yuv420p", "prores": "yuv422p10le"}[codec]
    assert b"colrncl" in path.read_bytes()


@pytest.mark.parametrize("codec", BITS)
def test_ffmpeg_reads_the_colours_as_they_were(tmp_path: Path, codec: str) -> None:
    """What a player built on FFmpeg shows by following the tags."""
    pixels = patch_frame()
    with av.open(str(encoded(tmp_path, pixels, codec))) as container:
        shown = list(container.decode(video=0))[-1].to_ndarray(format="rgb24")
    assert worst_of_patches(shown.astype(np.float64), pixels) <= 3
