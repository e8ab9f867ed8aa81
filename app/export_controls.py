"""What Export does: open the panel for the take in view, queue what it asks for, and lead to the file when it is done.

Made with the video wing; the panel is built when it is first opened. Folders and movies are looked at in a thread, as
their disk may be one that does not answer.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from app.background import Background, Newest
from app.exported import find_movie
from app.picture_file import file_name
from app.place_looks import is_folder
from engine.messages import ExportRequest, JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.actions import Actions
    from app.background import Problem
    from app.exchange import Exchange
    from app.jobs import JobModel
    from app.main_window import MainWindow
    from app.panels.export import ExportPanel
    from app.studio import Studio
    from app.theme import Theme
    from app.video_wing import VideoParts
    from engine.media.timeline_file import TakeMovie


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
        window: MainWindow,
    ) -> None:
        super().__init__(window)
        self._parts, self._jobs, self._studio, self._exchange = parts, jobs, studio, exchange
        self._theme, self._window = theme, window
        self._folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation))
        self.panel: ExportPanel | None = None
        """Built when it is first opened."""
        # One for each that may wait: for a folder's disk, and for that of the movies.
        self._background = Background(self, threads=2)
        self._folder_looks, self._movie_looks = Newest(self._background), Newest(self._background)
        self._movie: tuple[str, TakeMovie | None] = "", None
        """Of which take, and what editing programs are led to as far as is known."""
        window.closing.connect(self._background.close)
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

            self.panel = ExportPanel(
                *(self._parts.take, self._parts.playhead, self._theme),
                why_not=lacking,
                movie_rate=self._movie_rate,
                parent=self._window,
            )
            self.panel.export_wanted.connect(self._export)
            self.panel.timeline_wanted.connect(self._save_cuts)
            self._window.closing.connect(self.panel.looks.close)
        self.panel.open_for(self._folder, file_name(request.prompt, request.seed, ""))
        shown = self.panel.form.file.text()
        if Path(shown).parent == self._folder:
            self._folder_looks.ask(partial(is_folder, str(self._folder)), partial(self._take_folder, shown))
        self._look_for_movie()

    def _take_folder(self, shown: str, is_there: bool | Problem) -> None:
        """Lead home from a folder that is gone; what has been typed meanwhile stays."""
        if is_there is False and self.panel is not None and self.panel.form.file.text() == shown:
            self.panel.form.file.setText(str(Path.home() / Path(shown).name))

    def _export(self, request: ExportRequest, target: str) -> None:
        self._folder = Path(target).parent
        self._studio.export(request, Path(target))

    def _save_cuts(self, target: str) -> None:
        take = self._parts.take
        if take.record is None or take.request is None:
            return
        self._folder = Path(target).parent
        # Looked for anew: it may have been moved since.
        self._exchange.save_cuts(Path(target), take.request, self._finding())

    def _finding(self) -> Callable[[], TakeMovie | None]:
        """What looks for the movie that editing programs are led to."""
        return partial(find_movie, self._job, [each.info for each in self._jobs.records()])

    @property
    def _job(self) -> str:
        record = self._parts.take.record
        return record.info.job if record is not None else ""

    def _look_for_movie(self) -> None:
        self._movie_looks.ask(self._finding(), partial(self._take_movie, self._job))

    def _take_movie(self, job: str, movie: TakeMovie | Problem | None) -> None:
        known = job, movie if isinstance(movie, tuple) else None
        if known != self._movie:
            self._movie = known
            if self.panel is not None:
                # Its advice on a timeline is about the movie's rate.
                self.panel.refresh()

    def _movie_rate(self) -> float | None:
        job, movie = self._movie
        return movie.fps if movie is not None and job == self._job else None

    def _tell_end(self, key: str) -> None:
        record = self._jobs.record(key)
        if record is None or not isinstance(record.request, ExportRequest) or record.state is not JobState.DONE:
            return
        if self.panel is not None:
            self.panel.take_made(record.info.outputs)
            self._look_for_movie()
        for output in map(Path, record.info.outputs):
            words = self.tr("Exported “{name}”.").format(name=output.name)
            self._studio.offer(words, self.tr("Show in folder"), partial(_show_in_folder, output))


def _show_in_folder(output: Path) -> None:
    folder = output if output.is_dir() else output.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
