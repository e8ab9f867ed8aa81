"""Where the map of a control layer is touched up and put elsewhere: connects layer, map, canvas and the engine.

Owns what happens when; pixels are `canvas.painting`'s, what can be undone is the project's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from app.background import Background
from app.canvas.painting.brush import BrushChoice
from app.canvas.painting.map_board import BLACK, MapBoard, palette_of
from app.canvas.painting.map_editor import MapEditor
from app.control_words import kind_title
from app.edit_change import DRAG
from app.map_jobs import MapJobs
from app.map_source import LayerMap, MapSource
from app.words import sentence
from engine.messages import MapPlace

if TYPE_CHECKING:
    from app.background import Problem
    from app.control_edit import ControlEdit
    from app.edit_wing import EditSurroundings

ENGINE_AFTER_MS = 400
MOST_LABELS = 10
GREYS = (0xFFFFFFFF, 0xFFC0C0C0, 0xFF808080, 0xFF404040, BLACK)
LINES = (0xFFFFFFFF, BLACK)
_OF_LINES = ("canny", "hed", "pidinet", "mlsd", "lineart", "lineart_anime", "lineart_standard", "teed", "anyline")
_OF_DEPTH = ("depth", "depth_papercut", "midas", "leres", "zoe")


class MapDesk(QObject):
    """Built with the first map that is opened. One layer is worked on at a time."""

    changed = Signal()
    """Something is painted, or being painted."""
    region_wanted = Signal(int)
    """Where the layer of this number acts is to be painted."""

    def __init__(self, around: EditSurroundings, jobs: MapJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._of, self._jobs = around, jobs
        self._background = Background(self, threads=1)
        self._source = MapSource()
        self.choice = BrushChoice(self)
        self.board = MapBoard(around.project.undo_stack, self._claim, self)
        self.editor = MapEditor(self.board, self.choice, theme=around.theme, icons=around.icons)
        self._index, self._count = -1, 0
        self._layer: ControlEdit | None = None
        self._made: tuple[object, ...] = ()
        self._is_busy = self._waits_for_engine = self._is_new = False
        self._palette_of = ""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(ENGINE_AFTER_MS)
        self._later.timeout.connect(self._ask_engine)
        self._connect()

    def _connect(self) -> None:
        project, editor = self._of.project, self.editor
        project.edit_changed.connect(self._take_edit)
        project.models_changed.connect(self._follow)
        project.requesting.connect(self._save)
        self.board.changed.connect(self.changed)
        self.board.save_failed.connect(self._tell_not_saved)
        self._jobs.ended.connect(self._take_job)
        editor.view.place_dragged.connect(self._drag_place)
        editor.reset_map_pressed.connect(self._reset_map)
        editor.reset_place_pressed.connect(self._reset_place)
        editor.region_pressed.connect(self._ask_region)
        editor.leave_pressed.connect(self.leave)
        self._of.stage.bench_left.connect(self.leave)
        self._of.stage.leave_pressed.connect(self._escape)

    @property
    def layer(self) -> ControlEdit | None:
        """The layer that is worked on; None while there is none."""
        return self._layer

    # The artist's verbs.

    def edit(self, index: int) -> None:
        """Work on the map of control layer `index`, counted from 0."""
        controls = self._of.project.edit.controls
        if not 0 <= index < len(controls):
            return
        layer = controls[index]
        if layer.is_moving:
            told = self.tr("“{name}” has a map for each frame; add one of its pictures to paint in the map of that.")
            self._of.notices.say(told.format(name=layer.name), icon="warn", tint="warn")
            return
        self._index, self._count, self._layer, self._made = index, len(controls), layer, ()
        self._is_new = True
        self.editor.show_words(self.tr("Making the map of {name}…").format(name=layer.name))
        self._of.stage.show_bench(self.editor)
        self._follow()

    def leave(self) -> None:
        """Put the map away; what is painted is kept."""
        if self._layer is None:
            return
        self._later.stop()
        self._index, self._layer, self._made = -1, None, ()
        self.board.close_mask()
        self._of.stage.show_bench(None)

    def close(self) -> None:
        """Save what is painted, and wait for what is being read."""
        self.board.close_mask()
        self._background.close()

    def _escape(self) -> None:
        if self.board.is_painting:
            self.board.cancel_stroke()
        else:
            self.leave()

    def _ask_region(self) -> None:
        self.region_wanted.emit(self._index)

    def _save(self) -> None:
        self.board.save()

    def _reset_map(self) -> None:
        self._of.project.change_control(self._index, self.tr("reset map"), painted="")

    def _reset_place(self) -> None:
        if self._layer is not None:
            place = MapPlace(with_mask=self._layer.place.with_mask)
            self._of.project.change_control(self._index, self.tr("reset place"), place=place)

    def _drag_place(self, place: MapPlace, name: str) -> None:
        # Nudges have no name: those that follow each other fast are one step, and of one layer only.
        merge = f"{DRAG}{name}" if name else f"nudge {self._index}"
        self._of.project.change_control(self._index, self.tr("place map"), merge=merge, place=place)

    def _claim(self, before: QImage) -> None:
        """Before the first stroke: paint on a copy."""
        assert self._layer is not None
        painted = self._of.project.masks.another(f"map of {self._layer.picture}")
        self.board.show(before, painted, may_change=True)
        self.board.mark_unsaved()
        self._made = self._wanted(replace(self._layer, painted=painted))
        self._of.project.change_control(self._index, self.tr("paint"), painted=painted)

    # What the project says.

    def _take_edit(self, changed: set[str]) -> None:
        if self._layer is not None and changed & {"controls", "width", "height", "canvas", "video"}:
            self._follow()

    def _follow(self) -> None:
        """Show the layer as it is now, wherever it went; one that is gone is left."""
        old, controls = self._layer, self._of.project.edit.controls
        if old is None:
            return
        now = controls[self._index] if self._index < len(controls) else None
        if now != old and old in controls:
            self._index = controls.index(old)
        elif now is None or (now.picture != old.picture and len(controls) != self._count):
            self.leave()
            return
        self._count = len(controls)
        layer = self._layer = controls[self._index]
        self.editor.view.show_place(layer.place)
        wanted = self._wanted(layer)
        if wanted != self._made and not self._is_busy:
            self._make(layer, wanted)
        self._show_state()

    def _size(self) -> tuple[int, int]:
        project = self._of.project
        return project.edit.control_size(project.spec)

    def _wanted(self, layer: ControlEdit) -> tuple[object, ...]:
        """All that the pixels on the canvas depend on."""
        look = (layer.kind, layer.picture, layer.frame, layer.is_map, layer.resize, layer.resolution, layer.options)
        return (*look, layer.painted, self._size())

    def _make(self, layer: ControlEdit, wanted: tuple[object, ...], finished: str = "") -> None:
        self._made, self._is_busy, self._waits_for_engine = wanted, True, False
        work = partial(self._source.make, layer, self._size(), finished)
        self._background.run(work, partial(self._take_map, layer, wanted))

    def _take_map(self, layer: ControlEdit, wanted: tuple[object, ...], result: LayerMap | Problem) -> None:
        self._is_busy = False
        if self._layer is None or self._wanted(self._layer) != wanted:
            # Changed meanwhile: only the newest is made.
            self._made = ()
            self._follow()
            return
        if not isinstance(result, LayerMap):
            self.editor.show_words(sentence(str(result)))
            return
        self.board.background, self.board.is_categorical = result.background, result.is_categorical
        painted = self._painted(layer)
        image = result.image if painted is None else painted
        self.editor.view.show_frame(result.picture, layer.picture, self._title())
        if image.isNull():
            self._waits_for_engine = True
            self._later.start()
        else:
            may_change = painted is not None and self._of.project.masks.may_change(layer.painted)
            self._show(image, layer.painted if may_change else "", may_change=may_change)
        self._show_state()

    def _painted(self, layer: ControlEdit) -> QImage | None:
        """What was painted, at the size of the result; None where nothing is."""
        if not layer.painted:
            return None
        # The last strokes on an open one are not in its file yet.
        is_open = self.board.file == layer.painted
        image = self.board.mask if is_open else self.board.take_unsaved(layer.painted) or QImage(layer.painted)
        size = QSize(*self._size())
        if image.isNull() or image.size() == size:
            return None if image.isNull() else image
        mode = Qt.TransformationMode.FastTransformation if self.board.is_categorical else _SMOOTH
        return image.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, mode).copy(
            *_middle(image.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding), size)
        )

    def _show(self, image: QImage, file: str, *, may_change: bool) -> None:
        assert self._layer is not None
        self.board.show(image, file, may_change=may_change)
        if self._palette_of != f"{self._layer.kind} {self._layer.picture}":
            self._palette_of = f"{self._layer.kind} {self._layer.picture}"
            self._offer_colours(self._layer.kind, image)
        self.editor.show_map()
        if self._is_new and self.editor.isVisible():
            self.editor.view.setFocus()
        self._is_new = False

    def _offer_colours(self, kind: str, image: QImage) -> None:
        own = LINES if kind in _OF_LINES else GREYS if kind in _OF_DEPTH else tuple(palette_of(image, MOST_LABELS))
        self.editor.swatches.offer(own)
        self.choice.choose(colour=own[0])

    # Maps that the engine makes.

    def _ask_engine(self) -> None:
        if self._layer is not None and self._waits_for_engine:
            self._jobs.ask(self._layer.map_request(*self._size()))

    def _take_job(self, key: object, path: str, problem: str) -> None:
        if self._layer is None or not self._waits_for_engine or self._layer.map_request(*self._size()) != key:
            return
        if path:
            self._make(self._layer, self._wanted(self._layer), path)
        else:
            self._waits_for_engine = False
            self.editor.show_words(sentence(problem))

    # What is seen.

    def _title(self) -> str:
        assert self._layer is not None
        words = self.tr("Map of layer {number}: {kind}, {name}")
        return words.format(number=self._index + 1, kind=kind_title(self._layer.kind), name=self._layer.name)

    def _show_state(self) -> None:
        layer = self._layer
        if layer is None:
            return
        told = self.tr("Making the map…") if self._waits_for_engine else ""
        if layer.painted and not layer.is_map:
            told = self.tr("Painted: detector settings wait for a reset")
        self.editor.show_state(self._title(), told, is_painted=bool(layer.painted), is_placed=not layer.place.is_plain)

    def _tell_not_saved(self, why: str) -> None:
        words = self.tr("The map cannot be saved: {why}; free some room, it is tried again with the next stroke.")
        self._of.notices.say(words.format(why=why), icon="error", tint="bad")


_SMOOTH = Qt.TransformationMode.SmoothTransformation


def _middle(whole: QSize, part: QSize) -> tuple[int, int, int, int]:
    """The part in the middle of a picture: left, top, width and height."""
    return (whole.width() - part.width()) // 2, (whole.height() - part.height()) // 2, part.width(), part.height()
