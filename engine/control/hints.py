"""Control layers into hints: the map and the region mask at the result's size, made once while the files stay.

Owns reading a layer's files and the cache of maps by content. Reading is engine.media.reading's, detecting
engine.control.detect's.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from engine.control.detect import detect, stand_in_note
from engine.control.framing import frame_picture
from engine.control.placing import place_pixels
from engine.errors import BadInputError
from engine.media.known_pictures import KnownPictures
from engine.messages.detectors import DETECTORS, find_detector

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.control.framing import ResizeMode, Size
    from engine.control.shelf import DetectorShelf
    from engine.media.reading import Picture
    from engine.messages import ControlLayer

_MAP_SEED = 0


@dataclass(frozen=True)
class SourceFrame:
    """What a layer's picture or mask is in one frame.

    Attributes:
        index: Which frame of the file, counted from 0; -1 for its only one.
        digest: Of the file.
        read: Decodes it.
    """

    index: int
    digest: str
    read: Callable[[], Picture]


_Made: TypeAlias = "tuple[NDArray[np.uint8], tuple[str, ...]]"


@dataclass(frozen=True)
class Hint:
    """A layer with what its files say.

    Attributes:
        layer: The layer.
        pixels: Its control map, (H, W, 3) uint8 RGB of the result's size; (T, H, W, 3) for those of frames.
        mask: Where it acts, (H, W) or (T, H, W) uint8, 255 for wholly; None for everywhere.
        digests: Of the files, by path, for the record in the result.
        notes: What was done to the files, for people.
    """

    layer: ControlLayer
    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8] | None
    digests: dict[str, str]
    notes: tuple[str, ...]


class HintStore:
    """Makes hints, and keeps the last maps and masks."""

    def __init__(
        self,
        open_detectors: Callable[[], DetectorShelf],
        capacity_bytes: int = 256 * 2**20,
        pictures: KnownPictures | None = None,
    ) -> None:
        """Make an empty store.

        Args:
            open_detectors: Called when a layer's picture is no map yet.
            capacity_bytes: Bounds what is kept.
            pictures: What reads the files.
        """
        self._pictures = pictures or KnownPictures()
        self._open_detectors = open_detectors
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[tuple[object, ...], _Made] = OrderedDict()

    def make(
        self,
        layer: ControlLayer,
        size: Size,
        picture: SourceFrame | None = None,
        painted: SourceFrame | None = None,
        *,
        shape: Size | None = None,
    ) -> Hint:
        """The hint of `layer` for a result of `size`, in pixels. The detector draws from seed 0.

        Args:
            layer: The layer.
            size: Width and height.
            picture: What its picture is, where that is not simply its file.
            painted: What its mask is, likewise.
            shape: A size of the shape to which the result is stretched later on; `size` if left out.

        Raises:
            BadInputError: A file cannot be read; the message names it.
            BadModelError: The detector's weights are missing; the message names them.
        """
        shown = picture or self._frame_of(Path(layer.picture), layer.frame)
        look = (layer.resolution, *layer.options)
        key = (shown.digest, self._maker(layer), layer.is_map, shown.index, layer.resize, size, shape, look)
        pixels, notes = self._keep(key, lambda: self._map(layer, size, shown.read(), shape))
        if not layer.place.is_plain:
            found, (background, categorical) = pixels, look_of(layer.kind)
            pixels, _ = self._keep(
                (*key, layer.place),
                lambda: (place_pixels(found, layer.place, background, categorical=categorical), ()),
            )
        digests = {layer.picture: shown.digest}
        mask: NDArray[np.uint8] | None = None
        if layer.mask is not None:
            mask_file, resize = Path(layer.mask), layer.resize
            region = painted or self._frame_of(mask_file, None)
            key = (region.digest, region.index, resize, size, shape)
            mask, mask_notes = self._keep(key, lambda: read_mask(mask_file.name, region.read(), size, resize, shape))
            notes = (*notes, *mask_notes)
            if layer.place.with_mask and not layer.place.is_plain:
                mask = place_pixels(mask, layer.place, 0, categorical=False)
            digests[layer.mask] = region.digest
        return Hint(layer, pixels, mask, digests, notes)

    def clear(self) -> None:
        """Forget all maps, to give their memory back."""
        self._kept.clear()

    def _frame_of(self, file: Path, frame: int | None) -> SourceFrame:
        """A picture, or a frame of an animation."""
        index = -1 if frame is None else frame
        return SourceFrame(index, digest_file(file), lambda: self._pictures.read(file, frame=frame))

    def _maker(self, layer: ControlLayer) -> str:
        """The kind of what makes its map: another's map does not count any more once the weights have come."""
        spec = None if layer.is_map else find_detector(layer.kind)
        return self._open_detectors().maker(spec).kind if spec and spec.stand_in else layer.kind

    def _map(self, layer: ControlLayer, size: Size, picture: Picture, shape: Size | None) -> _Made:
        notes = tuple(f"{Path(layer.picture).name}: {note}" for note in picture.notes)
        background, categorical = look_of(layer.kind)
        if layer.is_map:
            whole = picture.over(background)
            return place_map(whole, size, layer.resize, background, categorical=categorical, shape=shape), notes
        shelf = self._open_detectors()
        if note := stand_in_note(layer.kind, shelf):
            notes = (*notes, note)
        pixels = detect(
            layer.kind,
            picture.over(),
            size,
            _MAP_SEED,
            shelf=shelf,
            resize=layer.resize,
            resolution=layer.resolution,
            options=layer.options,
            shape=shape,
        )
        return pixels, notes

    def _keep(self, key: tuple[object, ...], make: Callable[[], _Made]) -> _Made:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        self._kept.move_to_end(key)
        while sum(pixels.nbytes for pixels, _ in self._kept.values()) > self._capacity_bytes and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return found


