"""Live mode ("Auto"): while the artist changes things the picture is made again, and only the newest is shown.

Owns when a picture is asked for, when live mode ends, and the files that only live pictures needed. One picture is on
its way at a time; what changes meanwhile is one next picture. Live pictures are no jobs: they fill neither queue nor
gallery until one is kept, and the engine makes them only while the queue has nothing to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.live_link import KeepFailed, LiveFailed, LiveKept, LiveLink, LivePicture, LiveReport, LiveWaits
from app.words import sentence
from engine.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.live_link import LiveClient
    from app.project import Project
    from engine.messages import ImageRequest

GATHER_MS = 15
"""Changes that come together make one request."""


class Live(QObject):
    """Call `start`; it ends by `stop`, or when the artist turns to takes."""

    switched = Signal(bool)
    """Live mode is on, or off again."""
    pictured = Signal(object)
    """A LivePicture: the newest."""
    told = Signal(str, bool)
    """What is going on, and whether that is an error; empty for nothing worth a word."""
    kept = Signal(str)
    """A picture is a finished job now, with this id."""
    keep_failed = Signal(str)

    def __init__(self, project: Project, connect: Callable[[], LiveClient], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project, self._connect = project, connect
        self._link: LiveLink | None = None
        self._ending: list[LiveLink] = []
        """Those that still have something to keep, or are just connecting."""
        self._savers: list[Callable[[], object]] = []
        self._asked: ImageRequest | None = None
        self._is_on_its_way = self._is_stale = self._is_asking = False
        self._shown: LivePicture | None = None
        self._files: dict[str, None] = {}
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._ask)
        project.edit_changed.connect(self.touch)
        project.models_changed.connect(self.touch)
        project.requesting.connect(self._take_request)

    @property
    def is_on(self) -> bool:
        return self._link is not None

    @property
    def shown(self) -> LivePicture | None:
        """The newest picture; None before the first."""
        return self._shown

    def save_with(self, save: Callable[[], object]) -> None:
        """Have `save` write what is being painted before each request."""
        self._savers.append(save)

    def start(self) -> None:
        """Make pictures from now on."""
        if self._link is None and not self._project.video.is_active:
            self._link = LiveLink(self._connect, self)
            self._link.reported.connect(self._take)
            self._link.finished.connect(self._drop_ended)
            self._link.start()
            self._asked, self._shown, self._is_on_its_way = None, None, False
            self.switched.emit(True)  # noqa: FBT003 - Qt's signal
            self.touch()

    def stop(self) -> None:
        """End live mode; what was kept stays."""
        link, self._link = self._link, None
        if link is not None:
            self._gather.stop()
            self._ending.append(link)
            link.close()
            self._shown = self._asked = None
            self._forget_files()
            self.switched.emit(False)  # noqa: FBT003 - Qt's signal

    def close(self) -> None:
        """End live mode for good, and wait for what is still being kept."""
        self.stop()
        for link in self._ending:
            link.wait()

    def keep(self) -> None:
        """Put the picture that is shown into the gallery, as it is."""
        if self._link is not None and self._shown is not None:
            # What it was made from is its own from now on.
            for file in _files_of(self._shown.request):
                self._files.pop(file, None)
            self._link.keep(self._shown)

    def touch(self, *_changed: object) -> None:
        """Something is other than it was."""
        if self._link is None:
            return
        if self._project.video.is_active:
            self.stop()
            return
        self._is_stale = True
        if not self._is_on_its_way and not self._gather.isActive():
            self._gather.start()

    def _ask(self) -> None:
        if self._link is None or not self._is_stale or self._is_on_its_way:
            return
        self._is_stale = False
        for save in self._savers:
            save()
        self._is_asking = True
        masks = self._project.masks
        masks.fresh.clear()
        try:
            request = self._project.live_request()
        except BadInputError as error:
            self.told.emit(sentence(error.message), True)  # noqa: FBT003 - Qt's signal
            return
        finally:
            self._is_asking = False
            self._files |= dict.fromkeys(masks.fresh)
        if request != self._asked:
            # The one before may be in the making yet, if other work had come first.
            self._forget_files(request)
            self._asked, self._is_on_its_way = request, True
            self._link.want(request)

    def _take(self, report: LiveReport) -> None:
        if self.sender() is not self._link and not isinstance(report, LiveKept | KeepFailed):
            # Of a live mode that has ended since.
            return
        match report:
            case LivePicture():
                self._shown, self._is_on_its_way = report, False
                self._forget_files()
                self.told.emit("", False)  # noqa: FBT003 - Qt's signal
                self.pictured.emit(report)
            case LiveWaits():
                # The link asks again by itself, for this or for something newer.
                self._is_on_its_way = False
                self._asked = None if self._is_stale else self._asked
                self.told.emit(self.tr("Waits for the queue"), False)  # noqa: FBT003
            case LiveFailed(message):
                self._is_on_its_way = False
                self.told.emit(sentence(message), True)  # noqa: FBT003
            case LiveKept(job):
                self.kept.emit(job)
            case KeepFailed(message):
                self.keep_failed.emit(sentence(message))
        if self._is_stale:
            self._ask()

    def _take_request(self) -> None:
        """A request in earnest may use the same files: from now on they are not ours to remove."""
        if not self._is_asking:
            self._files.clear()

    def _drop_ended(self) -> None:
        for link in [link for link in self._ending if link.isFinished()]:
            self._ending.remove(link)
            link.deleteLater()

    def _forget_files(self, new: ImageRequest | None = None) -> None:
        """Remove what is needed neither for the picture that is shown, nor for what is asked for, nor for `new`."""
        shown = None if self._shown is None else self._shown.request
        needed = set[str]().union(*(_files_of(one) for one in (shown, self._asked, new) if one is not None))
        for file in [file for file in self._files if file not in needed]:
            del self._files[file]
            Path(file).unlink(missing_ok=True)


def _files_of(request: ImageRequest) -> set[str]:
    files = {layer.picture for layer in request.controls}
    return files | set(request.edit.files if request.edit is not None else ())
