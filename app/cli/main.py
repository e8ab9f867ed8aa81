"""The command line's grammar: which words there are and which function answers them."""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from typing import NoReturn, Protocol, cast

from app.cli import bench, control, desktop, doctor, edit, export, image, models, queue, service, video
from app.cli.console import Console
from engine.errors import BadInputError, EngineError
from engine.paths import Paths


class Command(Protocol):
    """Runs one command and returns its exit status; raises EngineError for a failure."""

    def __call__(self, arguments: argparse.Namespace, paths: Paths, console: Console) -> int: ...


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line and obey --json."""

    def error(self, message: str) -> NoReturn:
        raise BadInputError(f"{message}; see: {self.prog} --help")


def build_parser() -> argparse.ArgumentParser:
    """The grammar of every command of this version."""
    parser = _bare_parser()
    parser.add_argument("--version", action="version", version=f"onetake {importlib.metadata.version('onetake')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (image, edit, video, control, export, queue, models, service, bench, desktop, doctor):
        command.add_to(commands)
    return parser


def _bare_parser() -> argparse.ArgumentParser:
    words = "One-step images and long video. Without a command, or with a project (NAME.onetake): the window."
    return _Parser(prog="onetake", description=words)


def run_command(given: list[str]) -> int:
    """Parse and run one command.

    Returns:
        0 for success, 1 for a failed job, 2 for bad input.
    """
    # Known before parsing, since a parsing error has to be reported as asked for, too.
    console = Console(as_json="--json" in given)
    try:
        arguments = build_parser().parse_args(given)
        command = cast("Command", arguments.command)
        return command(arguments, Paths.from_environment(), console)
    except EngineError as error:
        return console.failure(error)
    except KeyboardInterrupt:
        print("onetake: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (`onetake ... | head`): nothing is left to say it to.
        sys.stderr.close()
        return 1
