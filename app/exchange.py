"""What goes between the window and other programs: files opened, dropped and saved, and the clipboard.

Settings that come in go to the project, with undo. Reading and writing happen off the interface thread.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from app.canvas.map_page import control_option
from app.cells import copy_of
from app.picture_file import read_plan, read_request, save_copy, save_plan
from app.widgets.notice_bar import LONG_MS, SHORT_MS, NoticeBar
from app.words import frames_text, size_text
from engine.errors import BadInputError
from engine.messages import ControlMapRequest, ImageRequest, VideoRequest, encode_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background, Problem
    from app.canvas.stage import Stage
    from app.project import Project
    from engine.media.timeline_checks import Plan
    from engine.media.timeline_file import TakeMovie

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
PLANS = (".json", ".otio")


class Exchange(QObject):
    """Verbs that return at once; what comes of them is said over the canvas."""

    edit_wanted = Signal(str)
    """This picture is to be edited."""

    def __init__(
        self,
        *,
        project: Project,
        stage: Stage,
        notices: NoticeBar,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project, self._stage, self._notices, self._background = project, stage, notices, background
        self._copied: QMimeData | None = None

    def open_files(self, files: list[Path]) -> None:
        """Restore the settings that a dropped or opened picture holds, or the plan of a timeline file."""
        known = [file for file in files if file.suffix.lower() in PICTURES + PLANS]
        if not known:
            name = files[0].name if files else ""
            words = self.tr("“{name}” is neither a picture nor a timeline (.json or .otio).")
            self._say(words.format(name=name))
            return
        file = known[0]
        # One can be opened; that the others were not must not pass for done.
        several = self.tr("“{name}”, the first of {n} files")
        name = several.format(name=file.name, n=len(files)) if len(files) > 1 else f"“{file.name}”"
        if file.suffix.lower() in PLANS:
            self._background.run(partial(read_plan, file), partial(self._take_plan, name))
        else:
            self._background.run(partial(read_request, file), partial(self._take_settings, file, name))

    def save_timeline(self, target: Path) -> None:
        """Write the plan to a timeline file."""
        video, controls = self._project.video, self._project.edit.controls
        try:
            timeline = video.timeline(self._project.edit.prompt)
            layers = tuple(control.layer() for control in controls)
        except BadInputError as error:
            self._say(self.tr("The timeline cannot be saved: {why}").format(why=error), icon="warn", tint="warn")
            return
        work = partial(save_plan, target, timeline, video.fps, controls=layers)
        self._background.run(work, partial(self._tell_saved, target), keeps=True)

    def save_cuts(self, target: Path, request: VideoRequest, find_movie: Callable[[], TakeMovie | None]) -> None:
        """Write a take's plan for editing programs, and lead them to its movie; both in a thread."""

        def work() -> Path:
            movie = None
            # One that cannot be reached is no reason to lose the plan.
            with suppress(OSError):
                movie = find_movie()
            return save_plan(target, request.timeline, request.fps, movie, request.controls)

        self._background.run(work, partial(self._tell_saved, target), keeps=True)

    def save(self, target: Path) -> None:
        """Save a copy of the current picture or take, with its settings inside."""
        source = Path(self._stage.current_path())
        if source.is_dir():
            self._say(self.tr("This take is a folder of pictures; “Show in folder” (File menu) leads to it."))
            return
        self._background.run(partial(save_copy, source, target), partial(self._tell_saved, target), keeps=True)

    def copy_picture(self) -> None:
        """Put the current picture, or frame of the take, into the clipboard, as pixels and as a file."""
        mime = copy_of(self._stage.current_path())
        player = self._stage.player
        if player is not None and self._stage.page is player:
            mime = QMimeData()
            mime.setImageData(player.view.image)
        self._copied = mime
        QGuiApplication.clipboard().setMimeData(mime)
        self._say(self.tr("Copied the picture."), icon="check", tint="good", for_ms=SHORT_MS)

    def close(self) -> None:
        """Leave what was copied to Qt alone: it outlives Python at exit, where an object of ours would crash it."""
        clipboard = QGuiApplication.clipboard()
        # Not `ownsClipboard`, which some platforms never answer; what another program put there since is its own.
        if self._copied is None or clipboard.mimeData() is not self._copied:
            return
        image = clipboard.image()
        if image.isNull():
            clipboard.setText(clipboard.text())
        else:
            clipboard.setImage(image)

    def copy_settings(self) -> None:
        """Put the settings of the current picture or take into the clipboard, as text."""
        record = self._stage.record
        if record is None:
            return
        if record.image is not None:
            # Imported here: only copied settings need it.
            from engine.media.infotext import format_infotext  # noqa: PLC0415

            seed = record.request.seed + max(self._stage.current_index(), 0)
            text = format_infotext(record.image, seed=seed, version=_version())
        else:
            text = encode_request(record.request).decode()
        QGuiApplication.clipboard().setText(text)
        self._say(self.tr("Copied the settings."), icon="check", tint="good", for_ms=SHORT_MS)

    def copy_control(self) -> None:
        """Put the option that lets pictures follow the map on the canvas into the clipboard."""
        record = self._stage.record
        if record is not None and isinstance(record.request, ControlMapRequest):
            QGuiApplication.clipboard().setText(control_option(record.request, self._stage.current_path()))
            told = self.tr("Copied: paste it behind “onetake image”, and its pictures follow this map.")
            self._say(told, icon="check", tint="good")

    def open_source(self) -> None:
        """Show the picture that the map on the canvas is a map of, in the desktop's program for pictures."""
        record = self._stage.record
        if record is not None and isinstance(record.request, ControlMapRequest):
            QDesktopServices.openUrl(QUrl.fromLocalFile(record.request.picture))

    def reveal(self) -> None:
        """Show the current picture's folder in the file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._stage.current_path()).parent)))

    def reuse(self) -> None:
        """Take over the settings of the picture or take on the canvas."""
        record = self._stage.record
        if record is None:
            return
        if record.video is not None:
            # The whole plan, to make all of it: whatever it was a part of again.
            self._restore(replace(record.video, base="", redo=()), self.tr("the take on the canvas"))
        elif record.image is not None:
            picture = max(self._stage.current_index(), 0)
            request = replace(record.image, seed=record.image.seed + picture, count=1)
            self._restore(request, self.tr("the picture on the canvas"))

    def _restore(self, request: ImageRequest | VideoRequest, source: str) -> None:
        self._project.restore(request)
        words = self.tr("Restored the settings of {source}: seed {seed}, {size}.")
        size = size_text(request.width, request.height)
        self._offer_undo(words.format(source=source, seed=request.seed, size=size))

    def _restore_of_file(self, request: ImageRequest, source: str) -> None:
        """Take settings over that may name a model of another program, or of another machine."""
        specs = {spec.name: spec for spec in self._project.models}
        if not specs or request.model in specs:
            self._restore(request, source)
            return
        wanted = PureWindowsPath(request.model).stem.casefold()
        alike = (spec for spec in specs.values() if wanted in (spec.name.casefold(), spec.title.casefold()))
        found = next(alike, None)
        self._project.restore(replace(request, model=found.name if found is not None else self._project.edit.model))
        if found is None:
            words = self.tr("Restored the settings of {source} but its model, {model}, which is not here.")
            self._offer_undo(words.format(source=source, model=PureWindowsPath(request.model).name))
        else:
            self._offer_undo(self.tr("Restored the settings of {source}.").format(source=source))

    def _offer_undo(self, words: str) -> None:
        undo = self._project.undo_stack.undo
        self._notices.say(words, icon="check", tint="good", button=self.tr("Undo"), action=undo)

    def _take_settings(self, file: Path, name: str, result: ImageRequest | Problem | None) -> None:
        if isinstance(result, ImageRequest):
            self._restore_of_file(result, name)
        elif result is not None:
            self._say(self.tr("{name}: {why}").format(name=name, why=result), icon="warn", tint="warn")
        elif self._stage.shows_editor:
            self.edit_wanted.emit(str(file))
        else:
            words = self.tr("{name} holds no settings that Onetake can read.").format(name=name)
            edit = partial(self.edit_wanted.emit, str(file))
            self._notices.say(words, button=self.tr("Edit picture"), action=edit)

    def _take_plan(self, name: str, result: Plan | Problem) -> None:
        if not isinstance(result, tuple):
            self._say(str(result), icon="warn", tint="warn")
            return
        timeline, fps, controls = result
        self._project.open_timeline(timeline, fps, controls)
        words = self.tr("Opened {name}: {count} segments, {frames}.")
        count = len(timeline.segments)
        self._offer_undo(words.format(name=name, count=count, frames=frames_text(timeline.frames)))

    def _tell_saved(self, target: Path, result: Path | Problem) -> None:
        if not isinstance(result, Path):
            why = result.strerror if isinstance(result, OSError) and result.strerror else str(result)
            words = self.tr("“{name}” cannot be saved: {why}; choose another folder.")
            self._say(words.format(name=target.name, why=why), icon="error", tint="bad")
        else:
            self._say(self.tr("Saved {file}").format(file=str(result)), icon="check", tint="good")

    def _say(self, text: str, *, icon: str = "info", tint: str = "quiet", for_ms: int = LONG_MS) -> None:
        self._notices.say(text, icon=icon, tint=tint, for_ms=for_ms)


def _version() -> str:
    # Imported here: it costs a tenth of the window's start, and only copied settings name the version.
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("onetake")
    except PackageNotFoundError:
        return ""
