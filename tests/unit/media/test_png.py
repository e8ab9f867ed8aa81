"""engine.media.png: pictures are whole or absent, and any bytes may be read."""

from __future__ import annotations

import errno
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.errors import DiskFullError, JobFailedError, OutputError
from engine.media import png
from engine.media.png import encode_png, read_texts, write_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIXELS = np.arange(6 * 5 * 3, dtype=np.uint8).reshape(6, 5, 3)
# PNG forbids NUL in texts; half surrogates are no text at all.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!I", len(content)) + kind + content + struct.pack("!I", zlib.crc32(kind + content))


def header(width: int = 1, height: int = 1) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0))


def test_a_written_picture_reads_back(tmp_path: Path) -> None:
    """Pixels and texts come back as they were, and the returned bytes are the file's."""
    part = tmp_path / "a.tmp"
    texts = {"parameters": "winter", "onetake": "Zoë ☃ 🏔️"}
    assert write_png(part, PIXELS, texts) == part.read_bytes()
    assert read_texts(part) == texts
    with Image.open(part) as image:
        assert np.array_equal(np.asarray(image), PIXELS)


@given(TEXTS)
def test_any_text_survives(text: str) -> None:
    """Text of any script comes back unchanged from a picture's bytes."""
    assert read_texts(encode_png(PIXELS, {"key": text})) == {"key": text}


def test_latin_text_is_kept_in_the_old_chunk() -> None:
    """Programs that know only tEXt can read Latin-1 prompts; others need iTXt."""
    assert b"tEXtparameters" in encode_png(PIXELS, {"parameters": "Zoë"})
    assert b"iTXtparameters" in encode_png(PIXELS, {"parameters": "☃"})


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    """A folder that is not there, or a file in its place, is bad output, named with the remedy."""
    with pytest.raises(OutputError, match=r"nowhere.*choose another"):
        write_png(tmp_path / "nowhere" / "a.tmp", PIXELS, {})
    (tmp_path / "folder.tmp").mkdir()
    with pytest.raises(OutputError, match="choose another"):
        write_png(tmp_path / "folder.tmp", PIXELS, {})


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """When the disk fills at the flush, the error says so and no part is left."""

    def full(_descriptor: int) -> None:
        raise OSError(number, "full")

    monkeypatch.setattr(png.os, "fsync", full)
    with pytest.raises(DiskFullError, match="free some space"):
        write_png(tmp_path / "a.tmp", PIXELS, {})
    assert list(tmp_path.glob("*.tmp")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_really_full_device_is_reported() -> None:
    """The same with a real device without room."""
    with pytest.raises(DiskFullError):
        png.write_document(Path("/dev/full"), b"x" * 100_000)


def test_a_lying_disk_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that reads back differently is an error, and is removed."""

    def lie(_pixels: NDArray[np.uint8], texts: dict[str, str]) -> bytes:
        return encode_png(PIXELS[::-1].copy(), texts)

    monkeypatch.setattr(png, "encode_png", lie)
    with pytest.raises(JobFailedError, match="reads back differently"):
        write_png(tmp_path / "a.tmp", PIXELS, {})
    assert list(tmp_path.glob("*.tmp")) == []


@given(st.binary(max_size=400))
def test_garbage_holds_no_texts(content: bytes) -> None:
    """Any bytes, with or without a PNG's beginning, are read without an exception."""
    for document in (content, header() + content):
        assert isinstance(read_texts(document), dict)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_damage_is_survived(position: int, byte: int) -> None:
    """A picture with one wrong byte gives its texts or none of them, never other ones."""
    document = bytearray(encode_png(PIXELS, {"a": "first", "b": "second ☃"}))
    document[position % len(document)] = byte
    found = read_texts(bytes(document))
    assert found.items() <= {"a": "first", "b": "second ☃"}.items()


def test_a_text_bomb_is_not_inflated() -> None:
    """A small chunk that would inflate beyond the cap is not inflated, in either compressed kind."""
    bomb = zlib.compress(bytes(png.MAX_TEXT_BYTES + 1), 9)
    assert len(bomb) < 10_000
    for kind, content in ((b"zTXt", b"a\0\0" + bomb), (b"iTXt", b"a\0\1\0\0\0" + bomb)):
        assert read_texts(header() + chunk(kind, content)) == {}


def test_compressed_texts_are_read() -> None:
    """Other programs compress long texts."""
    packed = zlib.compress("ünder".encode("latin-1"))
    assert read_texts(header() + chunk(b"zTXt", b"a\0\0" + packed)) == {"a": "ünder"}
    packed = zlib.compress("☃".encode())
    assert read_texts(header() + chunk(b"iTXt", b"a\0\1\0en\0\0" + packed)) == {"a": "☃"}


def test_a_giant_picture_is_not_looked_at(tmp_path: Path) -> None:
    """Pictures beyond the pixel limit, files beyond the size limit and folders hold nothing for us."""
    text = chunk(b"tEXt", b"a\0b")
    assert read_texts(header(1, 1) + text) == {"a": "b"}
    assert read_texts(header(100_000, 100_000) + text) == {}
    sparse = tmp_path / "huge.png"
    with sparse.open("wb") as stream:
        stream.write(header() + text)
        stream.truncate(png.MAX_FILE_BYTES + 1)
    assert read_texts(sparse) == {}
    assert read_texts(tmp_path) == {}
