"""engine.messages: an export's request refuses what no codec can do, and rows of earlier versions stay readable."""

from __future__ import annotations

import pytest

from engine.errors import BadInputError
from engine.messages import (
    CODECS,
    MAX_FRAMES,
    SUFFIX_OF_CODEC,
    WITH_QUALITY,
    Codec,
    ExportRequest,
    Retimed,
    check_codec,
    check_rate,
    decode_request,
    encode_request,
    estimate_bytes,
    fit_size,
    retimed_length,
)


def test_a_row_of_an_earlier_version_is_read_as_it_was_meant() -> None:
    """Every frame once, at the take's size, at the quality there was; a GIF that was refused later is read, too."""
    row = b'{"type":"export","take":"j1","codec":"prores","fps":12.0,"first":2,"end":9}'
    assert decode_request(row) == ExportRequest(
        take="j1", codec="prores", fps=12.0, first=2, end=9, width=0, height=0, quality="best", retimed=False
    )
    assert decode_request(b'{"type":"export","take":"j1"}') == ExportRequest(take="j1")
    assert isinstance(decode_request(b'{"type":"export","take":"j1","codec":"gif","fps":60.0}'), ExportRequest)


@pytest.mark.parametrize("codec", CODECS)
def test_every_codec_survives_its_json(codec: Codec) -> None:
    """What is stored is what comes back, with an ending and an estimate for each."""
    request = ExportRequest(take="j", codec=codec, width=512, height=288, retimed=True)
    assert decode_request(encode_request(request)) == request
    assert SUFFIX_OF_CODEC[codec] in ("", ".mp4", ".webm", ".mov", ".mkv", ".gif", ".webp")
    sizes = [estimate_bytes(codec, quality, 256, 256, 24) for quality in ("small", "balanced", "best")]
    assert sizes == sorted(sizes)
    assert (sizes[0] < sizes[2]) is (codec in WITH_QUALITY)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"width": 320}, "height 0 is out of range"),
        ({"width": 8, "height": 8}, "width 8 is out of range; use 16 to 8192"),
        ({"width": 321, "height": 180}, "321x180 does not suit h264, whose sides are even; use 322x180"),
        ({"codec": "dnxhr", "width": 128, "height": 128}, "begins at 256x120"),
        ({"codec": "ffv1", "quality": "balanced"}, "ffv1 has one quality"),
        ({"quality": "superb"}, "quality 'superb' is unknown; use small, balanced, best"),
        ({"codec": "avi"}, "codec 'avi' is unknown"),
    ],
)
def test_what_no_codec_can_do_is_refused(fields: dict[str, object], said: str) -> None:
    """In one line, with the value and the remedy."""
    with pytest.raises(BadInputError) as caught:
        ExportRequest(take="j", **fields)  # pyright: ignore[reportArgumentType]  # checked at construction
    assert said in caught.value.message


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("width", [16, 17, 333, 1000])
def test_a_fitted_size_suits_its_codec(codec: Codec, width: int) -> None:
    """Near what was wanted, in shape, and never refused for its parity."""
    found = fit_size(codec, 1920, 1080, width)
    assert abs(found[0] - width) <= 1
    assert abs(found[1] - found[0] * 1080 / 1920) <= 1.6
    if codec != "dnxhr" or width >= 256:
        check_codec(codec, *found)


def test_viewers_do_not_show_fast_gifs() -> None:
    """Fifty frames a second is the end."""
    check_rate("gif", 50.0)
    check_rate("h264", 120.0)
    with pytest.raises(BadInputError, match=r"at most 50 frames a second, not 50\.5"):
        check_rate("gif", 50.5)


def test_a_rate_that_would_repeat_frames_for_ever_is_refused() -> None:
    """As many frames as a take can have, and no list is made of more."""
    assert retimed_length(MAX_FRAMES, 24.0, 24.0) == MAX_FRAMES
    with pytest.raises(BadInputError, match=r"at 240 frames a second these would be .* frames; use a lower fps"):
        Retimed(range(MAX_FRAMES), 0.1, 240.0)
