"""The plan as a table, a row per segment: for the keyboard, the screen reader, and whoever prefers numbers."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app import timeline_edits as edits
from app.words import timecode
from engine.messages import MAX_SEED

if TYPE_CHECKING:
    from app.jobs import AnyIndex
    from app.project import Project


class Column(IntEnum):
    """From left to right."""

    START = 0
    LENGTH = 1
    TRANSITION = 2
    STRENGTH = 3
    CUT = 4
    SEED = 5
    PROMPT = 6


EDITABLE = (Column.LENGTH, Column.TRANSITION, Column.STRENGTH, Column.SEED, Column.PROMPT)
FIRST_HAS_NONE = (Column.TRANSITION, Column.STRENGTH, Column.CUT)


class SegmentTable(QAbstractTableModel):
    """Follows the project; edits go to it as steps of undo."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._segments = project.video.segments
        project.edit_changed.connect(self._take_edit)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._segments)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        names = [self.tr("Start"), self.tr("Frames"), self.tr("Transition"), self.tr("Strength"), self.tr("Cut")]
        return [*names, self.tr("Seed"), self.tr("Prompt")][section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        segment, column = self._segments[index.row()], index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == Column.CUT:
            return Qt.CheckState.Checked if segment.cut else Qt.CheckState.Unchecked
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return None
        values: dict[int, object] = {
            Column.LENGTH: segment.frames,
            Column.TRANSITION: segment.transition,
            Column.STRENGTH: segment.strength if segment.transition else None,
            # As text: seeds go beyond what Qt's own field for numbers takes, and none is empty.
            Column.SEED: "" if segment.seed is None else str(segment.seed),
            Column.PROMPT: segment.prompt,
        }
        if column == Column.START:
            return timecode(self._project.video.spans()[index.row()].start, self._project.video.fps)
        return values.get(column)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if index.row() == 0 and index.column() in FIRST_HAS_NONE:
            return Qt.ItemFlag.ItemIsSelectable
        if index.column() == Column.STRENGTH and not self._segments[index.row()].transition:
            return flags
        if index.column() == Column.CUT:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in EDITABLE else flags

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or index.row() >= len(self._project.video.segments):
            return False
        row, video, project = index.row(), self._project.video, self._project
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == Column.CUT:
            project.change_video(self.tr("cut"), edits.toggle_cut(video, [row]))
            return True
        if role != Qt.ItemDataRole.EditRole:
            return False
        match index.column():
            case Column.LENGTH:
                fit = edits.fit_of(project.spec)
                project.change_video(self.tr("change length"), edits.trim(video, row, int(str(value)), fit))
            case Column.TRANSITION:
                project.change_video(self.tr("change transition"), edits.set_transition(video, row, int(str(value))))
            case Column.STRENGTH:
                after = edits.set_strength(video, [row], float(str(value)))
                project.change_video(self.tr("change strength"), after)
            case Column.SEED:
                text = str(value).strip()
                if text and not (text.isascii() and text.isdigit() and int(text) <= MAX_SEED):
                    return False
                after = edits.set_seeds(video, {row: int(text) if text else None})
                project.change_video(self.tr("change seed"), after)
            case Column.PROMPT:
                project.change_video(self.tr("typing"), edits.write_prompt(video, row, str(value)))
            case _:
                return False
        return True

    def _take_edit(self, changed: set[str]) -> None:
        segments = self._project.video.segments
        if "video" not in changed or segments == self._segments:
            return
        if len(segments) == len(self._segments):
            self._segments = segments
            self.dataChanged.emit(self.index(0, 0), self.index(len(segments) - 1, len(Column) - 1))
            return
        self.beginResetModel()
        self._segments = segments
        self.endResetModel()
