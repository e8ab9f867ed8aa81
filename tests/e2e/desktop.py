"""A desktop of the test's own: an X server without a screen, and a person in front of it with eyes, mouse and keys.

There is no window manager: nobody else moves a window, and `focus` says who gets the keys.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageGrab

from tests.e2e.reading import Point, find_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
SIZE = (1600, 1000)
NEEDS = ("Xvfb", "xdotool")
# For everything that is waited for: a busy machine takes its time, and a sound run never waits this long.
LONG_S = 240.0
LOOK_AGAIN_S = 0.2
STILL = 3
"""Looks at a window that is to be photographed: all alike."""
KEY_MS = "15"
FIELD_PX = 90
"""From the middle of a label to well inside the field beside it."""
# What the desktop of whoever runs the tests would otherwise say about fonts, scale, colours and language.
FOREIGN = ("QT_", "XDG_CURRENT", "XDG_SESSION", "DESKTOP_SESSION", "KDE_", "GNOME_", "GTK_", "DBUS_", "WAYLAND", "LC_")


def lacking() -> list[str]:
    """The programs that a desktop is made of and that this machine has not."""
    return [name for name in NEEDS if shutil.which(name) is None]


class Desktop:
    """Use as a context; on leaving it the programs that were started here and the display end."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the display.

        Args:
            folder: For logs, and for what was seen last when something is not found.
            environment: Of the programs, but for what a desktop of its own decides.
        """
        self._folder = folder
        self._programs: list[subprocess.Popen[bytes]] = []
        answer, said = os.pipe()
        with (folder / "xvfb.log").open("wb") as log:
            screen = "{}x{}x24".format(*SIZE)
            self._server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(said), "-screen", "0", screen, "-dpi", "96", "-nolisten", "tcp", "-noreset"],
                pass_fds=(said,),
                stdout=log,
                stderr=log,
            )
        os.close(said)
        with os.fdopen(answer) as number:
            self.display = f":{number.readline().strip()}"
        if self.display == ":":
            self._server.wait()
            raise RuntimeError(f"Xvfb did not start: {(folder / 'xvfb.log').read_text()}")
        own = {name: value for name, value in environment.items() if not name.startswith(FOREIGN)}
        self.environment = own | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}

    def __enter__(self) -> Desktop:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._programs:
            program.kill()
            program.wait()
        self._server.terminate()
        self._server.wait()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a Python program on this desktop, from the root of the repository."""
        with (self._folder / "programs.log").open("ab") as log:
            program = subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self._programs.append(program)
        return program

    # Eyes.

    def look(self) -> NDArray[np.uint8]:
        """The whole screen, (H, W, 3)."""
        return np.asarray(ImageGrab.grab(xdisplay=self.display).convert("RGB"), np.uint8)

    def until(self, what: str, holds: Callable[[], object], within_s: float = LONG_S) -> None:
        """Wait until something holds.

        Raises:
            AssertionError: It did not in time; what was to be seen by then is kept in the folder.
        """
        end = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > end:
                seen = self._folder / "last-seen.png"
                Image.fromarray(self.look()).save(seen)
                log = (self._folder / "programs.log").read_text(errors="replace")
                raise AssertionError(f"{what}: not within {within_s:.0f} s; the screen is in {seen}\n{log}")
            time.sleep(LOOK_AGAIN_S)

    def see(self, words: str, *, bold: bool = False) -> Point:
        """Wait until these words stand still somewhere; returns their middle."""
        places: list[Point | None] = [None]

        def stand_still() -> bool:
            places.append(find_words(self.look(), words, bold=bold))
            return places[-1] is not None and places[-1] == places[-2]

        self.until(f"to see “{words}”", stand_still)
        place = places[-1]
        assert place is not None
        return place

    def sees(self, words: str, *, bold: bool = False) -> bool:
        """Whether these words are to be seen now."""
        return find_words(self.look(), words, bold=bold) is not None

    def window(self, title: str) -> str:
        """Wait for the window whose title fits this pattern; returns its X number."""
        found: list[str] = []

        def is_there() -> bool:
            answer = self._xdotool("search", "--onlyvisible", "--name", title, check=False)
            found[:] = answer.split()
            return bool(found)

        self.until(f"a window “{title}”", is_there)
        return found[-1]

    def differs_around(self, place: Point, before: NDArray[np.uint8]) -> bool:
        """Whether the panel around a place looks otherwise than before, beyond what stands in its middle."""
        left, right = before[place.y, : place.x], self.look()[place.y, : place.x]
        return not np.array_equal(left, right)

    def photograph(self, title: str, target: Path) -> None:
        """Save a picture of a window, without what is around it, once it stands still."""
        words = self._xdotool("getwindowgeometry", "--shell", self.window(title)).split()
        place = {name: int(value) for name, value in (word.split("=") for word in words)}
        x, y = place["X"], place["Y"]
        seen: list[NDArray[np.uint8]] = []

        def stands_still() -> bool:
            seen.append(self.look()[y : y + place["HEIGHT"], x : x + place["WIDTH"]])
            return len(seen) >= STILL and all(np.array_equal(seen[-1], each) for each in seen[-STILL:])

        self.until(f"“{title}” to stand still", stands_still)
        Image.fromarray(seen[-1]).save(target, optimize=True)

    # Hands.

    def focus(self, title: str) -> None:
        """Give the keys to the window whose title fits this pattern."""
        window = self.window(title)

        def has_keys() -> bool:
            # A window that is only just there may not take them yet.
            self._xdotool("windowfocus", window, check=False)
            return self._xdotool("getwindowfocus", check=False).strip() == window

        self.until(f"“{title}” to take the keys", has_keys)

    def keys(self, *chords: str) -> None:
        """Press keys, each as xdotool names it: ctrl+Return, Escape."""
        self._xdotool("key", "--delay", KEY_MS, *chords)

    def write(self, text: str) -> None:
        """Type what a keyboard has keys for."""
        self._xdotool("type", "--delay", KEY_MS, text)

    def replace(self, text: str) -> None:
        """Type in place of everything in the field that has the keys."""
        self.keys("ctrl+a")
        self.write(text)

    def command(self, name: str) -> None:
        """Run a command of the window that has the keys, from the palette."""
        self.keys("ctrl+shift+p")
        self.write(name)
        self.keys("Return")

    def point(self, place: Point) -> None:
        """Move the mouse there."""
        self._xdotool("mousemove", str(place.x), str(place.y))

    def click(self, place: Point) -> None:
        """Click with the left button."""
        self.point(place)
        self._xdotool("click", "1")

    def press(self, words: str, *, bold: bool = False) -> None:
        """Click on these words as soon as they are there."""
        self.click(self.see(words, bold=bold))

    def fill_in(self, label: str, text: str) -> None:
        """Type into the field to the right of its label."""
        place = self.see(label)
        self.click(Point(place.x + FIELD_PX, place.y))
        self.replace(text)
        self.keys("Return")

    def carry(self, start: Point, end: Point, shows_place: Callable[[], bool]) -> None:
        """Drag from one place to another, and let go once it is shown that one may."""
        self._xdotool("mousemove", str(start.x), str(start.y), "mousedown", "1")
        steps = [Point(start.x + (end.x - start.x) * n // 8, start.y + (end.y - start.y) * n // 8) for n in range(1, 9)]
        moves = [word for step in steps for word in ("mousemove", str(step.x), str(step.y), "sleep", "0.05")]
        self._xdotool(*moves)
        nudge = [0]

        def may_let_go() -> bool:
            # A drag that begins late has missed the moves so far.
            nudge[0] = 1 - nudge[0]
            self._xdotool("mousemove", str(end.x + nudge[0]), str(end.y))
            return shows_place()

        self.until("the place of a drop", may_let_go)
        self._xdotool("mouseup", "1")

    def _xdotool(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=LONG_S, check=False
        )
        assert not check or done.returncode == 0, f"xdotool {' '.join(words)}: {done.stderr}"
        return done.stdout
