"""What the artist does with a plan and a take: edit segments, go through time, re-roll.

Made together with the parts that it acts on; the verbs of pictures and of the queue are in `studio`, Export is in
`export_controls`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt

from app import timeline_edits as edits
from app.jobs import is_token
from app.verbs import call
from app.widgets.mode_switch import set_mode
from app.words import frames_text, size_text
from engine.errors import BadInputError
from engine.messages import FrameSpan, JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from app.actions import Actions
    from app.project import Project
    from app.studio import Studio
    from app.video_edit import VideoEdit
    from app.video_wing import VideoParts


class VideoControls(QObject):
    """Connects on construction; from then on the timeline answers."""

    def __init__(
        self,
        parts: VideoParts,
        *,
        project: Project,
        studio: Studio,
        actions: Actions,
        prompt: QWidget,
        stage: QWidget,
    ) -> None:
        super().__init__(parts.panel)
        self._parts, self._project, self._studio, self._actions, self._prompt = parts, project, studio, actions, prompt
        panel, playhead = parts.panel, parts.playhead
        panel.add_pressed.connect(self._add)
        panel.view.prompt_wanted.connect(self._write)
        for action in (*actions.of_time, *actions.of_segments):
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            panel.addAction(action)
        for action in actions.of_time:
            stage.addAction(action)
        actions.play.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        panel.view.addAction(actions.play)
        panel.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        menu = (actions.add_segment, *actions.of_segments[:4], actions.select_shot, actions.reroll, actions.branch)
        panel.view.insertActions(actions.play, list(menu))
        verbs: dict[QAction, Callable[[], None]] = {
            actions.play: self._toggle,
            actions.shuttle_back: partial(self._shuttle, -1),
            actions.shuttle_on: partial(self._shuttle, 1),
            actions.halt: self._halt,
            actions.mark_in: playhead.mark_in,
            actions.mark_out: playhead.mark_out,
            actions.add_segment: self._add,
            actions.split: self._split,
            actions.transition: self._transition,
            actions.cut: self._cut,
            actions.delete_segment: self._delete,
            actions.select_shot: self._select_shot,
            actions.zoom_timeline_in: partial(panel.view.zoom_by, 2),
            actions.zoom_timeline_out: partial(panel.view.zoom_by, -2),
            actions.fit_timeline: panel.view.fit,
            actions.reroll: self.reroll,
        }
        for action, verb in verbs.items():
            action.triggered.connect(partial(call, verb))
        actions.loop.triggered.connect(playhead.set_loops)
        actions.timeline_table.toggled.connect(panel.show_table)
        project.edit_changed.connect(self._show)
        parts.take.changed.connect(self._show)
        playhead.changed.connect(self._show)
        self._show()

    # Time.

    def _toggle(self) -> None:
        self._parts.player.stop_by_hand()
        self._parts.playhead.toggle()

    def _shuttle(self, direction: int) -> None:
        self._parts.player.stop_by_hand()
        self._parts.playhead.shuttle(direction)

    def _halt(self) -> None:
        self._parts.player.stop_by_hand()
        self._parts.playhead.pause()

    def step(self, by: int) -> None:
        """Exactly that many frames on."""
        self._parts.player.stop_by_hand()
        self._parts.playhead.step(by)

    # The plan.

    def _change(self, text: str, after: VideoEdit) -> None:
        if after != self._project.video:
            self._project.change_video(text, after)

    def _add(self) -> None:
        set_mode(self._project, is_active=True)
        video = self._project.video
        first = not video.segments
        after = edits.add(video, self._project.edit.prompt)
        # The first press makes two: one segment alone is what there was without any.
        self._change(self.tr("add segment"), edits.add(after, "") if first else after)
        self._write()

    def _write(self) -> None:
        self._prompt.setFocus(Qt.FocusReason.OtherFocusReason)

    def _split(self) -> None:
        self._change(self.tr("split"), edits.split(self._project.video, self._parts.playhead.frame))

    def _transition(self) -> None:
        video = self._project.video
        places = [index for index in video.selected if index]
        has_all = all(video.segments[index].transition for index in places)
        for index in places:
            wanted = 0 if has_all else edits.default_transition(video, video.segments[index])
            video = edits.set_transition(video, index, wanted)
        self._change(self.tr("transition"), video)

    def _cut(self) -> None:
        video = self._project.video
        self._change(self.tr("cut"), edits.toggle_cut(video, video.selected))

    def _delete(self) -> None:
        video, controls = self._project.video, self._project.edit.controls
        clips = [index for index in video.clips if index < len(controls)]
        if clips:
            self._project.remove_selected(QCoreApplication.translate("edits", "delete"), clips)
            return
        self._change(self.tr("delete segments"), edits.remove(video, video.selected))

    def _select_shot(self) -> None:
        video = self._project.video
        if video.segments:
            self._project.show_video(edits.select(video, video.current, video.shot_of(video.current)))

    # Takes.

    def reroll(self) -> None:
        """Make the marked or selected frames of the take on the canvas again, and keep the others byte for byte."""
        try:
            request = self._project.video_request(base=self._base(), redo=self._frames())
        except BadInputError as error:
            self._studio.refused.emit(error.message)
            return
        self._studio.send(request)

    def _base(self) -> str:
        take, video = self._parts.take, self._project.video
        record, request = take.record, take.request
        if record is None or request is None or record.state is not JobState.DONE:
            raise BadInputError(
                self.tr("There is no finished take on the canvas; wait for it, or choose one from the gallery.")
            )
        edit = self._project.edit
        if (request.width, request.height) != (edit.width, edit.height):
            words = self.tr(
                "The take is {size}, the settings are {other_size}; "
                "use the take's settings (Edit menu), or generate a new take."
            )
            size, other_size = size_text(request.width, request.height), size_text(edit.width, edit.height)
            raise BadInputError(words.format(size=size, other_size=other_size))
        if request.frames != video.length:
            words = self.tr(
                "The take has {frames}, the timeline {other_frames}; "
                "use the take's settings (Edit menu), or generate a new take."
            )
            frames, other_frames = frames_text(request.frames), frames_text(video.length)
            raise BadInputError(words.format(frames=frames, other_frames=other_frames))
        return record.info.job

    def _frames(self) -> tuple[FrameSpan, ...]:
        """Between the in and out points where there are any, else the selected segments, else all."""
        playhead, video = self._parts.playhead, self._project.video
        if (playhead.first, playhead.end) != (None, None):
            return (FrameSpan(start=playhead.span.start, stop=playhead.span.stop),)
        return video.selected_frames() or (FrameSpan(start=0, stop=video.length),)

    def _show(self) -> None:
        """What can be done now."""
        actions, video, take = self._actions, self._project.video, self._parts.take
        is_planned = video.is_active and bool(video.segments)
        has_clips = video.is_active and bool(self._project.edit.controls)
        # A timeline can be looked at without a plan as well, as long as there is a take in it.
        is_there = is_planned or take.length > 0
        # Each is told once: a button that goes on and off again has its whole panel laid out.
        can = dict.fromkeys((actions.split, actions.select_shot), is_planned)
        can |= dict.fromkeys((actions.transition, actions.cut), is_planned and any(video.selected))
        can[actions.timeline_table] = is_planned or has_clips
        can[actions.delete_segment] = is_planned or bool(has_clips and video.clips)
        views = (actions.fit_timeline, actions.zoom_timeline_in, actions.zoom_timeline_out)
        can |= dict.fromkeys((*views, actions.play, *actions.of_time[2:]), is_there)
        can[actions.reroll] = take.is_done and video.is_active
        can[actions.export] = take.request is not None and not is_token(take.key)
        for action, is_on in can.items():
            action.setEnabled(is_on)
