"""What other programs drop on the window: files, pixels, pieces of web pages, folders, a hundred files at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.application import Application
    from engine.paths import Paths

READING_MS = 30_000
PAGE = '<meta charset="utf-8"><img src="https://example.org/walk.png" alt="a walk">'


def drop(onetake: Application, mime: QMimeData) -> bool:
    """Carry something over the window and let go; False where it is not taken."""
    copy, button, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, button, plain)
    enter.setAccepted(False)
    QApplication.sendEvent(onetake.window, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(onetake.window, QDropEvent(QPointF(50, 50), copy, mime, button, plain))
    return True


def links(*addresses: str) -> QMimeData:
    """text/uri-list as file managers write it: the addresses on lines of their own."""
    mime = QMimeData()
    mime.setData("text/uri-list", "".join(f"{address}\r\n" for address in addresses).encode())
    return mime


def red() -> QImage:
    """Pixels."""
    image = QImage(48, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    return image


def test_a_list_of_links_is_files(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """With blanks and letters of any language in their names, as a file manager escapes them."""
    file = tmp_path / "ein Schloß 城.png"
    assert red().save(str(file))
    assert drop(onetake, links(QUrl.fromLocalFile(str(file)).toString(QUrl.ComponentFormattingOption.FullyEncoded)))
    qtbot.waitUntil(lambda: file.name in onetake.notices.text, timeout=READING_MS)
    assert onetake.notices.button.isVisible(), "it can be edited"


def test_pixels_without_a_file_are_kept_and_offered(qtbot: QtBot, onetake: Application, paths: Paths) -> None:
    """A picture of a web page comes with its address and markup beside the pixels: the pixels count."""
    mime = links("https://example.org/walk.png")
    mime.setHtml(PAGE)
    mime.setImageData(red())
    assert drop(onetake, mime)
    qtbot.waitUntil(lambda: "holds no settings" in onetake.notices.text, timeout=READING_MS)
    (kept,) = paths.pictures.iterdir()
    assert kept.name in onetake.notices.text
    assert QImage(str(kept)).pixelColor(5, 5).name() == "#ff0000"
    assert onetake.notices.button.isVisible()


@pytest.mark.parametrize(
    "address", ["https://example.org/walk.png", "ftp://example.org/walk.png", "data:image/png;base64,AA"]
)
def test_an_address_alone_is_refused_with_a_remedy(onetake: Application, address: str) -> None:
    """Nothing is fetched from anywhere, and the window says what to do."""
    before = onetake.project.edit
    mime = links(address)
    mime.setHtml(PAGE)
    assert drop(onetake, mime)
    assert "save the picture, and drop its file" in onetake.notices.text
    assert onetake.project.edit == before


def test_markup_or_words_alone_are_not_taken(onetake: Application) -> None:
    """The cursor says so before anything is let go."""
    mime = QMimeData()
    mime.setHtml(PAGE)
    mime.setText("a walk")
    assert not drop(onetake, mime)


def test_a_folder_is_named_as_what_it_is_not(onetake: Application, tmp_path: Path) -> None:
    """Only a project's folder is opened over the window; the control panel takes one of pictures."""
    folder = tmp_path / "walk"
    folder.mkdir()
    assert drop(onetake, links(folder.as_uri()))
    assert "“walk” is neither a picture nor a timeline" in onetake.notices.text


def test_a_hundred_files_are_counted(qtbot: QtBot, onetake: Application, tmp_path: Path) -> None:
    """The first is opened, and that the others were not is said; what is not there among them harms nothing."""
    files = [tmp_path / f"{number:03}.png" for number in range(100)]
    for file in files[::2]:
        assert red().save(str(file))
    assert drop(onetake, links(*(file.as_uri() for file in files)))
    qtbot.waitUntil(lambda: "100" in onetake.notices.text, timeout=READING_MS)
    assert "000.png" in onetake.notices.text
