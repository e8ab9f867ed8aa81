"""engine.media.reading: files that are wrong, damaged or meant to harm end in one line, and quickly."""

from __future__ import annotations

import os
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.errors import BadInputError
from engine.media.reading import ReadingLimits, inspect_picture, read_picture
from tests.engine.media.pictures import animation, encoded, png_chunk, png_of, quarters

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def refusal(file: Path, limits: ReadingLimits | None = None) -> str:
    with pytest.raises(BadInputError) as caught:
        read_picture(file, limits=limits)
    message = caught.value.message
    assert str(file) in message
    assert "\n" not in message
    assert len(message) < 600
    return message


def test_what_is_no_picture_is_refused_by_content(tmp_path: Path) -> None:
    """A missing, empty or text file, a folder, and an SVG named .png each get their own line."""
    assert "not there" in refusal(tmp_path / "nothing.png")
    assert "not there, or no file" in refusal(tmp_path)
    assert "is empty" in refusal(write(tmp_path, "empty.png", b""))
    assert "is no picture that Onetake reads" in refusal(write(tmp_path, "text.png", b"hello, world"))
    assert "is no picture that Onetake reads" in refusal(write(tmp_path, "vector.png", b"<svg xmlns='x'/>"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_a_truncated_file_is_refused(tmp_path: Path, kind: str) -> None:
    """Half a picture is no picture: nothing is filled in with grey."""
    whole = encoded(Image.effect_noise((64, 64), 90).convert("RGB"), kind)
    assert "crashed" not in refusal(write(tmp_path, "half", whole[: len(whole) // 2]))


def test_the_header_of_a_bomb_is_enough(tmp_path: Path) -> None:
    """A PNG of 100,000 x 100,000 in a hundred bytes is refused by its header, when read and when looked at."""
    file = write(tmp_path, "bomb.png", png_of(100_000, 100_000))
    assert "more than 100,000,000 pixels" in refusal(file)
    with pytest.raises(BadInputError, match="make it smaller"):
        inspect_picture(file)


def test_compressed_text_cannot_fill_the_memory(tmp_path: Path) -> None:
    """A zTXt chunk that inflates to 256 MB ends in a line, not in swapping."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(256)) + packer.flush()
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + packed)
    assert "is damaged" in refusal(write(tmp_path, "text-bomb.png", png_of(8, 8, bomb)))


def test_memory_is_limited(tmp_path: Path) -> None:
    """A picture that needs more memory than allowed is refused by the child's own limit."""
    file = write(tmp_path, "large.png", encoded(Image.new("RGB", (9000, 9000)), "PNG"))
    # The interpreter and Pillow fit, 243 MB of pixels do not.
    limits = ReadingLimits(memory_bytes=280 * 2**20)
    assert "too much memory" in refusal(file, limits)


def child(code: str) -> tuple[str, ...]:
    """A decoder that does something else; options behind the code are ignored."""
    return (sys.executable, "-c", code)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A good picture: what goes wrong is the decoder."""
    file = tmp_path / "good.png"
    Image.fromarray(quarters()).save(file)
    return file


def test_a_decoder_that_hangs_is_ended(picture: Path) -> None:
    """The caller's clock kills a child that never answers, and the error names the time."""
    hang = child("import signal; signal.pause()")
    with pytest.raises(BadInputError, match=r"good\.png took more than 0\.5 s to decode"):
        read_picture(picture, limits=ReadingLimits(seconds=0.5), decoder=hang)


@pytest.mark.parametrize(
    "code",
    ["import os; os.kill(os.getpid(), 11)", "import os; os._exit(3)", "", "print('{', end='')"],
    ids=["segfault", "exit", "silence", "half a line"],
)
def test_a_decoder_that_crashes_is_a_line(picture: Path, code: str) -> None:
    """A segmentation fault, an exit or silence in the child is bad input to us, not a crash."""
    with pytest.raises(BadInputError, match=r"good\.png crashed the decoder"):
        read_picture(picture, decoder=child(code))


@pytest.mark.parametrize(
    "answer",
    [
        "print('[]')",
        'print(\'{"type":"decoded"}\')',
        "import json; print(json.dumps({'type': 'decoded', 'width': 2, 'height': 2, 'source': "
        "{'format': 'PNG', 'mode': 'RGB', 'width': 2, 'height': 2, 'frames': 1}}))",
    ],
    ids=["no object", "fields missing", "pixels missing"],
)
def test_a_taken_over_decoder_is_not_believed(picture: Path, answer: str) -> None:
    """An answer that is not exactly a header and its pixels is refused."""
    with pytest.raises(BadInputError, match=r"good\.png made the decoder answer nonsense"):
        read_picture(picture, decoder=child(answer))


def test_a_decoder_that_floods_is_ended(picture: Path) -> None:
    """Output beyond what any allowed picture needs is not collected."""
    flood = child("import sys\nwhile True: sys.stdout.write('x' * 65536)")
    with pytest.raises(BadInputError, match="decoder"):
        read_picture(picture, limits=ReadingLimits(pixels=1000), decoder=flood)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_child_can_write_no_file(picture: Path, tmp_path: Path) -> None:
    """Within its limits the child's write to a file fails, so a taken-over decoder alters nothing."""
    target = tmp_path / "written"
    code = (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from engine.media.decoder import _confine; _confine(2**32, 60)\n"
        f"open({str(target)!r}, 'wb').write(b'x')"
    )
    with pytest.raises(BadInputError, match="crashed the decoder"):
        read_picture(picture, decoder=child(code))
    assert target.stat().st_size == 0
    assert os.access(picture, os.R_OK)


def test_a_header_of_ten_thousand_frames_asks_which(tmp_path: Path) -> None:
    """An APNG that claims 10,000 frames is counted by its header; a frame that is not in it is one line."""
    file = animation(tmp_path / "long.png", frames=2)
    honest, claimed = (png_chunk(b"acTL", count.to_bytes(4, "big") + bytes(4)) for count in (2, 10_000))
    file.write_bytes(file.read_bytes().replace(honest, claimed))
    assert "holds 10000 frames; say which one, 0 to 9999" in refusal(file)
    with pytest.raises(BadInputError, match="is damaged"):
        read_picture(file, frame=9_999)
