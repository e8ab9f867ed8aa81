"""How the command line speaks: one JSON object, or short lines for a person; errors in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import EngineError


@dataclass(frozen=True)
class Console:
    """Standard output and error of one command. With `as_json` the last line of output is one object."""

    as_json: bool

    def result(self, document: Mapping[str, object], text: str) -> None:
        """Report success: the object with --json, else the text (which may be empty)."""
        if self.as_json:
            print(json.dumps(document))
        elif text:
            print(text)

    def failure(self, error: EngineError) -> int:
        """Report an error in one line and return the exit status that goes with it."""
        print(f"onetake: {error.message}", file=sys.stderr)
        if self.as_json:
            print(json.dumps({"error": {"kind": error.kind, "message": error.message}}))
        return error.exit_status

    def progress(self, text: str) -> None:
        """Show what is going on, over the last such line, where a person is watching."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """Say something that is neither result nor error."""
        self.progress("")
        print(f"onetake: {text}", file=sys.stderr)
