"""Which keys belong to which action: the program's own, and those that the artist chose instead, which are kept.

Owns choosing, taking over and resetting keys. The dialog that asks for them is a widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from app.actions import tip_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.settings import WindowSettings

_PORTABLE = QKeySequence.SequenceFormat.PortableText


class Keymap(QObject):
    """Actions are known by their object names; one without a name keeps the keys that it has."""

    changed = Signal()
    """Some action has other keys now."""

    def __init__(self, settings: WindowSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._own: dict[QAction, list[QKeySequence]] = {}

    def manage(self, actions: Iterable[QAction]) -> None:
        """Take these actions in, with the keys they have as their own, and give them those that the artist chose."""
        chosen = self._settings.keys
        for action in actions:
            if action.objectName() and action not in self._own:
                self._own[action] = action.shortcuts()
                if action.objectName() in chosen:
                    keys = QKeySequence.listFromString(chosen[action.objectName()], _PORTABLE)
                    self._give(action, [key for key in keys if not key.isEmpty()])
        for action in self._own:
            if action.objectName() in chosen:
                self._take_from_others(action)

    @property
    def actions(self) -> list[QAction]:
        """Everything whose keys can be chosen."""
        return list(self._own)

    def is_own(self, action: QAction) -> bool:
        """Whether the action has the keys that the program gave it."""
        return action.shortcuts() == self._own[action]

    def owner_of(self, key: QKeySequence, other_than: QAction | None = None) -> QAction | None:
        """Whose key this is. One key is never two actions', whatever panel they are for: no key does two things."""
        owners = (action for action in self._own if action is not other_than and key in action.shortcuts())
        return None if key.isEmpty() else next(owners, None)

    def choose(self, action: QAction, key: QKeySequence) -> None:
        """Give an action this one key, or none if it is empty; whoever had it has it no longer."""
        owner = self.owner_of(key, other_than=action)
        if owner is not None:
            self._give(owner, [other for other in owner.shortcuts() if other != key])
            self._keep(owner)
        self._give(action, [] if key.isEmpty() else [key])
        self._keep(action)
        self.changed.emit()

    def reset(self, action: QAction) -> None:
        """Give an action its own keys back; whoever has one of them has it no longer."""
        for key in self._own[action]:
            owner = self.owner_of(key, other_than=action)
            if owner is not None:
                self._give(owner, [other for other in owner.shortcuts() if other != key])
                self._keep(owner)
        self._give(action, self._own[action])
        self._keep(action)
        self.changed.emit()

    def reset_all(self) -> None:
        """Give every action its own keys back."""
        for action, keys in self._own.items():
            self._give(action, keys)
        self._settings.keys = {}
        self.changed.emit()

    def _take_from_others(self, action: QAction) -> None:
        """A command that is newer than the artist's choice of a key leaves that key alone."""
        for key in action.shortcuts():
            owner = self.owner_of(key, other_than=action)
            if owner is not None:
                self._give(owner, [other for other in owner.shortcuts() if other != key])

    def _give(self, action: QAction, keys: list[QKeySequence]) -> None:
        # An action that says more than its name and key under the mouse goes on saying it.
        says_key = action.toolTip() == tip_of(action)
        action.setShortcuts(keys)
        if says_key:
            action.setToolTip(tip_of(action))

    def _keep(self, action: QAction) -> None:
        chosen = {name: keys for name, keys in self._settings.keys.items() if name != action.objectName()}
        if not self.is_own(action):
            chosen[action.objectName()] = QKeySequence.listToString(action.shortcuts(), _PORTABLE)
        self._settings.keys = chosen
