"""Everything the artist can do, as actions with words, keys and icons; menus, buttons and keys all use these.

What an action does is connected elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QUndoStack

if TYPE_CHECKING:
    from app.icons import Icons

Keys = str | QKeySequence.StandardKey | Sequence[str]


class Actions(QObject):
    """One attribute per action."""

    def __init__(self, icons: Icons, undo_stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons
        standard = QKeySequence.StandardKey
        tr = self.tr
        self.new_project = self._make(tr("New project"), standard.New)
        self.open_project = self._make(tr("Open project…"), "Ctrl+O")
        self.save_project = self._make(tr("Save project"), "Ctrl+S")
        self.save_project_as = self._make(tr("Save project as…"), "Ctrl+Shift+S")
        self.close_project = self._make(tr("Close project"), "Ctrl+W")
        self.open_settings = self._make(tr("Open settings of a picture…"), "Ctrl+Alt+O")
        self.save_as = self._make(tr("Save picture as…"), "Ctrl+Alt+S", "save")
        self.reveal = self._make(tr("Show in folder"), "Ctrl+Shift+R", "folder")
        self.quit = self._make(tr("Quit"), standard.Quit)
        self.undo = undo_stack.createUndoAction(self, tr("Undo"))
        self.undo.setShortcuts(QKeySequence.keyBindings(standard.Undo))
        self.redo = undo_stack.createRedoAction(self, tr("Redo"))
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.copy_picture = self._make(tr("Copy picture"), standard.Copy, "copy")
        self.copy_settings = self._make(tr("Copy settings"), "Ctrl+Shift+C", "settings")
        self.reuse = self._make(tr("Use these settings"), "Ctrl+U", "retry")
        self.star = self._make(tr("Star"), "*", "star")
        self.grid = self._make(tr("All pictures"), "G", "grid", checkable=True)
        self.fit = self._make(tr("Fit"), "1", "fit", checkable=True)
        self.actual = self._make(tr("100 %"), "2", checkable=True)
        self.double = self._make(tr("200 %"), "3", checkable=True)
        self.previous = self._make(tr("Previous picture"), "Left", "previous")
        self.next = self._make(tr("Next picture"), "Right", "next")
        self.full_screen = self._make(tr("Full screen"), ["F", "F11"], checkable=True)
        self.hide_panels = self._make(tr("Hide panels"), "Tab", checkable=True)
        self.next_panel = self._make(tr("Go to next panel"), "F6")
        self.workspace_image = self._make(tr("Image workspace"), "Ctrl+1", checkable=True)
        self.workspace_control = self._make(tr("Control workspace"), "Ctrl+2", checkable=True)
        self.workspace_video = self._make(tr("Video workspace"), "Ctrl+3", checkable=True)
        self.workspace_review = self._make(tr("Review workspace"), "Ctrl+4", checkable=True)
        self.reset_workspace = self._make(tr("Reset workspace"), "Ctrl+0")
        names = (tr("Image"), tr("Control"), tr("Video"), tr("Review"))
        for action, name in zip(self.workspaces, names, strict=True):
            action.setIconText(name)
        self.generate = self._make(tr("Generate"), ["Ctrl+Return", "Ctrl+Enter"])
        self.roll_seed = self._make(tr("Roll a new seed"), "Ctrl+R", "dice")
        self.lock_seed = self._make(tr("Lock seed"), "Ctrl+L", checkable=True)
        self.go_to_prompt = self._make(tr("Go to prompt"), "Ctrl+P")
        self._make_video_actions()
        self._make_control_actions()
        self._make_queue_actions()
        self._make_edit_actions()
        self.palette = self._make(tr("Command palette"), "Ctrl+Shift+P")
        self.shortcuts = self._make(tr("Keyboard shortcuts"), "F1")
        self.about = self._make(tr("About Onetake"), "")
        for name, action in vars(self).items():
            if isinstance(action, QAction):
                # What the artist's own keys are kept under.
                action.setObjectName(name)

    def _make_queue_actions(self) -> None:
        tr = self.tr
        self.pause = self._make(tr("Pause the queue"), "Ctrl+Shift+Space", checkable=True)
        self.cancel = self._make(tr("Cancel"), "Escape", "cancel")
        self.retry = self._make(tr("Try again"), "Ctrl+Shift+T", "retry")
        self.clear = self._make(tr("Clear ended jobs"), "", "clear")
        self.cancel_all = self._make(tr("Cancel all jobs"), "Ctrl+Shift+Backspace", "cancel-all")
        self.edit_job = self._make(tr("Edit waiting job"), "Ctrl+Shift+E", "edit")
        self.job_up = self._make(tr("Move waiting job up"), "Alt+Up")
        self.job_down = self._make(tr("Move waiting job down"), "Alt+Down")
        self.notify = self._make(tr("Notify when long jobs end"), "", checkable=True)
        self.reconnect = self._make(tr("Reach the engine again"), "F5")

    def _make_control_actions(self) -> None:
        tr = self.tr
        self.use_as_control = self._make(tr("Use as control"), "Ctrl+K", "control")
        self.add_control = self._make(tr("Add control picture…"), "Ctrl+Shift+K", "add")
        self.show_map = self._make(tr("Show control map"), "Ctrl+Shift+M", "map")
        # In the panel, Alt+Up and Alt+Down move the layer too: elsewhere they are the queue's.
        self.control_up = self._make(tr("Move control up"), "")
        self.control_down = self._make(tr("Move control down"), "")
        self.switch_control = self._make(tr("Switch control on or off"), "")
        self.remove_control = self._make(tr("Remove control"), "", "trash")

    def _make_edit_actions(self) -> None:
        tr = self.tr
        self.edit_picture = self._make(tr("Edit picture"), "E", "brush")
        self.edit_file = self._make(tr("Edit picture file…"), "Ctrl+Shift+I")
        self.paint_region = self._make(tr("Paint region of control…"), "Ctrl+Alt+K", "brush")
        self.before = self._make(tr("Before and after"), "B", "compare", checkable=True)
        self.brush_smaller = self._make(tr("Smaller brush"), "[")
        self.brush_larger = self._make(tr("Larger brush"), "]")
        self.erase = self._make(tr("Paint or erase"), "X", checkable=True)
        self.soft_brush = self._make(tr("Soft brush"), "Shift+X", "soft", checkable=True)
        self.show_mask = self._make(tr("Show mask"), "M", "eye", checkable=True)
        self.invert_mask = self._make(tr("Invert mask"), "Ctrl+I", "invert")
        self.clear_mask = self._make(tr("Clear mask"), "Ctrl+Shift+X", "trash")

    @property
    def of_painting(self) -> tuple[QAction, ...]:
        """What is done with the mask of the picture that is edited; their keys work on the canvas alone."""
        brush = (self.brush_smaller, self.brush_larger, self.erase, self.soft_brush)
        return (*brush, self.show_mask, self.invert_mask, self.clear_mask)

    def _make_video_actions(self) -> None:
        tr = self.tr
        self.video_mode = self._make(tr("Make videos"), "Ctrl+M", "film", checkable=True)
        self.open_timeline = self._make(tr("Open timeline…"), "Ctrl+Shift+O")
        self.save_timeline = self._make(tr("Save timeline as…"), "Ctrl+Alt+Shift+S")
        self.export = self._make(tr("Export take as…"), "Ctrl+E", "export")
        self.reroll = self._make(tr("Re-roll selection"), ["Ctrl+Shift+Return", "Ctrl+Shift+Enter"], "dice")
        self.play = self._make(tr("Play"), "Space", "play")
        self.shuttle_back = self._make(tr("Play backwards, faster"), "J")
        self.halt = self._make(tr("Stop"), "K")
        self.shuttle_on = self._make(tr("Play, faster"), "L")
        self.loop = self._make(tr("Loop"), "Shift+L", "loop", checkable=True)
        self.mark_in = self._make(tr("In point"), "I", "mark-in", checkable=True)
        self.mark_out = self._make(tr("Out point"), "O", "mark-out", checkable=True)
        self.add_segment = self._make(tr("Add segment"), "Ctrl+Shift+A", "add")
        self.split = self._make(tr("Split at playhead"), "S", "split")
        self.transition = self._make(tr("Transition"), "T", "transition")
        self.cut = self._make(tr("Cut"), "C", "cut")
        self.delete_segment = self._make(tr("Delete segments"), "Delete", "trash")
        self.select_shot = self._make(tr("Select shot"), "Ctrl+Shift+H")
        self.zoom_timeline_in = self._make(tr("Zoom in on time"), ["+", "="])
        self.zoom_timeline_out = self._make(tr("Zoom out of time"), "-")
        self.fit_timeline = self._make(tr("Fit timeline"), "0", "fit")
        self.timeline_table = self._make(tr("Timeline as table"), "Ctrl+Shift+B", "table", checkable=True)

    @property
    def workspaces(self) -> tuple[QAction, ...]:
        """One per workspace, in the order of `workspaces.Workspace`."""
        return (self.workspace_image, self.workspace_control, self.workspace_video, self.workspace_review)

    @property
    def of_control(self) -> tuple[QAction, ...]:
        """What can be done with the control layer that the keyboard was in last."""
        return (self.show_map, self.control_up, self.control_down, self.switch_control, self.remove_control)

    @property
    def of_waiting(self) -> tuple[QAction, ...]:
        """Moves of a waiting job; their keys work in the queue alone."""
        return (self.job_up, self.job_down)

    @property
    def of_time(self) -> tuple[QAction, ...]:
        """Single keys that mean time on the canvas and in the timeline, and letters elsewhere."""
        moves = (self.previous, self.next, self.shuttle_back, self.halt, self.shuttle_on)
        return (*moves, self.loop, self.mark_in, self.mark_out)

    @property
    def of_segments(self) -> tuple[QAction, ...]:
        """What can be done with the plan; their keys work in the timeline alone."""
        edits = (self.split, self.transition, self.cut, self.delete_segment)
        return (*edits, self.zoom_timeline_in, self.zoom_timeline_out, self.fit_timeline)

    def _make(self, text: str, keys: Keys, icon: str = "", *, checkable: bool = False) -> QAction:
        action = QAction(text, self)
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcuts(QKeySequence.keyBindings(keys))
        else:
            action.setShortcuts([QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys) if key])
        if icon:
            self._icons.dress(action, icon)
        action.setCheckable(checkable)
        action.setToolTip(tip_of(action))
        return action


def tip_of(action: QAction) -> str:
    """What to say about an action under the mouse: its words and its first key."""
    key = key_text(action.shortcuts()[:1])
    return f"{plain_text(action)}  ({key})" if key else plain_text(action)


def plain_text(action: QAction) -> str:
    """An action's words without the mark of its mnemonic."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def key_text(keys: Sequence[QKeySequence]) -> str:
    """Keys as the artist reads them on this system."""
    return ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
