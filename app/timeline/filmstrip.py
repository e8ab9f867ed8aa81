"""How the frames of a take are painted: a strip of thumbnails that fills everywhere at once, and who makes which.

Each device has a tint, with its number written in: a bar under its frames, faint where nothing is known of a frame,
half for a preview, full for one that is done. A frame that is not done is tinted as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter

from app.take import FrameState, device_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QColor

    from app.take import Take
    from app.timeline.painting import Canvas

BAR_PX, CHIP_PX, CHIP_PAD = 5, 40, 5
LOOK_BACK = 4096


class Tile(NamedTuple):
    """A stretch of frames that one thumbnail stands for."""

    frames: range
    left: float
    right: float


def tiles(on: Canvas, take: Take) -> Iterator[Tile]:
    """The tiles in the painted strip: as wide as a thumbnail, or a frame where frames are wider."""
    request = take.request
    if request is None:
        return
    height = on.lanes.frames.height - BAR_PX - 2
    wanted_px = max(height * request.width / request.height, 12)
    step = max(1, round(wanted_px / on.scale.frame_px))
    start = max(0, int(on.first // step) * step)
    while start < request.frames and start <= on.last:
        stop = min(start + step, request.frames)
        yield Tile(range(start, stop), on.scale.x(start), on.scale.x(stop))
        start = stop


def paint_take(on: Canvas, take: Take) -> None:
    """The strip and the bar under it."""
    devices = take.devices()
    for tile in tiles(on, take):
        _paint_tile(on, take, tile, devices)
    _paint_bar(on, take, devices)


def paint_vacancy(on: Canvas, width: int) -> None:
    """Where a take will be."""
    lane = on.lanes.frames
    place = QRectF(on.scale.left_px + 8, lane.top, width - on.scale.left_px - 16, lane.height)
    on.painter.setPen(on.tokens.color("quiet"))
    words = QCoreApplication.translate("Timeline", "The frames of the take appear here while they are made.")
    on.painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def _paint_tile(on: Canvas, take: Take, tile: Tile, devices: list[str]) -> None:
    painter, tokens, lane = on.painter, on.tokens, on.lanes.frames
    box = QRectF(tile.left, lane.top, max(tile.right - tile.left - 1, 1), lane.height - BAR_PX - 2)
    frame = _shown_frame(take, tile.frames)
    painter.fillRect(box, tokens.color("surround"))
    if frame is None:
        return
    image = take.thumbnail(frame, 192)
    is_ready = take.state(frame) is FrameState.READY
    if image is not None:
        painter.save()
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        scale = box.height() / max(image.height(), 1)
        painter.drawImage(QRectF(box.left(), box.top(), image.width() * scale, box.height()), image)
        painter.restore()
    if not is_ready:
        painter.fillRect(box, _tint(on, take.maker(frame), devices, 0.26))


def _shown_frame(take: Take, frames: range) -> int | None:
    """The frame that stands for a tile: the first one that is there."""
    # A tile of a long take covers hundreds of frames: a few looks are enough to find one.
    seen = frames[:: max(1, len(frames) // 24)]
    found = zip(seen, take.survey(seen), strict=True)
    return next((frame for frame, (_, state) in found if state is not FrameState.VACANT), None)


def _paint_bar(on: Canvas, take: Take, devices: list[str]) -> None:
    """Runs of the same maker and state, each with the device's number at its beginning."""
    painter, tokens, lane = on.painter, on.tokens, on.lanes.frames
    top = lane.bottom - BAR_PX
    # Runs meet in the middle of pixels; smooth edges would let the ground shine through between them.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # noqa: FBT003 - Qt's own signature
    alpha = {FrameState.VACANT: 0.3, FrameState.PREVIEW: 0.6, FrameState.READY: 1.0}
    for frames, maker, state in runs(take, max(0, int(on.first)), int(on.last) + 1, on.scale.frame_px):
        left, right = on.scale.x(frames.start), on.scale.x(frames.stop)
        color = _tint(on, maker, devices, alpha[state]) if maker else tokens.color("line", alpha[state])
        painter.fillRect(QRectF(left, top, right - left, BAR_PX), color)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for frame, maker in _beginnings(
        take, max(0, int(on.first - CHIP_PX / on.scale.frame_px)), int(on.last) + 1, on.scale.frame_px
    ):
        _paint_chip(on, frame, maker, devices)


class Run(NamedTuple):
    """Frames in a row of one maker, equally far."""

    frames: range
    maker: str
    state: FrameState


def runs(take: Take, first: int, last: int, frame_px: float) -> list[Run]:
    """The runs between two frames, as finely as a pixel can show.

    Where a device has spoken of the frames on both sides, those between are its own as well.
    """
    stride = max(1, int(1 / frame_px))
    found: list[Run] = []
    stop = min(last, take.length)
    seen = range(first - first % stride, stop, stride)
    for frame, (maker, state) in zip(seen, take.survey(seen), strict=True):
        if found and found[-1].maker == maker and found[-1].state is state:
            continue
        if found:
            found[-1] = found[-1]._replace(frames=range(found[-1].frames.start, frame))
        found.append(Run(range(frame, stop), maker, state))
    joined: list[Run] = []
    for index, run in enumerate(found):
        before, after = found[max(index - 1, 0)].maker, found[min(index + 1, len(found) - 1)].maker
        _join(joined, run._replace(maker=before) if not run.maker and before == after else run)
    return joined


def _join(found: list[Run], run: Run) -> None:
    """Add a run to those before it, lengthening the last one if it is of the same kind."""
    if found and found[-1][1:] == run[1:]:
        found[-1] = found[-1]._replace(frames=range(found[-1].frames.start, run.frames.stop))
    else:
        found.append(run)


def _beginnings(take: Take, first: int, last: int, frame_px: float) -> Iterator[tuple[int, str]]:
    """Where another device's frames begin: not after frames that nobody has spoken of yet."""
    stride = max(1, int(1 / frame_px))
    first = max(0, first - first % stride)
    passed = range(first - stride, max(first - LOOK_BACK * stride, -1), -stride)
    before = next((maker for frame in passed if (maker := take.maker(frame))), "")
    seen = range(first, min(last, take.length), stride)
    for frame, (maker, _) in zip(seen, take.survey(seen), strict=True):
        if maker and maker != before:
            yield frame, maker
            before = maker


def _paint_chip(on: Canvas, frame: int, maker: str, devices: list[str]) -> None:
    painter, lane = on.painter, on.lanes.frames
    words = str(device_number(maker, devices))
    width = on.metrics.horizontalAdvance(words) + 2 * CHIP_PAD
    box = QRectF(on.scale.x(frame) + 2, lane.bottom - BAR_PX - 2 - on.metrics.height() - 1, width, on.metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_tint(on, maker, devices, 1.0))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(on.tokens.color("on_tint"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _tint(on: Canvas, maker: str, devices: list[str], alpha: float) -> QColor:
    if maker not in devices:
        return on.tokens.color("line", alpha)
    return on.tokens.tint(devices.index(maker), alpha)
