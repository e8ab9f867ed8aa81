"""engine.media.picture_series: many pictures by one child, each as if it were read alone, none spoiling the next."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.media.picture_series import PictureSeries
from engine.media.reading import ReadingLimits, read_picture
from tests.engine.media.pictures import animation, quarters

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path


def children() -> list[int]:
    """The decoding children of this process."""
    found = psutil.Process().children()
    return [each.pid for each in found if "engine.media.decoder" in " ".join(each.cmdline())]


@pytest.fixture
def series() -> Generator[PictureSeries]:
    made = PictureSeries()
    yield made
    made.close()
    assert not children()


def write_pictures(folder: Path) -> list[tuple[Path, int | None]]:
    """Of several kinds and sizes: plain, with alpha, of 16 bits, turned by its EXIF, and frames of an animation."""
    plain = Image.fromarray(quarters())
    plain.save(folder / "plain.png")
    clear = plain.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(plain.size))
    clear.save(folder / "alpha.webp", lossless=True)
    Image.fromarray((np.arange(600).reshape(20, 30) * 100).astype(np.uint16)).save(folder / "deep.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    plain.save(folder / "turned.jpg", exif=exif)
    moving = animation(folder / "moving.gif", frames=4)
    files = [folder / name for name in ("plain.png", "alpha.webp", "deep.png", "turned.jpg", "plain.png")]
    return [*((file, None) for file in files), (moving, 3), (moving, 1)]


def test_each_picture_is_the_one_that_is_read_alone(tmp_path: Path, series: PictureSeries) -> None:
    """Pixels, alpha, what the file holds and what was done to it; and all of it by one process."""
    seen: set[int] = set()
    for file, frame in write_pictures(tmp_path):
        ours, alone = series.read(file, frame=frame), read_picture(file, frame=frame)
        assert np.array_equal(ours.pixels, alone.pixels)
        assert (ours.alpha is None) == (alone.alpha is None)
        assert ours.alpha is None or (alone.alpha is not None and np.array_equal(ours.alpha, alone.alpha))
        assert (ours.source, ours.notes) == (alone.source, alone.notes)
        seen.update(children())
    assert len(seen) == 1


def test_a_bad_picture_is_named_and_spoils_none_behind_it(tmp_path: Path, series: PictureSeries) -> None:
    """Damaged, no picture, empty, away, a frame that is not there: the line of reading it alone, then the next one."""
    good = tmp_path / "good.png"
    Image.fromarray(quarters()).save(good)
    (tmp_path / "half.png").write_bytes(good.read_bytes()[:90])
    (tmp_path / "text.png").write_bytes(b"hello\n12 -1\n" * 100)
    (tmp_path / "empty.png").touch()
    for name, frame in (
        ("half.png", None),
        ("text.png", None),
        ("empty.png", None),
        ("away.png", None),
        ("good.png", 4),
    ):
        with pytest.raises(BadInputError) as alone:
            read_picture(tmp_path / name, frame=frame)
        with pytest.raises(BadInputError) as caught:
            series.read(tmp_path / name, frame=frame)
        assert caught.value.message == alone.value.message
        assert np.array_equal(series.read(good).pixels, quarters())


def test_a_file_that_cannot_be_read_to_its_end_is_named(
    tmp_path: Path, series: PictureSeries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a share that goes away behind the opening."""
    file = tmp_path / "far.png"

    class Far(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    def open_far(_file: Path, _limits: ReadingLimits) -> Far:
        return Far()

    monkeypatch.setattr("engine.media.picture_series.open_checked", open_far)
    with pytest.raises(BadInputError, match=r"far\.png cannot be read \(.+\); check"):
        series.read(file)


def child(code: str) -> Sequence[str]:
    """A decoder that does something else; options behind the code are ignored."""
    return (sys.executable, "-c", code)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import signal; signal.pause()", r"took more than 0\.5 s to decode"),
        ("import os; os._exit(3)", r"crashed the decoder \(exit status 3\)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"crashed the decoder \(exit status -11\)"),
        ("print('{}')", "answer nonsense"),
        (
            'print(\'{"type":"decoded","width":99999,"height":99999,"source":{"format":"PNG","mode":"RGB",'
            '"width":1,"height":1,"frames":1}}\')',
            "answer nonsense",
        ),
        (
            'print(\'{"type":"decoded","width":9,"height":9,"source":{"format":"PNG","mode":"RGB",'
            '"width":9,"height":9,"frames":1}}\')',
            "answer nonsense",
        ),
    ],
    ids=["hangs", "exits", "crashes", "nonsense", "too large", "cut short"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_child_that_misbehaves_is_ended_and_the_file_named(tmp_path: Path, code: str, words: str) -> None:
    """Also where it does not take a picture that is larger than a pipe; asked again, it is a new one."""
    file = tmp_path / "large.bmp"
    Image.effect_noise((700, 700), 90).convert("RGB").save(file)
    series = PictureSeries(limits=ReadingLimits(seconds=0.5 if "pause" in code else 20.0), decoder=child(code))
    for _ in range(2):
        with pytest.raises(BadInputError, match=rf"large\.bmp.*{words}"):
            series.read(file)
    assert not [each for each in psutil.Process().children() if code in each.cmdline()]
