"""Owns the coupling: how a scene's layout is read, deterministically and smoothly, from the initial noise.

Every choice the caption leaves open (where a ridge rises, where the boat floats, which cells
hold a star) is a function of weighted averages of the noise tensor that the sampler starts
from: each kind of thing chooses one of a few arrangements, and small shifts are smooth in the
noise. Averages are normalised back to N(0, 1), and shifts look only at the cells near the thing
they place, so that a convolutional network can learn the mapping. The picture is then a function
of (noise, caption), and one network pass can be trained by plain regression without blur.
What moves in a scene moves because its noise does.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Reals = NDArray[np.floating]

CHANNELS = 16  # noise channels that lay out a scene
LATENT_CHANNELS = 24  # channels of the latents; the noise has as many, and layout reads the first ones
CELL = 16  # pixels per noise cell, the autoencoder's factor
ROWS = 16  # parts of a layout from top to bottom, whatever the size; a picture of 256x256 has a cell for each

# What each noise channel decides.
FAR, MID, NEAR, BODY, CELL_KEEP, CELL_X, CELL_Y, TREES, HOMES, BOATS, BALLOONS, CLOUDS, BIRDS, DETAIL, SHORE, SPARE = (
    range(CHANNELS)
)
# The channels behind those say where in its orbit each moving thing is.
CAMERA, CLOUD_MOVE, BODY_MOVE, BEAT_EAST, BALLOON_MOVE, BOAT_MOVE, BIRD_MOVE, BEAT_NORTH = range(
    CHANNELS, LATENT_CHANNELS
)

TRAVEL = (CAMERA, CLOUD_MOVE, BODY_MOVE, BALLOON_MOVE, BOAT_MOVE, BIRD_MOVE)
"""Channels of which a picture shows nothing but the mean over the picture."""

BEAT_FRAMES = 12
"""Frames of one beat, in which snow swirls, wings beat and ripples glitter."""
ORBIT_FRAMES = (0,) * CHANNELS + (160, 240, 360, BEAT_FRAMES, 128, 144, 80, BEAT_FRAMES)
"""Frames after which each channel's noise is back where a shot began; 0 for a channel that stays."""

# How much of a layout is continuous in the noise beside the moves; the rest is one of a few arrangements. With 0.15 a
# small network trained for hours on a CPU drew the mean of nearby places: blur.
VARIETY = 0.04
ARRANGEMENTS = 3
# Ridges and the flock keep one arrangement: their thin edges cost a small network most to draw anew.
ARRANGED = (NEAR, BODY, TREES, HOMES, BOATS, BALLOONS, CLOUDS, SHORE, SPARE)
_THIRDS = (-0.4307273, 0.4307273)  # cut N(0, 1) into three parts of equal probability
TEMPLATE_SEED = 1


@functools.lru_cache(maxsize=8)
def _templates(columns: int) -> Floats:
    """The arrangements' fields, (3, 24, 16, columns) in parts of a layout; wider ones continue narrower ones."""
    tables: list[Floats] = [
        np.random.default_rng(TEMPLATE_SEED + k).standard_normal((LATENT_CHANNELS, 32, 32), dtype=np.float32)
        for k in range(ARRANGEMENTS)
    ]
    return np.stack(tables)[:, :, :ROWS, np.arange(columns) % 32]


