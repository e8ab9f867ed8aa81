"""What is done with results in the gallery: searched for, put on the timeline, thrown away and brought back.

What is done with the picture on the canvas is connected in `controls`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from app.cells import mime_of
from app.trash import Thrown, bring_back, throw_away
from app.widgets.mode_switch import why_no_video
from app.widgets.notice_bar import UNDO_MS

if TYPE_CHECKING:
    from app.actions import Actions
    from app.background import Background, Problem
    from app.controls import Controlled
    from app.widgets.notice_bar import NoticeBar


class GalleryControls(QObject):
    """Connects on construction."""

    def __init__(self, parts: Controlled, actions: Actions, *, background: Background, notices: NoticeBar) -> None:
        super().__init__(parts.gallery)
        self._of, self._actions = parts, actions
        self._trashed, self._background, self._notices = parts.trashed, background, notices
        view = parts.gallery.list
        # The key deletes a word in a field.
        parts.window.removeAction(actions.throw_away)
        actions.throw_away.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        parts.stage.addAction(actions.throw_away)
        view.addActions([actions.to_timeline, actions.reveal, actions.throw_away])
        actions.search_gallery.triggered.connect(self._search)
        actions.to_timeline.triggered.connect(self._put_on_timeline)
        actions.throw_away.triggered.connect(self._throw_away)
        parts.stage.picture_changed.connect(self._show)
        view.selectionModel().selectionChanged.connect(self._show)
        parts.project.models_changed.connect(self._take_models)
        parts.project.edit_changed.connect(self._show)
        self._take_models()

    def _chosen(self) -> list[str]:
        """The results that are meant: those selected in the gallery, else what the canvas shows."""
        of, stage = self._of, self._of.stage
        # Behind what is being edited lies a picture that nobody sees.
        shown = "" if stage.shows_editor or stage.bench is not None else stage.current_path()
        chosen, focus = of.gallery.chosen_paths(), QApplication.focusWidget()
        if focus is not None and stage.isAncestorOf(focus):
            # Several may have been selected long ago.
            return [shown] if shown else []
        if chosen and (of.gallery.list.hasFocus() or len(chosen) > 1 or not shown):
            return chosen
        return [shown] if shown else []

    def _take_models(self) -> None:
        self._of.gallery.name_models({spec.name: spec.title for spec in self._of.project.models})
        self._show()

    def _show(self, *_changed: object) -> None:
        has_results = bool(self._of.gallery.chosen_paths() or self._of.stage.current_path())
        self._actions.throw_away.setEnabled(has_results)
        self._actions.to_timeline.setEnabled(has_results and not why_no_video(self._of.project))

    def _search(self) -> None:
        dock = self._of.window.docks[2]
        dock.show()
        dock.raise_()
        self._of.gallery.bar.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._of.gallery.bar.search.selectAll()

    def _put_on_timeline(self) -> None:
        """Each becomes a control clip at the playhead, as if it were dropped there."""
        paths = self._chosen()
        self._of.wing.open()
        parts = self._of.wing.parts
        if paths and parts is not None:
            self._of.window.show_timeline(shown=True)
            parts.panel.view.dropped.emit(mime_of(paths), parts.playhead.frame)

    def _throw_away(self) -> None:
        paths = self._chosen()
        if paths:
            self._background.run(partial(throw_away, paths), self._take_thrown, keeps=True)

    def _take_thrown(self, result: tuple[list[Thrown], list[str]] | Problem) -> None:
        if not isinstance(result, tuple):
            self._notices.say(str(result), icon="error", tint="bad")
            return
        gone, stayed = result
        self._trashed.add(thrown.path for thrown in gone)
        if stayed:
            words = self.tr("“{path}” cannot be moved to the trash: there is none on its disk, or it may not be moved.")
            # Those that went can come back all the same.
            undo = partial(self._bring_back, gone) if gone else None
            button = self.tr("Undo") if gone else ""
            self._notices.say(words.format(path=stayed[0]), icon="warn", tint="warn", button=button, action=undo)
            return
        self._notices.say(
            self.tr("Moved %n file(s) to the trash.", "", len(gone)),
            button=self.tr("Undo"),
            action=partial(self._bring_back, gone),
            for_ms=UNDO_MS,
        )

    def _bring_back(self, gone: list[Thrown]) -> None:
        self._background.run(partial(bring_back, gone), self._take_back, keeps=True)

    def _take_back(self, result: list[str] | Problem) -> None:
        if isinstance(result, list):
            self._trashed.remove(result)
            if not result:
                words = self.tr("The desktop does not say where the files lie; bring them back from its trash.")
                self._notices.say(words, icon="warn", tint="warn")
