"""What is seen in a picture when its control is scored: one look for each kind, other than the one it was made by.

Owns which metric and which extractor a kind has. All but depth's need no weights, so that they run anywhere; depth is
seen by any detector that is there and did not make the map.
Protocol: Li et al., ControlNet++, arXiv:2404.07987, section 4: extract the condition again, and compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
from PIL import Image

from engine.bench.control_scores import Bytes, f1_score, mean_iou, ms_ssim, root_mean_square
from engine.control.detect import detect
from engine.errors import BadModelError
from engine.messages.detectors import find_detector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.control.shelf import DetectorShelf

_COLOURS = 8
_EDGE_BLUR, _EDGE_LOW, _EDGE_HIGH = 1.0, 50, 100
_OUTLINE_BLUR, _OUTLINE_LOW, _OUTLINE_HIGH, _OUTLINE_WIDTH = 2.0, 20, 60, 5


class Score(Protocol):
    """Compares what is seen in two pictures of one size."""

    def __call__(self, source: Bytes, result: Bytes, shelf: DetectorShelf) -> float:
        """The score of `result` beside `source`, (H, W, 3) uint8 RGB each.

        Raises:
            BadModelError: The extractor's weights are missing.
        """
        ...


@dataclass(frozen=True)
class Look:
    """How a kind is scored.

    Attributes:
        metric: Its name in reports.
        extractor: What looks, likewise.
        score: The comparison.
        higher_is_better: Whether more is better.
    """

    metric: str
    extractor: str
    score: Score
    higher_is_better: bool = True


def edges(picture: Bytes) -> NDArray[np.bool_]:
    """Canny's edges of the grey picture, softened first."""
    return _canny(picture, _EDGE_BLUR, _EDGE_LOW, _EDGE_HIGH) > 0


def outlines(picture: Bytes) -> NDArray[np.bool_]:
    """Strokes along the large edges."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_OUTLINE_WIDTH, _OUTLINE_WIDTH))
    return np.asarray(cv2.dilate(_canny(picture, _OUTLINE_BLUR, _OUTLINE_LOW, _OUTLINE_HIGH), brush)) > 0


def main_colours(picture: Bytes) -> NDArray[np.float32]:
    """The colours that stand for its segments, (n, 3)."""
    few = Image.fromarray(picture).quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return np.unique(np.asarray(few.convert("RGB")).reshape(-1, 3), axis=0).astype(np.float32)


def nearest_colours(picture: Bytes, colours: NDArray[np.float32]) -> NDArray[np.intp]:
    """Which of the colours each pixel is nearest to, (H, W)."""
    distances = [((picture.astype(np.float32) - colour) ** 2).sum(axis=2) for colour in colours]
    return np.argmin(np.stack(distances), axis=0)


def _canny(picture: Bytes, blur: float, low: int, high: int) -> Bytes:
    soft = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), blur)
    return np.asarray(cv2.Canny(soft, low, high, L2gradient=True), np.uint8)


def _score_edges(source: Bytes, result: Bytes, shelf: DetectorShelf) -> float:  # noqa: ARG001 -- as Score
    return f1_score(edges(source), edges(result))


def _score_outlines(source: Bytes, result: Bytes, shelf: DetectorShelf) -> float:  # noqa: ARG001 -- as Score
    return f1_score(outlines(source), outlines(result))


def _score_segments(source: Bytes, result: Bytes, shelf: DetectorShelf) -> float:  # noqa: ARG001 -- as Score
    colours = main_colours(source)
    return mean_iou(nearest_colours(source, colours), nearest_colours(result, colours))


def _score_lines(source: Bytes, result: Bytes, shelf: DetectorShelf) -> float:
    return ms_ssim(_seen("lineart_standard", source, shelf), _seen("lineart_standard", result, shelf))


@dataclass(frozen=True)
class _DepthScore:
    """Depth as a detector sees it in both."""

    detector: str

    def __call__(self, source: Bytes, result: Bytes, shelf: DetectorShelf) -> float:
        return root_mean_square(_seen(self.detector, source, shelf), _seen(self.detector, result, shelf))


def _seen(kind: str, picture: Bytes, shelf: DetectorShelf) -> Bytes:
    """A detector's grey map, (H, W)."""
    height, width = picture.shape[:2]
    return detect(kind, picture, (width, height), 0, shelf=shelf)[..., 0]


_PLAIN = {
    # The standard line art too: its own detector judges the other line arts.
    **dict.fromkeys(("canny", "lineart_standard"), Look("f1", "edges of the softened picture", _score_edges)),
    "scribble": Look("f1", "broad outlines", _score_outlines),
    **dict.fromkeys(
        ("segment", "segment_ade", "sam", "sam_mobile"),
        Look("miou", f"the source's {_COLOURS} main colours", _score_segments),
    ),
    **dict.fromkeys(
        ("lineart", "lineart_anime", "hed", "pidinet", "teed", "anyline"),
        Look("ms_ssim", "lineart_standard", _score_lines),
    ),
}
_DEPTH = ("depth", "midas", "zoe", "leres", "depth_papercut")
"""Detectors of depth; the first that may judge does."""


def has_metric(kind: str) -> bool:
    """Whether controls of this kind can be scored."""
    return kind in _PLAIN or kind in _DEPTH


def look_of(kind: str, shelf: DetectorShelf, *, is_drawn: bool = False) -> Look:
    """How controls of a kind that has a metric are scored.

    Args:
        kind: The kind.
        shelf: Where extractors come from.
        is_drawn: No detector made the maps: all may judge, the kind's own as well.

    Raises:
        BadModelError: No detector is there that may judge; the message says which would do.
    """
    if kind in _PLAIN:
        return _PLAIN[kind]
    author = None if is_drawn else shelf.maker(find_detector(kind)).kind
    for other in map(find_detector, _DEPTH):
        if other.kind != author and shelf.maker(other) is other and shelf.is_ready(other):
            said = f"{other.kind}, the program's own" if other.weights[0].ships else other.kind
            return Look("rmse", said, _DepthScore(other.kind), higher_is_better=False)
    wanted = " or ".join(f"{spec.kind} ({spec.weights[0].name})" for spec in map(find_detector, _DEPTH[:2]))
    raise BadModelError(
        f"{author} made the maps and cannot judge them; get the weights of {wanted}, or give pictures with their maps"
    )
