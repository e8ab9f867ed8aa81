"""One picture of a job alone on the canvas: the decoded one, or what it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from app.pictures import SIDES, PictureCache, picture_of

if TYPE_CHECKING:
    from app.canvas.picture_view import PictureView
    from app.job_record import JobRecord


class LargePicture:
    """Fills a view."""

    def __init__(self, view: PictureView, cache: PictureCache) -> None:
        self._view, self._cache = view, cache
        self.before: QImage | None = None
        """Shown in its place, as long as it is there."""

    def show(self, record: JobRecord, row: int, path: str, words: str) -> None:
        """Show picture `row` of a job, which is the file `path` and is called `words`, as soon as it is decoded."""
        picture = picture_of(record, row)
        image = self._cache.get(picture, SIDES[-1]) if picture else None
        # A picture that is still being decoded keeps the last one on the screen: no flash between two.
        if image is not None or picture is None:
            self._view.show_image(self.before or image or QImage(), path, words)
