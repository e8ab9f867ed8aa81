"""What Export does: open the panel for the take in view, queue what it asks for, and lead to the file when it is done.

Made with the video wing; the panel is built when it is first opened.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from app.exported import find_movie
from app.picture_file import file_name
from engine.messages import ExportRequest, JobState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.actions import Actions
    from app.exchange import Exchange
    from app.jobs import JobModel
    from app.panels.export import ExportPanel
    from app.studio import Studio
    from app.theme import Theme
    from app.video_wing import VideoParts


class ExportControls(QObject):
    """Connects on construction."""

    def __init__(
        self,
        parts: VideoParts,
        *,
        jobs: JobModel,
        studio: Studio,
        exchange: Exchange,
        actions: Actions,
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._parts, self._jobs, self._studio, self._exchange = parts, jobs, studio, exchange
        self._theme, self._window = theme, window
        self._folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation))
        self.panel: ExportPanel | None = None
        """Built when it is first opened."""
        actions.export.triggered.connect(self._open)
        jobs.job_ended.connect(self._tell_end)

    def _open(self) -> None:
        request = self._parts.take.request
        if request is None:
            return
        if self.panel is None:
            # Loaded only now: it asks FFmpeg what there is.
            from app.panels.export import ExportPanel  # noqa: PLC0415
            from engine.media.av_formats import lacking  # noqa: PLC0415

            self.panel = ExportPanel(self._parts.take, self._parts.playhead, self._theme, lacking, self._window)
            self.panel.export_wanted.connect(self._export)
            self.panel.timeline_wanted.connect(self._save_cuts)
        folder = self._folder if self._folder.is_dir() else Path.home()
        self.panel.open_for(folder, file_name(request.prompt, request.seed, ""))

    def _export(self, request: ExportRequest, target: str) -> None:
        self._folder = Path(target).parent
        self._studio.export(request, Path(target))

    def _save_cuts(self, target: str) -> None:
        take = self._parts.take
        record, request = take.record, take.request
        if record is None or request is None:
            return
        self._folder = Path(target).parent
        movie = find_movie(record.info.job, [each.info for each in self._jobs.records()])
        self._exchange.save_cuts(Path(target), request, movie)

    def _tell_end(self, key: str) -> None:
        record = self._jobs.record(key)
        if record is None or not isinstance(record.request, ExportRequest) or record.state is not JobState.DONE:
            return
        for output in map(Path, record.info.outputs):
            words = self.tr("Exported “{name}”.").format(name=output.name)
            self._studio.offer(words, self.tr("Show in folder"), partial(_show_in_folder, output))


def _show_in_folder(output: Path) -> None:
    folder = output if output.is_dir() else output.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
