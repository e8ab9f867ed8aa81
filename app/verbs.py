"""Verbs on signals and keys: how what the artist presses reaches a method that wants no arguments.

Owns no verb.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from app.actions import tip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.icons import Icons


def call(verb: Callable[[], object], *_arguments: object) -> None:
    """A verb for a signal whose arguments it does not want: connect `partial(call, verb)`."""
    verb()


def add_action(
    owner: QWidget,
    text: str,
    keys: str,
    icon: str,
    verb: Callable[[], object],
    *,
    icons: Icons,
    checkable: bool = False,
) -> QAction:
    """An action of a widget's own, whose keys hold while the focus is within it; `icon` may be empty."""
    action = QAction(text, owner)
    action.setShortcut(QKeySequence(keys))
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.setToolTip(tip_of(action))
    action.setCheckable(checkable)
    if icon:
        icons.dress(action, icon)
    (action.toggled if checkable else action.triggered).connect(partial(call, verb))
    owner.addAction(action)
    return action
