"""Owns the coupling: how a scene's layout is read, deterministically and smoothly, from the initial noise.

Every choice the caption leaves open (where a ridge rises, where the boat floats, which cells
hold a star) is a smooth function of weighted averages of the noise tensor that the sampler
starts from. Each average is normalised back to N(0, 1), so random noise gives random layouts,
and it looks only at the cells near the thing it places, so that a convolutional network can
learn the mapping. The picture is then a function of (noise, caption), and one network pass
can be trained by plain regression without blur.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CHANNELS = 16  # noise channels that lay out a scene
LATENT_CHANNELS = 24  # channels of the latents; the noise has as many, and layout reads the first ones
CELL = 16  # pixels per noise cell, the autoencoder's factor

# What each noise channel decides.
FAR, MID, NEAR, BODY, CELL_KEEP, CELL_X, CELL_Y, TREES, HOMES, BOATS, BALLOONS, CLOUDS, BIRDS, DETAIL, SHORE, SPARE = (
    range(CHANNELS)
)


VARIETY = 0.25  # how much of a layout comes from the noise; the rest is one fixed arrangement
TEMPLATE_SEED = 1


@functools.lru_cache(maxsize=8)
def _template(height: int, width: int, seed: int) -> Floats:
    """The fixed arrangement's field, (24, height, width) in cells; larger pictures continue smaller ones."""
    rng = np.random.default_rng(seed)
    table = rng.standard_normal((LATENT_CHANNELS, 32, 32), dtype=np.float32)
    rows, columns = np.arange(height) % 32, np.arange(width) % 32
    return table[:, rows][:, :, columns]


def uniform(normal: NDArray[np.floating]) -> Floats:
    """Map N(0, 1) values to uniform ones in (-1, 1), smoothly (a tanh fit of the normal CDF)."""
    return np.tanh(0.79788456 * (normal + 0.044715 * normal**3)).astype(np.float32)


@dataclass(frozen=True)
class NoiseField:
    """Reads layout numbers from initial noise of shape (24, H/16, W/16)."""

    noise: Floats

    @classmethod
    def of(cls, noise: Floats) -> NoiseField:
        """Mix initial noise with the fixed arrangement; the mixture is N(0, 1) over arrangements.

        A full share for the noise is what one would want, but a network of this size needs far
        more than an hour on a CPU to find some forty small averages in it. With a quarter, what
        it has not found yet shows as slight softness, not as blur.
        """
        fixed = _template(noise.shape[1], noise.shape[2], TEMPLATE_SEED)
        return cls((VARIETY * noise + math.sqrt(1 - VARIETY**2) * fixed).astype(np.float32))

    @property
    def width(self) -> int:
        """Picture width in pixels."""
        return self.noise.shape[2] * CELL

    @property
    def height(self) -> int:
        """Picture height in pixels."""
        return self.noise.shape[1] * CELL

    def slots(self, channel: int, centres: Floats, row: float, *, spread: float = 1.5) -> Floats:
        """Read one N(0, 1) number at each centre.

        Args:
            channel: Noise channel.
            centres: Horizontal places as fractions of the width; outside 0..1 they wrap around.
            row: Vertical place as a fraction of the height.
            spread: Radius of the averaging window, in cells.
        """
        rows, columns = self.noise.shape[1:]
        across = np.exp(-0.5 * ((np.arange(columns) + 0.5 - (centres[:, None] % 1.0) * columns) / spread) ** 2)
        down = np.exp(-0.5 * ((np.arange(rows) + 0.5 - row * rows) / spread) ** 2)
        across /= np.sqrt((across**2).sum(1, keepdims=True))
        down /= math.sqrt(float((down**2).sum()))
        return (across @ (down @ self.noise[channel])).astype(np.float32)

    def read(self, channel: int, x: float, y: float, *, spread: float = 1.5) -> float:
        """Read one uniform number in (-1, 1) near a place given in fractions of the picture."""
        return float(uniform(self.slots(channel, np.array([x], np.float32), y, spread=spread))[0])

    def cells(self, channel: int) -> Floats:
        """Return the raw noise of each cell, (H/16, W/16)."""
        return self.noise[channel]

    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height


