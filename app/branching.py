"""Branching a take: another one that keeps its frames up to the playhead and goes on otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject

from app.cells import CellRole
from app.words import size_text
from engine.errors import BadInputError
from engine.messages import FrameSpan, JobState

if TYPE_CHECKING:
    from app.actions import Actions
    from app.job_record import JobRecord
    from app.jobs import JobModel
    from app.panels.gallery import GalleryPanel
    from app.project import Project
    from app.studio import Studio
    from app.video_wing import VideoParts, VideoWing
    from engine.messages import Timeline, VideoRequest


class Branching(QObject):
    """Connects on construction; from then on Branch answers."""

    def __init__(  # noqa: PLR0917 - the parts that it brings together
        self, project: Project, jobs: JobModel, studio: Studio, gallery: GalleryPanel, wing: VideoWing, actions: Actions
    ) -> None:
        super().__init__(project)
        self._project, self._jobs, self._studio = project, jobs, studio
        self._gallery, self._wing, self._actions = gallery, wing, actions
        actions.branch.triggered.connect(self._branch)
        gallery.list.addAction(actions.branch)
        gallery.list.selectionModel().currentChanged.connect(self._show)
        wing.opened.connect(self._take_wing)
        self._show()

    def _take_wing(self, parts: VideoParts) -> None:
        parts.take.changed.connect(self._show)
        self._show()

    def _chosen(self) -> JobRecord | None:
        """The take that is chosen in the gallery, while the keyboard is there."""
        index = self._gallery.list.currentIndex()
        record = self._jobs.record(str(index.data(CellRole.KEY))) if index.isValid() else None
        return record if record is not None and record.video is not None else None

    def _branch(self) -> None:
        chosen, parts = self._chosen(), self._wing.open()
        if chosen is not None and self._gallery.list.hasFocus() and parts.take.key != chosen.info.job:
            self._prepare(chosen)
            return
        try:
            request = self._request(parts)
        except BadInputError as error:
            self._studio.refused.emit(error.message)
            return
        self._studio.send(request)

    def _prepare(self, record: JobRecord) -> None:
        """Put a take and its plan before the artist, who says where it goes on otherwise, and how."""
        assert record.video is not None
        self._project.restore(replace(record.video, base="", redo=()))
        self._studio.show_job(record.info.job)
        words = self.tr("Move the playhead to where it goes on otherwise, change the plan behind it, then branch.")
        self._studio.offer(words, self.tr("Undo"), self._project.undo_stack.undo)

    def _request(self, parts: VideoParts) -> VideoRequest:
        take, at = parts.take, parts.playhead.frame
        record, source = take.record, take.request
        if record is None or source is None or record.state is JobState.PENDING:
            raise BadInputError(self.tr("There is no take on the canvas; choose one from the gallery."))
        if not at:
            raise BadInputError(
                self.tr(
                    "A branch keeps the finished frames before the playhead; "
                    "move it to where the take is to go on otherwise."
                )
            )
        if not all(map(take.is_ready, range(min(at, take.length)))):
            raise BadInputError(
                self.tr("A branch keeps the finished frames before the playhead; not all of them are finished yet.")
            )
        edit = self._project.edit
        if (source.width, source.height, source.model) != (edit.width, edit.height, edit.model):
            words = self.tr(
                "The take is {size} by {model}, the settings are {other_size} by {other_model}; "
                "use the take's settings (Edit menu) first."
            )
            sizes = {
                "size": size_text(source.width, source.height),
                "other_size": size_text(edit.width, edit.height),
            }
            raise BadInputError(words.format(model=source.model, other_model=edit.model, **sizes))
        length = self._project.video.length
        if at >= length:
            words = self.tr("The timeline ends at frame {frame}, before the playhead; make it longer.")
            raise BadInputError(words.format(frame=length))
        request = self._project.video_request(base=record.info.job, redo=(FrameSpan(start=at, stop=length),))
        if _head(request.timeline, at) != _head(source.timeline, at):
            raise BadInputError(
                self.tr(
                    "Before the playhead the timeline is not the take's; use the take's settings (Edit menu), "
                    "and change what is behind the playhead."
                )
            )
        return request

    def _show(self) -> None:
        parts = self._wing.parts
        has_take = parts is not None and parts.take.request is not None
        self._actions.branch.setEnabled(has_take or self._chosen() is not None)


def _head(timeline: Timeline, stop: int) -> list[object]:
    """All that the frames before `stop` are made from; where the last segment ends does not matter to them."""
    pairs = zip(timeline.segments, timeline.spans(), strict=True)
    return [
        replace(
            segment, frames=min(span.stop, stop) - span.start, transition=min(segment.transition, stop - span.start)
        )
        for segment, span in pairs
        if span.start < stop
    ]
