"""Dropping files on the window: settings come back, with undo; everything else gets one sentence."""

# pytest-qt leaves the arguments of its key and mouse clicks untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from engine.media.metadata import PictureRecord, picture_texts
from engine.media.png import encode_png
from engine.messages import ImageRequest

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.application import Application
    from tests.fakes import FakeEngine

REQUEST = ImageRequest(prompt="summer lake at dusk, a boat", seed=400, width=384, height=256, count=4, steps=2)


def drop(onetake: Application, file: Path) -> None:
    """Let go of a file over the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    copy, button, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, button, plain)
    QApplication.sendEvent(onetake.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(onetake.window, QDropEvent(QPointF(50, 50), copy, mime, button, plain))


def picture_with_settings(folder: Path) -> Path:
    """A PNG as the engine writes it: the third picture of REQUEST."""
    record = PictureRecord(request=REQUEST, seed=402, model={}, plan={}, versions={})
    file = folder / "lake.png"
    file.write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8), picture_texts(record)))
    return file


def test_a_dropped_picture_restores_its_request(
    qtbot: QtBot, onetake: Application, engine: FakeEngine, tmp_path: Path
) -> None:
    """All settings come back, the seed of this very picture locked, and Generate makes exactly it again."""
    drop(onetake, picture_with_settings(tmp_path))
    qtbot.waitUntil(lambda: onetake.project.edit.prompt == REQUEST.prompt)
    assert onetake.notices.text.startswith("Restored the settings of “lake.png”: seed 402")
    assert onetake.prompt.prompt.toPlainText() == REQUEST.prompt
    onetake.studio.generate()
    qtbot.waitUntil(lambda: bool(engine.requests))
    wanted = ImageRequest(prompt=REQUEST.prompt, seed=402, width=384, height=256, count=1, steps=2)
    assert engine.requests == [wanted]


def test_undo_in_the_notice_brings_back_what_was_typed(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """One press gives back the whole edit from before the drop."""
    onetake.project.change("typing", prompt="my own words")
    before = onetake.project.edit
    drop(onetake, picture_with_settings(tmp_path))
    qtbot.waitUntil(lambda: onetake.project.edit.seed == 402)
    qtbot.mouseClick(onetake.notices.button, Qt.MouseButton.LeftButton)
    assert onetake.project.edit == before


def test_files_without_settings_get_one_sentence(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """A text file, a PNG of someone else and a missing file change nothing and are named."""
    before = onetake.project.edit
    bare = tmp_path / "bare.png"
    bare.write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8), {}))
    for file in (tmp_path / "notes.txt", bare, tmp_path / "missing.png"):
        onetake.notices.close_notice()
        drop(onetake, file)
        qtbot.waitUntil(lambda file=file: f"“{file.name}”" in onetake.notices.text)
    assert onetake.project.edit == before
    assert not [widget for widget in QApplication.topLevelWidgets() if widget.isModal()]
