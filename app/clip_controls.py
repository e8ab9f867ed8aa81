"""What the artist drops on the timeline: each picture, movie or folder becomes a control clip where it was let go."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from app import timeline_edits as edits
from app.clip_edits import still_frames
from app.control_edit import MOVIES, PICTURES
from app.kept_pictures import keep_picture
from app.place_looks import is_folder
from app.widgets.mode_switch import set_mode

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from app.background import Background, Problem
    from app.layer_controls import LayerControls
    from app.project import Project
    from app.video_wing import VideoParts


class ClipControls(QObject):
    """Connects on construction. `kept` is where pictures without a file go."""

    def __init__(
        self, parts: VideoParts, layers: LayerControls, *, project: Project, background: Background, kept: Path
    ) -> None:
        super().__init__(parts.panel)
        self._layers, self._project, self._background, self._kept = layers, project, background, kept
        self._lengths = parts.lengths
        parts.panel.view.dropped.connect(self._take_drop)

    def add(self, file: Path, first: int, held: int) -> None:
        """A clip for a file that holds so many pictures, from frame `first` on; it is selected."""
        project = self._project
        if not held:
            words = self.tr("“{name}” cannot be read; choose a picture, a movie or a folder of pictures.")
            self._layers.warn(words.format(name=file.name))
            return
        frames = held if held > 1 else still_frames(project.video, first)
        control = replace(self._layers.layer_for(file), first=first, frames=frames)
        controls = (*project.edit.controls, control)
        project.change_controls(self.tr("add control"), controls)
        set_mode(project, is_active=True)
        project.show_video(edits.select_clips(project.video, [len(controls) - 1]))

    def _take_drop(self, mime: QMimeData, first: int) -> None:
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        known = [file for file in files if file.suffix.lower() in PICTURES + MOVIES or is_folder(str(file))]
        image: object = mime.imageData() if mime.hasImage() and not files else None
        if isinstance(image, QImage) and not image.isNull():
            self._background.run(partial(keep_picture, image, self._kept), partial(self._take_kept, first))
        for file in known:
            # Counted first: how long a clip is depends on how many pictures there are.
            self._lengths.ask(str(file), partial(self.add, file, first))

    def _take_kept(self, first: int, result: Path | Problem) -> None:
        if isinstance(result, Path):
            self.add(result, first, 1)
        else:
            self._layers.warn(self.tr("The picture cannot be kept: {why}.").format(why=result))
