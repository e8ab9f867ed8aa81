"""What the artist does with control layers: add, choose files, show a map, use a picture as control.

Connected here, and only here; the layers are the project's, the panel shows them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.cells import CellRole
from app.control_edit import MOVIES, PICTURES, ControlEdit, first_kind
from app.jobs import JobModel
from app.kept_pictures import keep_picture
from app.place_looks import is_folder
from app.verbs import call
from app.words import sentence
from engine.errors import BadInputError
from engine.messages import ControlMapRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QAction

    from app.actions import Actions
    from app.background import Background, Problem
    from app.controls import Controlled
    from app.job_record import JobRecord
    from app.map_jobs import MapJobs
    from app.video_wing import VideoParts

MOST_AT_ONCE = 20
"""Files that are made layers at a time: a folder that is let go by mistake would fill the panel for minutes."""


class LayerControls(QObject):
    """Connects on construction; from then on the control panel answers. `kept` is where pictures without a file go."""

    def __init__(
        self, parts: Controlled, actions: Actions, *, background: Background, kept: Path, maps: MapJobs
    ) -> None:
        panel, stage, gallery, project = parts.control, parts.stage, parts.gallery, parts.project
        super().__init__(panel)
        self._panel, self._project, self._jobs, self._studio = panel, project, parts.jobs, parts.studio
        self._stage, self._gallery, self._actions, self._background = stage, gallery, actions, background
        self._kept, self._maps, self._show_panel = kept, maps, parts.window.show_control
        asks = {"picture": self._choose_picture, "mask": self._choose_mask, "adapter": self._choose_adapter}
        self._asks: dict[str, Callable[[int], None]] = {**asks, "map": self.show_map}
        panel.pressed.connect(self._answer)
        panel.dropped.connect(self._take_drop)
        # As a file of it would be opened.
        parts.window.picture_dropped.connect(partial(self._keep, then=lambda file: parts.exchange.open_files([file])))
        parts.window.address_dropped.connect(self._refuse_address)
        stage.map.use_pressed.connect(self._use_map)
        self._edit_wanted = parts.exchange.edit_wanted
        actions.edit_picture.triggered.connect(self._edit_frame)
        verbs: dict[QAction, Callable[[], None]] = {
            actions.add_control: self._add,
            actions.use_as_control: self.use_as_control,
            actions.show_map: partial(self._with_current, self.show_map),
            actions.control_up: panel.move_up,
            actions.control_down: panel.move_down,
            actions.switch_control: partial(self._with_current, self._switch),
            actions.remove_control: partial(self._with_current, panel.remove),
        }
        for action, verb in verbs.items():
            action.triggered.connect(partial(call, verb))
        for view in (stage.grid, stage.large, stage.map.view, gallery.list):
            self._give_menu(view)
        parts.wing.opened.connect(self._take_wing)
        stage.picture_changed.connect(self._show)
        gallery.list.selectionModel().currentChanged.connect(self._show)
        project.edit_changed.connect(self._show)
        self._show()

    # Adding.

    def add_files(self, files: Sequence[Path], place: int | None = None) -> None:
        """Add a layer for each picture, movie or folder, before layer `place` or behind all."""
        known = [file for file in files if file.suffix.lower() in PICTURES + MOVIES or is_folder(str(file))]
        if not known:
            words = self.tr("“{name}” is no picture that a control can be read from; use PNG, JPEG, WebP or the like.")
            self.warn(words.format(name=files[0].name))
            return
        controls = list(self._project.edit.controls)
        at = len(controls) if place is None else min(place, len(controls))
        controls[at:at] = [self.layer_for(file) for file in known[:MOST_AT_ONCE]]
        self._project.change_controls(self.tr("add control"), tuple(controls))
        self._show_panel()
        if len(known) > MOST_AT_ONCE:
            words = self.tr("Only the first {most} of these {n} files are layers now; a whole folder is one layer.")
            self.warn(words.format(most=MOST_AT_ONCE, n=len(known)))

    def layer_for(self, file: Path) -> ControlEdit:
        """A layer for a file: a map that was made here is taken for what it is."""
        made = self._map_of(str(file))
        if made is not None:
            return ControlEdit(kind=made.kind, picture=str(file), is_map=True)
        return ControlEdit(kind=first_kind(self._project.spec), picture=str(file))

    def _map_of(self, path: str) -> ControlMapRequest | None:
        requests = (record.request for record in self._jobs.records() if path in record.info.outputs)
        return next((request for request in requests if isinstance(request, ControlMapRequest)), None)

    def _add(self) -> None:
        title = self.tr("Add control pictures")
        files, _ = QFileDialog.getOpenFileNames(self._panel.window(), title, "", self._kinds(PICTURES + MOVIES))
        if files:
            self.add_files([Path(file) for file in files])

    def _take_drop(self, mime: QMimeData, place: int) -> None:
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        image: object = mime.imageData() if mime.hasImage() and not files else None
        if files:
            self.add_files(files, place)
        elif isinstance(image, QImage) and not image.isNull():
            self._add_image(image, place)
        else:
            self._refuse_address()

    def _refuse_address(self) -> None:
        self.warn(self.tr("What was dropped is only an address; save the picture, and drop its file."))

    def _add_image(self, image: QImage, place: int | None = None) -> None:
        self._keep(image, lambda file: self.add_files([file], place))

    def use_as_control(self) -> None:
        """Add what is looked at: the gallery's picture while the keyboard is there, else the frame or picture shown."""
        player, stage = self._stage.player, self._stage
        chosen = self._gallery.list.currentIndex()
        if self._gallery.list.hasFocus() and chosen.isValid():
            self.add_files([Path(str(chosen.data(CellRole.PATH)))])
        elif player is not None and stage.page is player and not player.view.image.isNull():
            self._add_image(player.view.image)
        elif path := self._project.canvas.picture if stage.shows_editor else stage.current_path():
            self.add_files([Path(path)])
        else:
            self.warn(self.tr("There is no finished picture on the canvas; choose one from the gallery."))

    def _edit_frame(self) -> None:
        """Start a picture from the frame that the player shows."""
        player = self._stage.player
        if player is not None and self._stage.page is player and not player.view.image.isNull():
            self._keep(player.view.image, lambda file: self._edit_wanted.emit(str(file)))

    def _keep(self, image: QImage, then: Callable[[Path], None]) -> None:
        self._background.run(partial(keep_picture, image, self._kept), partial(self._take_file, then))

    def _take_file(self, then: Callable[[Path], None], result: Path | Problem) -> None:
        if isinstance(result, Path):
            then(result)
        else:
            self.warn(self.tr("The picture cannot be kept: {why}.").format(why=result))

    def _use_map(self) -> None:
        self.add_files([Path(self._stage.current_path())])

    # One layer.

    def show_map(self, index: int) -> None:
        """Put the map of a layer on the canvas, made now if it was not made before."""
        edit = self._project.edit
        try:
            request = edit.controls[index].map_request(*edit.control_size(self._project.spec))
        except BadInputError as error:
            self.warn(sentence(error.message))
            return
        self._maps.find(request, partial(self._show_made, request))

    def _show_made(self, request: ControlMapRequest, made: JobRecord | None) -> None:
        self._studio.show_job(JobModel.key_of(made) if made else self._studio.send(request))

    def _answer(self, what: str, index: int) -> None:
        if what in self._asks:
            self._asks[what](index)

    def _with_current(self, verb: Callable[[int], None]) -> None:
        if self._panel.current >= 0:
            verb(self._panel.current)

    def _switch(self, index: int) -> None:
        enabled = not self._project.edit.controls[index].enabled
        self._project.change_control(index, self.tr("switch control"), enabled=enabled)

    def _choose_picture(self, index: int) -> None:
        file = self._ask(self.tr("Choose the picture of the layer"), PICTURES + MOVIES)
        if file:
            # Another file is neither a map nor a certain frame because this one was.
            is_map = self._map_of(file) is not None
            self._project.change_control(
                index, self.tr("choose picture"), picture=file, is_map=is_map, frame=None, painted=""
            )

    def _choose_mask(self, index: int) -> None:
        file = self._ask(self.tr("Choose a picture that is white where the layer acts"), PICTURES)
        if file:
            self._project.change_control(index, self.tr("choose region"), mask=file)

    def _choose_adapter(self, index: int) -> None:
        title = self.tr("Choose the folder of a ControlNet or T2I-Adapter")
        folder = QFileDialog.getExistingDirectory(self._panel.window(), title)
        if folder:
            self._project.change_control(index, self.tr("choose adapter"), adapter=folder)

    def _ask(self, title: str, suffixes: tuple[str, ...]) -> str:
        file, _ = QFileDialog.getOpenFileName(self._panel.window(), title, "", self._kinds(suffixes))
        return file

    def _kinds(self, suffixes: tuple[str, ...]) -> str:
        patterns = " ".join(f"*{suffix}" for suffix in suffixes)
        return self.tr("Pictures ({patterns})").format(patterns=patterns)

    # The window.

    def _give_menu(self, view: QWidget) -> None:
        actions = self._actions
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.addActions([actions.use_as_control, actions.star, actions.copy_picture, actions.save_as, actions.reuse])

    def _take_wing(self, parts: VideoParts) -> None:
        # Loaded with the wing: only a timeline has clips.
        from app.clip_controls import ClipControls  # noqa: PLC0415

        ClipControls(parts, self, project=self._project, background=self._background, kept=self._kept)
        self._give_menu(parts.player.view)
        parts.player.frame_shown.connect(self._show)

    def warn(self, words: str) -> None:
        """Say over the canvas what could not be done."""
        self._studio.say(words, icon="warn", tint="warn")

    def _show(self, *_changed: object) -> None:
        """What can be done now."""
        controls, player = self._project.edit.controls, self._stage.player
        shows_frame = player is not None and self._stage.page is player and not player.view.image.isNull()
        is_chosen = self._gallery.list.currentIndex().isValid()
        self._actions.use_as_control.setEnabled(shows_frame or is_chosen or bool(self._stage.current_path()))
        for action in self._actions.of_control:
            action.setEnabled(bool(controls))
        for action in (self._actions.control_up, self._actions.control_down):
            action.setEnabled(len(controls) > 1)
