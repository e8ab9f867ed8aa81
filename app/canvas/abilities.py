"""Which of the window's actions can be used now, by what the canvas shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from app.actions import Actions
    from app.job_record import JobRecord


Page: TypeAlias = Literal["pictures", "take", "map", "editor", "other"]


class Shown(NamedTuple):
    """What is in front of the artist.

    Attributes:
        page: "editor" is a picture that is being edited, "other" what has no pictures.
        record: The job that is shown, or lies behind the editor.
        row: The current picture of its batch, or -1.
        pictures: How many the batch has.
        path: The current picture's file; empty while it has none.
    """

    page: Page
    record: JobRecord | None
    row: int
    pictures: int
    path: str

    @property
    def is_on_disk(self) -> bool:
        """Whether there is a file to be saved, starred or copied."""
        return self.page in ("pictures", "take", "map") and bool(self.path)

    @property
    def is_edit(self) -> bool:
        """Whether the pictures were made from another one."""
        image = self.record.image if self.record is not None and self.page == "pictures" else None
        return image is not None and image.edit is not None


def show_abilities(actions: Actions, shown: Shown) -> None:
    """Enable what can be done with what is shown, and grey the rest."""
    page, is_on_disk = shown.page, shown.is_on_disk
    has_pictures, has_take = page == "pictures", page == "take"
    record = None if page == "editor" else shown.record
    for action in (actions.save_as, actions.reveal, actions.star, actions.copy_picture):
        action.setEnabled(is_on_disk)
    actions.copy_settings.setEnabled(record is not None)
    # A map has no settings of pictures; its own page says what can be done with it.
    actions.reuse.setEnabled(record is not None and (record.image is not None or record.video is not None))
    actions.grid.setEnabled(has_pictures or (page == "editor" and shown.record is not None))
    # Of a take, the frame that is shown.
    actions.edit_picture.setEnabled((has_pictures or has_take) and is_on_disk)
    actions.before.setEnabled(is_on_disk and shown.is_edit)
    for action in (actions.fit, actions.actual, actions.double):
        action.setEnabled(page != "other")
    actions.previous.setEnabled(has_take or (has_pictures and shown.row > 0))
    actions.next.setEnabled(has_take or (has_pictures and 0 <= shown.row < shown.pictures - 1))
