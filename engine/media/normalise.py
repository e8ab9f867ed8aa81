"""Any picture of Pillow's as 8-bit sRGB and alpha: rotation, colour profile, CMYK, 16 bits, palette, transparency.

Owns the order of these steps and what a person is told about them. Runs in the decoding child; opens no file.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageCms, ImageOps

if TYPE_CHECKING:
    from collections.abc import Sequence

_ORIENTATION = 0x0112
_SIXTEEN_BITS = 65_535


class UnreadableError(Exception):
    """The picture is whole, but there is no rule for what it holds; the text goes on from the file's name."""


@dataclass(frozen=True)
class Normalised:
    """`rgb` (mode RGB, sRGB) and `alpha` (mode L) of one size; alpha is None where all is opaque."""

    rgb: Image.Image
    alpha: Image.Image | None
    notes: Sequence[str]


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height after the turn that the EXIF asks for; orientations 5 to 8 lie on their side."""
    width, height = image.size
    return (height, width) if image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8) else (width, height)


def normalise(image: Image.Image) -> Normalised:
    """Turn one loaded frame into sRGB bytes with straight alpha, upright.

    Rules: grey of 16 bits is scaled to 8, other 16-bit pictures keep their high bytes (Pillow's reading); a damaged
    colour profile is ignored, and a note says so; CMYK without a profile is converted by its plain formula.

    Raises:
        UnreadableError: Floating-point pixels, or whole numbers beyond 16 bits: nothing says what is white.
    """
    notes: list[str] = []
    profile = cast("object", image.info.get("icc_profile"))
    if image.getexif().get(_ORIENTATION, 1) not in (0, 1):
        image = ImageOps.exif_transpose(image)
        notes.append("turned as its EXIF says")
    image, alpha = _split_alpha(_to_bytes(image, notes))
    if isinstance(profile, bytes) and profile:
        image = _to_srgb(image, profile, notes)
    if image.mode == "CMYK":
        notes.append("CMYK without a usable colour profile, converted by the plain formula")
    if alpha is not None and alpha.getextrema() == (255, 255):
        alpha = None
    return Normalised(image.convert("RGB"), alpha, notes)


def _to_bytes(image: Image.Image, notes: list[str]) -> Image.Image:
    """The picture with 8 bits per channel."""
    if image.mode == "F":
        raise UnreadableError("holds floating-point pixels, and nothing says what is white; save it with 8 or 16 bits")
    if not image.mode.startswith("I"):
        return image
    wide = image.convert("I")
    low, high = cast("tuple[int, int]", wide.getextrema())
    if low < 0 or high > _SIXTEEN_BITS:
        raise UnreadableError(f"holds values from {low} to {high}, beyond 16 bits; save it with 8 or 16 bits")
    notes.append("16 bits reduced to 8")
    # Pillow maps whole numbers only by scale and offset; converting to "L" cuts the fraction, so the half rounds.
    return wide.point(lambda value: value * (255 / _SIXTEEN_BITS) + 0.5).convert("L")


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colours without palette or transparency, and the alpha plane."""
    if image.mode in ("La", "RGBa"):
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    if image.mode in ("P", "PA") or (image.mode in ("1", "L", "RGB") and "transparency" in image.info):
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA"):
        return image.convert("L" if image.mode == "LA" else "RGB"), image.getchannel("A")
    return (image.convert("L") if image.mode == "1" else image), None


def _to_srgb(image: Image.Image, profile: bytes, notes: list[str]) -> Image.Image:
    """Colours converted from `profile`; a profile that does not fit the pixels is ignored."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(source).strip()
        if name.startswith("sRGB"):
            return image  # the conversion would only round
        converted = ImageCms.profileToProfile(
            image,
            source,
            cast("ImageCms.ImageCmsProfile", ImageCms.createProfile("sRGB")),  # pyright: ignore[reportUnknownMemberType]  # untyped C
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        notes.append("its colour profile is damaged or does not fit and was ignored")
        return image
    assert converted is not None  # only an in-place conversion returns nothing
    notes.append(f"colours converted from {' '.join(name.split())[:60] or 'its profile'} to sRGB")
    return converted
