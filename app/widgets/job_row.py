"""How a job looks in the queue: what, where, how far, and one small button to cancel or retry it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from app.jobs import JobModel, JobRole
from app.pictures import poster_of
from app.widgets.picture_cell import fitted
from app.words import clock, length_text, pictures_text, sentence
from engine.messages import ControlMapRequest, ExportRequest, JobState

if TYPE_CHECKING:
    from app.grids import Grids
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.pictures import PictureCache
    from app.theme import Theme

PAD, BUTTON, BAR, GAP = 12, 28, 4, 8


class RowButton(Enum):
    """What the button of a row does."""

    CANCEL = "cancel"
    RETRY = "retry"


def button_of(record: JobRecord) -> RowButton:
    """Ended jobs can be tried again, all others cancelled."""
    return RowButton.RETRY if record.state.is_final else RowButton.CANCEL


class JobRowDelegate(QStyledItemDelegate):
    """Paints three lines: prompt, state, progress; more for an error."""

    button_pressed = Signal(object, str)
    """A RowButton and the key of its job."""

    def __init__(self, theme: Theme, icons: Icons, cache: PictureCache, view: QListView, grids: Grids) -> None:
        super().__init__(view)
        self._cache, self._grids = cache, grids
        self._view = view
        self._theme = theme
        self._icons = icons

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        record = cast("JobRecord", index.data(JobRole.RECORD))
        metrics = option.fontMetrics
        line = metrics.lineSpacing()
        below = line + BAR + 6
        if record.state is JobState.FAILED:
            below = self._error_height(metrics, record)
        return QSize(120, 8 + line + 2 + below + 8)

    def _error_height(self, metrics: QFontMetrics, record: JobRecord) -> int:
        width = self._view.viewport().width() - 2 * PAD - BUTTON - poster_width(metrics, record)
        bounds = metrics.boundingRect(0, 0, width, 1000, int(Qt.TextFlag.TextWordWrap), self._state_line(record)[1])
        return bounds.height()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens = self._theme.tokens
        record = cast("JobRecord", index.data(JobRole.RECORD))
        rect = option.rect
        state = option.state
        metrics = option.fontMetrics
        line = metrics.lineSpacing()
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.color("raised"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), tokens.color("accent"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.color("line"))
        indent = poster_width(metrics, record)
        if indent:
            self._paint_poster(painter, QRect(rect.left() + PAD, rect.top() + 10, indent - GAP, 2 * line), record)
        text = rect.adjusted(PAD + indent, 8, -PAD - BUTTON, 0)
        text.setHeight(line)
        painter.setPen(tokens.color("text"))
        prompt = " ".join(record.request.prompt.split())
        painter.drawText(
            text, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(prompt, Qt.TextElideMode.ElideRight, text.width())
        )
        text.translate(0, line + 2)
        color, words = self._state_line(record)
        painter.setPen(tokens.color(color))
        if record.state is JobState.FAILED:
            text.setHeight(self._error_height(metrics, record))
            painter.drawText(text, Qt.TextFlag.TextWordWrap, words)
        else:
            painter.drawText(
                text,
                Qt.AlignmentFlag.AlignVCenter,
                metrics.elidedText(words, Qt.TextElideMode.ElideRight, text.width()),
            )
        if record.state is JobState.RUNNING:
            self._paint_bar(painter, QRect(text.left(), text.bottom() + 6, text.width(), BAR), index, record)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        self._paint_button(painter, rect, record, hovered=hovered)
        painter.restore()

    def _state_line(self, record: JobRecord) -> tuple[str, str]:
        pictures = self._what(record)
        of_grid = self._grids.progress(record)
        if of_grid is not None:
            ended = self.tr("grid, {done} of {count} pictures").format(done=of_grid[0], count=of_grid[1])
            return "quiet", "  ·  ".join(filter(None, (ended, record.device or self.tr("waiting"))))
        match record.state:
            case JobState.RUNNING:
                left = record.seconds_left()
                steps = f"{record.step} / {record.steps}" if record.steps else self.tr("starting")
                rest = self.tr("{time} left").format(time=clock(left)) if left is not None else ""
                # The devices of a take may be many: they come last, and whole in the tip.
                is_take = record.video is not None
                parts = [self._what(record), steps, rest, record.device] if is_take else [record.device, steps, rest]
                return "quiet", "  ·  ".join(part for part in parts if part)
            case JobState.PENDING:
                waits = self.tr("waiting") if record.info.job else self.tr("waiting for the engine")
                return "quiet", f"{pictures}  ·  {waits}"
            case JobState.FAILED:
                return "bad", sentence(record.info.error_message)
            case _:
                cancelled = self.tr("cancelled")
                return "quiet", f"{pictures}  ·  {cancelled}"

    def _what(self, record: JobRecord) -> str:
        """What the job makes, in two words."""
        if record.video is not None:
            length = length_text(record.video.frames, record.video.fps)
            return self.tr("re-roll") if record.video.base else length
        if isinstance(record.request, ExportRequest):
            return self.tr("export as {codec}").format(codec=record.request.codec)
        if isinstance(record.request, ControlMapRequest):
            return self.tr("control map")
        return pictures_text(record.request.count)

    def _paint_poster(self, painter: QPainter, place: QRect, record: JobRecord) -> None:
        tokens = self._theme.tokens
        painter.fillRect(place, tokens.color("surround"))
        poster = poster_of(record)
        scale = painter.device().devicePixelRatioF()
        image = self._cache.get(poster, round(place.width() * scale)) if poster is not None else None
        if image is None or image.isNull():
            side = min(20, place.height())
            corner = place.center() - QPoint(side // 2, side // 2)
            painter.drawPixmap(corner, self._icons.pixmap("film", "faint", scale, side))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(fitted(image, place), image)

    def _paint_bar(
        self, painter: QPainter, bar: QRect, index: QModelIndex | QPersistentModelIndex, record: JobRecord
    ) -> None:
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("line"))
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        done = QRect(bar)
        share, of_grid = float(index.data(JobRole.PROGRESS)), self._grids.progress(record)
        if of_grid is not None:
            share = (of_grid[0] + share) / of_grid[1]
        done.setWidth(round(bar.width() * share))
        if done.width() >= BAR:
            painter.setBrush(tokens.color("accent"))
            painter.drawRoundedRect(done, BAR / 2, BAR / 2)

    def _paint_button(self, painter: QPainter, rect: QRect, record: JobRecord, *, hovered: bool) -> None:
        icon = "cancel" if button_of(record) is RowButton.CANCEL else "retry"
        place = button_rect(rect)
        scale = painter.device().devicePixelRatioF()
        painter.drawPixmap(place.topLeft(), self._icons.pixmap(icon, "text" if hovered else "quiet", scale))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() is QEvent.Type.MouseButtonRelease:
            place = button_rect(option.rect).adjusted(-4, -4, 4, 4)
            if place.contains(cast("QMouseEvent", event).position().toPoint()):
                record = cast("JobRecord", index.data(JobRole.RECORD))
                self.button_pressed.emit(button_of(record), JobModel.key_of(record))
                return True
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        record = cast("JobRecord | None", index.data(JobRole.RECORD))
        if record is None:
            return False
        if button_rect(option.rect).contains(event.pos()):
            tip = self.tr("Cancel") if button_of(record) is RowButton.CANCEL else self.tr("Try again")
        else:
            lines = (record.request.prompt, record.device, record.notice, record.info.error_message)
            tip = "\n".join(filter(None, lines))
        QToolTip.showText(event.globalPos(), tip, view)
        return True


def poster_width(metrics: QFontMetrics, record: JobRecord) -> int:
    """Room for the poster of a take, with the gap behind it; 0 for jobs without one."""
    return round(2 * metrics.lineSpacing() * 1.5) + GAP if record.video is not None else 0


def button_rect(row: QRect) -> QRect:
    """Where the button of a row is."""
    return QRect(row.right() - PAD - 16, row.top() + 8, 20, 20)
