"""Two results on the canvas at once: which two, when, and how. The views that paint them are the canvas's.

The second one is what is chosen in the gallery, else what a take was branched or made again from, else what was looked
at before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.canvas.compare_view import name_of
from app.cells import CellRole
from app.pictures import SIDES, picture_of
from engine.messages import ImageRequest, JobState, VideoRequest

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex

    from app.actions import Actions
    from app.controls import Controlled
    from app.pictures import PictureCache
    from app.video_wing import VideoParts

Place = tuple[str, int]
"""A job and one of its pictures."""


class Comparing(QObject):
    """Connects on construction; from then on Compare answers."""

    def __init__(self, parts: Controlled, actions: Actions) -> None:
        stage, gallery, wing = parts.stage, parts.gallery, parts.wing
        super().__init__(stage)
        self._stage, self._gallery, self._jobs, self._studio = stage, gallery, parts.jobs, parts.studio
        self._wing, self._trashed, self._actions = wing, parts.trashed, actions
        self._cache: PictureCache = stage.cache
        self._other: Place | None = None
        self._shown: list[Place] = []
        """What was on the canvas, the last at the end; two at most of each kind count."""
        actions.compare.triggered.connect(self._toggle)
        actions.compare_wipe.triggered.connect(self._set_wipe)
        stage.picture_changed.connect(self._follow)
        stage.cache.loaded.connect(self._show)
        parts.jobs.job_changed.connect(self._check)
        parts.trashed.changed.connect(self._check)
        wing.opened.connect(self._take_wing)
        for view in (stage.grid, stage.large, gallery.list):
            view.addAction(actions.compare)
        self._show_abilities()

    @property
    def other(self) -> Place | None:
        """What the canvas is compared with."""
        return self._other

    def stop(self) -> None:
        """One result again."""
        self._other = None
        self._show()

    def _toggle(self, wanted: bool) -> None:
        if not wanted:
            self.stop()
            return
        self._other = self._choose()
        if self._other is None:
            words = self.tr("There is nothing to compare it with; choose another picture or take in the gallery.")
            self._studio.say(words)
        elif not self._is_take(self._place()) and not self._stage.is_large:
            self._stage.open_large(max(self._stage.current_index(), 0))
        self._show()

    def _set_wipe(self, is_wipe: bool) -> None:
        self._stage.large.set_wipe(is_wipe)
        parts = self._wing.parts
        if parts is not None:
            parts.player.view.set_wipe(is_wipe)

    def _take_wing(self, parts: VideoParts) -> None:
        parts.player.view.set_wipe(self._actions.compare_wipe.isChecked())
        parts.player.view.addAction(self._actions.compare)

    # Which two.

    def _place(self) -> Place:
        return self._stage.candidates.key, max(self._stage.current_index(), 0)

    def _choose(self) -> Place | None:
        here = self._place()
        chosen = [(str(i.data(CellRole.KEY)), int(i.data(CellRole.INDEX))) for i in self._selected()]
        record = self._jobs.record(here[0])
        base = record.video.base if record is not None and record.video is not None else ""
        candidates = [*chosen, *([(base, 0)] if base else []), *reversed(self._shown)]
        return next((place for place in candidates if place != here and self._suits(place, here)), None)

    def _selected(self) -> list[QModelIndex]:
        return self._gallery.list.selectionModel().selectedIndexes()

    def _suits(self, place: Place, here: Place) -> bool:
        record = self._jobs.record(place[0])
        if record is None or not isinstance(record.request, ImageRequest | VideoRequest):
            return False
        if record.state not in (JobState.DONE, JobState.RUNNING) or self._is_take(place) != self._is_take(here):
            return False
        return not any(path in self._trashed for path in record.info.outputs[place[1] : place[1] + 1])

    def _is_take(self, place: Place) -> bool:
        record = self._jobs.record(place[0])
        return record is not None and record.video is not None

    def _follow(self, key: str, picture: int) -> None:
        place = (key, max(picture, 0))
        if self._jobs.record(key) is not None:
            self._shown = [*(other for other in self._shown if other != place), place][-16:]
        if self._other is not None and not self._suits(self._other, place):
            self._other = None
        self._show()

    def _check(self) -> None:
        """The other one may have failed, been thrown away, or be no job any more."""
        if self._other is not None and not self._suits(self._other, self._place()):
            self.stop()

    # What is seen of it.

    def _show(self) -> None:
        here, other, large = self._place(), self._other, self._stage.large
        parts = self._wing.parts
        is_take = other is not None and self._is_take(other)
        if parts is not None:
            wanted = other[0] if other is not None and is_take else ""
            if parts.player.compared != wanted:
                parts.player.compare_with(wanted)
        mine, its = self._jobs.record(here[0]), self._jobs.record(other[0]) if other is not None else None
        if other is None or is_take or mine is None or its is None:
            large.show_other(None, None)
        else:
            picture = picture_of(its, other[1])
            image = self._cache.get(picture, SIDES[-1]) if picture else None
            large.show_other(image, (name_of(mine, here[1]), name_of(its, other[1])))
        self._show_abilities()

    def _show_abilities(self) -> None:
        record = self._jobs.record(self._place()[0])
        has_result = record is not None and isinstance(record.request, ImageRequest | VideoRequest)
        self._actions.compare.setEnabled(has_result and not self._stage.shows_editor)
        self._actions.compare.setChecked(self._other is not None)
        self._actions.compare_wipe.setEnabled(has_result)
