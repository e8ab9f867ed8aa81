"""The window's settings: a layout is given back as it was kept, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from app.languages import Language
from app.settings import LAYOUT_VERSION, WindowSettings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine.paths import Paths

    Blob = QByteArray | bytes | bytearray | memoryview

GEOMETRY = bytes(range(66))
STATE = bytes(range(256))
WRONG_BITS = (0x01, 0x20, 0x80, 0xFF)


class Frame(QMainWindow):
    """Remembers what it was given and does nothing with it, as Qt may not survive it."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    def saveGeometry(self) -> QByteArray:  # noqa: N802 - Qt's name
        return QByteArray(GEOMETRY)

    def saveState(self, /, version: int | None = 0) -> QByteArray:  # noqa: N802 - Qt's name
        assert version == LAYOUT_VERSION
        return QByteArray(STATE)

    def restoreGeometry(self, geometry: Blob, /) -> bool:  # noqa: N802 - Qt's name
        self.given.append(bytes(QByteArray(geometry).data()))
        return True

    def restoreState(self, state: Blob, /, version: int | None = 0) -> bool:  # noqa: N802 - Qt's name
        assert version == LAYOUT_VERSION
        self.given.append(bytes(QByteArray(state).data()))
        return True


@pytest.fixture
def frame(qtbot: QtBot) -> Frame:
    """A window with an easily told layout."""
    made = Frame()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def file(paths: Paths, frame: Frame) -> Path:
    """Settings with the layouts of the window and of two workspaces, and more."""
    file = paths.home / "window.ini"
    settings = WindowSettings(file)
    settings.language = Language("ja")
    settings.keys = {"export": "Ctrl+N"}
    settings.keep_layout("video", QByteArray(STATE[::2]))
    settings.keep_layout("review", QByteArray(STATE[::-1]))
    settings.keep(frame)
    return file


def kept_in(store: QSettings, key: str) -> bytes:
    """The bytes under a key."""
    value = store.value(key)
    assert isinstance(value, QByteArray)
    return bytes(value.data())


def damage(kept: bytes, position: int, bits: int) -> bytes:
    """The same but for one byte."""
    damaged = bytearray(kept)
    damaged[position] ^= bits
    return bytes(damaged)


def test_what_is_kept_is_given_back(file: Path, frame: Frame) -> None:
    """Byte by byte, to the window and to each workspace."""
    settings = WindowSettings(file)
    assert settings.restore(frame)
    assert frame.given == [GEOMETRY, STATE]
    assert settings.layout_of("video") == QByteArray(STATE[::2])
    assert settings.layout_of("review") == QByteArray(STATE[::-1])
    assert settings.layout_of("image") is None


@pytest.mark.parametrize("key", ["geometry", "layout"])
def test_a_window_is_given_nothing_once_a_byte_is_wrong(file: Path, frame: Frame, key: str) -> None:
    """Whichever byte of geometry or panels it is, and whatever became of it."""
    settings, store = WindowSettings(file), QSettings(str(file), QSettings.Format.IniFormat)
    kept = kept_in(store, key)
    for position in range(len(kept)):
        for bits in WRONG_BITS:
            store.setValue(key, QByteArray(damage(kept, position, bits)))
            assert not settings.restore(frame), f"byte {position} with bits {bits:#x} changed"
    assert frame.given == []
    store.setValue(key, QByteArray(kept))
    assert settings.restore(frame)


def test_a_workspace_loses_its_layout_alone_once_a_byte_is_wrong(file: Path, frame: Frame) -> None:
    """The other layouts and all else that is kept are as they were."""
    settings, store = WindowSettings(file), QSettings(str(file), QSettings.Format.IniFormat)
    kept = kept_in(store, "layouts/review")
    for position in range(len(kept)):
        for bits in WRONG_BITS:
            store.setValue("layouts/review", QByteArray(damage(kept, position, bits)))
            assert settings.layout_of("review") is None, f"byte {position} with bits {bits:#x} changed"
    assert settings.layout_of("video") == QByteArray(STATE[::2])
    assert settings.language is Language("ja")
    assert settings.keys == {"export": "Ctrl+N"}
    assert settings.restore(frame)


@pytest.mark.parametrize("bits", WRONG_BITS)
def test_no_byte_of_the_file_can_change_what_a_window_is_given(
    file: Path, tmp_path: Path, frame: Frame, bits: int
) -> None:
    """A wrong byte may also be in a name, a bracket or an escape: then the layout is gone, but never another one."""
    written = file.read_bytes()
    for position in range(len(written)):
        # Each has a name of its own: Qt remembers what it has read under a name.
        damaged = tmp_path / f"{position}.ini"
        damaged.write_bytes(damage(written, position, bits))
        settings = WindowSettings(damaged)
        frame.given.clear()
        assert frame.given == ([GEOMETRY, STATE] if settings.restore(frame) else []), f"byte {position} changed"
        assert settings.layout_of("review") in (None, QByteArray(STATE[::-1])), f"byte {position} changed"


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 100])
def test_what_is_cut_off_is_not_given(file: Path, frame: Frame, length: int) -> None:
    """Neither the rest of a layout nor the rest of its checksum."""
    settings, store = WindowSettings(file), QSettings(str(file), QSettings.Format.IniFormat)
    store.setValue("layout", QByteArray(kept_in(store, "layout")[:length]))
    assert not settings.restore(frame)
    assert frame.given == []


def test_a_layout_without_a_checksum_is_passed_over(file: Path, frame: Frame) -> None:
    """As earlier versions kept them; what is kept now is given back again."""
    settings, store = WindowSettings(file), QSettings(str(file), QSettings.Format.IniFormat)
    for key, value in (("geometry", GEOMETRY), ("layout", STATE), ("layouts/review", STATE)):
        store.setValue(key, QByteArray(value))
    assert not settings.restore(frame)
    assert settings.layout_of("review") is None
    assert frame.given == []
    settings.keep(frame)
    assert settings.restore(frame)
