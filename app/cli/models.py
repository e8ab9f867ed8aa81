"""`onetake models`: what the catalogue holds."""

from __future__ import annotations

import argparse

from app.cli.arguments import Commands, add_command
from app.cli.console import Console
from engine.client import EngineClient
from engine.paths import Paths


def add_to(commands: Commands) -> None:
    """Add `models` and its verbs to the command line."""
    parser = commands.add_parser("models", help="the models there are", description="The models there are.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add_command(verbs, "list", "every model of the catalogue", run_list)


def run_list(_arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Print every model with what it is, its licence and where it lies."""
    with EngineClient.connect(paths, previews=False) as client:
        specs = client.models()
    console.result(
        {
            "models": [
                {
                    "name": spec.name,
                    "title": spec.title,
                    "family": spec.family,
                    "licence": spec.licence,
                    "description": spec.description,
                    "folder": spec.folder,
                    "size": [spec.default_width, spec.default_height],
                    "steps": spec.default_steps,
                    "guidance": spec.default_guidance,
                    "controls": list(spec.controls),
                }
                for spec in specs
            ]
        },
        "\n".join(f"{spec.name:<16} {spec.licence:<12} {spec.description}" for spec in specs),
    )
    return 0
