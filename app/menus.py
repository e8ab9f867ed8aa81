"""The menu bar, made of the window's actions. It is also the list of everything that can be done (`commands`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup

from app.languages import Language
from app.theme import Appearance, Theme

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QMenu

    from app.actions import Actions
    from app.main_window import MenuTitles

MenuItems = tuple[QAction | None, ...]


def fill_menus(
    titles: MenuTitles, actions: Actions, panels: list[QAction], appearance: QActionGroup, languages: QActionGroup
) -> None:
    """Put the actions under their titles. None is a separator."""
    pictures = (actions.grid, actions.fit, actions.actual, actions.double, actions.previous, actions.next)
    places = (actions.search_gallery, actions.full_screen, actions.hide_panels, actions.next_panel)
    desks = (*actions.workspaces, actions.reset_workspace)
    uses = (actions.reuse, actions.use_as_control, actions.to_timeline)
    copies = (actions.copy_picture, actions.copy_settings, *uses, actions.star, actions.throw_away)
    projects = (actions.new_project, actions.open_project, titles.recent.menuAction(), titles.examples.menuAction())
    keeps = (actions.save_project, actions.save_project_as, actions.close_project, actions.reopen)
    opens = (actions.open_settings, actions.open_timeline, actions.save_timeline)
    saves = (actions.save_as, actions.save_grid, actions.export, actions.reveal)
    prompts = (actions.go_to_prompt, *actions.of_words, None, actions.lock_seed, actions.roll_seed)
    starts = (actions.generate, actions.auto, actions.keep_live, actions.make_grid, actions.reroll, actions.branch)
    controls = (actions.add_control, *actions.of_control)
    plan = (actions.add_segment, *actions.of_segments[:4], actions.select_shot)
    views = (*actions.of_segments[4:], actions.timeline_table)
    moves = (actions.play, *actions.of_time[2:])
    edits = (actions.edit_picture, actions.edit_file, actions.edit_map, actions.paint_region, actions.before)
    waits = (actions.edit_job, actions.job_up, actions.job_down)
    queue = (actions.pause, actions.cancel, actions.cancel_all, actions.retry, actions.clear, None, *waits)
    menus: list[tuple[QMenu, MenuItems]] = [
        (titles.examples, (actions.example_picture, actions.example_take)),
        (titles.file, (*projects, *keeps, None, *opens, None, *saves)),
        (titles.file, (None, actions.quit)),
        (titles.edit, (actions.undo, actions.redo, None, *copies)),
        (titles.edit, (None, *edits, None, *actions.of_painting)),
        (titles.view, (*pictures, None, actions.compare, actions.compare_wipe, None, *places, None, *desks)),
        (titles.view, (None, *panels, None, *appearance.actions())),
        (titles.view, (None, titles.language.menuAction())),
        (titles.language, tuple(languages.actions())),
        (titles.generate, (*starts, None, actions.video_mode, None, *prompts, None, *controls)),
        (titles.timeline, (*plan, None, *views, None, *moves)),
        (titles.queue, (*queue, None, actions.notify, actions.reconnect)),
        (titles.help, (actions.palette, actions.shortcuts, None, actions.about)),
    ]
    for menu, items in menus:
        for item in items:
            if item is None:
                menu.addSeparator()
            else:
                menu.addAction(item)


def appearance_actions(theme: Theme, parent: QObject) -> QActionGroup:
    """One of these is checked: as the system, dark, light."""
    group, translate = QActionGroup(parent), QCoreApplication.translate
    names = {
        Appearance.SYSTEM: translate("menus", "Colours of the system"),
        Appearance.DARK: translate("menus", "Dark"),
        Appearance.LIGHT: translate("menus", "Light"),
    }
    for appearance, name in names.items():
        action = group.addAction(name)
        action.setCheckable(True)
        action.setChecked(theme.appearance is appearance)
        action.setData(str(appearance))
        action.setObjectName(f"appearance_{appearance}")
    return group


def language_actions(language: Language, parent: QObject) -> QActionGroup:
    """One of these is checked. Every language is called by its own name, so that whoever reads it finds it."""
    group = QActionGroup(parent)
    names = {
        Language.SYSTEM: QCoreApplication.translate("menus", "Language of the system"),
        Language.ENGLISH: "English",
        Language.GERMAN: "Deutsch",
        Language.JAPANESE: "日本語",
    }
    for each, name in names.items():
        action = group.addAction(name)
        action.setCheckable(True)
        action.setChecked(each is language)
        action.setData(str(each))
        action.setObjectName(f"language_{each}")
    return group