def draw_noise(rng: np.random.Generator, height: int = 256, width: int = 256) -> Floats:
    """Draw initial noise for a picture size in pixels (multiples of 16)."""
    if height % CELL or width % CELL:
        raise ValueError(f"size {width}x{height} is not a multiple of {CELL}; round it")
    return rng.standard_normal((LATENT_CHANNELS, height // CELL, width // CELL), dtype=np.float32)


def slot_centres(count: int) -> Floats:
    """Centres of evenly spaced slots, two more on each side for panning cameras."""
    return ((np.arange(-2, count + 2) + 0.5) / count).astype(np.float32)


def peaks(  # noqa: PLR0917 - the numbers of one ridge
    field: NoiseField, channel: int, count: int, base: float, rise: float, x: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Contour of pointed mountains.

    Args:
        field: The noise.
        channel: Noise channel of this ridge.
        count: Peaks across the picture.
        base: Foot of the ridge, fraction of the height from the top.
        rise: Height of the highest peak, fraction of the height.
        x: Columns in world coordinates, fractions of the width.

    Returns:
        Contour, and for each column its peak's x, y and height; all fractions.
    """
    centres = slot_centres(count)
    place = centres + 0.3 / count * uniform(field.slots(channel, centres, 0.35))
    height = rise * (0.72 + 0.28 * uniform(field.slots(channel, centres, 0.65)))
    slope = rise * count * 0.95
    reach = height[:, None] - slope * np.abs(x[None] - place[:, None])
    owner = reach.argmax(0)
    contour = base - np.maximum(reach.max(0), -0.02)
    fine = field.slots(DETAIL, ((np.arange(32) + 0.5) / 32).astype(np.float32), 0.5, spread=0.7)
    wobble = np.interp(x % 1.0, (np.arange(32) + 0.5) / 32, fine, period=1.0)
    contour = contour - 0.008 * wobble
    return contour.astype(np.float32), place[owner], (base - height)[owner], height[owner]


def bumps(  # noqa: PLR0917 - the numbers of one ridge
    field: NoiseField, channel: int, count: int, base: float, rise: float, x: Floats
) -> Floats:
    """Contour of round hills: a smooth maximum of wide bumps."""
    centres = slot_centres(count)
    place = centres + 0.25 / count * uniform(field.slots(channel, centres, 0.4))
    height = rise * (0.6 + 0.4 * uniform(field.slots(channel, centres, 0.7)))
    shape = height[:, None] * np.exp(-0.5 * ((x[None] - place[:, None]) * count / 0.55) ** 2)
    return (base - np.log(np.exp(shape * 30).sum(0) - (len(centres) - 1)) / 30).astype(np.float32)


def dunes(  # noqa: PLR0917 - the numbers of one ridge
    field: NoiseField, channel: int, count: int, base: float, rise: float, x: Floats
) -> tuple[Floats, Floats]:
    """Contour of dunes with a long windward and a short lee side, and each column's crest x."""
    centres = slot_centres(count)
    place = centres + 0.25 / count * uniform(field.slots(channel, centres, 0.4))
    height = rise * (0.68 + 0.32 * uniform(field.slots(channel, centres, 0.7)))
    offset = (x[None] - place[:, None]) * count
    windward = np.clip(1 + offset / 1.25, 0, 1) ** 1.7
    lee = np.clip(1 - offset / 0.6, 0, 1) ** 1.4
    shape = height[:, None] * np.where(offset < 0, windward, lee)
    return (base - shape.max(0)).astype(np.float32), place[shape.argmax(0)]


def conifers(field: NoiseField, channel: int, base: float, rise: float, x: Floats) -> Floats:
    """Contour of a row of firs, about one to a noise column."""
    count = max(4, round(13 * field.noise.shape[2] / 16))
    centres = slot_centres(count)
    place = centres + 0.25 / count * uniform(field.slots(channel, centres, 0.4, spread=0.9))
    height = rise * (0.7 + 0.3 * uniform(field.slots(channel, centres, 0.7, spread=0.9)))
    offset = np.abs(x[None] - place[:, None]) * count
    tiers = np.interp(offset, [0, 0.2, 0.215, 0.42, 0.435, 0.62, 0.64], [1, 0.66, 0.72, 0.4, 0.46, 0.14, 0.0])
    return (base - (height[:, None] * tiers).max(0)).astype(np.float32)
