"""Colours, palette and style sheet, from the tokens of the design: dark, light, or as the system says.

Widgets that paint themselves ask `Theme.tokens`; icons are recoloured by `icons`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

SMALLEST_TEXT_PX = 13
ROW_OF_TEXT = 28 / 13


class Tokens(NamedTuple):
    """One theme's colours, as #rrggbb."""

    surround: str
    panel: str
    raised: str
    line: str
    text: str
    quiet: str
    accent: str
    good: str
    warn: str
    bad: str
    edge: str
    """Border under the mouse."""
    faint: str
    """What cannot be used now."""
    pressed: str
    accent_fill: str
    """The accent behind white text, contrast >= 4.5:1."""
    accent_hover: str
    accent_pressed: str
    accent_text: str
    """The accent as text on panel, contrast >= 4.5:1."""
    tints: tuple[str, ...]
    """One per device: eight hues of equal lightness (OKLCH)."""
    on_accent: str = "#ffffff"
    on_tint: str = "#ffffff"

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """A token as a colour."""
        color = QColor(str(getattr(self, name)))
        color.setAlphaF(alpha)
        return color

    def tint(self, device: int, alpha: float = 1.0) -> QColor:
        """The colour of the device of this rank."""
        color = QColor(self.tints[device % len(self.tints)])
        color.setAlphaF(alpha)
        return color


DARK = Tokens(
    surround="#1e1e1e",
    panel="#2a2a2a",
    raised="#353535",
    line="#454545",
    text="#dedede",
    quiet="#9a9a9a",
    accent="#5b8def",
    good="#63b37b",
    warn="#d9a441",
    bad="#e0645c",
    edge="#5e5e5e",
    faint="#6f6f6f",
    pressed="#2f2f2f",
    accent_fill="#3d6fd6",
    accent_hover="#4273d9",
    accent_pressed="#335fbc",
    accent_text="#7ea6f4",
    tints=("#72a7eb", "#d99256", "#d886b5", "#53bb93", "#afa84c", "#b094e2", "#29b9c7", "#e48780"),
    on_tint="#141414",
)
LIGHT = Tokens(
    surround="#b8b8b8",
    panel="#e6e6e6",
    raised="#f4f4f4",
    line="#c4c4c4",
    text="#1c1c1c",
    quiet="#5c5c5c",
    accent="#2f62c9",
    good="#2e7d46",
    warn="#96650a",
    bad="#b3362d",
    edge="#9c9c9c",
    faint="#8c8c8c",
    pressed="#dcdcdc",
    accent_fill="#2f62c9",
    accent_hover="#3a6dd3",
    accent_pressed="#2855b0",
    accent_text="#2a58b8",
    tints=("#4a76ae", "#9f6532", "#9e5b82", "#2c8766", "#7d7728", "#7e66a6", "#008590", "#a75c56"),
)


class Appearance(StrEnum):
    """What the user chose."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class Scheme(StrEnum):
    """What the system likes; UNKNOWN when it does not say, and then the window is dark."""

    UNKNOWN = "unknown"
    DARK = "dark"
    LIGHT = "light"


class Theme(QObject):
    """Dresses the application and keeps it dressed when the system's scheme changes."""

    changed = Signal()

    def __init__(self, app: QApplication, resources: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._icons_folder = (resources / "icons").as_posix()
        self._sheet = (resources / "style.qss").read_text(encoding="utf-8")
        self.appearance = Appearance.SYSTEM
        self.scheme = Scheme.UNKNOWN
        """What the system was last seen to like, while the appearance was the system's."""
        self.tokens = DARK
        font = base_font()
        app.setFont(font)
        self.text_px = font.pixelSize()
        self.row_px = round(self.text_px * ROW_OF_TEXT / 4) * 4
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, appearance: Appearance, last_seen: Scheme | None = None) -> None:
        """Use this appearance from now on.

        Args:
            appearance: What the artist chose.
            last_seen: What to take for the system's scheme; without it the system is asked.
        """
        self.appearance = appearance
        scheme = {Appearance.SYSTEM: "Unknown", Appearance.DARK: "Dark", Appearance.LIGHT: "Light"}[appearance]
        self._app.styleHints().setProperty("colorScheme", scheme)
        if last_seen is None:
            self._follow()
        else:
            self.scheme = last_seen
            self._dress()

    def look_again(self) -> None:
        """Ask the system after all, when it was taken to like what it was last seen to; dress anew if it differs."""
        taken = self.scheme
        self._look()
        # Some desktops answer only after the start, by the signal: a window that went dark until then would flash.
        if self.scheme not in (taken, Scheme.UNKNOWN):
            self._dress()

    def _follow(self) -> None:
        self._look()
        self._dress()

    def _look(self) -> None:
        # With another appearance Qt tells what was chosen, not what the system likes.
        if self.appearance is Appearance.SYSTEM:
            # The answer has Qt's type, for which Python loads all names of `Qt` (see `app.opening`).
            self.scheme = Scheme(self._app.styleHints().colorScheme().name.lower())

    def _dress(self) -> None:
        is_light = self.appearance is Appearance.LIGHT or (
            self.appearance is Appearance.SYSTEM and self.scheme is Scheme.LIGHT
        )
        self.tokens = LIGHT if is_light else DARK
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(self._fill_in(self._sheet))
        self.changed.emit()

    def _fill_in(self, sheet: str) -> str:
        values = {name: str(getattr(self.tokens, name)) for name in Tokens._fields}
        values |= {
            "radius": "4px",
            "field": f"{self.row_px - 2}px",
            "button": f"{self.row_px + 8}px",
            "bar": f"{self.row_px}px",
            "icons": self._icons_folder,
        }
        # Longest first: @accent must not eat the head of @accent_fill.
        for name in sorted(values, key=len, reverse=True):
            sheet = sheet.replace(f"@{name}", values[name])
        return sheet


def base_font() -> QFont:
    """The system's font, at its size but never under 13 px."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    # Not from QFontInfo, which loads the font at a size that is then not used.
    points, px_per_point = font.pointSizeF(), QGuiApplication.primaryScreen().logicalDotsPerInchY() / 72
    wanted = round(points * px_per_point) if points > 0 else font.pixelSize()
    font.setPixelSize(max(SMALLEST_TEXT_PX, wanted))
    return font


def palette(tokens: Tokens) -> QPalette:
    """The palette of a theme; Fusion paints from it."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    # Of one colour alone PySide6 would ask first whether it is one of those that `Qt` names (see `app.opening`).
    colors = QPalette(tokens.color("panel"), tokens.color("panel"))
    for target, name in (
        (role.Window, "panel"),
        (role.Base, "raised"),
        (role.AlternateBase, "panel"),
        (role.Button, "raised"),
        (role.ToolTipBase, "raised"),
        (role.WindowText, "text"),
        (role.Text, "text"),
        (role.ButtonText, "text"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "quiet"),
        (role.Highlight, "accent_fill"),
        (role.HighlightedText, "on_accent"),
        (role.Accent, "accent"),
        (role.Link, "accent_text"),
        (role.Mid, "line"),
        (role.Light, "edge"),
        (role.Dark, "line"),
    ):
        colors.setColor(target, tokens.color(name))
    for target in (role.WindowText, role.Text, role.ButtonText):
        colors.setColor(group.Disabled, target, tokens.color("faint"))
    return colors