def _as_layout(noise: Floats) -> Floats:
    """Noise in the parts of a layout, (24, 16, columns): the nearest cell's each, so it stays N(0, 1)."""
    height, width = noise.shape[1:]
    columns = ROWS * max(height, width) // height
    rows = (np.arange(ROWS) * 2 + 1) * height // (2 * ROWS)
    return noise[:, rows][:, :, (np.arange(columns) * 2 + 1) * width // (2 * columns)]


def arrangements(noise: Floats) -> NDArray[np.int64]:
    """Say which arrangement each channel of ARRANGED takes, (..., 9) in 0..2, for noise (..., 24, H/16, W/16).

    The channel's mean over the picture falls into one of three parts, equal ones for 256x256 (`_scaled_means`).
    """
    return np.digitize(_scaled_means(noise[..., ARRANGED, :, :]), _THIRDS)


def moves(noise: Floats) -> Floats:
    """Say how far each moving channel is out of its middle, (..., 8) in (-1, 1), for noise (..., 24, H/16, W/16).

    It is the channel's mean over the picture, made uniform for 256x256 (`_scaled_means`).
    """
    return uniform(_scaled_means(noise[..., CHANNELS:, :, :]))


def _scaled_means(noise: Floats) -> Floats:
    """Means over the picture, N(0, 1) up to 256x256, (...) for (..., H/16, W/16).

    Larger pictures' have the same scale and are narrower: a network that averages what it sees is right at any size
    then, while it could not know the size to scale by. Their things move less and lie more often in the middle
    arrangement.
    """
    means: Floats = noise.mean((-2, -1)) * math.sqrt(min(noise.shape[-2] * noise.shape[-1], ROWS * ROWS))
    return means


def orbit(first: Floats, second: Floats, frame: float) -> Floats:
    """The noise of a frame of a moving scene.

    Moving channels go round the circle through two independent noises, so every frame's noise is
    N(0, 1), neighbours are alike, nothing ever leaves its range, and frame numbers have no limit.
    The two channels of the beat go round each other: the angle of their pair tells the time, the
    same way round in every cell, from one frame's noise alone.

    Args:
        first: Noise of frame 0, (24, H/16, W/16).
        second: Noise a quarter turn later; only its moving channels count, and not those of the beat.
        frame: Frame number within the shot.
    """
    second = second.copy()
    second[BEAT_EAST], second[BEAT_NORTH] = -first[BEAT_NORTH], first[BEAT_EAST]
    out = first.copy()
    for channel, period in enumerate(ORBIT_FRAMES):
        if period:
            angle = 2 * math.pi * frame / period
            out[channel] = math.cos(angle) * first[channel] + math.sin(angle) * second[channel]
    return out


def uniform(normal: NDArray[np.floating]) -> Floats:
    """Map N(0, 1) values to uniform ones in (-1, 1), smoothly (a tanh fit of the normal CDF)."""
    return np.tanh(0.79788456 * (normal + 0.044715 * normal**3)).astype(np.float32)


@dataclass(frozen=True)
class NoiseField:
    """Reads layout numbers from initial noise of shape (24, H/16, W/16).

    A layout has 16 parts from top to bottom at any size, so that a larger picture is the smaller one enlarged, and a
    wider one goes on to its right.
    """

    noise: Floats
    """In the parts of the layout, (24, 16, columns), arrangements mixed in."""
    grid: tuple[int, int]
    """Cells down and across."""
    moved: Floats
    """How far each moving channel is out of its middle, (8,)."""

    @classmethod
    def of(cls, noise: Floats) -> NoiseField:
        """Mix initial noise with the arrangements that it chooses; moving channels stay as they are.

        A full share for the noise is what one would want, but a network of this size needs far
        more than an hour on a CPU to draw some forty sheets and things at any place. Choosing
        among a few places is learnt quickly and drawn crisply.
        """
        chosen = np.zeros(LATENT_CHANNELS, np.int64)
        chosen[list(ARRANGED)] = arrangements(noise)
        laid = _as_layout(noise)
        fixed = _templates(laid.shape[2])[chosen, np.arange(LATENT_CHANNELS)]
        mixed = VARIETY * laid + math.sqrt(1 - VARIETY**2) * fixed
        mixed[CHANNELS:] = laid[CHANNELS:]
        return cls(mixed.astype(np.float32), (int(noise.shape[1]), int(noise.shape[2])), moves(noise))

    def move(self, channel: int) -> float:
        """Read how far the things that a channel moves are out of their middle, in (-1, 1)."""
        return float(self.moved[channel - CHANNELS])

    def phases(self) -> Floats:
        """Where in its beat each part is, 0 up to 1, (16, columns); it grows evenly from frame to frame."""
        return (np.arctan2(self.noise[BEAT_NORTH], self.noise[BEAT_EAST]) / (2 * math.pi) % 1.0).astype(np.float32)

    def glitter(self, height: int, width: int) -> Floats:
        """How brightly each pixel of water glitters at this moment of the beat, 0..1, smooth over the parts."""
        field = Image.fromarray((0.5 + 0.5 * uniform(self.noise[BEAT_EAST])).astype(np.float32))
        return np.asarray(field.resize((width, height), Image.Resampling.BILINEAR))

    @property
    def width(self) -> int:
        """Picture width in pixels."""
        return self.grid[1] * CELL

    @property
    def height(self) -> int:
        """Picture height in pixels."""
        return self.grid[0] * CELL

    @property
    def part(self) -> tuple[float, float]:
        """Width and height of a part, pixels."""
        return self.width / self.noise.shape[2], self.height / ROWS

    def slots(self, channel: int, centres: Floats, row: float, *, spread: float = 1.5) -> Floats:
        """Read one N(0, 1) number at each centre.

        Args:
            channel: Noise channel.
            centres: Horizontal places as fractions of the width; outside 0..1 they wrap around.
            row: Vertical place as a fraction of the height.
            spread: Radius of the averaging window, in parts.
        """
        rows, columns = map(int, self.noise.shape[1:])
        across = np.exp(-0.5 * ((np.arange(columns) + 0.5 - (centres[:, None] % 1.0) * columns) / spread) ** 2)
        down = np.exp(-0.5 * ((np.arange(rows) + 0.5 - row * rows) / spread) ** 2)
        across /= np.sqrt((across**2).sum(1, keepdims=True))
        down /= math.sqrt(float((down**2).sum()))
        return (across @ (down @ self.noise[channel])).astype(np.float32)

    def read(self, channel: int, x: float, y: float, *, spread: float = 1.5) -> float:
        """Read one uniform number in (-1, 1) near a place given in fractions of the picture."""
        return float(uniform(self.slots(channel, np.array([x], np.float32), y, spread=spread))[0])

    def cells(self, channel: int) -> Floats:
        """Return the raw noise of each part, (16, columns)."""
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
) -> tuple[Floats, Reals, Reals, Reals]:
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
) -> tuple[Floats, Reals]:
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
    """Contour of a row of firs, about one to a column of the layout."""
    count = max(4, round(13 * field.noise.shape[2] / 16))
    centres = slot_centres(count)
    place = centres + 0.25 / count * uniform(field.slots(channel, centres, 0.4, spread=0.9))
    height = rise * (0.7 + 0.3 * uniform(field.slots(channel, centres, 0.7, spread=0.9)))
    offset = np.abs(x[None] - place[:, None]) * count
    tiers = np.interp(offset, [0, 0.2, 0.215, 0.42, 0.435, 0.62, 0.64], [1, 0.66, 0.72, 0.4, 0.46, 0.14, 0.0])
    return (base - (height[:, None] * tiers).max(0)).astype(np.float32)
