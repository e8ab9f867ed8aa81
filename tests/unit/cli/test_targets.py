"""app.cli.targets: the name of a movie says what it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from app.cli.targets import BY_SUFFIX, parse_target
from engine.errors import OutputError
from engine.messages import CODECS, SUFFIX_OF_CODEC, Codec

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("codec", [codec for codec in CODECS if SUFFIX_OF_CODEC[codec]])
def test_a_suffix_is_a_codec(tmp_path: Path, codec: Codec) -> None:
    """In either case of letters; where several share one, it stands for the first, and the others are asked for."""
    for suffix in (SUFFIX_OF_CODEC[codec], SUFFIX_OF_CODEC[codec].upper()):
        name = str(tmp_path / f"a.b{suffix}")
        assert parse_target(name, codec) == (name, codec)
        assert parse_target(name) == (name, BY_SUFFIX[suffix.lower()])
    assert set(BY_SUFFIX.items()) <= set(zip(map(SUFFIX_OF_CODEC.get, CODECS), CODECS, strict=True))


def test_a_folder_of_exr_is_asked_for() -> None:
    """A folder is PNGs unless the codec says otherwise."""
    assert parse_target("/new/", "exr") == ("/new", "exr")


def test_a_folder_is_a_sequence_of_pictures(tmp_path: Path) -> None:
    """By its slash, or because it is there, whatever dots are in its name."""
    (tmp_path / "take.v2").mkdir()
    for name in ("new/", "new.mp4/", "take.v2"):
        assert parse_target(str(tmp_path / name).rstrip("/") + "/" * name.endswith("/")) == (
            str(tmp_path / name).rstrip("/"),
            "png",
        )


def test_a_relative_name_is_one_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The service has another current folder."""
    monkeypatch.chdir(tmp_path)
    assert parse_target("a.mp4") == (os.fspath(tmp_path / "a.mp4"), "h264")


def test_no_name_leaves_the_place_to_the_service() -> None:
    """The codec is the one asked for, or H.264."""
    assert parse_target("") == ("", "h264")
    assert parse_target("", "prores") == ("", "prores")


def test_a_name_must_suit_its_codec(tmp_path: Path) -> None:
    """The message gives both ways out."""
    with pytest.raises(OutputError, match=r"out\.mov does not suit h264; end it in \.mp4, or use --codec prores"):
        parse_target("out.mov", "h264")
    with pytest.raises(OutputError, match="does not suit gif"):
        parse_target(f"{tmp_path}", "gif")
