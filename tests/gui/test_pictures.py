"""app.pictures: pictures are decoded once while they are looked at, and no more are kept than need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.background import Background
from app.pictures import TRIM_EVERY_MS, Picture, PictureCache, decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SIDE_PX = 256
ONE = SIDE_PX * SIDE_PX * 4
"""Bytes of one decoded picture."""


class Watcher(QWidget):
    """Shows pictures as the window's views do: it asks each time that it is painted."""

    def __init__(self, cache: PictureCache, *pictures: Picture) -> None:
        super().__init__()
        self._cache, self._pictures = cache, pictures
        self.has_all = False
        cache.loaded.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        images = [self._cache.get(picture, SIDE_PX) for picture in self._pictures]
        for image in images:
            painter.drawImage(self.rect(), image or QImage())
        self.has_all = all(image is not None for image in images)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Picture]:
    """Eight files."""
    made: list[Picture] = []
    for number in range(8):
        image = QImage(SIDE_PX, SIDE_PX, QImage.Format.Format_RGB32)
        image.fill(QColor(number * 30, 0, 0))
        assert image.save(str(tmp_path / f"{number}.png"))
        made.append(Picture(path=str(tmp_path / f"{number}.png")))
    return made


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of what was decoded, one for each time. There is room for two."""
    paths: list[str] = []

    def read(picture: Picture, side: int, takes: Path) -> QImage:
        paths.append(picture.path)
        return decode(picture, side, takes)

    monkeypatch.setattr("app.pictures.decode", read)
    monkeypatch.setattr("app.pictures.KEPT_BYTES", 2 * ONE)
    return paths


@pytest.fixture
def cache(qtbot: QtBot, tmp_path: Path) -> Iterator[PictureCache]:
    """An empty one; its threads end with the test."""
    del qtbot
    background = Background()
    yield PictureCache(background, tmp_path, background)
    background.close()
    background.deleteLater()


@pytest.mark.parametrize("count", [3, 8])
def test_more_than_there_is_room_for_is_decoded_once_each(
    qtbot: QtBot, cache: PictureCache, pictures: list[Picture], decoded: list[str], count: int
) -> None:
    """Views side by side show more than is kept: all of it is there, and nobody decodes on and on."""
    views = [Watcher(cache, *pictures[:1]), Watcher(cache, *pictures[1:count])]
    for view in views:
        qtbot.addWidget(view)
        view.show()
    qtbot.waitUntil(lambda: all(view.has_all for view in views))
    qtbot.wait(3 * TRIM_EVERY_MS)
    assert sorted(decoded) == [picture.path for picture in pictures[:count]]


def test_what_is_no_longer_seen_gives_way(
    qtbot: QtBot, cache: PictureCache, pictures: list[Picture], decoded: list[str]
) -> None:
    """Looked at one after the other, the last stay within the room there is, and the first is decoded anew."""
    for picture in pictures:
        with qtbot.waitSignal(cache.loaded):
            assert cache.get(picture, SIDE_PX) is None
        qtbot.wait(TRIM_EVERY_MS // 4)
    with qtbot.waitSignal(cache.loaded):
        cache.get(pictures[0], SIDE_PX)
    qtbot.wait(2 * TRIM_EVERY_MS)
    assert decoded.count(pictures[0].path) == 2
    kept = [picture for picture in pictures if cache.get(picture, SIDE_PX) is not None]
    assert kept == [pictures[0], pictures[7]]
