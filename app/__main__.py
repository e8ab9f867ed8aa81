"""The `onetake` command: the window without arguments or with a project, the command line with others.

Qt is imported only on the way to the window, so that the command line never loads it.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run Onetake and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) == 1 and is_project(given[0]):
        return _open_window(Path(given[0]))
    if given:
        from app.cli.main import run_command

        return run_command(given)
    return _open_window()


def is_project(word: str) -> bool:
    """Whether an argument names a project, or the manifest of one, and not a command."""
    return word.rstrip("/\\").endswith(".onetake") or Path(word).name == "project.json"


def _open_window(project: Path | None = None) -> int:
    # What is loaded now stays; looking through it for garbage again and again is a twelfth of the start.
    # `opening` enables it when the window stands.
    gc.disable()
    from engine.paths import Paths

    try:
        _import_qt()
        from app.opening import run
    except ImportError as error:
        # On a bare Linux, Qt's own libraries are there but those of the system that it links against are not.
        print(f"onetake: the window cannot start: {error}", file=sys.stderr)
        print(
            "onetake: on Debian or Ubuntu: apt-get install libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 "
            "libxcb-icccm4 libxcb-keysyms1 libdbus-1-3 libfontconfig1",
            file=sys.stderr,
        )
        return 1
    return run(Paths.from_environment(), sys.argv[:1], project)


def _import_qt() -> None:
    """Load Qt, and take the last one of its imports away again, if there is one.

    It reads the source of every module that is imported from then on, to see whether it names PySide6: for
    `from __feature__ import ...`, which nobody here uses (shibokensupport/feature.py, so in 6.11).
    """
    importlib.import_module("PySide6.QtCore")
    before = getattr(builtins, "__orig_import__", None)
    if before is not None:
        builtins.__import__ = before


if __name__ == "__main__":
    sys.exit(main())