def read_mask(name: str, picture: Picture, size: Size, resize: ResizeMode, shape: Size | None = None) -> _Made:
    """A region mask at `size`, (H, W) uint8, and what was done to it.

    White is where a control acts, transparent counts as black, and so does a border. A mask of another size is framed
    like the layer's picture, so that one painted over the picture stays over it. `name` is the file's, for the notes;
    `shape` is as for `HintStore.make`.
    """
    seen = picture.over((0, 0, 0))
    height, width = seen.shape[:2]
    notes = [f"{name}: {note}" for note in picture.notes]
    across, down = shape or size
    if (width, height) != (across, down):
        notes.append(f"{name}: the mask of {width}x{height} was resized to {across}x{down} ({resize})")
    placed = place_map(seen, size, resize, (0, 0, 0), categorical=False, shape=shape)
    # Rounded, not cut: white must stay white.
    grey = np.rint(placed @ np.array([0.299, 0.587, 0.114]))
    return grey.astype(np.uint8), tuple(notes)


def place_map(
    pixels: NDArray[np.uint8],
    size: Size,
    resize: ResizeMode,
    background: tuple[int, int, int],
    *,
    categorical: bool,
    shape: Size | None = None,
) -> NDArray[np.uint8]:
    """A finished map at `size`; one that has this size already is not touched. Labels are never mixed."""
    height, width = pixels.shape[:2]
    framing = frame_picture((width, height), size, resize, shape)
    if categorical:
        left, top, right, bottom = (round(edge) for edge in framing.box)
        content = np.ascontiguousarray(pixels[top : max(bottom, top + 1), left : max(right, left + 1)])
    else:
        content = framing.cut(np.ascontiguousarray(pixels), framing.size)
    return np.array(framing.place(content, background, categorical=categorical))


def digest_file(file: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises:
        BadInputError: It cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(f"{file} cannot be read ({error.strerror}); choose another picture") from error


def look_of(kind: str) -> tuple[tuple[int, int, int], bool]:
    """Colour of a map where there is no picture, and whether its colours are labels."""
    for spec in DETECTORS:
        if spec.kind == kind:
            return spec.background, spec.categorical
    return (0, 0, 0), False
