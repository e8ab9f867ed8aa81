"""What can be done with jobs that wait: edit one, move it, cancel all; by key, by menu and by dragging.

The verbs are in `studio`; what is done with any job, waiting or not, is connected in `controls`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from app.jobs import JobModel
from engine.messages import JobState

if TYPE_CHECKING:
    from app.actions import Actions
    from app.panels.prompt import PromptPanel
    from app.panels.queue import QueuePanel
    from app.studio import Studio


class QueueControls(QObject):
    """Connects on construction; from then on the queue panel answers."""

    def __init__(
        self, panel: QueuePanel, prompt: PromptPanel, *, jobs: JobModel, studio: Studio, actions: Actions
    ) -> None:
        super().__init__(panel)
        self._panel, self._jobs, self._studio, self._actions = panel, jobs, studio, actions
        panel.job_moved.connect(studio.move)
        panel.cancel_all_pressed.connect(studio.cancel_all)
        actions.cancel_all.triggered.connect(studio.cancel_all)
        actions.edit_job.triggered.connect(self._edit)
        actions.job_up.triggered.connect(partial(self._move, -1))
        actions.job_down.triggered.connect(partial(self._move, 1))
        studio.editing_changed.connect(prompt.show_editing)
        prompt.editing_stopped.connect(studio.stop_editing)
        panel.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        panel.list.addActions([actions.edit_job, *actions.of_waiting, actions.cancel, actions.retry])
        panel.list.selectionModel().currentChanged.connect(self._show)
        for signal in (jobs.job_changed, jobs.rowsInserted, jobs.job_named):
            signal.connect(self._show)
        self._show()

    def _waiting(self) -> str:
        """The waiting job that is meant: the row's that the keyboard was on last, else the only one; empty if none."""
        waiting = [record for record in self._jobs.unfinished() if record.state is JobState.PENDING and record.info.job]
        keys = [JobModel.key_of(record) for record in waiting]
        chosen = self._panel.selected_key()
        return chosen if chosen in keys else keys[0] if len(keys) == 1 else ""

    def _edit(self) -> None:
        self._studio.edit_job(self._waiting())

    def _move(self, by: int) -> None:
        key = self._waiting()
        before = self._panel.neighbour(key, by)
        if before is not None:
            self._studio.move(key, before)

    def _show(self, *_changed: object) -> None:
        key, actions = self._waiting(), self._actions
        actions.edit_job.setEnabled(bool(key))
        # At an end too, where they have no effect: a greyed action's key would move the row's mark instead.
        for action in actions.of_waiting:
            action.setEnabled(bool(key))
        actions.cancel_all.setEnabled(bool(self._jobs.unfinished()))
