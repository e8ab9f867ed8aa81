"""What can be done with what the canvas shows: the actions, and the line below it that has them as buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.canvas.abilities import Page, Shown, show_abilities

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.actions import Actions
    from app.canvas.pages import Pages
    from app.canvas.strips import FootStrip
    from app.icons import Icons
    from app.job_record import JobRecord
    from app.stars import Stars


class StageActions:
    """Enables, checks and names them anew at each `show`."""

    def __init__(self, actions: Actions, pages: Pages, foot: FootStrip, stars: Stars, icons: Icons) -> None:
        self._actions, self._pages, self._foot, self._stars, self._icons = actions, pages, foot, stars, icons

    def show(self, record: JobRecord | None, row: int, count: int, path: str, *, large: bool) -> None:
        """Show what can be done.

        Args:
            record: The job on the canvas, or behind what is being edited.
            row: The current picture of its batch, or -1.
            count: How many the batch has.
            path: The current picture's file; empty while it has none.
            large: One picture is looked at alone.
        """
        pages, foot, page = self._pages, self._foot, self._pages.page
        has_take, has_editor = page is pages.player, page in (pages.editor, pages.bench)
        kinds: dict[QWidget | None, Page] = {pages.grid: "pictures", pages.large: "pictures", pages.map: "map"}
        kinds |= {pages.sheet: "pictures"} if pages.sheet is not None else {}
        kind = "take" if has_take else "editor" if has_editor else kinds.get(page, "other")
        shown = Shown(kind, record, row, count, path)
        show_abilities(self._actions, shown)
        self._show_star(is_starred=shown.is_on_disk and path in self._stars)
        foot.setVisible(kind in ("pictures", "map", "editor"))
        foot.show_uses(has_results=not has_editor, is_edit=shown.is_edit)
        if pages.player is not None:
            pages.player.transport.setVisible(has_take)
        foot.show_place(*((-1, 0) if has_editor else (row, count)))
        self.show_zoom(large=large)

    def show_zoom(self, *, large: bool) -> None:
        """Show how large what is seen is."""
        actions, pages, view = self._actions, self._pages, self._pages.view(large=large)
        if pages.player is not None and pages.page is pages.player:
            pages.player.transport.show_zoom(pages.player.view.zoom)
        actions.grid.setChecked(view is None)
        actions.fit.setChecked(view is not None and view.is_fit)
        for action, zoom in ((actions.actual, 1.0), (actions.double, 2.0)):
            action.setChecked(view is not None and not view.is_fit and view.zoom == zoom)
        self._foot.show_zoom(view.zoom if view is not None else None)

    def _show_star(self, *, is_starred: bool) -> None:
        star, translate = self._actions.star, QCoreApplication.translate
        self._icons.dress(star, "star-on" if is_starred else "star", "warn" if is_starred else "text")
        star.setText(translate("Stage", "Remove star") if is_starred else translate("Stage", "Star"))
