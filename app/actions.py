"""Everything the artist can do, as actions with words, keys and icons; menus, buttons and keys all use these.

What an action does is connected elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QUndoStack

if TYPE_CHECKING:
    from app.icons import Icons

_BRACKETED = re.compile(r"\(&\w\)")

Keys = str | QKeySequence.StandardKey | Sequence[str]


class Actions(QObject):
    """One attribute per action."""

    def __init__(self, icons: Icons, undo_stack: QUndoStack, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons
        standard = QKeySequence.StandardKey
        self._make_project_actions()
        self.open_settings = self._make(self.tr("Open settings of a picture…"), "Ctrl+Alt+O")
        self.save_as = self._make(self.tr("Save picture as…"), "Ctrl+Alt+S", "save")
        self.reveal = self._make(self.tr("Show in folder"), "Ctrl+Shift+R", "folder")
        self.quit = self._make(self.tr("Quit"), standard.Quit)
        self.undo = undo_stack.createUndoAction(self)
        self.undo.setShortcuts(QKeySequence.keyBindings(standard.Undo))
        self.redo = undo_stack.createRedoAction(self)
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.copy_picture = self._make(self.tr("Copy picture"), standard.Copy, "copy")
        self.copy_settings = self._make(self.tr("Copy settings"), "Ctrl+Shift+C", "settings")
        self.reuse = self._make(self.tr("Use these settings"), "Ctrl+U", "retry")
        self.star = self._make(self.tr("Star"), "*", "star")
        self.compare = self._make(self.tr("Compare"), "V", "beside", checkable=True)
        self.compare_wipe = self._make(self.tr("Compare by a wipe"), "Shift+V", checkable=True)
        self.grid = self._make(self.tr("All pictures"), "G", "grid", checkable=True)
        self.fit = self._make(self.tr("Fit"), "1", "fit", checkable=True)
        self.actual = self._make(self.tr("100 %"), "2", checkable=True)
        self.double = self._make(self.tr("200 %"), "3", checkable=True)
        self.previous = self._make(self.tr("Previous picture"), "Left", "previous")
        self.next = self._make(self.tr("Next picture"), "Right", "next")
        self.full_screen = self._make(self.tr("Full screen"), ["F", "F11"], checkable=True)
        self.hide_panels = self._make(self.tr("Hide panels"), "Tab", checkable=True)
        self.next_panel = self._make(self.tr("Go to next panel"), "F6")
        self._make_workspaces()
        self.generate = self._make(self.tr("Generate"), ["Ctrl+Return", "Ctrl+Enter"])
        self.auto = self._make(self.tr("Auto"), "Ctrl+G", "play", checkable=True)
        self.auto.setToolTip(self.tr("Make the picture again while you paint and change settings"))
        self.keep_live = self._make(self.tr("Keep the live picture"), "Ctrl+Shift+G", "save")
        self.roll_seed = self._make(self.tr("Roll a new seed"), "Ctrl+R", "dice")
        self.lock_seed = self._make(self.tr("Lock seed"), "Ctrl+L", checkable=True)
        self.go_to_prompt = self._make(self.tr("Go to prompt"), "Ctrl+P")
        self._make_prompt_actions()
        self._make_video_actions()
        self._make_control_actions()
        self._make_queue_actions()
        self._make_edit_actions()
        self.palette = self._make(self.tr("Command palette"), "Ctrl+Shift+P")
        self.shortcuts = self._make(self.tr("Keyboard shortcuts"), "F1")
        self.about = self._make(self.tr("About Onetake"), "")
        for name, action in vars(self).items():
            if isinstance(action, QAction):
                # What the artist's own keys are kept under.
                action.setObjectName(name)

    def _make_workspaces(self) -> None:
        self.workspace_image = self._make(self.tr("Image workspace"), "Ctrl+1", checkable=True)
        self.workspace_control = self._make(self.tr("Control workspace"), "Ctrl+2", checkable=True)
        self.workspace_video = self._make(self.tr("Video workspace"), "Ctrl+3", checkable=True)
        self.workspace_review = self._make(self.tr("Review workspace"), "Ctrl+4", checkable=True)
        self.reset_workspace = self._make(self.tr("Reset workspace"), "Ctrl+0")
        names = (self.tr("Image"), self.tr("Control"), self.tr("Video"), self.tr("Review"))
        for action, name in zip(self.workspaces, names, strict=True):
            action.setIconText(name)

    def _make_project_actions(self) -> None:
        self.new_project = self._make(self.tr("New project"), QKeySequence.StandardKey.New)
        self.open_project = self._make(self.tr("Open project…"), "Ctrl+O")
        self.example_picture = self._make(self.tr("Winter mountains, pictures"), "")
        self.example_take = self._make(self.tr("River day, a take of 10 seconds"), "")
        self.save_project = self._make(self.tr("Save project"), "Ctrl+S")
        self.save_project_as = self._make(self.tr("Save project as…"), "Ctrl+Shift+S")
        self.close_project = self._make(self.tr("Close project"), "Ctrl+W")
        self.reopen = self._make(self.tr("Start with the last project"), "", checkable=True)

    def _make_queue_actions(self) -> None:
        self.pause = self._make(self.tr("Pause the queue"), "Ctrl+Shift+Space", checkable=True)
        self.cancel = self._make(self.tr("Cancel"), "Escape", "cancel")
        self.retry = self._make(self.tr("Try again"), "Ctrl+Shift+T", "retry")
        self.clear = self._make(self.tr("Clear ended jobs"), "", "clear")
        self.cancel_all = self._make(self.tr("Cancel all jobs"), "Ctrl+Shift+Backspace", "cancel-all")
        self.edit_job = self._make(self.tr("Edit waiting job"), "Ctrl+Shift+E", "edit")
        self.job_up = self._make(self.tr("Move waiting job up"), "Alt+Up")
        self.job_down = self._make(self.tr("Move waiting job down"), "Alt+Down")
        self.notify = self._make(self.tr("Notify when long jobs end"), "", checkable=True)
        self.reconnect = self._make(self.tr("Reach the engine again"), "F5")

    def _make_prompt_actions(self) -> None:
        self.weight_up = self._make(self.tr("Raise weight of words"), "Ctrl+Up")
        self.weight_down = self._make(self.tr("Lower weight of words"), "Ctrl+Down")
        self.weight_up_finely = self._make(self.tr("Raise weight by half a step"), "Ctrl+Shift+Up")
        self.weight_down_finely = self._make(self.tr("Lower weight by half a step"), "Ctrl+Shift+Down")
        self.make_grid = self._make(self.tr("Make a grid…"), "Ctrl+Alt+G", "grid")
        self.search_gallery = self._make(self.tr("Search in the gallery"), "Ctrl+F")
        self.to_timeline = self._make(self.tr("Add to timeline"), "Ctrl+T", "film")
        self.throw_away = self._make(self.tr("Move to trash"), "Ctrl+Backspace", "trash")
        self.save_grid = self._make(self.tr("Save grid as…"), "Ctrl+Alt+Shift+G", "save")

    @property
    def of_words(self) -> tuple[QAction, ...]:
        """Weights of words in a prompt; their keys work in prompt fields alone."""
        return (self.weight_up, self.weight_down, self.weight_up_finely, self.weight_down_finely)

    def _make_control_actions(self) -> None:
        self.use_as_control = self._make(self.tr("Use as control"), "Ctrl+K", "control")
        self.add_control = self._make(self.tr("Add control picture…"), "Ctrl+Shift+K", "add")
        self.show_map = self._make(self.tr("Show control map"), "Ctrl+Shift+M", "map")
        self.edit_map = self._make(self.tr("Paint and place map of control…"), "Ctrl+Alt+M", "edit")
        # In the panel, Alt+Up and Alt+Down move the layer too: elsewhere they are the queue's.
        self.control_up = self._make(self.tr("Move control up"), "")
        self.control_down = self._make(self.tr("Move control down"), "")
        self.switch_control = self._make(self.tr("Switch control on or off"), "")
        self.remove_control = self._make(self.tr("Remove control"), "", "trash")

    def _make_edit_actions(self) -> None:
        self.edit_picture = self._make(self.tr("Edit picture"), "E", "brush")
        self.edit_file = self._make(self.tr("Edit picture file…"), "Ctrl+Shift+I")
        self.paint_region = self._make(self.tr("Paint region of control…"), "Ctrl+Alt+K", "brush")
        self.before = self._make(self.tr("Before and after"), "B", "compare", checkable=True)
        self.brush_smaller = self._make(self.tr("Smaller brush"), "[")
        self.brush_larger = self._make(self.tr("Larger brush"), "]")
        self.erase = self._make(self.tr("Paint or erase"), "X", checkable=True)
        self.soft_brush = self._make(self.tr("Soft brush"), "Shift+X", "soft", checkable=True)
        self.show_mask = self._make(self.tr("Show mask"), "M", "eye", checkable=True)
        self.invert_mask = self._make(self.tr("Invert mask"), "Ctrl+I", "invert")
        self.clear_mask = self._make(self.tr("Clear mask"), "Ctrl+Shift+X", "trash")

    @property
    def of_painting(self) -> tuple[QAction, ...]:
        """What is done with the mask of the picture that is edited; their keys work on the canvas alone."""
        brush = (self.brush_smaller, self.brush_larger, self.erase, self.soft_brush)
        return (*brush, self.show_mask, self.invert_mask, self.clear_mask)

    def _make_video_actions(self) -> None:
        self.video_mode = self._make(self.tr("Make videos"), "Ctrl+M", "film", checkable=True)
        self.open_timeline = self._make(self.tr("Open timeline…"), "Ctrl+Shift+O")
        self.save_timeline = self._make(self.tr("Save timeline as…"), "Ctrl+Alt+Shift+S")
        self.export = self._make(self.tr("Export take as…"), "Ctrl+E", "export")
        self.reroll = self._make(self.tr("Re-roll selection"), ["Ctrl+Shift+Return", "Ctrl+Shift+Enter"], "dice")
        self.branch = self._make(self.tr("Branch at playhead"), "Ctrl+B", "branch")
        self.play = self._make(self.tr("Play"), "Space", "play")
        self.shuttle_back = self._make(self.tr("Play backwards, faster"), "J")
        self.halt = self._make(self.tr("Stop"), "K")
        self.shuttle_on = self._make(self.tr("Play, faster"), "L")
        self.loop = self._make(self.tr("Loop"), "Shift+L", "loop", checkable=True)
        self.mark_in = self._make(self.tr("In point"), "I", "mark-in", checkable=True)
        self.mark_out = self._make(self.tr("Out point"), "O", "mark-out", checkable=True)
        self.add_segment = self._make(self.tr("Add segment"), "Ctrl+Shift+A", "add")
        self.split = self._make(self.tr("Split at playhead"), "S", "split")
        self.transition = self._make(self.tr("Transition"), "T", "transition")
        self.cut = self._make(self.tr("Cut"), "C", "cut")
        self.delete_segment = self._make(self.tr("Delete segments"), "Delete", "trash")
        self.select_shot = self._make(self.tr("Select shot"), "Ctrl+Shift+H")
        self.zoom_timeline_in = self._make(self.tr("Zoom in on time"), ["+", "="])
        self.zoom_timeline_out = self._make(self.tr("Zoom out of time"), "-")
        self.fit_timeline = self._make(self.tr("Fit timeline"), "0", "fit")
        self.timeline_table = self._make(self.tr("Timeline as table"), "Ctrl+Shift+B", "table", checkable=True)

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
    """An action's words without the mark of its mnemonic, which is a letter in brackets where no word has it."""
    return _BRACKETED.sub("", action.text()).replace("&&", "\0").replace("&", "").replace("\0", "&")


def key_text(keys: Sequence[QKeySequence]) -> str:
    """Keys as the artist reads them on this system."""
    return ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)
