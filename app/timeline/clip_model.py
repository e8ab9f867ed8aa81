"""The control clips as a table, a row per clip: for the keyboard, the screen reader, and whoever prefers numbers."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, Qt

from app import clip_edits
from app.control_words import kind_title
from app.timeline.clips import clips_of

if TYPE_CHECKING:
    from app.jobs import AnyIndex
    from app.media_lengths import MediaLengths
    from app.project import Project


class ClipColumn(IntEnum):
    """From left to right."""

    FIRST = 0
    FRAMES = 1
    WEIGHT = 2
    KIND = 3
    NAME = 4
    STATE = 5


EDITABLE = (ClipColumn.FIRST, ClipColumn.FRAMES, ClipColumn.WEIGHT)


class ClipTable(QAbstractTableModel):
    """Follows the project; edits go to it as steps of undo. Frames are counted from 1, as the player counts them."""

    def __init__(self, project: Project, lengths: MediaLengths, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project, self._lengths = project, lengths
        self._clips = clips_of(project)
        project.edit_changed.connect(self._take_edit)
        project.models_changed.connect(self._reread)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._clips)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(ClipColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        names = [self.tr("From frame"), self.tr("Frames"), self.tr("Weight"), self.tr("Kind"), self.tr("File")]
        return [*names, self.tr("State")][section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return None
        clip = self._clips[index.row()]
        values: dict[int, object] = {
            ClipColumn.FIRST: clip.place.span.start + 1,
            ClipColumn.FRAMES: len(clip.place.span),
            ClipColumn.WEIGHT: clip.control.weight,
            ClipColumn.KIND: kind_title(clip.control.kind),
            ClipColumn.NAME: clip.control.name,
            ClipColumn.STATE: clip.idle or self.tr("Acts"),
        }
        return values.get(index.column())

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in EDITABLE else flags

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row, controls, length = index.row(), self._project.edit.controls, self._project.video.length
        if not index.isValid() or row >= len(controls) or role != Qt.ItemDataRole.EditRole:
            return False
        translate = QCoreApplication.translate
        match index.column():
            case ClipColumn.FIRST:
                by = int(str(value)) - 1 - controls[row].first
                text, after = translate("edits", "move controls"), clip_edits.move(controls, [row], by, length)
            case ClipColumn.FRAMES:
                stop, held = controls[row].first + int(str(value)), self._lengths.of(controls[row].picture)
                text = translate("edits", "trim control")
                after = clip_edits.trim_end(controls, row, stop, held, length)
            case ClipColumn.WEIGHT:
                text = translate("edits", "change weight")
                after = clip_edits.weigh(controls, [row], float(str(value)))
            case _:
                return False
        self._project.change_controls(text, after)
        return True

    def _take_edit(self, changed: set[str]) -> None:
        if changed & {"controls", "video", "model"}:
            self._reread()

    def _reread(self) -> None:
        clips = clips_of(self._project)
        if clips == self._clips:
            return
        if len(clips) == len(self._clips):
            self._clips = clips
            self.dataChanged.emit(self.index(0, 0), self.index(len(clips) - 1, len(ClipColumn) - 1))
            return
        self.beginResetModel()
        self._clips = clips
        self.endResetModel()
