"""`python -m engine.bench image`: what this machine does, measured in one run of its own process.

Owns the command line and the form of the answer. What is measured is engine.bench.image's.
"""

from __future__ import annotations

import argparse
import json
import sys

import msgspec

from engine.bench.image import measure_image
from engine.catalogue import find_model
from engine.errors import EngineError
from engine.paths import Paths


def main() -> int:
    """Measure and print; exit status as in engine.errors."""
    parser = argparse.ArgumentParser(prog="python -m engine.bench", description="Measure speed and memory.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    image = verbs.add_parser("image", help="one-step pictures beside plain diffusers")
    image.add_argument("--model", default="papercut", help="a model of the catalogue, or the path of its folder")
    image.add_argument("--device", default="cpu", help="cpu, or cuda:0 and so on")
    image.add_argument("--rounds", type=int, default=15, help="measurements of each kind; the median counts")
    image.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    try:
        spec = find_model(arguments.model, Paths.from_environment())
        report = measure_image(spec, arguments.device, max(1, arguments.rounds))
    except EngineError as error:
        if arguments.json:
            print(json.dumps({"error": {"kind": error.kind, "message": error.message}}))
        else:
            print(error.message, file=sys.stderr)
        return error.exit_status
    fields = msgspec.structs.asdict(report)
    if arguments.json:
        print(json.dumps(fields))
    else:
        for name, value in fields.items():
            print(f"{name:40} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
