"""The list of export formats: what each is called and what it is for; greyed with the reason where it is not there."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPainter

    from app.theme import Theme

TIMELINE = "otio"
"""Stands in the list among the codecs: cuts and prompts for editing programs, not pictures."""
PAD_PX = 8


class Format(NamedTuple):
    """A codec, or TIMELINE, in words."""

    codec: str
    name: str
    purpose: str


class _Role(IntEnum):
    CODEC = Qt.ItemDataRole.UserRole + 1
    PURPOSE = Qt.ItemDataRole.UserRole + 2


def formats() -> tuple[Format, ...]:
    """All of them, the most wanted first."""
    translate = QCoreApplication.translate
    return (
        Format(
            "h264", translate("formats", "MP4, H.264"), translate("formats", "Plays everywhere: to send and to show")
        ),
        Format("h265", translate("formats", "MP4, H.265"), translate("formats", "For newer devices and televisions")),
        Format("av1", translate("formats", "MP4, AV1"), translate("formats", "For today's browsers, in ten bits")),
        Format("vp9", translate("formats", "WebM, VP9"), translate("formats", "For web pages; small files")),
        Format(
            "prores",
            translate("formats", "MOV, ProRes 422 HQ"),
            translate("formats", "For editing and grading anywhere"),
        ),
        Format("dnxhr", translate("formats", "MOV, DNxHR HQ"), translate("formats", "For editing in Avid and Resolve")),
        Format("ffv1", translate("formats", "MKV, FFV1"), translate("formats", "To keep: every pixel as it is")),
        Format("gif", translate("formats", "GIF"), translate("formats", "Loops anywhere, in 256 colours")),
        Format("webp", translate("formats", "WebP"), translate("formats", "Loops in browsers, in all colours")),
        Format("png", translate("formats", "PNG pictures"), translate("formats", "A folder: every pixel as it is")),
        Format(
            "exr",
            translate("formats", "OpenEXR pictures"),
            translate("formats", "A folder for compositing, in linear light"),
        ),
        Format(
            TIMELINE, translate("formats", "Timeline, OTIO"), translate("formats", "The cuts, for Resolve and Kdenlive")
        ),
    )


class FormatList(QListWidget):
    """One row per format; `chosen` tells which is current."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, why_not: Callable[[str], str], parent: QWidget | None = None) -> None:
        """Fill the list.

        Args:
            theme: Colours.
            why_not: Says of a codec why it cannot be written here; empty when it can.
            parent: Owner.
        """
        super().__init__(parent)
        self.setAccessibleName(self.tr("Format"))
        self.setItemDelegate(_FormatDelegate(theme, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for each in formats():
            reason = why_not(each.codec)
            item = QListWidgetItem(each.name, self)
            item.setData(_Role.CODEC, each.codec)
            item.setData(_Role.PURPOSE, self.tr("Not on this machine") if reason else each.purpose)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.name}: {reason or each.purpose}")
            item.setToolTip(reason)
            if reason:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.currentItemChanged.connect(self._tell)
        theme.changed.connect(self.viewport().update)

    @property
    def codec(self) -> str:
        """The current format."""
        item = self.currentItem()
        return str(item.data(_Role.CODEC)) if item is not None else ""  # pyright: ignore[reportUnnecessaryComparison]

    def choose(self, codec: str) -> None:
        """Make this format current, unless it is greyed."""
        for item in map(self.item, range(self.count())):
            if item.data(_Role.CODEC) == codec and item.flags() & Qt.ItemFlag.ItemIsEnabled:
                self.setCurrentItem(item)

    def _tell(self, now: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if now is not None:
            self.chosen.emit(str(now.data(_Role.CODEC)))


class _FormatDelegate(QStyledItemDelegate):
    """Paints two lines: the name, and quietly what it is for."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics = option.fontMetrics
        purpose = str(index.data(_Role.PURPOSE))
        width = max(metrics.horizontalAdvance(text) for text in (str(index.data()), purpose))
        return QSize(width + 2 * PAD_PX, 2 * metrics.lineSpacing() + PAD_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens, rect, metrics = self._theme.tokens, option.rect, option.fontMetrics
        is_there = bool(option.state & QStyle.StateFlag.State_Enabled) and bool(index.flags())
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tokens.color("raised"))
            painter.fillRect(rect.left(), rect.top(), 2, rect.height(), tokens.color("accent"))
        line = rect.adjusted(PAD_PX, PAD_PX // 2, -PAD_PX, 0)
        line.setHeight(metrics.lineSpacing())
        painter.setPen(tokens.color("text" if is_there else "faint"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        line.translate(0, metrics.lineSpacing())
        painter.setPen(tokens.color("quiet" if is_there else "faint"))
        purpose = str(index.data(_Role.PURPOSE))
        painter.drawText(
            line,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(purpose, Qt.TextElideMode.ElideRight, line.width()),
        )
        painter.restore()
